"""The desk: the list of needs with filters and counts, one need with its story, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.areas import Areas
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, signed_in
from juxing.needs import commands, policy, queries
from juxing.needs.enums import WAITING
from juxing.needs.filters import FilterForm
from juxing.needs.lifecycle import NEED
from juxing.needs.models import Need
from juxing.needs.pages.shown import shown
from juxing.needs.pages.words import desk_timeline
from juxing.needs.triage import explained

PRINTED_ROWS = 200


@signed_in()
def list_needs(request: ActorRequest) -> HttpResponse:
    """Show the needs of the actor's area, narrowed by filters, with counts of what waits."""
    now, actor = clock.now(), request.actor
    form = FilterForm(request.GET, actor=actor)
    filters = form.filters()
    page = queries.needs_page(actor, filters, now=now, cursor=request.GET.get("cursor"))
    rows: Any = [shown(need, now=now) for need in page.rows]
    counted = queries.recent_tally(actor.areas_with(policy.READ) & Areas([filters.area_code]), now=now)
    context = {
        "form": form, "page": replace(page, rows=rows), "rows": rows,
        "tally": counted,
        "page_title": _("Needs"), "columns": _columns(), "is_urgent_first": filters.is_waiting_only,
        "chips": form.chips(), "page_actions": _list_actions(request),
        "empty": {
            "icon": "inbox", "title": _("No need fits these filters"),
            "text": _("Take a filter away, or record a need."),
            "action": {"label": _("Record a need"), "url": reverse("needs:record"), "icon": "plus", "kind": "primary"},
        },
    }  # fmt: skip
    return render(request, "needs/list.html", context)


@signed_in(policy.REVEAL)
def print_needs(request: ActorRequest) -> HttpResponse:
    """Show the filtered list as a sheet of paper with names and doors, and journal that it was printed."""
    now, actor = clock.now(), request.actor
    form = FilterForm(request.GET, actor=actor)
    page = queries.needs_page(actor, form.filters(), now=now, cursor=request.GET.get("cursor"), size=PRINTED_ROWS)
    rows = commands.print_needs(actor=actor, now=now, needs=page.rows)
    context = {
        "page_title": _("List of needs"), "page_subtitle": form.summary(), "rows": rows, "printed_by": actor.name,
        "printed_at": now, "contains_persons": True, "landscape": True, "back_url": reverse("needs:list"),
        "is_cut": page.next_cursor is not None,
    }  # fmt: skip
    return render(request, "needs/print.html", context)


