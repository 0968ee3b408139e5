"""Pages for planning who is on duty: rosters, their table, planning, people, needs, publication."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.jobs import request_cancel
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.responders import commands, policy
from juxing.responders.models import Roster, SwapOffer
from juxing.responders.pages.roster_words import (
    TONES,
    advice_words,
    day_words,
    grid,
    needs_grid,
    proof_words,
    roster_row,
    shortage_words,
)
from juxing.responders.pages.words import name_in_roster, page_shown
from juxing.responders.queries import rosters as queries
from juxing.responders.queries.forecast import show_up_by_part
from juxing.responders.queries.roster_people import candidates
from juxing.responders.queries.roster_table import roster_table
from juxing.responders.roster_enums import RosterStatus
from juxing.responders.roster_forms import CellForm, RosterForm, demand_from

BUDGET_S = 60


@signed_in(policy.ROSTER)
def roster_list(request: ActorRequest) -> HttpResponse:
    """List the rosters of one's places."""
    status = request.GET.get("status", "")
    status = status if status in RosterStatus.values else ""
    page = queries.rosters_page(actor=request.actor, status=status, cursor=request.GET.get("cursor"))
    address = reverse("responders:rosters")
    tabs = [{"label": pgettext("rosters", "All"), "url": address, "is_current": not status}]
    tabs += [
        {"label": label, "url": f"{address}?status={code}", "is_current": status == code}
        for code, label in RosterStatus.choices
    ]
    context = {
        "page_title": _("Rosters"), "page_icon": "calendar-event", "tabs": tabs,
        "page": page_shown(page, [roster_row(row) for row in page.rows]), "pager_text": _("Newest first"),
        "columns": [{"label": pgettext("roster", "Name")}, {"label": _("Where people meet")}, {"label": _("First day")},
                    {"label": _("Days"), "kind": "number"}, {"label": _("Shifts placed"), "kind": "number"},
                    {"label": _("State")}],
        "caption": _("Rosters, newest first"),
        "page_actions": [
            {"label": _("Make a roster"), "url": reverse("responders:new_roster"), "icon": "plus", "kind": "primary"},
            {"label": _("Who is there now"), "url": reverse("responders:board"), "icon": "users"},
        ],
        "empty": {"icon": "calendar-event", "title": _("No roster yet"),
                  "text": _("Make one: days, shifts, posts and how many each needs.")},
    }  # fmt: skip
    return render(request, "responders/rosters.html", context)


