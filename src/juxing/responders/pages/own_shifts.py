"""One's own shifts on the phone: when and where, checking in, being excused, giving away, signing up, wishes."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from juxing.kernel import clock
from juxing.kernel.calendar_text import CONTENT_TYPE, calendar_text
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import new_form_key
from juxing.responders import commands
from juxing.responders.models import Duty, Roster
from juxing.responders.pages.attendance import STATE_TONES, event_of, state_words
from juxing.responders.pages.own import OWN, Visit
from juxing.responders.pages.roster_words import day_words
from juxing.responders.pages.training_words import event_of as training_event
from juxing.responders.queries import rosters as queries
from juxing.responders.queries.roster_table import RosterTable, roster_table
from juxing.responders.queries.trainings import own_sign_ups
from juxing.responders.roster_enums import AttendanceStatus, Excuse, RosterStatus, SwapStatus, WishKind

OWN_STEPS = ("here", "out", "excuse", "come", "offer", "keep")
OPEN_SWAPS = {SwapStatus.OFFERED, SwapStatus.ACCEPTED}


def show(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show one's shifts, and what one may take, give and wish."""
    now = clock.now()
    with acting(OWN):
        duties = queries.own_duties(visit.responder, now=now)
        rosters = queries.own_rosters(visit.responder, now=now)
        tables = [roster_table(roster) for roster in rosters]
        swaps = queries.swaps_on_offer(visit.responder, now=now)
        context = {
            "page_title": _("My shifts"), "base": visit.base, "form_key": new_form_key(), "keep_offline": True,
            "duties": [_shown(duty, visit) for duty in duties], "excuses": Excuse.choices[:-1],
            "open": [row for table in tables for row in _open_shifts(table, visit)],
            "wishes": [_wishes(table, visit) for table in tables if table.roster.status == RosterStatus.DRAFT],
            "swaps": [{"uuid": swap.uuid, "duty": swap.duty, "url": visit.url("swap_step", swap.uuid, "accept")}
                      for swap in swaps],
            "home_url": visit.url("home"), "calendar_url": visit.url("calendar"), "wish_kinds": WishKind.choices,
        }  # fmt: skip
    return render(request, "responders/my_shifts.html", context)


def step(request: HttpRequest, visit: Visit, uuid: UUID, name: str) -> HttpResponse:
    """Check in or out, be excused, come after all, give a shift away."""
    now = clock.now()
    try:
        with acting(OWN):
            duty = queries.own_duty(visit.responder, uuid)
            _take(request, visit, duty, name, now)
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Done. Thank you."))
    return HttpResponseRedirect(visit.url("shifts"), status=303)


def swap_step(request: HttpRequest, visit: Visit, uuid: UUID, name: str) -> HttpResponse:
    """Say that one would take an offered shift, or keep one's own after all."""
    now = clock.now()
    try:
        with acting(OWN):
            if name == "accept":
                found = [swap for swap in queries.swaps_on_offer(visit.responder, now=now) if swap.uuid == uuid]
                if not found:
                    raise NotVisible
                commands.accept_swap(actor=visit.actor, now=now, swap=found[0], taker=visit.responder)
            else:
                raise NotVisible
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Noted. The coordinator approves it, then it is yours."))
    return HttpResponseRedirect(visit.url("shifts"), status=303)


def sign_up(request: HttpRequest, visit: Visit, uuid: UUID) -> HttpResponse:
    """Take an open shift."""
    day, shift, post = _cell(request.POST.get("cell", ""))
    try:
        with acting(OWN):
            member = queries.own_membership(visit.responder, uuid)
            commands.sign_up(
                actor=visit.actor, now=clock.now(), roster=member.roster, responder=visit.responder, day=day,
                shift_id=shift, post_id=post,
            )  # fmt: skip
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The shift is yours."))
    return HttpResponseRedirect(visit.url("shifts"), status=303)


def wish(request: HttpRequest, visit: Visit, uuid: UUID) -> HttpResponse:
    """Say that one cannot come on a day, or would rather not; no reason is asked."""
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise NotVisible from None
    with acting(OWN):
        member = queries.own_membership(visit.responder, uuid)
        commands.set_wish(
            actor=visit.actor, now=clock.now(), member=member, day=day, shift_id=None, kind=request.POST.get("kind", "")
        )
    return HttpResponseRedirect(visit.url("shifts"), status=303)


