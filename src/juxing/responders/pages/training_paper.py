"""A training on screen and paper: its code, poster, attendance sheet, spreadsheet out and in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from juxing.access.export_pages import take_out
from juxing.kernel import clock
from juxing.kernel.masking import masked_phone
from juxing.kernel.qr_codes import qr_code
from juxing.kernel.web import ActorRequest, carried_out, signed_in
from juxing.responders import commands, policy
from juxing.responders.check_in_codes import screen_code, sheet_code
from juxing.responders.exports import TRAINING
from juxing.responders.pages.training_words import when_words
from juxing.responders.pages.words import name_for
from juxing.responders.queries import trainings as queries
from juxing.responders.training_enums import TAKES_A_PLACE
from juxing.responders.training_forms import TrainingFileForm
from juxing.responders.training_inputs import labels_of

CODE_SCALE, POSTER_SCALE = 8, 10
EMPTY_LINES = 10


@signed_in(policy.TRAIN)
@never_cache
def screen(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the code of this minute, large, for the screen at the door."""
    found, now = queries.training_of(actor=request.actor, uuid=uuid), clock.now()
    code = screen_code(found.uuid, now=now)
    context = {
        "page_title": _("Check in here"), "page_subtitle": found.title, "code": code, "shown_at": localtime(now),
        "qr": qr_code(_check_in_link(request, found.uuid, code), scale=CODE_SCALE),
        "page_actions": [{"label": _("Sheet for paper"), "url": reverse("responders:training_code", args=[uuid]),
                          "icon": "printer"}],
        "breadcrumbs": [{"label": _("Trainings"), "url": reverse("responders:trainings")},
                        {"label": found.title, "url": reverse("responders:training", args=[uuid])},
                        {"label": _("Check in here"), "url": ""}],
    }  # fmt: skip
    return render(request, "responders/screen.html", context)


@signed_in(policy.TRAIN)
def code_sheet(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a sheet with the code of today, where there is no screen."""
    found, now = queries.training_of(actor=request.actor, uuid=uuid), clock.now()
    code = sheet_code(found.uuid, now=now)
    context = {
        "page_title": _("Check in here"), "page_subtitle": f"{found.title} · {localtime(now):%Y-%m-%d}", "code": code,
        "qr": qr_code(_check_in_link(request, found.uuid, code), scale=CODE_SCALE),
        "back_url": reverse("responders:training_screen", args=[uuid]),
    }  # fmt: skip
    return render(request, "responders/code_sheet.html", context)


@signed_in(policy.TRAIN)
def poster(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the poster that opens the training's public page."""
    found = queries.training_of(actor=request.actor, uuid=uuid)
    link = request.build_absolute_uri(reverse("responders:public_training", args=[found.code]))
    context = {
        "page_title": found.title, "page_subtitle": f"{when_words(found)} · {found.place}", "session": found,
        "gives": labels_of(found.gives), "qr": qr_code(link, scale=POSTER_SCALE), "link": link,
        "back_url": reverse("responders:training", args=[uuid]),
    }  # fmt: skip
    return render(request, "responders/training_poster.html", context)


@signed_in(policy.TRAIN)
def sheet(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the attendance sheet to sign, with lines for who comes without having signed up."""
    found = queries.training_of(actor=request.actor, uuid=uuid)
    rows = [row for row in queries.sign_ups_of(found) if row.status in TAKES_A_PLACE]
    context: dict[str, Any] = {
        "page_title": found.title, "page_subtitle": f"{when_words(found)} · {found.place} · {found.holder}",
        "rows": [{"name": name_for(request.actor, row.responder)[0], "phone": masked_phone(row.responder.phone)}
                 for row in rows],
        "empty": range(EMPTY_LINES), "printed_by": request.actor.name, "printed_at": clock.now(),
        "contains_persons": True, "back_url": reverse("responders:training", args=[uuid]),
    }  # fmt: skip
    return render(request, "responders/training_sheet.html", context)


@never_cache
@signed_in(policy.TRAIN)
def table(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Ask what the list is needed for, and give it as a marked spreadsheet."""
    found = queries.training_of(actor=request.actor, uuid=uuid)
    return take_out(request, TRAINING.code, arguments={"training": str(found.uuid)})


@signed_in(policy.TRAIN)
def take_in(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take people in from a table; what became of each line is shown. Sent twice, nothing is doubled."""
    found = queries.training_of(actor=request.actor, uuid=uuid)
    form = TrainingFileForm(request.POST or None, request.FILES or None)
    done = carried_out(
        request, form, lambda clean: commands.take_in_training(
            actor=request.actor, now=clock.now(), session=found, content=clean["file"].read(),
            filename=str(clean["file"].name or ""),
        ),
    )  # fmt: skip
    context = {
        "page_title": _("Take in a table"), "page_subtitle": found.title, "form": form,
        "report": done.made if done else None,
        "file_name": form.cleaned_data["file"].name if done else "",
        "cancel_url": reverse("responders:training", args=[uuid]),
        "export_url": reverse("responders:training_table", args=[uuid]),
        "breadcrumbs": [{"label": _("Trainings"), "url": reverse("responders:trainings")},
                        {"label": found.title, "url": reverse("responders:training", args=[uuid])},
                        {"label": _("Take in a table"), "url": ""}],
    }  # fmt: skip
    return render(request, "responders/training_import.html", context, status=422 if form.errors else 200)


def _check_in_link(request: ActorRequest, uuid: UUID, code: str) -> str:
    return request.build_absolute_uri(reverse("responders:check_in", args=[uuid, code]))
