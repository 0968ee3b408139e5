"""
From a roster's rows to the engine's problem, and back to who is on duty.

Alternates (B) are posts of their own beside those they stand by for, with the same qualification and a smaller
penalty: a missing B is worse than a wish not heard, and never as bad as a missing A. What lies outside the roster
(shifts elsewhere, their rest) becomes unavailability, by real times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import Refusal
from juxing.organisations.enums import AssignmentSlot
from juxing.responders.models import RosterMember
from juxing.responders.queries.roster_table import RosterTable, shift_times

if TYPE_CHECKING:
    from juxing_engine.control import Control
    from juxing_engine.rostering import RosterProblem, Shortage

SHORT_PRIMARY, SHORT_ALTERNATE, RATHER_NOT = 10_000, 2_000, 60
EXPLAIN_S = 20.0


@dataclass(frozen=True, slots=True)
class Placement:
    """One person in one shift, as planned."""

    person: int
    day: date
    shift_id: int
    post_id: int
    slot: str


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan, and what is proven about it, as plain data: see ``Roster.plan``."""

    placements: Sequence[Placement]
    proof: dict[str, Any]


def plan(table: RosterTable, *, control: Control | None = None) -> Planned:
    """
    Return the roster of least cost, or the best within the control's budget with its proven bound.

    Raises:
        Refusal: if there is nobody to place, or nothing is needed.
    """
    from juxing_engine.control import Control
    from juxing_engine.rostering import explain_shortages, plan_roster

    _require_something(table)
    problem = problem_of(table)
    found = plan_roster(problem, control=control)
    short = explain_shortages(problem, found, control=Control(budget_s=EXPLAIN_S)) if found.short.any() else []
    posts, shifts = _post_slots(table), table.shifts
    workers, days = np.nonzero(found.shift >= 0)
    placements = [
        Placement(
            person=table.members[worker].responder_id, day=table.days[day],
            shift_id=shifts[int(found.shift[worker, day])].pk, post_id=posts[int(found.post[worker, day])][0],
            slot=posts[int(found.post[worker, day])][1],
        )
        for worker, day in zip(workers.tolist(), days.tolist(), strict=True)
    ]  # fmt: skip
    return Planned(placements, {
        "objective": found.objective, "bound": found.bound, "gap": round(found.gap, 6),
        "is_optimal": found.is_optimal, "seconds": {name: round(value, 3) for name, value in found.seconds.items()},
        "people": len(table.members), "placed": len(placements),
        "shortages": [
            {
                "day": table.days[row.day].isoformat(), "shift": shifts[row.shift].pk, "post": posts[row.post][0],
                "slot": posts[row.post][1], "missing": row.missing,
                "rules": [str(rule) for rule in row.rules] or _plain_rules(problem, row),
                "first_day": table.days[row.first_day].isoformat(), "last_day": table.days[row.last_day].isoformat(),
            }
            for row in short
        ],
    })  # fmt: skip


