"""
Why each need got this responder, or none: the engine's own reasons, found without looking at every pair.

The engine's ``reasons`` looks at every responder for every need, about a millisecond each at 5,700 responders. Here
only the nearest are looked at, and more of them until nobody further away could matter: a pair never costs less than
its way, and nobody is sent further than the farthest reach. The answers are the same; a test compares them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from juxing.dispatch.problems.obstacles import Obstacle, obstacles

if TYPE_CHECKING:
    from juxing_engine.matching import Matching, MatchingProblem

NOBODY = -1
FIRST_LOOK = 16
PAIRS_AT_ONCE = 2_000_000
Numbers = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    Arrays with one value per need.

    ``responder`` and ``runner_up`` are columns, -1 for nobody; the parts are metre-equivalents of the chosen pair;
    ``runner_up_extra_m`` is how much further the runner-up would walk, ``runner_up_extra`` what each part of their cost
    would be more. ``binding`` is "" where someone comes; ``obstacles`` says of the others who came nearest to it.
    """

    responder: Numbers
    walking_m: np.ndarray[Any, np.dtype[np.float64]]
    distance: Numbers
    language: Numbers
    adjustment: Numbers
    stability: Numbers
    runner_up: Numbers
    runner_up_extra_m: np.ndarray[Any, np.dtype[np.float64]]
    runner_up_extra: dict[str, Numbers]
    binding: list[str]
    obstacles: dict[int, Obstacle]


def explain(problem: MatchingProblem, plan: Matching) -> Explanation:
    """Return for every need what its pair costs, who came next, and for the unserved what stood in the way."""
    from juxing_engine.matching import cost

    everyone = Pool(problem, np.arange(problem.responders))
    needs = np.arange(problem.needs)
    chosen = np.asarray(plan.responder_of, dtype=np.int64)
    served = chosen != NOBODY
    rows, columns = needs[served], chosen[served]
    parts = {
        "walking_m": cost.walking_m, "distance": cost.distance_costs, "language": cost.language_costs,
        "adjustment": cost.adjustments, "stability": cost.stability_savings,
    }  # fmt: skip
    values = {name: _spread(part(problem, rows, columns), served) for name, part in parts.items()}
    second, _costs = everyone.cheapest(needs, leaving_out=chosen)
    both = served & (second != NOBODY)
    extra = {name: _spread(part(problem, needs[both], second[both]), both) - np.where(both, values[name], 0)
             for name, part in parts.items()}  # fmt: skip
    binding = _bindings(problem, plan, everyone)
    return Explanation(
        responder=chosen,
        walking_m=values["walking_m"],
        distance=values["distance"].astype(np.int64),
        language=values["language"].astype(np.int64),
        adjustment=values["adjustment"].astype(np.int64),
        stability=-values["stability"].astype(np.int64),
        runner_up=np.where(served, second, NOBODY),
        runner_up_extra_m=extra["walking_m"],
        runner_up_extra={
            "distance": extra["distance"].astype(np.int64),
            "language": extra["language"].astype(np.int64),
            "adjustment": extra["adjustment"].astype(np.int64),
            "stability": -extra["stability"].astype(np.int64),
        },
        binding=binding,
        obstacles=obstacles(problem, np.flatnonzero(chosen == NOBODY), nearest=everyone),
    )


def _spread(part: Any, served: Flags) -> Any:
    whole = np.zeros(served.size)
    whole[served] = part
    return whole


def _bindings(problem: MatchingProblem, plan: Matching, everyone: Pool) -> list[str]:
    from juxing_engine.matching import BindingConstraint as Binding
    from juxing_engine.matching import cost

    found = [""] * problem.needs
    unserved = np.flatnonzero(plan.responder_of == NOBODY)
    if not unserved.size:
        return found
    _first, least = everyone.cheapest(unserved)
    first_visit = int(cost.load_cost_of(problem, np.zeros(1, dtype=np.int64))[0])
    penalty = problem.unserved_penalty[unserved]
    possible = least != cost.IMPOSSIBLE
    worthwhile = possible & (least + first_visit < penalty)
    for place in np.flatnonzero(worthwhile):
        found[unserved[place]] = Binding.CAPACITY_USED_BY_OTHERS.value
    for place in np.flatnonzero(possible & ~worthwhile):
        found[unserved[place]] = Binding.COSTS_MORE_THAN_PENALTY.value
    for need in _only_higher(problem, plan, unserved[worthwhile], first_visit=first_visit):
        found[need] = Binding.CAPACITY_USED_BY_HIGHER_PRIORITY.value
    for need in unserved[~possible]:
        found[need] = _why_nobody(problem, int(need))
    return found


def _only_higher(problem: MatchingProblem, plan: Matching, needs: Numbers, *, first_visit: int) -> Iterator[int]:
    """Yield the needs whose possible helpers all serve needs of a higher penalty, and at least one."""
    served = np.flatnonzero(plan.responder_of != NOBODY)
    lowest = np.full(problem.responders, np.iinfo(np.int64).max)
    np.minimum.at(lowest, plan.responder_of[served], problem.unserved_penalty[served])
    busy = Pool(problem, np.flatnonzero(lowest < np.iinfo(np.int64).max))
    for penalty in np.unique(problem.unserved_penalty[needs]):
        level = needs[problem.unserved_penalty[needs] == penalty]
        _who, at_all = busy.cheapest(level)
        same = Pool(problem, np.flatnonzero(lowest <= penalty))
        _who, at_level = same.cheapest(level)
        for need, is_held, is_held_lower in zip(
            level, at_all + first_visit < penalty, at_level + first_visit < penalty, strict=True
        ):
            if is_held and not is_held_lower:
                yield int(need)


