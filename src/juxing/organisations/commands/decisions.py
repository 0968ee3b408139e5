"""What meetings decide: written down with who answers for it and until when, followed up until it is carried out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.organisations import policy
from juxing.organisations.commands.words import plain_name, recorded
from juxing.organisations.enums import DecisionStatus, MeetingStatus
from juxing.organisations.lifecycle import DECISION
from juxing.organisations.models import AgendaItem, CommitteeDecision, CommitteeMeeting, Organisation, Post
from juxing.organisations.waiting import DECISIONS, look_around

DECIDED = journal.declare_action("organisations.decision.take", _("Decision taken"))
PROGRESS = journal.declare_action("organisations.decision.report", _("Word about a decision"))
PUT_OFF = journal.declare_action("organisations.decision.put_off", _("Day of a decision changed"))
FARTHEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class DecisionInput:
    """What was decided, who answers for it (one of the two), until when."""

    words: str
    due_on: date
    organisation: Organisation | None = None
    post: Post | None = None
    item: AgendaItem | None = None


@transaction.atomic
def take_decision(*, actor: Actor, now: datetime, meeting: CommitteeMeeting, given: DecisionInput) -> CommitteeDecision:
    """
    Write down a decision of a meeting that is held; who answers for it is told.

    Raises:
        InvalidInput: without exactly one who answers, or with a day that is over.
        Refusal: unless the meeting is held and its minutes are open.
    """
    if not policy.can_run_meeting(actor, meeting):
        raise NotPermitted
    if meeting.status != MeetingStatus.HELD:
        raise Refusal("minutes_closed", _("Decisions are written down while the meeting is held."))
    if (given.organisation is None) == (given.post is None):
        raise InvalidInput("owner_missing", _("Name one organisation or one post that answers for it."), field="owner")
    _require_day(given.due_on, now=now)
    if given.item is not None and given.item.meeting_id != meeting.pk:
        raise InvalidInput("kind_unknown", _("Choose from the list."), field="item")
    made = CommitteeDecision.objects.create(
        meeting=meeting, area_code=meeting.area_code, item=given.item, organisation=given.organisation,
        post=given.post, due_on=given.due_on, words=plain_name(given.words, field="words", at_most=300),
    )  # fmt: skip
    recorded(DECIDED, made, actor=actor, now=now)
    tell_of_decisions(made, now=now)
    return made


@transaction.atomic
def report_progress(*, actor: Actor, now: datetime, decision: CommitteeDecision, words: str) -> CommitteeDecision:
    """
    Say how far a decision is; the last word stands on it, every word in the journal.

    Raises:
        NotPermitted: unless the actor answers for it or runs the meetings.
        Refusal: if it is not open.
    """
    locked = _open(decision)
    if not policy.can_follow_decision(actor, locked):
        raise NotPermitted
    locked.progress = plain_name(words, field="words", at_most=300)
    locked.progress_on = timezone.localdate(now)
    locked.save(update_fields=["progress", "progress_on"])
    journal.record(PROGRESS, actor=actor, subject=locked, happened_at=now, reason=locked.progress)
    return locked


@transaction.atomic
def carry_out(*, actor: Actor, now: datetime, decision: CommitteeDecision, words: str) -> CommitteeDecision:
    """Write down that a decision is carried out, and what shows it; InvalidInput without a word."""
    said = plain_name(words, field="words", at_most=300)
    done = DECISION.move(
        decision, "carry_out", actor=actor, now=now, reason=said,
        changes={"progress": said, "progress_on": timezone.localdate(now)},
    )  # fmt: skip
    tell_of_decisions(done, now=now)
    return done


@transaction.atomic
def drop_decision(*, actor: Actor, now: datetime, decision: CommitteeDecision, words: str) -> CommitteeDecision:
    """Write down that a decision is no longer needed, and why; InvalidInput without a word."""
    said = plain_name(words, field="words", at_most=300)
    dropped = DECISION.move(decision, "drop", actor=actor, now=now, reason=said, changes={"progress": said})
    tell_of_decisions(dropped, now=now)
    return dropped


@transaction.atomic
def reopen_decision(*, actor: Actor, now: datetime, decision: CommitteeDecision) -> CommitteeDecision:
    """Open a decision again that was not carried out after all."""
    opened = DECISION.move(decision, "reopen", actor=actor, now=now)
    tell_of_decisions(opened, now=now)
    return opened


@transaction.atomic
def put_off(*, actor: Actor, now: datetime, decision: CommitteeDecision, due_on: date, words: str) -> CommitteeDecision:
    """
    Give an open decision another day, with the reason.

    Raises:
        InvalidInput: without a reason, or with a day that is over.
    """
    locked = _open(decision)
    if not policy.can_change_decision(actor, locked):
        raise NotPermitted
    _require_day(due_on, now=now)
    said = plain_name(words, field="words", at_most=300)
    before, locked.due_on = locked.due_on, due_on
    locked.save(update_fields=["due_on"])
    journal.record(PUT_OFF, actor=actor, subject=locked, happened_at=now, reason=said,
                   changes={"from": before.isoformat(), "to": due_on.isoformat()})  # fmt: skip
    tell_of_decisions(locked, now=now)
    return locked


def tell_of_decisions(decision: CommitteeDecision, *, now: datetime) -> None:
    """Tell whom decisions of this place concern now, and settle what no longer waits."""
    look_around(DECISIONS, {decision.area_code}, now=now)


def _require_day(due_on: date, *, now: datetime) -> None:
    today = timezone.localdate(now)
    if not today <= due_on <= today + FARTHEST:
        raise InvalidInput("due_past", _("Choose a day from today on, within three years."), field="due_on")


def _open(decision: CommitteeDecision) -> CommitteeDecision:
    locked: CommitteeDecision = CommitteeDecision._base_manager.select_for_update(of=("self",)).get(pk=decision.pk)
    if locked.status != DecisionStatus.OPEN:
        raise Refusal("decision_closed", _("This decision is not open any more."))
    return locked
