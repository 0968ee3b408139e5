"""
Zones first each by itself, then joined with their neighbours, level by level.

When zones meet, their bases meet: prices and ties of each make one tree, and only pairs across the border between them
can undercut. So every level repairs no more than its own borders, in workers, in networks as small as can be; the last
borders alone are left to the whole city's network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from juxing_engine.city_matching.workers import Solver
from juxing_engine.city_matching.zone_solver import ZoneAnswer, ZoneStart, ZoneTask
from juxing_engine.city_matching.zones import Zone, joined, zone_problem
from juxing_engine.control import Control, Progress
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem

ZONES_SHARE = 0.5
"""Share of the work, and of a budget, that the first zones take."""

LEVEL_SHARE = 0.4
"""Share of the time then left that each further level takes."""

JOINED_AT_ONCE = 4
"""Zones put together in one step."""


@dataclass(slots=True)
class Solved:
    """
    Plans and prices of the zones there are now, in the city's numbers.

    ``zones``, ``ties`` and ``is_proven`` have an item for each zone; ``solved`` counts the first zones that were.
    """

    responder_of: Integers
    prices: Integers
    zones: list[Zone]
    ties: list[tuple[Integers, Integers]]
    is_proven: list[bool]
    solved: int = 0
    joined: int = 0
    pivots: int = 0
    cpu_s: float = 0.0
    first_plan: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def keep(self, number: int, answer: ZoneAnswer) -> None:
        """Write a zone's answer into the city's."""
        zone = self.zones[number]
        served = answer.responder_of != UNSERVED
        self.responder_of[zone.needs] = UNSERVED
        self.responder_of[zone.needs[served]] = zone.responders[answer.responder_of[served]]
        self.prices[zone.responders] = answer.prices
        self.ties[number] = (zone.needs[answer.ties[0]], zone.responders[answer.ties[1]])
        self.is_proven[number] = answer.is_proven
        self.pivots += answer.pivots
        self.cpu_s += answer.cpu_s


def solve_zones(problem: MatchingProblem, zones: list[Zone], solver: Solver, control: Control) -> Solved:
    """Match every zone within itself, as far as time allows."""
    none = np.zeros(0, dtype=np.int64)
    solved = Solved(
        responder_of=np.full(problem.needs, UNSERVED, dtype=np.int64),
        prices=np.full(problem.responders, int(problem.load_cost[0]) if problem.load_cost.size else 0, dtype=np.int64),
        zones=zones,
        ties=[(none, none)] * len(zones),
        is_proven=[False] * len(zones),
    )
    inner = _inner(control, ZONES_SHARE)

    def make(zone: Zone) -> ZoneTask:
        return ZoneTask(zone_problem(problem, zone), inner.budget_s)

    for number, answer in solver([partial(make, zone) for zone in zones], inner):
        solved.keep(number, answer)
        solved.solved += 1
        control.report(Progress("zones", ZONES_SHARE * solved.solved / len(zones)))
    solved.first_plan = solved.responder_of.copy()
    return solved


def join_levels(problem: MatchingProblem, solved: Solved, solver: Solver, control: Control) -> None:
    """Join neighbouring zones until at most `JOINED_AT_ONCE` are left or time is up; changes ``solved``."""
    begun = len(solved.zones)
    while len(solved.zones) > JOINED_AT_ONCE and not control.should_stop():
        before = len(solved.zones)
        _join_once(problem, solved, solver, control)
        control.report(Progress("join", 0.7 - (0.7 - ZONES_SHARE) * len(solved.zones) / begun))
        if len(solved.zones) == before:
            return


def _join_once(problem: MatchingProblem, solved: Solved, solver: Solver, control: Control) -> None:
    inner = _inner(control, LEVEL_SHARE)
    groups = list(_groups(len(solved.zones)))

    def make(group: range) -> ZoneTask:
        zone = joined([solved.zones[number] for number in group])
        return ZoneTask(zone_problem(problem, zone), inner.budget_s, start_of(solved, zone, group))

    answers = dict(solver([partial(make, group) for group in groups], inner))
    after = Solved(solved.responder_of, solved.prices, [], [], [], solved.solved, pivots=solved.pivots)
    for number, group in enumerate(groups):
        kept = () if number in answers else group
        after.zones += [solved.zones[one] for one in kept] or [joined([solved.zones[one] for one in group])]
        after.ties += [solved.ties[one] for one in kept] or [solved.ties[group[0]]]
        after.is_proven += [solved.is_proven[one] for one in kept] or [False]
        if number in answers:
            after.keep(len(after.zones) - 1, answers[number])
    solved.zones, solved.ties, solved.is_proven = after.zones, after.ties, after.is_proven
    solved.joined, solved.pivots, solved.cpu_s = len(after.zones), after.pivots, solved.cpu_s + after.cpu_s


def start_of(solved: Solved, whole: Zone, members: range) -> ZoneStart:
    """What the members' answers say of the zone they make up, in its numbers."""
    inside = np.full(solved.prices.size, UNSERVED, dtype=np.int64)
    inside[whole.responders] = np.arange(whole.responders.size)
    today = solved.responder_of[whole.needs]
    of_need, of_responder = (np.zeros(size, dtype=np.int64) for size in (whole.needs.size, whole.responders.size))
    for part, number in enumerate(members):
        of_need[np.searchsorted(whole.needs, solved.zones[number].needs)] = part
        of_responder[inside[solved.zones[number].responders]] = part
    none = np.zeros(0, dtype=np.int64)
    need = np.concatenate([none, *(solved.ties[number][0] for number in members)])
    responder = np.concatenate([none, *(solved.ties[number][1] for number in members)])
    return ZoneStart(
        responder_of=np.where(today == UNSERVED, UNSERVED, np.append(inside, UNSERVED)[today]),
        prices=solved.prices[whole.responders],
        ties=(np.searchsorted(whole.needs, need), inside[responder]),
        parts=(of_need, of_responder),
        is_proven=all(solved.is_proven[number] for number in members),
    )


def _groups(zones: int) -> Iterator[range]:
    for first in range(0, zones, JOINED_AT_ONCE):
        yield range(first, min(first + JOINED_AT_ONCE, zones))


def _inner(control: Control, share: float) -> Control:
    budget_s = None if control.budget_s is None else max(0.0, control.remaining_s * share)
    return Control(budget_s=budget_s, is_cancelled=control.is_cancelled)