def problem_of(table: RosterTable) -> RosterProblem:
    """Return the engine's problem: worker i is member i, day d the d-th, posts as ``_post_slots`` lists them."""
    from juxing_engine.rostering import RosterProblem

    members, shifts, days, posts = table.members, table.shifts, table.days, _post_slots(table)
    post_of = {row.pk: row for row in table.posts}
    most = [
        min(each for each in (member.most_shifts, table.roster.most_shifts, len(days)) if each is not None)
        for member in members
    ]
    return RosterProblem(
        demand=_demand(table, posts),
        qualified=np.array([[_may_hold(table, member, post_of[post]) for post, _slot in posts] for member in members]),
        shift_hours=np.array([[shift.starts_minute // 60, -(-shift.ends_minute // 60)] for shift in shifts]),
        available=_available(table),
        dislike=np.array([
            [[RATHER_NOT * table.would_rather_not(member.responder_id, day, shift) for shift in shifts] for day in days]
            for member in members
        ]),
        max_shifts=np.minimum(most, len(days)),
        short_penalty=np.array([
            SHORT_PRIMARY if slot == AssignmentSlot.PRIMARY else SHORT_ALTERNATE for _post, slot in posts
        ]),
        locked=_locked(table, posts),
        days_worked_before=_days_before(table),
        min_rest_h=table.roster.least_rest_hours,
        max_days_in_row=table.roster.most_days_in_row,
    )  # fmt: skip


def _plain_rules(problem: RosterProblem, short: Shortage) -> list[str]:
    """Return the rule that alone forbids a demand, where the engine had nobody to reckon with."""
    from juxing_engine.rostering import RosterRule

    able = problem.qualified[:, short.post]
    if not able.any():
        return [str(RosterRule.QUALIFIED)]
    can_come = problem.available[:, short.day, short.shift]
    return [] if (able & can_come).any() else [str(RosterRule.AVAILABLE)]


def _require_something(table: RosterTable) -> None:
    if not table.members:
        raise Refusal("nobody_to_place", _("Nobody is in this roster yet. Choose people first."))
    if not any(row.count or row.alternates for row in table.demands.values()):
        raise Refusal("nothing_needed", _("Nothing is needed yet. Write how many each shift needs."))


def _post_slots(table: RosterTable) -> list[tuple[int, str]]:
    """Return posts and slots as the engine numbers them: every post as A, and as B where one is wanted."""
    wanted = {row.post_id for row in table.demands.values() if row.alternates}
    return [
        *((post.pk, AssignmentSlot.PRIMARY) for post in table.posts),
        *((post.pk, AssignmentSlot.ALTERNATE) for post in table.posts if post.pk in wanted),
    ]


def _demand(table: RosterTable, posts: Sequence[tuple[int, str]]) -> np.ndarray:
    """Return people needed; more than there are members cannot be met anyway and is cut to that."""
    number, people = {post: at for at, post in enumerate(posts)}, len(table.members)
    days, shifts = {day: at for at, day in enumerate(table.days)}, {row.pk: at for at, row in enumerate(table.shifts)}
    demand = np.zeros((len(days), len(shifts), len(posts)), np.int64)
    for (day, shift, post), row in table.demands.items():
        if day in days:
            demand[days[day], shifts[shift], number[post, AssignmentSlot.PRIMARY]] = min(row.count, people)
            if row.alternates:
                at = number[post, AssignmentSlot.ALTERNATE]
                demand[days[day], shifts[shift], at] = min(row.alternates, people)
    return demand


def _may_hold(table: RosterTable, member: RosterMember, post: Any) -> bool:
    is_able = not post.skill or post.skill in member.responder.skills
    return is_able and not table.lacks(member.responder_id, post)


def _available(table: RosterTable) -> np.ndarray:
    rest = timedelta(hours=table.roster.least_rest_hours)
    taken: defaultdict[int, list[Any]] = defaultdict(list)
    for row in table.elsewhere:
        taken[row.person].append(row)
    available = np.ones((len(table.members), len(table.days), len(table.shifts)), bool)
    for worker, member in enumerate(table.members):
        others = taken[member.responder_id]
        for at_day, day in enumerate(table.days):
            for at_shift, shift in enumerate(table.shifts):
                starts_at, ends_at = shift_times(day, shift)
                available[worker, at_day, at_shift] = table.can_come(member.responder_id, day, shift) and not any(
                    row.day == day or (row.starts_at < ends_at + rest and starts_at < row.ends_at + rest)
                    for row in others
                )
    return available


def _locked(table: RosterTable, posts: Sequence[tuple[int, str]]) -> np.ndarray:
    """Return cells a person fixed by hand; everything else may be planned anew."""
    from juxing_engine.rostering import FREE

    locked = np.full((len(table.members), len(table.days)), FREE)
    worker = {member.responder_id: at for at, member in enumerate(table.members)}
    shift, post = {row.pk: at for at, row in enumerate(table.shifts)}, {each: at for at, each in enumerate(posts)}
    for duty in table.held:
        at = (duty.day - table.roster.starts_on).days
        place = post.get((duty.post_id, duty.slot))
        if duty.is_fixed and duty.responder_id in worker and 0 <= at < len(table.days) and place is not None:
            locked[worker[duty.responder_id], at] = shift[duty.shift_id] * len(posts) + place
    return locked


def _days_before(table: RosterTable) -> np.ndarray:
    """Return how many days in a row each member has worked, elsewhere, up to the day before the first."""
    worked = {(row.person, row.day) for row in table.elsewhere}
    counts = []
    for member in table.members:
        day, count = table.roster.starts_on - timedelta(days=1), 0
        while (member.responder_id, day) in worked:
            day, count = day - timedelta(days=1), count + 1
        counts.append(count)
    return np.array(counts)
