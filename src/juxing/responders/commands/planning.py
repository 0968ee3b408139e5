"""Having a roster planned in the background, and writing what was found."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import job_kinds, start_job
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.models import Job
from juxing.kernel.refusals import Refusal
from juxing.responders import policy
from juxing.responders.commands.placing import new_duty
from juxing.responders.models import Duty, Roster
from juxing.responders.problems.rosters import Planned
from juxing.responders.roster_enums import AttendanceStatus, DutySource, RosterStatus

PLAN_KIND = "responders.roster_plan"
PLANNED = journal.declare_action("responders.roster.plan", _("Roster planned"))


@transaction.atomic
def start_plan(*, actor: Actor, now: datetime, roster: Roster, budget_s: int = 60) -> Job:
    """
    Start planning a draft; what a person fixed by hand stays.

    Raises:
        NotPermitted: if the actor does not plan here.
        WrongState: unless it is a draft.
    """
    locked = _draft(actor, roster)
    job = start_job(
        job_kinds[PLAN_KIND], actor=actor, area_code=locked.area_code, now=now,
        arguments={"roster": str(locked.uuid), "budget_s": max(1, min(300, budget_s))},
    )  # fmt: skip
    Roster.objects.filter(pk=locked.pk).update(job_uuid=job.uuid)
    return job


@transaction.atomic
def write_plan(*, actor: Actor, now: datetime, roster: Roster, planned: Planned) -> int:
    """
    Put a plan in the place of what was planned before; return how many shifts were placed anew.

    Raises:
        Refusal: if somebody of it was bound elsewhere in the meantime: plan again.
    """
    locked = _draft(actor, roster)
    Duty.objects.filter(roster=locked, is_fixed=False, status=AttendanceStatus.SCHEDULED).delete()
    fixed = {(duty.responder_id, duty.day) for duty in locked.duties.all()}
    shifts, posts = {row.pk: row for row in locked.shifts.all()}, {row.pk: row for row in locked.posts.all()}
    rows = [
        new_duty(locked, row.person, row.day, shifts[row.shift_id], posts[row.post_id], slot=row.slot,
                 source=DutySource.PLANNED)
        for row in planned.placements
        if (row.person, row.day) not in fixed
    ]  # fmt: skip
    try:
        with transaction.atomic():
            Duty.objects.bulk_create(rows, batch_size=500)
    except IntegrityError as error:
        raise Refusal(
            "bound_elsewhere", _("Somebody took a shift elsewhere in the meantime. Plan once more.")
        ) from error
    Roster.objects.filter(pk=locked.pk).update(plan=planned.proof)
    journal.record(
        PLANNED, actor=actor, subject=locked, happened_at=now,
        changes={"placed": len(rows), "gap": planned.proof["gap"]},
    )  # fmt: skip
    return len(rows)


def _draft(actor: Actor, roster: Roster) -> Roster:
    locked: Roster = Roster._base_manager.select_for_update(of=("self",)).get(pk=roster.pk)
    policy.require(policy.can_plan(actor, locked))
    if locked.status != RosterStatus.DRAFT:
        raise WrongState("roster_is_out", _("Only a draft is planned as a whole. Change single shifts by hand."))
    return locked
