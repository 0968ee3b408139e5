"""A whole roster read in a fixed number of queries, as page, checks, planning and paper need it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.organisations.enums import AssignmentSlot
from juxing.responders.gates import Missing, missing_for
from juxing.responders.models import (
    Availability,
    Duty,
    Roster,
    RosterDemand,
    RosterMember,
    RosterPost,
    RosterShift,
    RosterWish,
    TrainingSignUp,
)
from juxing.responders.roster_enums import BINDING, HELD, WishKind
from juxing.responders.roster_rules import Defect, Held, Limits, defects_of
from juxing.responders.training_enums import SignUpStatus, TrainingStatus

BEFORE, AFTER = timedelta(days=8), timedelta(days=2)
READER = Actor.system("rosters")
Cell = tuple[date, int, int]
"""A day, a shift's id and a post's id."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A shift in another roster: only when, never what."""

    person: int
    day: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class RosterTable:
    """A roster with everything that decides it; people are named by their responder's id."""

    roster: Roster
    shifts: Sequence[RosterShift]
    posts: Sequence[RosterPost]
    demands: Mapping[Cell, RosterDemand]
    members: Sequence[RosterMember]
    duties: Sequence[Duty]
    wishes: Mapping[tuple[int, date], Sequence[RosterWish]]
    periods: Mapping[int, Sequence[tuple[datetime, datetime]]]
    elsewhere: Sequence[Elsewhere]
    missing: Mapping[tuple[int, str], tuple[Missing, ...]]
    trainings: Mapping[int, Sequence[tuple[datetime, datetime]]]

    @property
    def days(self) -> list[date]:
        """Every day of the roster."""
        return [self.roster.starts_on + timedelta(days=number) for number in range(self.roster.days)]

    @property
    def held(self) -> list[Duty]:
        """The shifts that were or will be worked."""
        return [duty for duty in self.duties if duty.status in HELD]

    def placed(self, cell: Cell, slot: str = AssignmentSlot.PRIMARY) -> int:
        """Return how many hold a post in a shift of a day."""
        return sum(
            1 for duty in self.held if (duty.day, duty.shift_id, duty.post_id) == cell and duty.slot == slot
        )  # fmt: skip

    def can_come(self, person: int, day: date, shift: RosterShift) -> bool:
        """Whether no wish and no training is against it, and times, if any are named, hold the whole shift."""
        for wish in self.wishes.get((person, day), ()):
            if wish.kind == WishKind.CANNOT and wish.shift_id in {None, shift.pk}:
                return False
        periods = self.periods.get(person)
        starts_at, ends_at = shift_times(day, shift)
        if any(start < ends_at and starts_at < end for start, end in self.trainings.get(person, ())):
            return False
        return not periods or any(start <= starts_at and ends_at <= end for start, end in periods)

    def would_rather_not(self, person: int, day: date, shift: RosterShift) -> bool:
        """Whether the person would rather not."""
        return any(
            wish.kind == WishKind.RATHER_NOT and wish.shift_id in {None, shift.pk}
            for wish in self.wishes.get((person, day), ())
        )

    def lacks(self, person: int, post: RosterPost) -> tuple[Missing, ...]:
        """Return what the person has not shown for a post."""
        return self.missing.get((person, post.task_type), ())

    def defects(self, duties: Sequence[Duty] | None = None) -> list[Defect]:
        """Return the rules that these shifts break (default: those held), together with shifts elsewhere."""
        return defects_of([*self._as_held(duties), *self._others()], self.limits)

    @property
    def limits(self) -> Limits:
        """The rules that protect people, of this roster."""
        roster = self.roster
        most = {
            member.responder_id: min(each for each in (member.most_shifts, roster.most_shifts) if each is not None)
            for member in self.members
            if member.most_shifts is not None or roster.most_shifts is not None
        }
        return Limits(timedelta(hours=roster.least_rest_hours), roster.most_days_in_row, most)

    def _as_held(self, duties: Sequence[Duty] | None) -> list[Held]:
        shifts, posts = {row.pk: row for row in self.shifts}, {row.pk: row for row in self.posts}
        skills = {member.responder_id: set(member.responder.skills) for member in self.members}
        return [
            Held(
                key=number if duty.pk is None else duty.pk, person=duty.responder_id, day=duty.day,
                starts_at=duty.starts_at, ends_at=duty.ends_at,
                can_come=self.can_come(duty.responder_id, duty.day, shifts[duty.shift_id]),
                is_able=not posts[duty.post_id].skill
                or posts[duty.post_id].skill in skills.get(duty.responder_id, set()),
                missing=tuple(one.words for one in self.lacks(duty.responder_id, posts[duty.post_id])),
            )
            for number, duty in enumerate(self.held if duties is None else duties)
        ]  # fmt: skip

    def _others(self) -> list[Held]:
        return [Held(None, row.person, row.day, row.starts_at, row.ends_at) for row in self.elsewhere]


