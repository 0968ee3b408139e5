"""Single shifts: placing someone by hand, taking a shift away, signing up for an open one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.organisations.enums import AssignmentSlot
from juxing.responders import policy
from juxing.responders.gates import require_gates
from juxing.responders.lifecycle import DUTY
from juxing.responders.models import Duty, Responder, Roster, RosterPost, RosterShift, TrainingSignUp
from juxing.responders.queries.roster_table import RosterTable, roster_table, shift_times
from juxing.responders.roster_enums import HELD, AttendanceStatus, DutySource, RosterStatus
from juxing.responders.roster_rules import PROTECTING, Defect, Rule
from juxing.responders.training_enums import SignUpStatus, TrainingStatus

PROCESS = Actor.system("rosters")
PLACED = journal.declare_action("responders.duty.place", _("Given a shift"))
TAKEN = journal.declare_action("responders.duty.take_away", _("Shift taken away"))
SIGNED_UP = journal.declare_action("responders.duty.sign_up", _("Signed up for a shift"))


def new_duty(
    roster: Roster, person: int, day: date, shift: RosterShift, post: RosterPost, *, source: str,
    slot: str = AssignmentSlot.PRIMARY, is_fixed: bool = False,
) -> Duty:  # fmt: skip
    """Return an unwritten shift of a person."""
    starts_at, ends_at = shift_times(day, shift)
    return Duty(
        area_code=roster.area_code, roster=roster, responder_id=person, day=day, shift=shift, post=post, slot=slot,
        starts_at=starts_at, ends_at=ends_at, source=source, is_fixed=is_fixed,
    )  # fmt: skip


@transaction.atomic
def place_by_hand(
    *, actor: Actor, now: datetime, roster: Roster, person: int, day: date, choice: tuple[int, int, str] | None
) -> Duty | None:
    """
    Put a member into a shift and post of a day (``choice``: shift, post, slot), or give them the day off (None).

    What they had in this roster that day ends. Rest and days in a row may be broken in a draft, and show at the cell.

    Raises:
        Refusal: if a gate is not passed, or they are bound elsewhere at that time.
        InvalidInput: if person, day, shift or post are none of this roster.
    """
    locked: Roster = Roster._base_manager.select_for_update(of=("self",)).get(pk=roster.pk)
    policy.require(policy.can_plan(actor, locked))
    if locked.status == RosterStatus.CLOSED:
        raise WrongState("roster_closed", _("This roster is closed."))
    member = locked.members.filter(responder_id=person).first()
    if member is None or not 0 <= (day - locked.starts_on).days < locked.days:
        raise InvalidInput("cell_unknown", _("This shift is not part of the roster."))
    clear_day(actor=actor, now=now, roster=locked, person=person, day=day)
    if choice is None:
        return None
    shift = locked.shifts.filter(pk=choice[0]).first()
    post = locked.posts.filter(pk=choice[1]).first()
    if shift is None or post is None or choice[2] not in AssignmentSlot.values:
        raise InvalidInput("cell_unknown", _("This shift is not part of the roster."))
    require_gates(person, post.task_type, on=day)
    duty = new_duty(
        locked, person, day, shift, post, source=DutySource.BY_HAND, slot=choice[2], is_fixed=True
    )  # fmt: skip
    return write_duty(duty, PLACED, actor=actor, now=now)


def write_duty(duty: Duty, action: str, *, actor: Actor, now: datetime) -> Duty:
    """
    Write a shift and its journal entry.

    Raises:
        Refusal: if the person is bound at that time already, by a shift or a training.
    """
    require_no_training(duty)
    try:
        with transaction.atomic():
            duty.save(force_insert=True)
    except IntegrityError as error:
        raise Refusal("bound_elsewhere", _("This person has another shift at that time.")) from error
    duty.refresh_from_db(fields=["uuid"])
    journal.record(action, actor=actor, subject=duty, happened_at=now)
    return duty


def require_no_training(duty: Duty) -> None:
    """Raise a Refusal while the person is signed up for a training at the time of the shift."""
    with acting(PROCESS):
        then = TrainingSignUp.objects.filter(
            responder_id=duty.responder_id, status=SignUpStatus.SIGNED_UP, session__status=TrainingStatus.ANNOUNCED,
            session__starts_at__lt=duty.ends_at, session__ends_at__gt=duty.starts_at,
        ).select_related("session").first()  # fmt: skip
    if then is not None:
        words = _("This person is signed up for the training “%(title)s” then. Excuse them from it first.")
        raise Refusal("training_at_that_time", words % {"title": then.session.title})


def clear_day(*, actor: Actor, now: datetime, roster: Roster, person: int, day: date) -> None:
    """
    End what the person has in this roster that day: a draft's shift is forgotten, a published one is relieved.

    Raises:
        Refusal: if they are here already.
    """
    for duty in Duty.objects.filter(roster=roster, responder_id=person, day=day, status__in=sorted(HELD)):
        if duty.status != AttendanceStatus.SCHEDULED:
            raise Refusal("shift_has_begun", _("This shift has begun. Check the person out instead."))
        if roster.status == RosterStatus.DRAFT:
            journal.record(TAKEN, actor=actor, subject=duty, happened_at=now)
            duty.delete()
        else:
            DUTY.move(duty, "relieve", actor=actor, now=now, changes={"sequence": duty.sequence + 1})


@transaction.atomic
def sign_up(
    *, actor: Actor, now: datetime, roster: Roster, responder: Responder, day: date, shift_id: int, post_id: int
) -> Duty:
    """
    Take an open shift of a published roster oneself.

    Raises:
        NotPermitted: if it is not the person themselves.
        Refusal: if the shift is full or over, a gate is not passed, or a rule that protects people is broken.
    """
    if not policy.is_oneself(actor, responder):
        raise NotPermitted
    locked: Roster = Roster._base_manager.select_for_update(of=("self",)).get(pk=roster.pk)
    table = roster_table(locked)
    cell = (day, shift_id, post_id)
    demand = table.demands.get(cell)
    if locked.status != RosterStatus.PUBLISHED or demand is None or not is_member(table, responder):
        raise WrongState("shift_not_open", _("This shift is not open."))
    duty = new_duty(locked, responder.pk, day, demand.shift, demand.post, source=DutySource.SIGN_UP)
    if duty.ends_at <= now or table.placed(cell) >= demand.count:
        raise WrongState("shift_full", _("Somebody else was faster: this shift is full."))
    require_gates(responder.pk, demand.post.task_type, on=day)
    require_no_defect(table, duty)
    return write_duty(duty, SIGNED_UP, actor=actor, now=now)


def is_member(table: RosterTable, responder: Responder) -> bool:
    """Whether the person is one of the roster's."""
    return any(member.responder_id == responder.pk for member in table.members)