@idempotent
@signed_in(policy.ROSTER)
def new_roster(request: ActorRequest) -> HttpResponse:
    """Make a roster."""
    form = RosterForm(
        request.POST or None, places=queries.places_to_plan(actor=request.actor),
        groups=queries.groups_to_plan(actor=request.actor),
        initial={"starts_on": localdate(clock.now()) + timedelta(days=1), "place": request.GET.get("place", "")[:80]},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            roster = commands.make_roster(actor=request.actor, now=clock.now(), given=form.given())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The draft is made. Choose the people, then have it planned."))
            return HttpResponseRedirect(reverse("responders:roster_people", args=[roster.uuid]), status=303)
    context = {
        "page_title": _("Make a roster"), "page_icon": "calendar-event", "form": form, "form_key": new_form_key(),
        "cancel_url": reverse("responders:rosters"), "breadcrumbs": _crumbs(None, _("Make a roster")),
    }  # fmt: skip
    return render(request, "responders/roster_form.html", context, status=422 if form.errors else 200)


@signed_in(policy.ROSTER)
def roster(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a roster: people and days, what is wrong in each cell, what stays short and why."""
    found = queries.roster_of(actor=request.actor, uuid=uuid)
    table = roster_table(found)
    job = queries.plan_job(found)
    is_draft, is_open = found.status == RosterStatus.DRAFT, found.status != RosterStatus.CLOSED
    shown = grid(table, actor=request.actor, may_edit=is_open)
    context = {
        **_head(found, "table"), "table": table, "grid": shown, "needs": needs_grid(table), "roster": found,
        "proof": proof_words(found), "shortages": shortage_words(table), "is_draft": is_draft, "is_open": is_open,
        "job": job, "is_planning": job is not None and not job.is_over, **_progress(found),
        "job_failed": job is not None and bool(job.failure),
        "swaps": [_swap(row, request.actor) for row in queries.swaps_waiting(found)],
        "form_key": new_form_key(),
    }  # fmt: skip
    return render(request, "responders/roster.html", context)


@require_POST
@idempotent
@signed_in(policy.ROSTER)
def start_plan(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Have a draft planned in the background."""
    found = queries.roster_of(actor=request.actor, uuid=uuid)
    commands.start_plan(actor=request.actor, now=clock.now(), roster=found, budget_s=BUDGET_S)
    return HttpResponseRedirect(reverse("responders:roster", args=[uuid]), status=303)


@signed_in(policy.ROSTER)
def plan_progress(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Answer the progress bar."""
    found = queries.roster_of(actor=request.actor, uuid=uuid)
    return render(request, "components/progress.html", {"job": queries.plan_job(found), **_progress(found)})


@require_POST
@signed_in(policy.ROSTER)
def stop_plan(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Stop the planning; what was there stays."""
    job = queries.plan_job(queries.roster_of(actor=request.actor, uuid=uuid))
    if job is not None:
        request_cancel(job)
        messages.info(request, _("Stopped. What was planned before stays."))
    return HttpResponseRedirect(reverse("responders:roster", args=[uuid]), status=303)


@idempotent
@signed_in(policy.ROSTER)
def cell(request: ActorRequest, uuid: UUID, person: int, day: str) -> HttpResponse:
    """Change one person's day by hand; what would be wrong is said at once."""
    found = queries.roster_of(actor=request.actor, uuid=uuid)
    table, on = roster_table(found), _day(day)
    member = next((row for row in table.members if row.responder_id == person), None)
    if member is None or on not in table.days:
        raise NotVisible
    now_there = next((row for row in table.held if row.responder_id == person and row.day == on), None)
    initial = f"{now_there.shift_id}:{now_there.post_id}:{now_there.slot}" if now_there else ""
    form = CellForm(request.POST or None, table=table, initial={"choice": initial})
    if request.method == "POST" and form.is_valid():
        try:
            commands.place_by_hand(
                actor=request.actor, now=clock.now(), roster=found, person=person, day=on, choice=form.chosen()
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("responders:roster", args=[uuid]) + f"#p{person}", status=303)
    shown, name = grid(table, actor=request.actor, may_edit=False), name_in_roster(request.actor, member.responder)
    context = {
        **_head(found, "table"), "form": form, "form_key": new_form_key(), "page_actions": [],
        "page_title": _("%(name)s on %(day)s") % {"name": name, "day": day_words(on)},
        "cancel_url": reverse("responders:roster", args=[uuid]), "breadcrumbs": _crumbs(found, day_words(on)),
        "problems": [line for row in shown["rows"] if row["member"].pk == member.pk
                     for one in row["cells"] if one["day"] == on for line in one["problems"]],
    }  # fmt: skip
    return render(request, "responders/roster_cell.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.ROSTER)
def people(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Choose who may be placed."""
    found = queries.roster_of(actor=request.actor, uuid=uuid)
    if request.method == "POST":
        numbers = {
            name: [int(text) for text in request.POST.getlist(name)[:500] if text.isdecimal() and len(text) < 18]
            for name in ("add", "remove")
        }
        try:
            added, removed = commands.set_members(actor=request.actor, now=clock.now(), roster=found, **numbers)
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(
                request, _("%(added)s added, %(removed)s taken out.") % {"added": added, "removed": removed}
            )
        return HttpResponseRedirect(reverse("responders:roster_people", args=[uuid]), status=303)
    context = {
        **_head(found, "people"), "roster": found, "form_key": new_form_key(),
        "members": grid(roster_table(found), actor=request.actor, may_edit=False)["rows"],
        "candidates": [
            {"pk": one.pk, "name": name_in_roster(request.actor, one), "kind": one.get_kind_display(),
             "is_placed": not one.area_code.startswith(found.area_code)}
            for one in candidates(actor=request.actor, roster=found)
        ],
        "is_open": found.status != RosterStatus.CLOSED,
    }  # fmt: skip
    return render(request, "responders/roster_people.html", context)


@idempotent
@signed_in(policy.ROSTER)
def needed(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write how many each shift of each day needs."""
    found = queries.roster_of(actor=request.actor, uuid=uuid)
    table = roster_table(found)
    if request.method == "POST":
        try:
            count = commands.set_demand(
                actor=request.actor, now=clock.now(), roster=found, wanted=demand_from(request.POST, table)
            )
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("Saved: %(count)s cells changed.") % {"count": count})
        return HttpResponseRedirect(reverse("responders:roster_needed", args=[uuid]), status=303)
    context = {
        **_head(found, "needed"), "roster": found, "needs": needs_grid(table), "form_key": new_form_key(),
        "days": [day_words(day) for day in table.days], "is_open": found.status != RosterStatus.CLOSED,
        "advice": advice_words(table, show_up_by_part(found.area_code, now=clock.now())),
    }  # fmt: skip
    return render(request, "responders/roster_needed.html", context)


@require_POST
@idempotent
@signed_in(policy.ROSTER)
def roster_step(request: ActorRequest, uuid: UUID, step: str) -> HttpResponse:
    """Publish, take back or close a roster."""
    found = queries.roster_of(actor=request.actor, uuid=uuid)
    now, actor = clock.now(), request.actor
    try:
        if step == "publish":
            commands.publish_roster(actor=actor, now=now, roster=found, notice=request.POST.get("notice", ""))
        elif step == "reopen":
            commands.reopen_roster(actor=actor, now=now, roster=found)
        elif step == "close":
            commands.close_roster(actor=actor, now=now, roster=found)
        else:
            raise NotVisible
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Done."))
    return HttpResponseRedirect(reverse("responders:roster", args=[uuid]), status=303)


@require_POST
@idempotent
@signed_in(policy.ROSTER)
def swap_step(request: ActorRequest, uuid: UUID, step: str) -> HttpResponse:
    """Approve that a shift changes hands, or not."""
    swap = queries.swap_of(actor=request.actor, uuid=uuid)
    roster_uuid = swap.duty.roster.uuid
    try:
        if step == "approve":
            commands.approve_swap(actor=request.actor, now=clock.now(), swap=swap)
        elif step == "refuse":
            commands.refuse_swap(actor=request.actor, now=clock.now(), swap=swap)
        else:
            raise NotVisible
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Done."))
    return HttpResponseRedirect(reverse("responders:roster", args=[roster_uuid]), status=303)


def _swap(row: SwapOffer, actor: Actor) -> dict[str, Any]:
    return {
        "uuid": row.uuid, "duty": row.duty, "giver": name_in_roster(actor, row.duty.responder),
        "taker": name_in_roster(actor, row.taker) if row.taker else "", "state": row.get_status_display(),
    }  # fmt: skip


def _progress(found: Roster) -> dict[str, Any]:
    return {
        "title": _("Planning the roster"), "url": reverse("responders:plan_progress", args=[found.uuid]),
        "result_url": reverse("responders:roster", args=[found.uuid]),
        "cancel_url": reverse("responders:stop_plan", args=[found.uuid]),
    }  # fmt: skip


def _head(found: Roster, current: str) -> dict[str, Any]:
    pages = [("table", "roster", _("People and days")), ("needed", "roster_needed", _("How many are needed")),
             ("people", "roster_people", _("People"))]  # fmt: skip
    if found.status != RosterStatus.DRAFT:
        pages.append(("board", "roster_board", _("Who is there now")))
    status = RosterStatus(found.status)
    actions = [
        {"label": _("Print"), "url": reverse("responders:roster_sheet", args=[found.uuid]), "icon": "printer"},
        {"label": _("Spreadsheet"), "url": reverse("responders:roster_export", args=[found.uuid]), "icon": "download"},
    ]  # fmt: skip
    if found.status == RosterStatus.DRAFT:
        actions.append({"label": _("Take in a table"), "url": reverse("responders:roster_import", args=[found.uuid]),
                        "icon": "file-upload"})  # fmt: skip
    else:
        actions.append({"label": _("Code for checking in"), "icon": "qrcode",
                        "url": reverse("responders:screen", args=[found.uuid])})  # fmt: skip
    last = found.starts_on + timedelta(days=found.days - 1)
    return {
        "page_title": found.name, "page_icon": "calendar-event", "page_actions": actions,
        "page_subtitle": f"{found.place} {day_words(found.starts_on)} – {day_words(last)}".strip(),
        "page_badge": {"label": status.label, "tone": TONES[status]}, "breadcrumbs": _crumbs(found, ""),
        "tabs": [
            {"label": label, "url": reverse(f"responders:{name}", args=[found.uuid]), "is_current": code == current}
            for code, name, label in pages
        ],
    }  # fmt: skip


def _crumbs(found: Roster | None, last: str) -> list[dict[str, str]]:
    crumbs = [{"label": _("Rosters"), "url": reverse("responders:rosters")}]
    if found is not None:
        crumbs.append({"label": found.name, "url": reverse("responders:roster", args=[found.uuid]) if last else ""})
    if last:
        crumbs.append({"label": last, "url": ""})
    return crumbs


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotVisible from None
