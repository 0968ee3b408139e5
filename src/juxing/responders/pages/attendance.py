"""Pages on the day: who is there, the venue's code, paper, calendar and tables of a roster."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.calendar_text import CONTENT_TYPE, Event, calendar_text
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_name, masked_phone
from juxing.kernel.qr_codes import qr_code
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, new_form_key, open_to_all, signed_in
from juxing.responders import commands, policy
from juxing.responders.check_in_codes import screen_code, sheet_code
from juxing.responders.models import Duty, Roster
from juxing.responders.pages.own import OWN
from juxing.responders.pages.roster_words import day_words, needs_grid
from juxing.responders.pages.words import name_for, name_in_roster
from juxing.responders.queries import rosters as queries
from juxing.responders.queries.roster_table import roster_table
from juxing.responders.roster_enums import AttendanceStatus, Excuse

CODE_SCALE = 8
STATE_TONES = {
    "due": "waiting", "late": "problem", "missing": "problem", "here": "moving", "done": "done", "excused": "neutral",
    "later": "neutral", "standing_by": "neutral",
}  # fmt: skip
ORDER = ("missing", "late", "due", "here", "standing_by", "later", "excused", "done")


@signed_in(policy.ROSTER)
def board(request: ActorRequest) -> HttpResponse:
    """Show who is due, late, missing and here, over all rosters of one's places."""
    return _board(request, None)