def calendar(_request: HttpRequest, visit: Visit) -> HttpResponse:
    """Give one's own shifts and trainings as a calendar."""
    now = clock.now()
    with acting(OWN):
        events = [event_of(duty, summary=f"{duty.post.title} {duty.roster.name}")
                  for duty in queries.own_duties(visit.responder, now=now)]  # fmt: skip
        events += [training_event(row.session, status=row.status)
                   for row in own_sign_ups(visit.responder, now=now)]  # fmt: skip
    return HttpResponse(calendar_text(events, name=_("My shifts"), stamped_at=now), content_type=CONTENT_TYPE)


def _take(request: HttpRequest, visit: Visit, duty: Duty, name: str, now: Any) -> None:
    actor = visit.actor
    if name == "here":
        commands.check_in_by_code(actor=actor, now=now, duty=duty, code=request.POST.get("code", "")[:40])
    elif name == "out":
        commands.check_out(actor=actor, now=now, duty=duty)
    elif name == "excuse":
        commands.excuse(actor=actor, now=now, duty=duty, kind=request.POST.get("excuse", ""))
    elif name == "come":
        commands.take_back_excuse(actor=actor, now=now, duty=duty)
    elif name == "offer":
        commands.offer_swap(actor=actor, now=now, duty=duty)
    elif name == "keep":
        swap = next((row for row in duty.swaps.all() if row.status in OPEN_SWAPS), None)
        if swap is None:
            raise NotVisible
        commands.withdraw_swap(actor=actor, now=now, swap=swap)
    else:
        raise NotVisible


def _shown(duty: Duty, visit: Visit) -> dict[str, Any]:
    now = clock.now()
    state = queries.moment_of(duty, now=now).state
    on_offer = any(swap.status in OPEN_SWAPS for swap in duty.swaps.all())
    is_planned = duty.status == AttendanceStatus.SCHEDULED
    urls = {
        name: visit.url("shift_step", duty.uuid, name) for name in ("here", "out", "excuse", "come", "offer", "keep")
    }
    return {
        "duty": duty, "urls": urls, "state": {"label": state_words()[state], "tone": STATE_TONES[state]},
        "is_on_offer": on_offer, "is_over": duty.ends_at <= now,
        "may_come": duty.status in {AttendanceStatus.SCHEDULED, AttendanceStatus.NO_SHOW} and duty.ends_at > now
        and duty.starts_at - now <= commands.EARLY,
        "may_leave": duty.status == AttendanceStatus.CHECKED_IN,
        "may_excuse": is_planned or duty.status == AttendanceStatus.NO_SHOW,
        "may_return": duty.status == AttendanceStatus.EXCUSED and duty.ends_at > now,
        "may_offer": is_planned and not on_offer and duty.starts_at > now,
    }  # fmt: skip


def _open_shifts(table: RosterTable, visit: Visit) -> list[dict[str, Any]]:
    if table.roster.status != RosterStatus.PUBLISHED:
        return []
    now, shifts, posts = clock.now(), {row.pk: row for row in table.shifts}, {row.pk: row for row in table.posts}
    taken = {(duty.day, duty.shift_id) for duty in table.held if duty.responder_id == visit.responder.pk}
    rows = []
    for (day, shift, post), demand in sorted(table.demands.items()):
        missing = demand.count - table.placed((day, shift, post))
        skill = posts[post].skill
        able = not skill or skill in visit.responder.skills
        if missing > 0 and day >= now.date() and (day, shift) not in taken and able:
            rows.append({
                "roster": table.roster, "day": day_words(day), "shift": shifts[shift].name, "post": posts[post].title,
                "cell": f"{day.isoformat()}:{shift}:{post}", "missing": missing,
                "url": visit.url("sign_up", table.roster.uuid),
                "lacks": [one.words for one in table.lacks(visit.responder.pk, posts[post])],
            })  # fmt: skip
    return rows[:30]


def _wishes(table: RosterTable, visit: Visit) -> dict[str, Any]:
    roster: Roster = table.roster
    days = []
    for day in table.days:
        kinds = [wish.kind for wish in table.wishes.get((visit.responder.pk, day), ())]
        days.append({"day": day.isoformat(), "label": day_words(day), "kind": kinds[0] if kinds else ""})
    return {"roster": roster, "days": days, "url": visit.url("wish", roster.uuid)}


def _cell(text: str) -> tuple[date, int, int]:
    try:
        day, shift, post = text.split(":")
        return date.fromisoformat(day), int(shift[:18]), int(post[:18])
    except ValueError:
        raise NotVisible from None
