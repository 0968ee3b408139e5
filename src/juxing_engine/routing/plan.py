"""A plan of delivery rounds, and what it costs when walked through stop by stop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np

from juxing_engine.routing.problem import REQUIRED, IntArray, RoundProblem


class SkipReason(IntEnum):
    """Why a stop is on no round."""

    NOBODY_MAY = 1
    """No courier has the skills, or the courier it is bound to lacks them."""
    TOO_LARGE = 2
    """Its load alone exceeds the vehicle of everyone who may serve it."""
    OUT_OF_TIME = 3
    """Nobody who may serve it can be there within its window and back before the shift ends."""
    NO_ROOM = 4
    """It could be served, but not together with the stops that are, within loads and shifts."""
    NOT_WORTH = 5
    """It fits on a round, but the detour costs more than its penalty."""


@dataclass(frozen=True, slots=True, eq=False)
class DeliveryRound:
    """
    One courier's stops in order.

    Parameters
    ----------
    courier
        Index of the courier.
    stops
        Stops in order, locked ones first.
    starts_s
        Start of service at each stop, same length.
    departs_s, returns_s
        Latest departure that delays nothing, and return.
    distance_m
        Length of the round.
    late_s
        Seconds by which windows and the shift are missed; more than zero only through locked stops.
    """

    courier: int
    stops: tuple[int, ...]
    starts_s: tuple[int, ...]
    departs_s: int
    returns_s: int
    distance_m: int
    late_s: int

    @property
    def duration_s(self) -> int:
        """Seconds from departure to return."""
        return self.returns_s - self.departs_s


@dataclass(frozen=True, slots=True, eq=False)
class RoundPlan:
    """
    Rounds for all couriers that go out.

    Parameters
    ----------
    rounds
        One for each courier with at least one stop, by courier.
    skipped
        Stops on no round with the reason, by stop.
    objective
        As `RoundProblem` defines it; a required stop that had to be left out counts `LEFT_OUT` each.
    bound
        Proven lower limit of the objective of any plan.
    iterations
        Rounds of the search.
    seconds
        Wall seconds of each part.
    """

    rounds: tuple[DeliveryRound, ...]
    skipped: dict[int, SkipReason]
    objective: int
    bound: int
    iterations: int
    seconds: dict[str, float]

    @property
    def gap(self) -> float:
        """Proven relative gap, in [0, 1]."""
        return 0.0 if self.objective <= 0 else max(0.0, (self.objective - self.bound) / self.objective)


LEFT_OUT = 10**12
"""What a required stop counts in the objective when it cannot be served: more than any distance."""


def walk_through(problem: RoundProblem, courier: int, stops: Sequence[int]) -> DeliveryRound:
    """
    Time one round: leave as late as delays nothing, wait where too early, count lateness where too late.

    Lateness is pushed on as in practice: who is late at one door leaves later for the next.
    """
    who = problem.couriers[courier]
    places = [who.start, *(int(problem.location[stop]) for stop in stops), who.end]
    legs = [int(problem.duration_s[a, b]) for a, b in pairwise(places)]
    departs = _latest_departure(problem, courier, stops, legs)
    clock, late, starts = departs, 0, []
    for stop, leg in zip(stops, legs, strict=False):
        earliest, latest = problem.window_s[stop].tolist()
        clock = max(clock + leg, earliest)
        late += max(0, clock - latest)
        starts.append(clock)
        clock += int(problem.service_s[stop])
    returns = clock + legs[-1]
    late += max(0, returns - who.shift[1])
    distance = sum(int(problem.distance_m[a, b]) for a, b in pairwise(places))
    return DeliveryRound(courier, tuple(stops), tuple(starts), departs, returns, distance, late)


def _latest_departure(problem: RoundProblem, courier: int, stops: Sequence[int], legs: Sequence[int]) -> int:
    """Latest departure that does not end the round later than the earliest one would."""
    who = problem.couriers[courier]
    clock, slack, waited = who.shift[0], who.shift[1] - who.shift[0], 0
    for stop, leg in zip(stops, legs, strict=False):
        earliest, latest = problem.window_s[stop].tolist()
        arrives = clock + leg
        waited += max(0, earliest - arrives)
        clock = max(arrives, earliest)
        slack = min(slack, max(0, waited + latest - clock))
        clock += int(problem.service_s[stop])
    return who.shift[0] + min(slack, waited)


def plan_cost(problem: RoundProblem, rounds: Iterable[DeliveryRound], skipped: Iterable[int]) -> int:
    """Objective of these rounds and skipped stops."""
    cost = 0
    for one in rounds:
        cost += problem.distance_weight * one.distance_m + problem.duration_weight * one.duration_s
        cost += problem.couriers[one.courier].fixed_cost
    penalties = problem.skip_penalty[np.array(sorted(skipped), np.int64)]
    return cost + int(np.where(penalties == REQUIRED, LEFT_OUT, penalties).sum())


def heaviest_load(problem: RoundProblem, stops: Sequence[int]) -> IntArray:
    """
    Largest load on board at any moment, shape ``(dimensions,)``: all deliveries at first, returns as they
    come.
    """
    chosen = np.array(stops, np.int64)
    change = problem.returned[chosen] - problem.delivery[chosen]
    on_board = problem.delivery[chosen].sum(axis=0) + np.vstack([0 * change[:1], np.cumsum(change, axis=0)])
    return np.asarray(on_board.max(axis=0) if chosen.size else np.zeros(problem.delivery.shape[1], np.int64))


def plan_defects(problem: RoundProblem, plan: RoundPlan) -> list[str]:
    """List every way in which a plan breaks its problem; empty when it can be carried out as written."""
    defects: list[str] = []
    seen = [stop for one in plan.rounds for stop in one.stops]
    if sorted([*seen, *plan.skipped]) != list(range(problem.stops)):
        defects.append("stops are not each on one round or skipped")
    for one in plan.rounds:
        defects += _round_defects(problem, one)
    out = {one.courier for one in plan.rounds}
    if len(out) != len(plan.rounds):
        defects.append("a courier has two rounds")
    defects += [
        f"locked stops of courier {number} are not on a round"
        for number, courier in enumerate(problem.couriers)
        if courier.locked and number not in out
    ]
    if plan_cost(problem, plan.rounds, plan.skipped) != plan.objective:
        defects.append("objective differs from its rounds")
    if plan.bound > plan.objective:
        defects.append("bound exceeds the objective")
    return defects


def _round_defects(problem: RoundProblem, one: DeliveryRound) -> list[str]:
    who = problem.couriers[one.courier]
    locked = len(who.locked)
    again = walk_through(problem, one.courier, one.stops)
    free = np.array(one.stops[locked:], np.int64)
    longest = who.max_distance_m
    broken = {
        "locked stops come first": one.stops[:locked] != who.locked,
        "times follow from its stops": again.starts_s != one.starts_s or again.distance_m != one.distance_m,
        "only stops the courier may serve": not problem.may_serve(one.courier)[free].all(),
        "windows and shift are kept": again.late_s > walk_through(problem, one.courier, who.locked).late_s,
        "within the longest distance": longest is not None and free.size > 0 and again.distance_m > longest,
        "within the load": free.size > 0 and bool(np.any(heaviest_load(problem, one.stops) > who.capacity)),
    }
    return [f"round of courier {one.courier}: not {rule}" for rule, is_broken in broken.items() if is_broken]
