"""Plans of rounds: the instant one, the searched one, and a running round planned again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from juxing.dispatch.problems.round_bound import least_cost
from juxing.dispatch.problems.round_problem import RoundsAsked
from juxing.dispatch.problems.round_reading import CourierSeen, Stop

if TYPE_CHECKING:
    from juxing_engine.control import Control
    from juxing_engine.routing import DeliveryRound as Walk
    from juxing_engine.routing import RoundPlan, RoundProblem


@dataclass(frozen=True, slots=True)
class CourierRound:
    """One courier's stops in order, with seconds from now until each door is reached."""

    courier: CourierSeen
    depot_id: int | None
    stops: Sequence[Stop]
    arrivals_s: Sequence[int]
    distance_m: int
    duration_s: int
    late_s: int


@dataclass(frozen=True, slots=True)
class RoundsFound:
    """
    Rounds for everyone who goes out, and who is left, with the engine's reason.

    ``objective`` and ``bound`` are None where an accepted stop could not be fitted within its times: it is then
    appended late, and no bound speaks of that.
    """

    rounds: Sequence[CourierRound]
    left: Sequence[tuple[Stop, str]]
    objective: int | None
    bound: int | None
    first_objective: int | None
    seconds: float


def budget_for(stop_count: int) -> int:
    """Return the seconds a search is given: short rounds settle at once."""
    for stops, seconds in ((8, 1), (20, 2), (150, 10)):
        if stop_count <= stops:
            return seconds
    return 30


def solve_rounds(asked: RoundsAsked, *, control: Control) -> RoundsFound:
    """
    Return the best rounds found within the control's budget; with a budget of 0 those of cheapest insertion.

    Rounds of a few doors that cost the least any order can are not searched any further.
    """
    from juxing_engine.control import Control as Limits
    from juxing_engine.control import Progress
    from juxing_engine.routing import plan_rounds

    first = plan_rounds(asked.problem, control=Limits(budget_s=0.0))
    least = least_cost(asked.problem)
    is_best = least is not None and not first.skipped and first.objective <= least
    if is_best:
        control.report(Progress("rounds", 1.0, first.objective, least))
    is_done = control.budget_s == 0 or is_best
    plan = first if is_done else plan_rounds(asked.problem, control=_ended_at(control, least))
    return _found(asked, plan, first, least, seconds=control.elapsed_s)


def _ended_at(control: Control, least: int | None) -> Control:
    """The rest of the control, which also ends once the best so far costs the least there is."""
    from juxing_engine.control import Control as Limits
    from juxing_engine.control import Progress

    best = None

    def hear(progress: Progress) -> None:
        nonlocal best
        best = progress.objective
        control.report(progress)

    def must_end() -> bool:
        is_best = least is not None and best is not None and best <= least
        return is_best or (control.is_cancelled is not None and control.is_cancelled())

    budget_s = None if control.budget_s is None else control.remaining_s
    return Limits(budget_s=budget_s, on_progress=hear, is_cancelled=must_end)


def first_rounds_of(asked: RoundsAsked) -> list[CourierRound]:
    """
    Return each courier's accepted stops in an order good enough to set out with, at once.

    Times asked for are counted but not planned by: who is late shows in ``late_s``.
    """
    bound_to = np.asarray(asked.problem.bound_to)
    made = []
    for courier in range(len(asked.couriers)):
        own = np.flatnonzero(bound_to == courier)
        if own.size:
            made.append(_round(asked, _walk_in_order(asked.problem, courier, own)))
    return made


def plan_running(asked: RoundsAsked, *, on_its_way: Sequence[int], control: Control) -> CourierRound:
    """
    Return what remains of one courier's round, planned anew.

    ``on_its_way`` are rows of stops already set out for: they stay first, in this order. The courier starts where
    the last finished stop was; everything accepted is on board and stays with them.
    """
    from juxing_engine.routing import CourierOnWay, replan_rounds

    count = len(asked.stops)
    rest = tuple(row for row in range(count) if row not in set(on_its_way))
    state = CourierOnWay(asked.problem.couriers[0].start, 0, tuple(on_its_way), rest)
    running = replan_rounds(asked.problem, done=(), on_way={0: state}, control=control)
    walked = running.plan.rounds[0].stops if running.plan.rounds else ()
    missing = [row for row in range(count) if row not in set(walked)]
    whole = _walk_with(running.problem, 0, [*walked], missing, kept=len(on_its_way))
    return _round(asked, whole)


def _found(asked: RoundsAsked, plan: RoundPlan, first: RoundPlan, least: int | None, *, seconds: float) -> RoundsFound:
    from juxing_engine.routing import LEFT_OUT

    bound_to = np.asarray(asked.problem.bound_to)
    walks = {walk.courier: walk for walk in plan.rounds}
    missing: dict[int, list[int]] = {}
    left = []
    for row, reason in sorted(plan.skipped.items()):
        if bound_to[row] >= 0:
            missing.setdefault(int(bound_to[row]), []).append(row)
        else:
            left.append((asked.stops[row], reason.name.lower()))
    for courier, rows in missing.items():
        walked = walks[courier].stops if courier in walks else ()
        walks[courier] = _walk_with(asked.problem, courier, [*walked], rows, kept=0)
    is_whole = not missing
    return RoundsFound(
        rounds=[_round(asked, walks[courier]) for courier in sorted(walks)],
        left=left,
        objective=plan.objective if is_whole else None,
        bound=max(plan.bound, min(plan.objective, least or 0)) if is_whole else None,
        first_objective=first.objective if is_whole and first.objective < LEFT_OUT else None,
        seconds=seconds,
    )


def _walk_in_order(problem: RoundProblem, courier: int, rows: np.ndarray) -> Walk:
    from juxing_engine.routing import first_order, walk_through

    who = problem.couriers[courier]
    places = [who.start, *problem.location[rows].tolist(), who.end]
    ways = problem.distance_m[np.ix_(places, places)]
    order = first_order(ways, start=0, end=len(places) - 1)
    return walk_through(problem, courier, [int(rows[place - 1]) for place in order])


def _walk_with(problem: RoundProblem, courier: int, walked: list[int], missing: Sequence[int], *, kept: int) -> Walk:
    """Put stops that fit within no time at the least detour, after the first ``kept``."""
    from juxing_engine.routing import walk_through

    who, ways = problem.couriers[courier], problem.distance_m
    for row in missing:
        places = [who.start, *problem.location[walked].tolist(), who.end]
        here = int(problem.location[row])
        detour = [ways[places[at], here] + ways[here, places[at + 1]] - ways[places[at], places[at + 1]]
                  for at in range(kept, len(walked) + 1)]  # fmt: skip
        walked.insert(kept + int(np.argmin(detour)), row)
    return walk_through(_unlocked(problem, courier), courier, walked)


def _unlocked(problem: RoundProblem, courier: int) -> RoundProblem:
    couriers = list(problem.couriers)
    couriers[courier] = replace(couriers[courier], locked=())
    return replace(problem, couriers=tuple(couriers))


def _round(asked: RoundsAsked, walk: Walk) -> CourierRound:
    return CourierRound(
        courier=asked.couriers[walk.courier],
        depot_id=asked.depots[walk.courier],
        stops=[asked.stops[row] for row in walk.stops],
        arrivals_s=walk.starts_s,
        distance_m=walk.distance_m,
        duration_s=walk.duration_s,
        late_s=walk.late_s,
    )
