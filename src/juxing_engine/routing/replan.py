"""Planning again while couriers are on their way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from juxing_engine.control import Control
from juxing_engine.routing.plan import RoundPlan
from juxing_engine.routing.problem import ANY_COURIER, IntArray, RoundProblem
from juxing_engine.routing.search import plan_rounds


@dataclass(frozen=True, slots=True, eq=False)
class CourierOnWay:
    """
    Where one courier stands in the middle of a round.

    Parameters
    ----------
    location
        The place it leaves next.
    free_at_s
        When it leaves.
    next_stops
        Stops it will make next whatever happens, in order.
    on_board
        Further stops whose goods it carries: only this courier can bring them, in any order.
    """

    location: int
    free_at_s: int
    next_stops: tuple[int, ...] = ()
    on_board: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RunningPlan:
    """A new plan of what remains; ``remaining`` holds the original number of each of its stops."""

    plan: RoundPlan
    problem: RoundProblem
    remaining: IntArray


def running_problem(
    problem: RoundProblem, *, done: Sequence[int], on_way: Mapping[int, CourierOnWay]
) -> tuple[RoundProblem, IntArray]:
    """
    What remains to be planned: couriers start where they are, goods on board stay with their vehicle.

    Parameters
    ----------
    problem
        The problem as first planned, with any new stops added to it.
    done
        Stops already made, or given up.
    on_way
        State of each courier that has left; the others start as first planned.

    Returns
    -------
    tuple
        The remaining problem, and the original number of each of its stops.

    Raises
    ------
    ValueError
        If a stop is done and still to be made, or carried by two couriers.
    """
    remaining = np.setdiff1d(np.arange(problem.stops), np.array(done, np.int64))
    place = {int(stop): number for number, stop in enumerate(remaining)}
    bound = np.array(problem.bound_to)
    couriers = [replace(who, locked=()) for who in problem.couriers]
    for courier, state in on_way.items():
        for stop in (*state.next_stops, *state.on_board):
            if stop not in place:
                raise ValueError(f"Stop {stop} of courier {courier} is already done.")
            if bound[stop] not in {ANY_COURIER, courier}:
                raise ValueError(f"Stop {stop} is carried by courier {courier} and bound to {bound[stop]}.")
            bound[stop] = courier
        couriers[courier] = replace(
            problem.couriers[courier],
            start=state.location,
            shift=(state.free_at_s, max(state.free_at_s, problem.couriers[courier].shift[1])),
            fixed_cost=0,
            locked=tuple(place[stop] for stop in state.next_stops),
        )
    fields = ("location", "delivery", "returned", "service_s", "window_s", "skip_penalty", "skills")
    rest = {name: getattr(problem, name)[remaining] for name in fields}
    return replace(problem, couriers=tuple(couriers), bound_to=bound[remaining], **rest), remaining


def replan_rounds(
    problem: RoundProblem,
    *,
    done: Sequence[int],
    on_way: Mapping[int, CourierOnWay],
    control: Control | None = None,
    seed: int = 0,
) -> RunningPlan:
    """
    Plan the rest of a running round anew; parameters as in `running_problem` and `plan_rounds`.

    Stops in the result's plan are numbered within ``result.problem``; ``result.remaining`` maps them back.
    """
    rest, remaining = running_problem(problem, done=done, on_way=on_way)
    return RunningPlan(plan_rounds(rest, control=control, seed=seed), rest, remaining)