@signed_in(policy.ROSTER)
def roster_board(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show who is due, late, missing and here in one roster."""
    return _board(request, queries.roster_of(actor=request.actor, uuid=uuid))


@require_POST
@idempotent
@signed_in(policy.ROSTER)
def duty_step(request: ActorRequest, uuid: UUID, step: str) -> HttpResponse:
    """Note that somebody is here, has gone, or is excused."""
    duty = queries.duty_of(actor=request.actor, uuid=uuid)
    now, actor = clock.now(), request.actor
    try:
        if step == "here":
            commands.mark_here(actor=actor, now=now, duty=duty)
        elif step == "out":
            commands.check_out(actor=actor, now=now, duty=duty)
        elif step == "excuse":
            commands.excuse(actor=actor, now=now, duty=duty, kind=request.POST.get("excuse", ""))
        else:
            raise NotVisible
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return HttpResponseRedirect(reverse("responders:roster_board", args=[duty.roster.uuid]), status=303)


@signed_in(policy.ROSTER)
@never_cache
def screen(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the code of this minute for a screen at the venue; it renews itself."""
    roster = queries.roster_of(actor=request.actor, uuid=uuid)
    now = clock.now()
    code = screen_code(roster.uuid, now=now)
    link = request.build_absolute_uri(reverse("responders:check_in", args=[roster.uuid, code]))
    context = {
        "page_title": _("Check in here"), "page_subtitle": f"{roster.name} · {roster.place}", "code": code,
        "qr": qr_code(link, scale=CODE_SCALE), "shown_at": localtime(now), "roster": roster,
        "page_actions": [{"label": _("Sheet for today"), "icon": "printer",
                          "url": reverse("responders:code_sheet", args=[uuid])}],
        "breadcrumbs": [{"label": _("Rosters"), "url": reverse("responders:rosters")},
                        {"label": roster.name, "url": reverse("responders:roster", args=[uuid])},
                        {"label": _("Check in here")}],
    }  # fmt: skip
    return render(request, "responders/screen.html", context)


@signed_in(policy.ROSTER)
@never_cache
def code_sheet(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a sheet with the code of today, where there is no screen."""
    roster = queries.roster_of(actor=request.actor, uuid=uuid)
    now = clock.now()
    code = sheet_code(roster.uuid, now=now)
    link = request.build_absolute_uri(reverse("responders:check_in", args=[roster.uuid, code]))
    context = {
        "page_title": _("Check in here"), "page_subtitle": f"{roster.name} · {localtime(now):%Y-%m-%d}", "code": code,
        "qr": qr_code(link, scale=CODE_SCALE), "back_url": reverse("responders:screen", args=[uuid]),
    }  # fmt: skip
    return render(request, "responders/code_sheet.html", context)


@signed_in(policy.ROSTER)
def sheet(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the roster as it hangs on the wall: who, when, where; telephone numbers masked."""
    roster = queries.roster_of(actor=request.actor, uuid=uuid)
    table = roster_table(roster)
    names: dict[tuple[Any, int, int], list[str]] = {}
    for duty in table.held:
        letter = "" if duty.slot == "primary" else " (B)"
        words = f"{name_for(request.actor, duty.responder)[0]} {masked_phone(duty.responder.phone)}{letter}"
        names.setdefault((duty.day, duty.shift_id, duty.post_id), []).append(words)
    rows = [
        {"shift": shift.name, "post": post.title,
         "cells": [names.get((day, shift.pk, post.pk), []) for day in table.days]}
        for shift in table.shifts for post in table.posts
    ]  # fmt: skip
    context = {
        "page_title": roster.name, "page_subtitle": roster.place, "rows": rows, "landscape": True,
        "days": [day_words(day) for day in table.days], "printed_by": request.actor.name, "printed_at": clock.now(),
        "contains_persons": True, "back_url": reverse("responders:roster", args=[uuid]), "notice": roster.notice,
        "needs": needs_grid(table),
    }  # fmt: skip
    return render(request, "responders/roster_sheet.html", context)


@require_POST
@idempotent
@signed_in(policy.ROSTER)
@never_cache
def new_feed(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Make a new secret link to the roster's calendar; an earlier one ends."""
    roster = queries.roster_of(actor=request.actor, uuid=uuid)
    token = commands.give_feed_link(actor=request.actor, now=clock.now(), roster=roster)
    link = request.build_absolute_uri(reverse("responders:roster_calendar", args=[token]))
    context = {
        "page_title": _("Calendar link"), "page_subtitle": roster.name, "link": link,
        "back_url": reverse("responders:roster", args=[uuid]),
    }  # fmt: skip
    return render(request, "responders/feed.html", context)


@open_to_all
@never_cache
def calendar(_request: HttpRequest, token: str) -> HttpResponse:
    """Give a roster's calendar to whoever holds its link: names masked, no telephone."""
    with acting(OWN):
        roster = queries.roster_by_feed(token)
        if roster is None:
            return HttpResponse(status=404)
        events = [event_of(duty, summary=f"{duty.post.title} {masked_name(duty.responder.name)}")
                  for duty in queries.feed_duties(roster)]  # fmt: skip
    text = calendar_text(events, name=roster.name, stamped_at=clock.now())
    return HttpResponse(text, content_type=CONTENT_TYPE)


def event_of(duty: Duty, *, summary: str) -> Event:
    """Return a shift as an entry of a calendar."""
    gone = duty.status in {AttendanceStatus.RELIEVED, AttendanceStatus.EXCUSED}
    return Event(
        uuid=duty.uuid, starts_at=duty.starts_at, ends_at=duty.ends_at, summary=summary, location=duty.roster.place,
        status="CANCELLED" if gone else "CONFIRMED", sequence=duty.sequence,
    )  # fmt: skip


def state_words() -> dict[str, str]:
    """Return the states of the board in words."""
    return {
        "due": _("Due within 30 minutes"), "late": pgettext("attendance", "Late"), "missing": _("Did not come"),
        "here": pgettext("attendance", "Here"), "done": pgettext("attendance", "Completed"),
        "excused": pgettext("attendance", "Excused"), "later": pgettext("attendance", "Later"),
        "standing_by": _("Stands by (B)"),
    }  # fmt: skip


def _board(request: ActorRequest, roster: Roster | None) -> HttpResponse:
    now = clock.now()
    moments = queries.board(actor=request.actor, now=now, roster=roster)
    words = state_words()
    groups = []
    for state in ORDER:
        rows = [_moment(moment, request.actor) for moment in moments if moment.state == state]
        groups.append({"state": state, "label": words[state], "tone": STATE_TONES[state], "rows": rows})
    crumbs = [{"label": _("Rosters"), "url": reverse("responders:rosters")}]
    if roster is not None:
        crumbs.append({"label": roster.name, "url": reverse("responders:roster", args=[roster.uuid])})
    context = {
        "page_title": _("Who is there now"), "page_icon": "users", "now": localtime(now), "groups": groups,
        "page_subtitle": roster.name if roster else _("All rosters of your places"), "excuses": Excuse.choices,
        "breadcrumbs": [*crumbs, {"label": _("Who is there now"), "url": ""}], "live_topics": "responders",
        "uncovered": sum(1 for one in moments if one.state == "missing" and not one.is_covered), "roster": roster,
        "figures": [{"label": group["label"], "value": len(group["rows"]), "tone": group["tone"]} for group in groups],
        **new_form_key(),
    }  # fmt: skip
    return render(request, "responders/board.html", context)


def _moment(moment: queries.Moment, actor: Actor) -> dict[str, Any]:
    """Return a row of the board; who is late or missing is called, so name and telephone stand there in full."""
    duty = moment.duty
    is_called = moment.state in {"late", "missing"} and bool(duty.responder.name)
    name = duty.responder.name if is_called else name_in_roster(actor, duty.responder)
    minutes = int((clock.now() - duty.starts_at).total_seconds() // 60)
    return {
        "uuid": duty.uuid, "name": name, "post": duty.post.title,
        "phone": duty.responder.phone if moment.state in {"late", "missing"} else "", "roster": duty.roster.name,
        "starts_at": duty.starts_at, "ends_at": duty.ends_at, "checked_in_at": duty.checked_in_at,
        "stands_in_for": name_in_roster(actor, moment.stands_in_for.responder) if moment.stands_in_for else "",
        "is_covered": moment.is_covered, "excuse": duty.get_excuse_display() if duty.excuse else "",
        "minutes": ngettext("%(count)s minute late", "%(count)s minutes late", minutes) % {"count": minutes}
        if moment.state in {"late", "missing"} else "",
        "may_arrive": moment.state in {"due", "late", "missing", "later", "standing_by"},
        "may_leave": moment.state == "here", "may_excuse": moment.state in {"due", "late", "missing", "later",
                                                                            "standing_by"},
    }  # fmt: skip
