"""What is written down of a meeting: points and their outcome, who comes and came, the minutes on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.access.export_pages import take_out
from juxing.kernel import clock
from juxing.kernel.documents import pdf
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import InvalidInput, NotVisible, Refusal
from juxing.kernel.web import ActorRequest, carried_out, signed_in
from juxing.organisations import commands, policy, queries
from juxing.organisations.enums import MeetingStatus
from juxing.organisations.meeting_forms import AnswerInvitationForm, ItemForm, NoteAttendanceForm, OutcomeForm
from juxing.organisations.models import AgendaItem, CommitteeDecision, CommitteeMeeting, MeetingAttendance
from juxing.organisations.pages.flow import go_back, pressed
from juxing.organisations.pages.meetings import show_meeting


@idempotent
@signed_in(policy.SEE)
@require_POST
def add_item(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Put a point on the agenda."""
    found = queries.meetings.meeting(actor=request.actor, uuid=uuid)
    if not policy.can_run_meeting(request.actor, found):
        raise NotVisible
    units, _posts = queries.meetings.owners_to_choose(actor=request.actor, meeting=found)
    form = ItemForm(request.POST, units=units)

    def act(filled: dict[str, Any]) -> AgendaItem:
        return commands.add_item(
            actor=request.actor, now=clock.now(), meeting=found, subject=filled["subject"],
            brought_by=form.units.get(filled["brought_by"]),
        )  # fmt: skip

    if carried_out(request, form, act, done=_("It is on the agenda.")):
        return go_back(reverse("organisations:meeting", args=[uuid]), "agenda")
    return show_meeting(request, found, status=422, item_form=form)


@idempotent
@signed_in(policy.SEE)
@require_POST
def move_item(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Take a point off the agenda, let it come earlier, or write what the minutes say of it."""
    item = queries.meetings.item(actor=request.actor, uuid=uuid)
    actor, now = request.actor, clock.now()
    url = f"{reverse('organisations:meeting', args=[item.meeting.uuid])}#agenda"
    if what == "remove":
        return pressed(request, lambda: commands.remove_item(actor=actor, now=now, item=item),
                       done=_("It is off the agenda."), url=url)  # fmt: skip
    if what == "raise":
        return pressed(request, lambda: commands.raise_item(actor=actor, now=now, item=item),
                       done=_("It is written down."), url=url)  # fmt: skip
    if what != "outcome":
        raise NotVisible
    form = OutcomeForm(request.POST)
    outcome = form.cleaned_data["outcome"] if form.is_valid() else request.POST.get("outcome", "")
    return pressed(request, lambda: commands.write_outcome(actor=actor, now=now, item=item, outcome=outcome),
                   done=_("It is written down."), url=url)  # fmt: skip


@idempotent
@signed_in(policy.SEE)
@require_POST
def answer_invitation(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Say whether a unit comes."""
    found = queries.meetings.attendance(actor=request.actor, uuid=uuid)
    form = AnswerInvitationForm(request.POST, auto_id=f"id_{found.pk}_%s")

    def act(filled: dict[str, Any]) -> MeetingAttendance:
        return commands.answer_invitation(
            actor=request.actor, now=clock.now(), attendance=found, comes=filled["comes"] == "yes",
            stands_in=filled["stands_in"], excuse=filled["excuse"],
        )  # fmt: skip

    if carried_out(request, form, act, done=_("Thank you. The secretary sees your answer.")):
        return go_back(reverse("organisations:meeting", args=[found.meeting.uuid]))
    return show_meeting(request, found.meeting, status=422, own=[(found, form)])


@idempotent
@signed_in(policy.SEE)
@require_POST
def note_attendance(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write down whether a unit was there, or that it was told by voice."""
    found = queries.meetings.attendance(actor=request.actor, uuid=uuid)
    actor, now = request.actor, clock.now()
    url = f"{reverse('organisations:meeting', args=[found.meeting.uuid])}#people"
    if request.POST.get("status") == "told":
        return pressed(request, lambda: commands.note_told(actor=actor, now=now, attendance=found),
                       done=_("It is written down."), url=url)  # fmt: skip
    form = NoteAttendanceForm(request.POST)

    def act() -> None:
        if not form.is_valid():
            raise InvalidInput("kind_unknown", _("Choose from the list."), field="status")
        commands.note_attendance(actor=actor, now=now, attendance=found, **form.cleaned_data)

    return pressed(request, act, done=_("It is written down."), url=url)


@signed_in(policy.SEE)
def minutes(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give the minutes as a PDF: before the meeting its agenda."""
    found = queries.meetings.meeting(actor=request.actor, uuid=uuid)
    if found.status == MeetingStatus.CANCELLED:
        raise Refusal("meeting_cancelled", _("This meeting did not take place: it has no minutes."))
    made = pdf("organisations/minutes", _values(found), now=found.confirmed_at or found.starts_at)
    name = f"minutes-{timezone.localtime(found.starts_at):%Y%m%d}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


@signed_in(policy.EXPORT)
def export_meetings(request: ActorRequest) -> HttpResponse:
    """Ask what the list of meetings and who came is for, and give it as a table."""
    return take_out(request, "organisations.meetings")


@signed_in(policy.EXPORT)
def export_decisions(request: ActorRequest) -> HttpResponse:
    """Ask what the list of decisions is for, and give it as a table."""
    return take_out(request, "organisations.decisions")


def _values(found: CommitteeMeeting) -> dict[str, Any]:
    is_over = found.status in {MeetingStatus.HELD, MeetingStatus.CONFIRMED}
    people = queries.meetings.attendance_of(found)
    starts, ends = timezone.localtime(found.starts_at), timezone.localtime(found.ends_at)
    when = f"{date_format(starts, 'DATE_FORMAT')} {starts:%H:%M} – {ends:%H:%M}"
    return {
        "title": found.title, "subtitle": found.committee.name,
        "meta": [[_("Begins"), when], [_("Where people meet"), found.venue], [_("Step"), found.get_status_display()]],
        "draft": "" if found.status != MeetingStatus.HELD else str(_("Minutes not confirmed yet")),
        "agenda_title": _("Agenda"), "brought_by": _("Brought by"),
        "agenda": [
            {"number": row.position, "subject": row.subject, "by": row.brought_by.name if row.brought_by else "",
             "outcome": row.outcome}
            for row in queries.meetings.agenda_of(found)
        ],
        "people_title": _("Units"), "people_heads": [_("Member unit"), _("Who comes"), _("State")],
        "people": [[row.member.organisation.name, _person(row), _state(row)] for row in people],
        "decisions_title": _("Decisions"),
        "decision_heads": [_("What was decided"), pgettext("decision", "Who answers for it"), _("Until"), _("State")],
        "decisions": [_decision(row) for row in queries.meetings.decisions_of(found)] if is_over else [],
        "before_title": _("Open from earlier meetings"),
        "before": [_decision(row) for row in queries.meetings.open_from_before(found)],
        "signatures": [_("Secretary"), pgettext("meeting", "In the chair")] if is_over else [],
    }  # fmt: skip


def _person(row: MeetingAttendance) -> str:
    return row.stands_in or (row.account.display_name if row.account else "")


def _state(row: MeetingAttendance) -> str:
    return f"{row.get_status_display()} · {row.get_excuse_display()}" if row.excuse else row.get_status_display()


def _decision(row: CommitteeDecision) -> list[str]:
    words = f"{row.words} ({row.progress})" if row.progress else row.words
    return [words, queries.meetings.owner_name(row), row.due_on.isoformat(), row.get_status_display()]
