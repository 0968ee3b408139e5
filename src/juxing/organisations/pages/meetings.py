"""Meetings of joint committees: planned, called, held, their minutes written and confirmed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock, journal
from juxing.kernel.calendar_text import CONTENT_TYPE, Event, calendar_text
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible
from juxing.kernel.web import ActorRequest, new_form_key, signed_in
from juxing.organisations import commands, policy, queries
from juxing.organisations.enums import AttendanceStatus, MeetingStatus
from juxing.organisations.lifecycle import MEETING
from juxing.organisations.meeting_forms import (
    AnswerInvitationForm,
    DecisionForm,
    ItemForm,
    MeetingFilterForm,
    MeetingForm,
    NewMeetingForm,
)
from juxing.organisations.models import AgendaItem, CommitteeMeeting, MeetingAttendance
from juxing.organisations.pages.committees import committee_tabs
from juxing.organisations.pages.flow import action, crumbs, pressed, take
from juxing.organisations.pages.words import timeline

TONES = {
    MeetingStatus.PLANNED: "neutral", MeetingStatus.CALLED: "moving", MeetingStatus.HELD: "waiting",
    MeetingStatus.CONFIRMED: "done", MeetingStatus.CANCELLED: "ended",
}  # fmt: skip
ATTENDANCE_TONES = {
    AttendanceStatus.INVITED: "waiting", AttendanceStatus.COMING: "moving", AttendanceStatus.PRESENT: "done",
    AttendanceStatus.EXCUSED: "neutral", AttendanceStatus.MISSED: "ended",
}  # fmt: skip


@signed_in(policy.SEE)
def meetings(request: ActorRequest) -> HttpResponse:
    """List meetings, the latest first."""
    form = MeetingFilterForm(request.GET)
    filled = form.cleaned_data if form.is_valid() else {"area": "", "status": ""}
    page = queries.meetings.meetings_page(
        actor=request.actor, area_code=filled["area"], status=filled["status"], cursor=request.GET.get("cursor")
    )
    for row in page.rows:
        row.tone = TONES[MeetingStatus(row.status)]  # type: ignore[attr-defined]
    actions = []
    if request.actor.may_somewhere(policy.EXPORT):
        url = f"{reverse('organisations:export_meetings')}?area={filled['area']}"
        actions.append(action(_("Take out as a table"), url, "download"))
    context = {
        "page_title": _("Meetings"), "page_icon": "calendar-event", "form": form, "page": page, "rows": page.rows,
        "page_subtitle": _("Meetings of joint committees: who comes, what was said, what was decided."),
        "caption": _("Meetings"), "reset_url": reverse("organisations:meetings"), "tabs": committee_tabs("meetings"),
        "columns": [{"label": pgettext("meeting", "When")}, {"label": _("Joint committee")},
                    {"label": pgettext("meeting", "What kind of meeting")},
                    {"label": _("Units"), "kind": "number"}, {"label": _("Open decisions"), "kind": "number"},
                    {"label": _("Step")}],
        "row_template": "organisations/_meeting_row.html", "page_actions": actions,
        "empty": {"icon": "calendar-event", "title": _("No meeting fits."),
                  "text": _("Meetings are planned on the page of a joint committee.")},
    }  # fmt: skip
    return render(request, "organisations/listing.html", context)


@idempotent
@signed_in(policy.SEE)
def plan_meeting(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Plan a meeting of a committee."""
    committee = queries.committees.committee(actor=request.actor, uuid=uuid)
    if not policy.runs_committee(request.actor, committee):
        raise NotVisible
    form = NewMeetingForm(request.POST or None, initial={"title": _("Joint meeting")})

    def act(filled: dict[str, Any]) -> str:
        made = commands.plan_meeting(
            actor=request.actor, now=clock.now(), committee=committee, given=form.given(),
            agenda=filled["agenda"].splitlines(),
        )  # fmt: skip
        return reverse("organisations:meeting", args=[made.uuid])

    own = reverse("organisations:committee", args=[uuid])
    context = {
        "page_title": _("Plan a meeting"), "page_subtitle": committee.name, "cancel_url": own,
        "breadcrumbs": crumbs((committee.name, own), (_("Plan a meeting"), "")),
    }  # fmt: skip
    return take(request, form, act, done=_("It is planned. Nobody is told before you call it."), context=context)


