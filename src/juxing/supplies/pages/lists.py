"""Lists of requests and offers: the template, the upload, and what became of each row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import pgettext

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.places.models import Area
from juxing.places.queries import areas_in, children
from juxing.supplies import commands, policy
from juxing.supplies.enums import LineKind
from juxing.supplies.forms import SendListForm
from juxing.supplies.imports.spreadsheets import template_file
from juxing.supplies.queries import lines as queries

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@idempotent
@signed_in(policy.RECORD)
def lists(request: ActorRequest) -> HttpResponse:
    """Take in a list."""
    form = SendListForm(request.POST or None, request.FILES or None, areas=_areas(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            sent, _job = commands.send_list(
                actor=request.actor,
                now=clock.now(),
                area_code=data["area_code"],
                kind=LineKind(data["kind"]),
                name=data["name"],
                content=data["file"].read(),
                is_one_unknown=data["is_one_unknown"],
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("supplies:list", args=[sent.uuid]), status=303)
    context = {
        "page_title": pgettext("supplies", "Take in a list"),
        "page_icon": "file-upload",
        "form": form,
        "cancel_url": reverse("supplies:requests"),
        "recent": queries.recent_lists(actor=request.actor),
        "kinds": [{"label": kind.label, "url": reverse("supplies:template", args=[kind.value])} for kind in LineKind],
        "breadcrumbs": _crumbs(pgettext("supplies", "Take in a list")),
        **new_form_key(),
    }
    return render(request, "supplies/lists.html", context, status=422 if form.errors else 200)


@signed_in(policy.RECORD)
def template(_request: ActorRequest, kind: str) -> HttpResponse:
    """Hand out the empty template."""
    if kind not in LineKind.values:
        raise NotVisible
    answer = HttpResponse(template_file(LineKind(kind)), content_type=SPREADSHEET)
    answer["Content-Disposition"] = f'attachment; filename="{kind}s.xlsx"'
    return answer


@signed_in(policy.RECORD)
def sent_list(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show how far a list is, then what became of each row."""
    sent, job = queries.list_of(actor=request.actor, uuid=uuid)
    context: dict[str, Any] = {
        "page_title": sent.name,
        "page_icon": "file-upload",
        "sent": sent,
        "report": sent.report,
        "retry_url": reverse("supplies:lists"),
        "breadcrumbs": _crumbs(sent.name),
        **_progress(uuid, job),
    }
    return render(request, "supplies/list.html", context)


@signed_in(policy.RECORD)
def list_progress(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Answer the progress bar."""
    _sent, job = queries.list_of(actor=request.actor, uuid=uuid)
    return render(request, "components/progress.html", _progress(uuid, job))


def _progress(uuid: UUID, job: Any) -> dict[str, Any]:
    return {
        "job": job,
        "title": pgettext("supplies", "Taking in the list"),
        "url": reverse("supplies:list_progress", args=[uuid]),
        "result_url": reverse("supplies:list", args=[uuid]),
    }


def _areas(request: ActorRequest) -> list[Area]:
    areas = request.actor.areas_with(policy.RECORD)
    if areas.everywhere:
        return list(children(""))
    found = areas_in(areas.prefixes)
    below = [area for code in areas.prefixes for area in children(code)]
    return [*(found[code] for code in areas.prefixes if code in found), *below]


def _crumbs(label: str) -> list[dict[str, str]]:
    return [{"label": pgettext("supplies", "Requests"), "url": reverse("supplies:requests")}, {"label": label}]