def require_no_defect(table: RosterTable, duty: Duty, *, instead_of: Sequence[int] = ()) -> None:
    """
    Do nothing if a shift fits beside what the person has; ``instead_of`` are shifts that would go.

    Raises:
        Refusal: naming the rule.
    """
    others = [row for row in table.held if row.responder_id == duty.responder_id and row.pk not in instead_of]
    wrong = [defect for defect in _defects_with(table, duty, others) if defect.rule in {*PROTECTING, Rule.SKILL}]
    if wrong:
        raise Refusal("breaks_rule", RULE_REFUSALS.get(wrong[0].rule, _("This would break a rule of the roster.")))


def _defects_with(table: RosterTable, duty: Duty, others: Sequence[Duty]) -> list[Defect]:
    before = {(row.rule, row.number) for row in table.defects(others)}
    return [row for row in table.defects([*others, duty]) if (row.rule, row.number) not in before]


RULE_REFUSALS = {
    Rule.TWICE_AT_ONCE: _("There is another shift at that time."),
    Rule.TWO_A_DAY: _("There is another shift on that day."),
    Rule.REST: _("Too little rest between two shifts."),
    Rule.DAYS_IN_ROW: _("Too many days in a row."),
    Rule.SKILL: _("This post takes a skill that is not named for this person."),
}
