"""Pages of delivery rounds for desks: planning them, and the sheet a courier carries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from juxing.dispatch import commands, policy, queries
from juxing.dispatch.enums import RoundStatus
from juxing.dispatch.forms import AreaForm
from juxing.dispatch.models import DeliveryRound
from juxing.dispatch.pages import words
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_door, masked_name, masked_phone
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.needs.enums import NeedType

WRITER = Actor.system("rounds of a desk")


@idempotent
@signed_in(policy.VIEW)
def round_list(request: ActorRequest) -> HttpResponse:
    """List rounds, and plan them anew."""
    places = queries.places_to_match(actor=request.actor)
    form = AreaForm(request.POST or None, areas=places)
    if request.method == "POST" and form.is_valid():
        try:
            with acting(WRITER):
                planned = commands.plan_rounds(
                    actor=request.actor, now=clock.now(), area_code=form.cleaned_data["area_code"]
                )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            told = ngettext("%(count)s round planned.", "%(count)s rounds planned.", len(planned))
            messages.success(request, told % {"count": len(planned)})
            return HttpResponseRedirect(reverse("dispatch:rounds"), status=303)
    page = queries.rounds_page(actor=request.actor, cursor=request.GET.get("cursor"))
    context = {
        "page_title": _("Delivery rounds"), "page_icon": "route",
        "page": words.page_shown(page, [_row(row) for row in page.rows]),
         "form": form if places else None,
        "form_key": new_form_key(), "columns": _columns(),
        "caption": _("Delivery rounds, planned last first"), "pager_text": _("Planned last first"),
        "empty": {
            "icon": "route", "title": _("No rounds yet."),
            "text": _("When helpers have accepted tasks, plan their rounds: choose a place above."),
        },
    }  # fmt: skip
    return render(request, "dispatch/rounds.html", context, status=422 if form.errors else 200)


@signed_in(policy.VIEW)
def round_print(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the sheet of a round; by POST with names, doors and telephones, which is journalled."""
    now = clock.now()
    sheet = queries.round_sheet(actor=request.actor, now=now, uuid=uuid)
    is_open = request.method == "POST"
    if is_open:
        with acting(WRITER):
            commands.note_round_printed(actor=request.actor, now=now, planned=sheet.round)
    context = {
        "page_title": _("Delivery round of %(name)s") % {"name": _name(sheet.round, is_open)},
        "page_subtitle": _subtitle(sheet), "stops": [_stop(seen, is_open) for seen in sheet.stops],
        "printed_by": request.actor.name, "printed_at": now, "contains_persons": is_open,
        "back_url": reverse("dispatch:rounds"), "is_open": is_open,
        "may_open": request.actor.may(policy.STEER, sheet.round.area_code) and not is_open, "landscape": True,
    }  # fmt: skip
    return render(request, "dispatch/round_print.html", context)


def _subtitle(sheet: queries.RoundSheet) -> str:
    count = ngettext("%(count)s stop", "%(count)s stops", len(sheet.stops)) % {"count": len(sheet.stops)}
    start = sheet.round.depot.name if sheet.round.depot else _("from where the helper lives")
    return " · ".join([count, words.distance(sheet.round.distance_m), start])


def _stop(seen: queries.HelperTask, is_open: bool) -> dict[str, Any]:
    place = " ".join(part for part in (seen.estate, seen.building) if part) or (seen.place_text if is_open else "")
    unit = _("unit %(unit)s") % {"unit": seen.unit} if seen.unit else ""
    return {
        "number": seen.task.need.number, "priority": seen.task.need.priority,
        "title": NeedType(seen.task.need.need_type).label, "place": " ".join(part for part in (place, unit) if part),
        "door": seen.door if is_open else masked_door(seen.door), "stairs": words.stairs_words(seen),
        "person": seen.person if is_open else masked_name(seen.person),
        "telephone": seen.telephone if is_open else masked_phone(seen.telephone),
        "items": words.item_words(seen) if is_open else [], "note": seen.details if is_open else "",
    }  # fmt: skip


def _row(planned: DeliveryRound) -> dict[str, Any]:
    status = RoundStatus(planned.status)
    return {
        "url": reverse("dispatch:round_print", args=[planned.uuid]), "helper": _name(planned, is_open=False),
        "state": {"label": status.label, "tone": words.ROUND_TONES[status]},
        "stops": planned.stop_count, "left": planned.left_count,  # type: ignore[attr-defined]
        "way": words.distance(planned.distance_m), "start": planned.depot.name if planned.depot else "",
        "planned_at": planned.planned_at,
    }  # fmt: skip


def _name(planned: DeliveryRound, is_open: bool) -> str:
    name = planned.responder.name if is_open else masked_name(planned.responder.name)
    return name or _("someone who left")


def _columns() -> list[dict[str, Any]]:
    return [
        {"label": _("Helper")}, {"label": _("State")}, {"label": _("Stops"), "kind": "number"},
        {"label": _("Left"), "kind": "number"}, {"label": _("Way"), "kind": "number"}, {"label": _("Starts at")},
        {"label": _("Planned")}, {"label": _("Sheet"), "hidden": True},
    ]  # fmt: skip