def _why_nobody(problem: MatchingProblem, need: int) -> str:
    from juxing_engine.matching import BindingConstraint as Binding
    from juxing_engine.matching import cost

    everyone = np.arange(problem.responders)
    row = np.full(problem.responders, need)
    qualified = cost.are_qualified(problem, row, everyone)
    if not qualified.any():
        return str(Binding.NOBODY_QUALIFIED.value)
    able = qualified & (problem.capacity > 0)
    if not able.any():
        return str(Binding.NO_CAPACITY.value)
    near = able & cost.are_within_reach(problem, row, everyone)
    return str((Binding.ALL_DECLINED if near.any() else Binding.OUT_OF_REACH).value)


class Pool:
    """Some of the responders, in which the cheapest for a need is found from the nearest outward."""

    def __init__(self, problem: MatchingProblem, columns: Numbers) -> None:
        self.problem = problem
        self.columns = columns

    @cached_property
    def _qualified(self) -> dict[int, Numbers]:
        """Columns by required skills: only as many sets as needs ask for, a dozen in practice."""
        held = self.problem.held_skills[self.columns]
        return {
            int(mask): self.columns[(np.uint64(mask) & ~held) == 0] for mask in np.unique(self.problem.required_skills)
        }

    def cheapest(self, needs: Numbers, *, leaving_out: Numbers | None = None) -> tuple[Numbers, Numbers]:
        """
        Return for each need the cheapest responder of the pool who may visit it, and that cost.

        ``leaving_out`` holds a column per need of the problem that is not meant. The lowest column wins a tie. -1
        and ``IMPOSSIBLE`` where nobody may.
        """
        from juxing_engine.matching import cost

        who = np.full(needs.size, NOBODY, dtype=np.int64)
        costs = np.full(needs.size, cost.IMPOSSIBLE, dtype=np.int64)
        for mask in np.unique(self.problem.required_skills[needs]):
            columns = self._qualified[int(mask)]
            places = np.flatnonzero(self.problem.required_skills[needs] == mask)
            if columns.size:
                out = None if leaving_out is None else leaving_out[needs[places]]
                who[places], costs[places] = self._nearest_outward(needs[places], columns, out)
        return who, costs

    def _nearest_outward(self, needs: Numbers, columns: Numbers, out: Numbers | None) -> tuple[Numbers, Numbers]:
        from scipy.spatial import cKDTree

        from juxing_engine.matching import cost

        tree = cKDTree(self.problem.responder_xy_m[columns])
        farthest_m = float(self.problem.reach_m[columns].max())
        who = np.full(needs.size, NOBODY, dtype=np.int64)
        costs = np.full(needs.size, cost.IMPOSSIBLE, dtype=np.int64)
        open_rows, look = np.arange(needs.size), FIRST_LOOK
        while open_rows.size:
            look = min(look, columns.size)
            undecided = []
            for rows in np.array_split(open_rows, max(1, -(-open_rows.size * look // PAIRS_AT_ONCE))):
                seen_m, near = tree.query(self.problem.need_xy_m[needs[rows]], k=look)
                seen_m, near = seen_m.reshape(rows.size, look), columns[near.reshape(rows.size, look)]
                left = None if out is None else out[rows]
                who[rows], costs[rows] = _cheapest_among(self.problem, needs[rows], near, left)
                if look < columns.size:
                    edge_m = seen_m[:, -1] * self.problem.detour_factor
                    undecided.append(rows[~self._decided(needs[rows], costs[rows], edge_m, farthest_m)])
            open_rows = np.concatenate(undecided) if undecided else np.zeros(0, dtype=np.int64)
            look *= 8
        return who, costs

    def _decided(self, needs: Numbers, costs: Numbers, edge_m: Any, farthest_m: float) -> Flags:
        """Whether nobody beyond the edge can be cheaper (or as cheap) or be sent at all."""
        bonus = self.problem.stability_bonus - int(min(self.problem.pair_adjustment.min(initial=0), 0))
        least_beyond = np.floor(edge_m * self.problem.priority_weight[needs] * (1 - 1e-12) + 0.5) - bonus
        decided: Flags = (costs < least_beyond) | (edge_m * (1 - 1e-12) > farthest_m)
        return decided


def _cheapest_among(
    problem: MatchingProblem, needs: Numbers, near: Numbers, out: Numbers | None
) -> tuple[Numbers, Numbers]:
    from juxing_engine.matching import cost

    near = np.sort(near, axis=1)
    costs = cost.possible_costs(problem, needs[:, None], near)
    if out is not None:
        costs = np.where(near == out[:, None], cost.IMPOSSIBLE, costs)
    best = costs.argmin(axis=1)
    rows = np.arange(needs.size)
    found = costs[rows, best]
    return np.where(found == cost.IMPOSSIBLE, NOBODY, near[rows, best]), found