@idempotent
@signed_in(policy.SEE)
def change_meeting(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Change a meeting's words, time or place."""
    found = _run(request, uuid)
    names = ("title", "venue", "starts_at", "ends_at")
    form = MeetingForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    own = reverse("organisations:meeting", args=[uuid])

    def act(_filled: dict[str, Any]) -> str:
        commands.change_meeting(actor=request.actor, now=clock.now(), meeting=found, given=form.given())
        return own

    told = _("Another time or place is told to everybody invited, and they are asked again.")
    context = {
        "page_title": found.title, "cancel_url": own, "breadcrumbs": crumbs((found.title, own), (_("Change"), "")),
        "page_subtitle": told if found.status == MeetingStatus.CALLED else "",
    }  # fmt: skip
    return take(request, form, act, done=_("It is written down."), context=context)


@signed_in(policy.SEE)
def meeting(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a meeting: agenda and minutes, who comes, what was decided."""
    return show_meeting(request, queries.meetings.meeting(actor=request.actor, uuid=uuid))


def show_meeting(request: ActorRequest, found: CommitteeMeeting, *, status: int = 200, **forms: Any) -> HttpResponse:
    """Show a meeting, with a form that was refused in its place."""
    actor, today = request.actor, timezone.localdate(clock.now())
    steps = {step.name for step in MEETING.offered(actor, found)}
    if clock.now() < found.starts_at - commands.HELD_FROM:
        steps.discard("hold")
    agenda, people = queries.meetings.agenda_of(found), queries.meetings.attendance_of(found)
    for row in people:
        row.tone = ATTENDANCE_TONES[AttendanceStatus(row.status)]  # type: ignore[attr-defined]
    decisions, before = queries.meetings.decisions_of(found), queries.meetings.open_from_before(found)
    context = {
        "page_title": found.title, "page_subtitle": found.committee.name, "meeting": found, "steps": steps,
        "page_badge": {"label": found.get_status_display(), "tone": TONES[MeetingStatus(found.status)]},
        "facts": _facts(found, people), "agenda": agenda, "attendance": people,
        "decisions": [{"row": row, "is_late": row.is_late(today)} for row in decisions],
        "before": [{"row": row, "is_late": row.is_late(today)} for row in before],
        "own": _own_invitations(request, found), "excuses": queries.meetings.EXCUSES,
        "entries": timeline(journal.entries_about("organisations.committeemeeting", found.uuid)[:20]),
        "page_actions": _actions(found, steps), **new_form_key(),
        "breadcrumbs": crumbs((_("Meetings"), reverse("organisations:meetings")),
                              (found.committee.name, reverse("organisations:committee", args=[found.committee.uuid])),
                              (found.title, "")),
        "add_label": _("Add"), "decide_label": _("Write it down"), "answer_label": _("Send"),
    } | _writing(request, found, agenda) | forms  # fmt: skip
    return render(request, "organisations/meeting.html", context, status=status)


def _writing(request: ActorRequest, found: CommitteeMeeting, agenda: list[AgendaItem]) -> dict[str, Any]:
    """Return what whoever runs the meeting can write in its present state."""
    runs = policy.can_run_meeting(request.actor, found)
    is_held = runs and found.status == MeetingStatus.HELD
    is_open = runs and queries.meetings.is_open_meeting(found)
    shown: dict[str, Any] = {"runs": runs, "is_held": is_held, "is_open": is_open, "may_write": is_held or is_open}
    if not shown["may_write"]:
        return shown
    units, posts = queries.meetings.owners_to_choose(actor=request.actor, meeting=found)
    decision_form = DecisionForm(units=units, posts=posts, items=agenda) if is_held else None
    return shown | {"item_form": ItemForm(units=units), "decision_form": decision_form}


def _own_invitations(request: ActorRequest, found: CommitteeMeeting) -> list[tuple[MeetingAttendance, Any]]:
    if found.status != MeetingStatus.CALLED or clock.now() >= found.ends_at:
        return []
    own = queries.meetings.own_invitations(actor=request.actor, meeting=found)
    return [(row, AnswerInvitationForm(auto_id=f"id_{row.pk}_%s")) for row in own]


def _facts(found: CommitteeMeeting, people: list[Any]) -> list[dict[str, Any]]:
    come = sum(row.status in {AttendanceStatus.COMING, AttendanceStatus.PRESENT} for row in people)
    return [
        {"term": _("Begins"), "value": found.starts_at}, {"term": _("Ends"), "value": found.ends_at},
        {"term": _("Where people meet"), "value": found.venue},
        *([{"term": _("Units that come"), "value": _("%(come)d of %(all)d") % {"come": come, "all": len(people)}}]
          if people else []),
        {"term": _("Secretary"), "value": found.committee.secretary.display_name if found.committee.secretary else "–"},
        *([{"term": _("Why it does not take place"), "value": found.why}] if found.why else []),
        *([{"term": _("Minutes confirmed"), "value": found.confirmed_at}] if found.confirmed_at else []),
    ]  # fmt: skip


def _actions(found: CommitteeMeeting, steps: set[str]) -> list[dict[str, Any]]:
    uuid = found.uuid
    move = partial(_move_action, uuid)
    buttons = {
        "call": move("call", _("Call the meeting"), "speakerphone", kind="primary"),
        "hold": move("hold", _("It takes place"), "player-play", kind="primary"),
        "confirm": move("confirm", _("Confirm the minutes"), "check", kind="primary"),
        "reopen": {"label": _("Open the minutes again"), "dialog": "reopen", "icon": "pencil", "kind": ""},
        "cancel": {"label": _("It does not take place"), "dialog": "cancel", "icon": "x", "kind": "danger"},
    }
    shown = [button for name, button in buttons.items() if name in steps]
    if "cancel" in steps:
        shown.insert(1, action(_("Change"), reverse("organisations:change_meeting", args=[uuid]), "pencil"))
    if found.status in {MeetingStatus.CALLED, MeetingStatus.PLANNED}:
        shown.append(action(_("Calendar"), reverse("organisations:meeting_calendar", args=[uuid]), "calendar-event",
                            download=True))  # fmt: skip
    if found.status != MeetingStatus.CANCELLED:
        is_over = found.status in {MeetingStatus.HELD, MeetingStatus.CONFIRMED}
        label = pgettext("meeting", "Minutes (PDF)") if is_over else pgettext("meeting", "Agenda (PDF)")
        shown.append(action(label, reverse("organisations:minutes", args=[uuid]), "printer", download=True))
    return shown


def _move_action(uuid: UUID, what: str, label: str, icon: str, *, kind: str = "") -> dict[str, Any]:
    url = reverse("organisations:move_meeting", args=[uuid, what])
    return {"label": label, "url": url, "icon": icon, "kind": kind, "method": "post"}


@idempotent
@signed_in(policy.SEE)
@require_POST
def move_meeting(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Call, cancel or hold a meeting, confirm its minutes or open them again."""
    found = _run(request, uuid)
    given: dict[str, Any] = {"actor": request.actor, "now": clock.now(), "meeting": found}
    reason = request.POST.get("reason", "")
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "call": (partial(commands.call_meeting, **given), _("The meeting is called. Everybody invited is told.")),
        "hold": (partial(commands.hold_meeting, **given), _("Write down who is there, and what is decided.")),
        "confirm": (partial(commands.confirm_minutes, **given), _("The minutes are confirmed.")),
        "reopen": (partial(commands.reopen_minutes, why=reason, **given), _("The minutes are open again.")),
        "cancel": (partial(commands.cancel_meeting, why=reason, **given), _("Everybody invited is told.")),
    }
    if what not in acts:
        raise NotVisible
    act, done = acts[what]
    return pressed(request, act, done=done, url=reverse("organisations:meeting", args=[uuid]))


@signed_in(policy.SEE)
def meeting_calendar(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give the meeting as an entry for a calendar."""
    found = queries.meetings.meeting(actor=request.actor, uuid=uuid)
    event = Event(
        uuid=found.uuid, starts_at=found.starts_at, ends_at=found.ends_at,
        summary=f"{found.committee.name} · {found.title}", location=found.venue, sequence=found.sequence,
        status="CANCELLED" if found.status == MeetingStatus.CANCELLED else "CONFIRMED",
        url=request.build_absolute_uri(reverse("organisations:meeting", args=[uuid])),
    )  # fmt: skip
    text = calendar_text([event], name=found.committee.name, stamped_at=clock.now())
    headers = {"Content-Disposition": 'attachment; filename="meeting.ics"'}
    return HttpResponse(text, content_type=CONTENT_TYPE, headers=headers)


def _run(request: ActorRequest, uuid: UUID) -> CommitteeMeeting:
    """Return a meeting the actor runs; NotVisible otherwise."""
    found = queries.meetings.meeting(actor=request.actor, uuid=uuid)
    if not policy.can_run_meeting(request.actor, found):
        raise NotVisible
    return found
