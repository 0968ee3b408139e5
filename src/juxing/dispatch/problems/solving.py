"""Rows to engine arrays, and the engine's plan."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from juxing.dispatch.problems.reading import GATED, AvailableResponder, WaitingNeed
from juxing.dispatch.weights import DEFAULT_WEIGHTS, TIER, Weights
from juxing.needs.enums import Priority
from juxing.responders.enums import Language, Skill
from juxing.responders.gates import Lacks

if TYPE_CHECKING:
    from juxing_engine.control import Control
    from juxing_engine.matching import Matching, MatchingProblem

Point = tuple[float, float]
EARTH_RADIUS_M = 6_371_008.8
SKILL_BIT = {str(skill): 1 << bit for bit, skill in enumerate(Skill.values)}
GATE_BIT = {task: 1 << (len(SKILL_BIT) + place) for place, task in enumerate(GATED)}
EVERY_GATE = sum(GATE_BIT.values())
LANGUAGE_BIT = {str(language): 1 << bit for bit, language in enumerate(Language.values)}


def plane_metres(longitude: np.ndarray, latitude: np.ndarray, *, origin: tuple[float, float]) -> np.ndarray:
    """Return metres east and north of the origin: within a city the error is far below a detour's uncertainty."""
    scale = math.pi / 180 * EARTH_RADIUS_M
    east = (longitude - origin[0]) * scale * math.cos(math.radians(origin[1]))
    return np.column_stack([east, (latitude - origin[1]) * scale])


def way_m(here: Point, there: Point) -> int:
    """Return the way on foot between two points, as matching counts it by default."""
    xy = plane_metres(np.array([here[0], there[0]]), np.array([here[1], there[1]]), origin=here)
    return round(float(np.linalg.norm(xy[1] - xy[0])) * DEFAULT_WEIGHTS.detour_factor)


def matching_problem(
    needs: Sequence[WaitingNeed],
    responders: Sequence[AvailableResponder],
    *,
    refused: Sequence[tuple[int, int]],
    weights: Weights,
    origin: Point | None = None,
) -> MatchingProblem:
    """
    Return the engine's problem; row i is needs[i], column j is responders[j].

    What a task asks before it is a bit beside the skills: who has not passed that gate is no candidate, and the proof
    is over those who may go.
    """
    from juxing_engine.matching import MatchingProblem, with_lexicographic_penalties

    if origin is None:
        origin = (needs[0].longitude, needs[0].latitude) if needs else (0.0, 0.0)
    row_of = {need.id: row for row, need in enumerate(needs)}
    column_of = {responder.id: column for column, responder in enumerate(responders)}
    forbidden = [(row_of[n], column_of[r]) for n, r in refused if n in row_of and r in column_of]
    largest = max((responder.free_capacity for responder in responders), default=0)
    problem = MatchingProblem(
        need_xy_m=_points(needs, origin),
        responder_xy_m=_points(responders, origin),
        capacity=np.array([responder.free_capacity for responder in responders], dtype=np.int64),
        unserved_penalty=np.zeros(len(needs), dtype=np.int64),
        required_skills=_bits((need.required_skills for need in needs), SKILL_BIT)
        | _masks(GATE_BIT.get(need.task_type, 0) for need in needs),
        held_skills=_bits((responder.skills for responder in responders), SKILL_BIT)
        | _masks(gates_passed(responder.lacks) for responder in responders),
        needed_languages=_bits((need.languages for need in needs), LANGUAGE_BIT),
        spoken_languages=_bits((responder.languages for responder in responders), LANGUAGE_BIT),
        language_cost=weights.language_m,
        priority_weight=np.array([weights.metre_weight(need.priority) for need in needs], dtype=np.int64),
        load_cost=np.arange(largest, dtype=np.int64) * weights.load_step_m,
        reach_m=np.array([responder.reach_m for responder in responders], dtype=np.float64),
        forbidden_pairs=np.array(forbidden, dtype=np.int64).reshape(-1, 2),
        detour_factor=weights.detour_factor,
    )
    tiers = np.array([TIER[Priority(need.priority)] for need in needs], dtype=np.int64)
    return with_lexicographic_penalties(problem, tiers)


def chosen_plan(problem: MatchingProblem, chosen: Sequence[int]) -> Matching:
    """
    Return a plan somebody chose, with the bound of the exact one: how much better another could be.

    ``chosen`` holds a column for each row, -1 for nobody.

    Raises:
        ValueError: if it breaks a rule of the problem.
    """
    from juxing_engine.matching import match
    from juxing_engine.matching.solve import summarise

    exact = match(problem)
    columns = np.array(chosen, dtype=np.int64)
    seconds = dict(exact.seconds)
    return summarise(problem, columns, exact.prices.copy(), bound=exact.bound, method="live", seconds=seconds)


def solve(problem: MatchingProblem, *, control: Control | None = None) -> Matching:
    """Return the engine's plan with its certificate."""
    from juxing_engine.matching import match

    return match(problem, control=control)


def gates_passed(lacks: Lacks) -> int:
    """Return the bits of the kinds of task for which nothing is missing."""
    return EVERY_GATE & ~sum(GATE_BIT[task] for task in lacks)


def skills_of(mask: int) -> list[str]:
    """Return the skills of a bit mask."""
    return [skill for skill, bit in SKILL_BIT.items() if mask & bit]


def _points(things: Sequence[WaitingNeed] | Sequence[AvailableResponder], origin: tuple[float, float]) -> np.ndarray:
    longitude = np.array([thing.longitude for thing in things], dtype=np.float64)
    latitude = np.array([thing.latitude for thing in things], dtype=np.float64)
    return plane_metres(longitude, latitude, origin=origin)


def _bits(lists: Iterable[Sequence[str]], bit_of: dict[str, int]) -> np.ndarray:
    return np.array([sum(bit_of[code] for code in set(codes)) for codes in lists], dtype=np.uint64)


def _masks(masks: Iterable[int]) -> np.ndarray:
    return np.fromiter(masks, dtype=np.uint64)