def shift_times(day: date, shift: RosterShift) -> tuple[datetime, datetime]:
    """Return when a shift of a day begins and ends, in the place's own time."""
    midnight = timezone.make_aware(datetime.combine(day, time()))
    return midnight + timedelta(minutes=shift.starts_minute), midnight + timedelta(minutes=shift.ends_minute)


def roster_table(roster: Roster) -> RosterTable:
    """Return the whole roster; the caller has looked whether the actor may see it. Ten queries, whatever its size."""
    with acting(READER):  # who serves here may live where the actor sees nobody; pages mask them
        members = list(roster.members.select_related("responder").order_by("responder__name", "id"))
        duties = list(roster.duties.select_related("responder").order_by("day", "id"))
    people = [member.responder_id for member in members]
    first = timezone.make_aware(datetime.combine(roster.starts_on, time()))
    last = first + timedelta(days=roster.days)
    person_of = {member.pk: member.responder_id for member in members}
    posts = list(roster.posts.order_by("position"))
    wishes: defaultdict[tuple[int, date], list[RosterWish]] = defaultdict(list)
    for wish in RosterWish.objects.filter(member_id__in=list(person_of)):
        wishes[person_of[wish.member_id], wish.day].append(wish)
    return RosterTable(
        roster=roster,
        shifts=list(roster.shifts.order_by("position")),
        posts=posts,
        demands={(row.day, row.shift_id, row.post_id): row for row in roster.demands.all()},
        members=members,
        duties=duties,
        wishes=wishes,
        periods=_periods(people, first, last),
        elsewhere=_elsewhere(roster, people, first, last),
        missing=missing_for(people, {post.task_type for post in posts}, on=roster.starts_on),
        trainings=_trainings(people, first, last),
    )


def _periods(people: Sequence[int], first: datetime, last: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    found: defaultdict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    with acting(READER):
        rows = Availability.objects.filter(responder_id__in=people, starts_at__lt=last, ends_at__gt=first)
        for person, starts_at, ends_at in rows.values_list("responder_id", "starts_at", "ends_at"):
            found[person].append((starts_at, ends_at))
    return dict(found)


def _trainings(people: Sequence[int], first: datetime, last: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    found: defaultdict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    with acting(READER):
        rows = TrainingSignUp.objects.filter(
            responder_id__in=people, status=SignUpStatus.SIGNED_UP, session__status=TrainingStatus.ANNOUNCED,
            session__starts_at__lt=last + AFTER, session__ends_at__gt=first,
        )  # fmt: skip
        for person, starts_at, ends_at in rows.values_list("responder_id", "session__starts_at", "session__ends_at"):
            found[person].append((starts_at, ends_at))
    return dict(found)


def _elsewhere(roster: Roster, people: Sequence[int], first: datetime, last: datetime) -> list[Elsewhere]:
    with acting(READER):
        rows = Duty.objects.filter(
            responder_id__in=people, status__in=sorted(BINDING | HELD), ends_at__gt=first - BEFORE,
            starts_at__lt=last + AFTER,
        ).exclude(roster=roster)  # fmt: skip
        return [Elsewhere(*row) for row in rows.values_list("responder_id", "day", "starts_at", "ends_at")]
