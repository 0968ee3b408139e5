"""Taking tables out: the form that asks what for, what waits for a second person, and the one download."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.access import export_queries, exporting, policy
from juxing.access.export_files import file_answer
from juxing.access.forms import DecisionForm, ExportForm
from juxing.access.models import Export
from juxing.access.purposes import CORRECTING, processing_purposes, purposes_for
from juxing.kernel import clock
from juxing.kernel.refusals import NotPermitted, NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in


@signed_in()
@never_cache
def export(request: ActorRequest, code: str) -> HttpResponse:
    """Ask for the purpose of an export, then give the file."""
    if code not in exporting.export_kinds:
        raise NotVisible
    return take_out(request, code)


def take_out(
    request: ActorRequest, code: str, *, arguments: Mapping[str, Any] | None = None, file_format: str = "",
    area_code: str | None = None, title: str = "",
) -> HttpResponse:  # fmt: skip
    """
    Show the form of an export on GET; give the file on POST, or say that a second person must approve it.

    With ``area_code`` the place is settled and not asked for; ``title`` says what is taken out where the kind's own
    label says too little.
    """
    kind = exporting.export_kinds[code]
    areas = request.actor.areas_with(kind.right)
    if not areas:
        raise NotPermitted
    choices = [(one.code, one.label) for one in purposes_for(request.actor, lists=True)]
    form = ExportForm(request.POST or None, areas=areas, purposes=choices, area=request.GET.get("area", ""),
                      forms_of_file=kind.choices, file_format=file_format,
                      is_settled=area_code is not None)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        chosen = dict(form.cleaned_data)
        place = chosen.pop("area", "")
        try:
            made, table = exporting.ask(
                actor=request.actor, now=clock.now(), kind=kind, arguments=arguments,
                area_code=place if area_code is None else area_code, **chosen,
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            if table is not None:
                return file_answer(kind, made, table, actor=request.actor)
            messages.info(request, _("So many persons need a second person's approval. You are told here."))
            return redirect("access:export_asked", made.uuid)
    context = {
        "page_title": _("Take out: %(what)s") % {"what": title or kind.label}, "form": form, **new_form_key(),
        "page_subtitle": _("The file carries your name, the time and a number; the journal keeps what it was for."),
    }  # fmt: skip
    return render(request, "access/export.html", context, status=422 if form.errors else 200)


def give_back(request: ActorRequest, code: str, *, area_code: str, arguments: Mapping[str, Any]) -> HttpResponse:
    """Give lines of one's own list back to be corrected: no question what for, but the same mark and journal."""
    kind = exporting.export_kinds[code]
    made, table = exporting.ask(
        actor=request.actor, now=clock.now(), kind=kind, purpose=CORRECTING.code, area_code=area_code,
        arguments=arguments,
    )  # fmt: skip
    if table is None:
        return redirect("access:export_asked", made.uuid)
    return file_answer(kind, made, table, actor=request.actor)


@signed_in()
@never_cache
def exports(request: ActorRequest) -> HttpResponse:
    """List the own exports, and those the actor approves or oversees."""
    page = export_queries.exports_page(actor=request.actor, cursor=request.GET.get("cursor"))
    now = clock.now()
    context = {
        "page_title": _("Files taken out"), "page": page,
        "rows": [_row(one, request, now) for one in page.rows], "caption": _("Exports"),
        "page_subtitle": _("What left the system as a file, by whom, what for, and who approved it."),
        "columns": [{"label": _("Number")}, {"label": _("Kind of list")}, {"label": _("By whom")},
                    {"label": _("Purpose")}, {"label": _("Persons"), "kind": "number"}, {"label": _("State")}],
        "empty": {"icon": "download", "title": _("Nothing was taken out."), "text": ""},
    }  # fmt: skip
    return render(request, "access/exports.html", context)


@signed_in()
@never_cache
def export_asked(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one export: to whoever asked, the download once it is approved; to a second person, the decision."""
    return _show(request, export_queries.export(actor=request.actor, uuid=uuid), DecisionForm())


@signed_in(policy.APPROVE_EXPORT)
@never_cache
@require_POST
def decide(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Approve or refuse somebody else's export."""
    found = export_queries.export(actor=request.actor, uuid=uuid)
    form = DecisionForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data
        try:
            exporting.decide(
                actor=request.actor, now=clock.now(), export=found, approve=chosen["decision"] == "approve",
                note=chosen["note"],
            )  # fmt: skip
        except NotPermitted:
            raise
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Decided, and written down."))
            return redirect("access:export_asked", uuid)
    return _show(request, found, form, status=422)


@signed_in()
@never_cache
@require_POST
def take_file(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give the approved file, once."""
    found = export_queries.export(actor=request.actor, uuid=uuid)
    try:
        made, table = exporting.take(actor=request.actor, now=clock.now(), export=found)
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("access:export_asked", uuid)
    return file_answer(exporting.export_kinds[made.kind], made, table, actor=request.actor)


def _show(request: ActorRequest, found: Export, form: DecisionForm, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    row = _row(found, request, now)
    context = {
        "page_title": row["what"], "page_subtitle": found.number, "export": found, "form": form, **new_form_key(),
        "page_badge": {"label": row["state"], "tone": row["tone"]},
        "may_decide": found.needs_approval and found.decided_at is None and found.expires_at > now
        and policy.can_approve_export(request.actor, found),
        "may_take": found.account_id == request.actor.account_id and bool(found.is_approved)
        and found.taken_at is None and found.expires_at > now,
        "items": [
            {"term": _("By whom"), "value": found.account.display_name},
            {"term": _("Asked on"), "value": found.asked_at}, {"term": _("Place"), "value": found.area_code or "–"},
            {"term": _("Purpose"), "value": row["purpose"]}, {"term": _("Reason"), "value": found.reason or "–"},
            {"term": _("Persons"), "value": found.persons}, {"term": _("Rows"), "value": found.rows},
            *([{"term": pgettext("access", "Decided by"), "value": found.decided_by.display_name},
               {"term": _("Note"), "value": found.decision_note or "–"}] if found.decided_by else []),
            *([{"term": _("Taken out at"), "value": found.taken_at}] if found.taken_at else []),
        ],
        "breadcrumbs": [{"label": _("Files taken out"), "url": reverse("access:exports")}, {"label": found.number}],
    }  # fmt: skip
    return render(request, "access/export_asked.html", context, status=status)


def _row(found: Export, request: ActorRequest, now: Any) -> dict[str, Any]:
    kinds, named = exporting.export_kinds, processing_purposes
    state, tone = export_queries.state_of(found, now=now)
    return {
        "export": found, "url": reverse("access:export_asked", args=[found.uuid]), "state": state, "tone": tone,
        "what": kinds[found.kind].label if found.kind in kinds else found.kind,
        "purpose": named[found.purpose].label if found.purpose in named else found.purpose,
        "is_mine": found.account_id == request.actor.account_id,
    }  # fmt: skip
