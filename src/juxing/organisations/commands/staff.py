"""The staff register: entries with line and grade, trainings, objectives of work and their two evaluations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.access.models import Account
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.organisations import policy
from juxing.organisations.commands.words import plain_name, recorded, require_kind
from juxing.organisations.enums import EvaluationSide, StaffLine, WorkResult
from juxing.organisations.models import Organisation, StaffMember, StaffTraining, WorkEvaluation, WorkObjective
from juxing.organisations.models.staff import HIGHEST_GRADE

ENTERED = journal.declare_action("organisations.staff.enter", _("Entered in the staff register"))
GRADED = journal.declare_action("organisations.staff.grade", _("Post line or grade changed"))
STAFF_LEFT = journal.declare_action("organisations.staff.leave", _("Left the staff register"))
TRAINED = journal.declare_action("organisations.staff.train", _("Training written down"))
AGREED = journal.declare_action("organisations.staff.agree", _("Objective of work agreed"))
EVALUATED = journal.declare_action("organisations.staff.evaluate", _("Work evaluated"))
OBJECTED = journal.declare_action("organisations.staff.object", _("Objection to an evaluation of work"))
ANSWERED_OBJECTION = journal.declare_action("organisations.staff.answer", _("Objection answered"))


@dataclass(frozen=True, slots=True)
class TrainingInput:
    """A course somebody completed, its hours, and until when it counts."""

    course: str
    hours: Decimal
    completed_on: date
    valid_until: date | None = None


@transaction.atomic
def enter_staff(
    *, actor: Actor, now: datetime, organisation: Organisation, account: Account, line: str, grade: int
) -> StaffMember:
    """
    Enter somebody in the register, or change line and grade of who is in it.

    Raises:
        InvalidInput: if line or grade is none, or the person is in another organisation's register.
    """
    actor.require(policy.KEEP_STAFF, organisation.area_code)
    require_kind(line, StaffLine.values, field="line")
    if not 1 <= grade <= HIGHEST_GRADE:
        raise InvalidInput("grade_bad", _("Grades run from 1 to 18."), field="grade")
    member = StaffMember.objects.select_for_update().filter(account=account, left_on__isnull=True).first()
    if member is None:
        entered = StaffMember.objects.create(
            account=account, organisation=organisation, area_code=organisation.area_code, line=line, grade=grade,
            grade_since=now.date(),
        )  # fmt: skip
        return recorded(ENTERED, entered, actor=actor, now=now)
    if member.organisation_id != organisation.pk:
        raise InvalidInput("staff_elsewhere", _("This person is in another register. End that first."), field="account")
    if (member.line, member.grade) == (line, grade):
        return member
    changes = {"line": line, "grade": grade}
    member.line, member.grade, member.grade_since = line, grade, now.date()
    member.save(update_fields=["line", "grade", "grade_since"])
    journal.record(GRADED, actor=actor, subject=member, happened_at=now, changes=changes)
    return member


@transaction.atomic
def end_staff(*, actor: Actor, now: datetime, member: StaffMember) -> None:
    """Write down that somebody left; leaving twice changes nothing."""
    actor.require(policy.KEEP_STAFF, member.area_code)
    if StaffMember.objects.filter(pk=member.pk, left_on__isnull=True).update(left_on=now.date()):
        journal.record(STAFF_LEFT, actor=actor, subject=member, happened_at=now)


@transaction.atomic
def record_training(*, actor: Actor, now: datetime, member: StaffMember, given: TrainingInput) -> StaffTraining:
    """
    Write down a training; the same course on the same day counts once.

    Raises:
        InvalidInput: if the day is still to come, the hours are none, or it ends before it was done.
    """
    actor.require(policy.KEEP_STAFF, member.area_code)
    if given.completed_on > localdate(now):
        raise InvalidInput("day_to_come", _("This day is still to come."), field="completed_on")
    if not 0 < given.hours <= 999:
        raise InvalidInput("hours_bad", _("Between a half and 999 hours."), field="hours")
    if given.valid_until is not None and given.valid_until < given.completed_on:
        raise InvalidInput("valid_ends_early", _("The end lies before the start."), field="valid_until")
    training, is_new = StaffTraining.objects.get_or_create(
        member=member, course=plain_name(given.course, field="course"), completed_on=given.completed_on,
        defaults={"hours": given.hours, "valid_until": given.valid_until, "area_code": member.area_code},
    )  # fmt: skip
    return recorded(TRAINED, training, actor=actor, now=now) if is_new else training


@transaction.atomic
def agree_objective(*, actor: Actor, now: datetime, member: StaffMember, year: int, work: str) -> WorkObjective:
    """Agree on what a year's work is for; it says something about the work, nothing about the person."""
    actor.require(policy.KEEP_STAFF, member.area_code)
    if not 2000 <= year <= now.year + 1:
        raise InvalidInput("year_bad", _("This year or next year."), field="year")
    plain = plain_name(work, field="work", at_most=200)
    if WorkObjective.objects.filter(member=member, year=year, work=plain).exists():
        raise InvalidInput("objective_known", _("This was agreed already."), field="work")
    objective = WorkObjective.objects.create(member=member, area_code=member.area_code, year=year, work=plain)
    return recorded(AGREED, objective, actor=actor, now=now)


@transaction.atomic
def evaluate_work(
    *, actor: Actor, now: datetime, objective: WorkObjective, side: str, result: str, evidence: str
) -> WorkEvaluation:
    """
    Write down how one side (organisation, or residents in a meeting) saw the work; each side once, later words replace.

    Raises:
        NotPermitted: if the actor keeps no register there, or it is the actor's own work.
        InvalidInput: if nothing of the work is named that shows it.
    """
    actor.require(policy.KEEP_STAFF, objective.area_code)
    if objective.member.account_id == actor.account_id:
        raise NotPermitted
    require_kind(side, EvaluationSide.values, field="side")
    require_kind(result, WorkResult.values, field="result")
    words = plain_name(evidence, field="evidence", at_most=200)
    evaluation, _is_new = WorkEvaluation.objects.update_or_create(
        objective=objective, side=side,
        defaults={"result": result, "evidence": words, "evaluated_on": now.date(), "area_code": objective.area_code},
    )  # fmt: skip
    journal.record(EVALUATED, actor=actor, subject=objective, happened_at=now, changes={"side": side, "result": result})
    return evaluation


@transaction.atomic
def object_to_evaluation(*, actor: Actor, now: datetime, objective: WorkObjective, objection: str) -> None:
    """Object to an evaluation of one's own work; the words stand beside it, and an answer is owed."""
    if actor.account_id is None or objective.member.account_id != actor.account_id:
        raise NotPermitted
    words = plain_name(objection, field="objection", at_most=400)
    WorkObjective.objects.filter(pk=objective.pk).update(objection=words, objection_at=now, objection_answer="")
    journal.record(OBJECTED, actor=actor, subject=objective, happened_at=now)


@transaction.atomic
def answer_objection(*, actor: Actor, now: datetime, objective: WorkObjective, answer: str) -> None:
    """Answer an objection; never the person it concerns."""
    actor.require(policy.KEEP_STAFF, objective.area_code)
    if objective.member.account_id == actor.account_id:
        raise NotPermitted
    words = plain_name(answer, field="answer", at_most=400)
    if WorkObjective.objects.filter(pk=objective.pk).exclude(objection="").update(objection_answer=words):
        journal.record(ANSWERED_OBJECTION, actor=actor, subject=objective, happened_at=now)
