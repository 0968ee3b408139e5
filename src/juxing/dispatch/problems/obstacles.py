"""What keeps a need unserved, in numbers a person can act on: who is nearest to serving it and what they miss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from juxing_engine.matching import MatchingProblem

Numbers = np.ndarray[Any, np.dtype[np.int64]]
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Obstacle:
    """
    ``nearest_m`` is the way of the nearest who has the skills, whatever else keeps them; ``beyond_m`` how much further
    than their reach the one who misses least would go; ``refused`` how many near enough said no or kept silent;
    ``qualified`` how many have the skills at all; ``lacking`` the skills nobody here has, as bits. None: not so.
    """

    qualified: int
    nearest_m: int | None = None
    beyond_m: int | None = None
    refused: int | None = None
    lacking: int = 0


class Finder(Protocol):
    """Finds the cheapest who may visit each need."""

    def cheapest(self, needs: Numbers, *, leaving_out: Numbers | None = None) -> tuple[Numbers, Numbers]:
        """Return columns and costs."""


def obstacles(problem: MatchingProblem, needs: Numbers, *, nearest: Finder) -> dict[int, Obstacle]:
    """Return what keeps each of these needs unserved."""
    from juxing_engine.matching import cost

    if not needs.size:
        return {}
    count = _qualified_count(problem, needs)
    who, _costs = nearest.cheapest(needs)
    possible = np.flatnonzero(who != NOBODY)
    metres = np.zeros(needs.size)
    metres[possible] = cost.walking_m(problem, needs[possible], who[possible])
    return {
        int(need): Obstacle(qualified=count[int(problem.required_skills[need])], nearest_m=round(float(metres[place])))
        if who[place] != NOBODY
        else _impossible(problem, int(need))
        for place, need in enumerate(needs)
    }


def _qualified_count(problem: MatchingProblem, needs: Numbers) -> dict[int, int]:
    masks = np.unique(problem.required_skills[needs])
    return {int(mask): int(np.count_nonzero((mask & ~problem.held_skills) == 0)) for mask in masks}


def _impossible(problem: MatchingProblem, need: int) -> Obstacle:
    from juxing_engine.matching import cost

    everyone = np.arange(problem.responders)
    row = np.full(problem.responders, need)
    qualified = cost.are_qualified(problem, row, everyone)
    if not qualified.any():
        held = int(np.bitwise_or.reduce(problem.held_skills)) if problem.responders else 0
        return Obstacle(qualified=0, lacking=int(problem.required_skills[need]) & ~held)
    ways = cost.walking_m(problem, row, everyone)
    able = qualified & (problem.capacity > 0)
    found: dict[str, int] = {"nearest_m": round(float(ways[qualified].min()))}
    near = able & (ways <= problem.reach_m)
    if near.any():
        found["refused"] = int(np.count_nonzero(near))
    elif able.any():
        found["beyond_m"] = int(np.ceil((ways - problem.reach_m)[able].min()))
    return Obstacle(qualified=int(np.count_nonzero(qualified)), **found)