@signed_in()
def detail(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one need."""
    return _detail(request, queries.need_for(request.actor, uuid))


@require_POST
@idempotent
@signed_in()
def act(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Do one of the acts a need offers."""
    need = queries.need_for(request.actor, uuid)
    if what not in ACTS:
        raise NotVisible
    try:
        said = ACTS[what](request, need)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return _detail(request, queries.need_for(request.actor, uuid), status=refusal.status)
    if said:
        messages.success(request, said)
    return HttpResponseRedirect(reverse("needs:detail", args=[uuid]), status=303)


@require_POST
@signed_in(policy.REVEAL)
def reveal(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Open the sealed words of a need, once, on this page only; the reason goes into the journal."""
    need = queries.need_for(request.actor, uuid)
    try:
        words = commands.reveal_need(
            actor=request.actor, now=clock.now(), need=need, reason=request.POST.get("reason", "")
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return _detail(request, need, status=refusal.status)
    return _detail(request, need, revealed=words)


def _detail(request: ActorRequest, need: Need, *, status: int = 200, revealed: Any = None) -> HttpResponse:
    now, actor = clock.now(), request.actor
    offered = {step.name for step in NEED.offered(actor, need)}
    original = need.duplicate_of
    context = {
        "need": need, "row": shown(need, now=now), "revealed": revealed, "offered": offered,
        "terms": explained(need.triage), "timeline": desk_timeline(queries.timeline_of(need)),
        "duplicates": [shown(other, now=now) for other in queries.duplicates_of(need)],
        "original": original, "similar": [shown(other, now=now) for other in queries.similar_to(actor, need, now=now)],
        "can_reveal": policy.can_reveal(actor, need), "can_manage": policy.can_manage(actor, need),
        "can_answer": policy.can_answer(actor, need),
        "can_correct": need.status in WAITING and original is None and policy.can_correct(actor, need),
        "page_title": need.number, "page_subtitle": need.get_need_type_display(),
        "new_link": request.session.pop("needs.new_link", ""),
        "page_badge": {"label": need.get_status_display(), "tone": shown(need, now=now).tone},
        "breadcrumbs": [{"label": _("Needs"), "url": reverse("needs:list")}, {"label": need.number}],
        **new_form_key(),
    }  # fmt: skip
    return render(request, "needs/detail.html", context, status=status)


def _withdraw(request: ActorRequest, need: Need) -> str:
    commands.withdraw_need(actor=request.actor, now=clock.now(), need=need, reason=request.POST.get("reason", ""))
    return _("The need was withdrawn.")


def _unmet(request: ActorRequest, need: Need) -> str:
    commands.close_unmet(actor=request.actor, now=clock.now(), need=need, reason=request.POST.get("reason", ""))
    return _("The need was closed as unmet. The household reads your reason.")


def _confirm(request: ActorRequest, need: Need) -> str:
    commands.confirm_need(actor=request.actor, now=clock.now(), need=need)
    return _("Confirmed for the household.")


def _reopen(request: ActorRequest, need: Need) -> str:
    commands.reopen_need(actor=request.actor, now=clock.now(), need=need, what_was_wrong=request.POST.get("reason", ""))
    return _("The need is open again and comes before others.")


def _still_needed(request: ActorRequest, need: Need) -> str:
    commands.reconfirm_need(actor=request.actor, now=clock.now(), need=need)
    return _("Noted: still needed.")


def _part(request: ActorRequest, need: Need) -> str:
    commands.part_needs(actor=request.actor, now=clock.now(), need=need)
    return _("This is now a need of its own and waits for help.")


def _merge(request: ActorRequest, need: Need) -> str:
    original = queries.need_for(request.actor, _uuid(request.POST.get("original", "")))
    commands.merge_needs(actor=request.actor, now=clock.now(), duplicate=need, original=original)
    return _("Joined with %(number)s.") % {"number": original.number}


def _give_link(request: ActorRequest, need: Need) -> str:
    token = commands.give_link(actor=request.actor, now=clock.now(), need=need)
    request.session["needs.new_link"] = request.build_absolute_uri(reverse("needs:track", args=[token]))
    return ""


ACTS: dict[str, Callable[[ActorRequest, Need], str]] = {
    "withdraw": _withdraw,
    "unmet": _unmet,
    "confirm": _confirm,
    "reopen": _reopen,
    "still-needed": _still_needed,
    "part": _part,
    "merge": _merge,
    "link": _give_link,
}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotVisible from None


def _columns() -> list[dict[str, Any]]:
    return [
        {"label": _("Number")}, {"label": _("Priority")}, {"label": _("What is needed")}, {"label": _("Who and where")},
        {"label": _("State")}, {"label": _("Channel")}, {"label": _("Since")},
    ]  # fmt: skip


def _list_actions(request: ActorRequest) -> list[dict[str, Any]]:
    actions = []
    if request.actor.may_somewhere(policy.RECORD):
        actions.append({"label": _("Record a need"), "url": reverse("needs:record"), "icon": "plus", "kind": "primary"})
    if request.actor.may_somewhere(policy.REVEAL):
        address = f"{reverse('needs:print')}?{request.GET.urlencode()}"
        actions.append({"label": _("Print the list"), "url": address, "icon": "printer"})
    return actions
