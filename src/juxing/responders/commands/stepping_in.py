"""
Alternates (B角) step in by themselves: every minute, and at once when somebody is excused.

Who stands by in the same roster and shift and can hold the post takes it: first those named for this very post. Whoever
is missing is marked as such by the clock alone; coming late undoes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.organisations.enums import AssignmentSlot
from juxing.responders.gates import missing_for
from juxing.responders.lifecycle import DUTY
from juxing.responders.models import Duty
from juxing.responders.roster_enums import BINDING, AttendanceStatus, DutySource, RosterStatus

STEPPED_IN = journal.declare_action("responders.duty.step_in", _("Stepped in as alternate"))
LATE_AFTER = timedelta(minutes=15)
WAY = timedelta(minutes=30)
"""Who steps in after the beginning has so long to come."""
LOOK_BACK = timedelta(hours=12)
PROCESS = Actor.system("attendance")
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Minute:
    """What one look at the clock did."""

    missed: int
    stepped_in: int
    uncovered: int


@transaction.atomic
def look_at_the_clock(*, now: datetime) -> Minute:
    """
    Mark who has not come a quarter of an hour after the beginning, and let alternates step in; call it in the
    system's scope. Run twice it changes nothing more.
    """
    waiting = Duty.objects.filter(
        Q(stepped_in_at__isnull=True) | Q(stepped_in_at__lte=now - WAY),
        status=AttendanceStatus.SCHEDULED, slot=AssignmentSlot.PRIMARY, roster__status=RosterStatus.PUBLISHED,
        starts_at__lte=now - LATE_AFTER, starts_at__gt=now - LOOK_BACK,
    )  # fmt: skip
    missed = DUTY.move_many(list(waiting.values_list("pk", flat=True)[:AT_ONCE]), "miss", actor=PROCESS, now=now)
    gaps = Duty.objects.filter(
        status__in=[AttendanceStatus.NO_SHOW, AttendanceStatus.EXCUSED], slot=AssignmentSlot.PRIMARY,
        roster__status=RosterStatus.PUBLISHED, starts_at__gt=now - LOOK_BACK, ends_at__gt=now,
        stood_in_by__isnull=True,
    )  # fmt: skip
    rows = list(gaps.select_related("post").order_by("starts_at", "pk")[:AT_ONCE])
    stepped_in = step_in_for(rows, now=now)
    return Minute(len(missed), stepped_in, len(rows) - stepped_in)


def step_in_for(gaps: Sequence[Duty], *, now: datetime) -> int:
    """Let alternates take these shifts as far as there are any; return how many were taken."""
    covered = set(Duty.objects.filter(stands_in_for__in=gaps).values_list("stands_in_for_id", flat=True))
    gaps = [gap for gap in gaps if gap.ends_at > now and gap.pk not in covered]
    if not gaps:
        return 0
    standing_by = _standing_by(gaps)
    people = [duty.responder_id for rows in standing_by.values() for duty in rows]
    task_types = {gap.post.task_type for gap in gaps}
    missing = missing_for(people, task_types, on=gaps[0].day)
    taken: list[Duty] = []
    for gap in gaps:
        rows = standing_by.get((gap.roster_id, gap.day, gap.shift_id), [])
        able = [row for row in rows if _can_hold(row, gap) and (row.responder_id, gap.post.task_type) not in missing]
        if not able:
            continue
        best = min(able, key=lambda row: (row.post_id != gap.post_id, row.pk))
        rows.remove(best)
        best.slot, best.post, best.source = AssignmentSlot.PRIMARY, gap.post, DutySource.STAND_IN
        best.stands_in_for, best.stepped_in_at, best.sequence = gap, now, best.sequence + 1
        taken.append(best)
    Duty.objects.bulk_update(
        taken, ["slot", "post", "source", "stands_in_for", "stepped_in_at", "sequence"], batch_size=AT_ONCE
    )
    journal.record_many(
        journal.Fact(action=STEPPED_IN, subject_type="responders.duty", subject_uuid=duty.uuid,
                     area_code=duty.area_code, changes={"for": str(duty.stands_in_for.uuid)})
        for duty in taken
        if duty.stands_in_for is not None
    ).by(PROCESS, happened_at=now)  # fmt: skip
    return len(taken)


def _standing_by(gaps: Sequence[Duty]) -> dict[tuple[int, object, int], list[Duty]]:
    """Return the alternates of these rosters and shifts, locked; those another process holds are left to it."""
    rows = Duty.objects.filter(
        roster_id__in={gap.roster_id for gap in gaps}, day__in={gap.day for gap in gaps},
        slot=AssignmentSlot.ALTERNATE, status__in=sorted(BINDING),
    )  # fmt: skip
    found: defaultdict[tuple[int, object, int], list[Duty]] = defaultdict(list)
    with acting(PROCESS):  # an alternate may live where whoever excuses somebody sees nobody
        for duty in rows.select_for_update(of=("self",), skip_locked=True).select_related("responder").order_by("pk"):
            found[duty.roster_id, duty.day, duty.shift_id].append(duty)
    return found


def _can_hold(alternate: Duty, gap: Duty) -> bool:
    return not gap.post.skill or gap.post.skill in alternate.responder.skills
