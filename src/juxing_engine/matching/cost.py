"""The one definition of what a pair costs and which pairs may meet; every other module answers to it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem, Metres

IMPOSSIBLE = np.iinfo(np.int64).max // 4
"""Stands for the cost of a pair that may not meet; safe to add prices to."""

Flags = npt.NDArray[np.bool_]


def walking_m(problem: MatchingProblem, needs: Integers, responders: Integers) -> Metres:
    """
    Way on foot, in metres: straight line times ``detour_factor``. Index arrays are broadcast together.
    """
    dx = problem.need_xy_m[needs, 0] - problem.responder_xy_m[responders, 0]
    dy = problem.need_xy_m[needs, 1] - problem.responder_xy_m[responders, 1]
    distance_m: Metres = problem.detour_factor * np.sqrt(dx * dx + dy * dy)
    return distance_m


def distance_costs(problem: MatchingProblem, needs: Integers, responders: Integers) -> Integers:
    """Way on foot times the need's priority weight, rounded half up."""
    weighted = walking_m(problem, needs, responders) * problem.priority_weight[needs]
    return np.floor(weighted + 0.5).astype(np.int64)


def language_costs(problem: MatchingProblem, needs: Integers, responders: Integers) -> Integers:
    """``language_cost`` where the need asks for languages and the responder speaks none of them, else 0."""
    needed = problem.needed_languages[needs]
    strangers = (needed != 0) & ((needed & problem.spoken_languages[responders]) == 0)
    return np.where(strangers, problem.language_cost, 0).astype(np.int64)


def stability_savings(problem: MatchingProblem, needs: Integers, responders: Integers) -> Integers:
    """``stability_bonus`` where the pair is the one of today, else 0."""
    kept = problem.current_responder[needs] == np.asarray(responders)
    return np.where(kept, problem.stability_bonus, 0).astype(np.int64)


def adjustments(problem: MatchingProblem, needs: Integers, responders: Integers) -> Integers:
    """Sum of wishes and dislikes of these pairs, from ``adjusted_pairs``."""
    needs, responders = np.broadcast_arrays(needs, responders)
    return _look_up(problem, problem.adjusted_pairs, problem.pair_adjustment, _keys(problem, needs, responders))


def are_forbidden(problem: MatchingProblem, needs: Integers, responders: Integers) -> Flags:
    """Whether these pairs are among ``forbidden_pairs``."""
    needs, responders = np.broadcast_arrays(needs, responders)
    ones = np.ones(problem.forbidden_pairs.shape[0], dtype=np.int64)
    return _look_up(problem, problem.forbidden_pairs, ones, _keys(problem, needs, responders)) > 0


def are_qualified(problem: MatchingProblem, needs: Integers, responders: Integers) -> Flags:
    """Whether the responder holds every skill the need requires."""
    lacking = problem.required_skills[needs] & ~problem.held_skills[responders]
    qualified: Flags = lacking == 0
    return qualified


def are_within_reach(problem: MatchingProblem, needs: Integers, responders: Integers) -> Flags:
    """Whether the way on foot is within the responder's reach."""
    near: Flags = walking_m(problem, needs, responders) <= problem.reach_m[responders]
    return near


def are_compatible(problem: MatchingProblem, needs: Integers, responders: Integers) -> Flags:
    """Whether these pairs may meet: skills, reach, a capacity above 0, and no declining."""
    possible = are_qualified(problem, needs, responders) & are_within_reach(problem, needs, responders)
    possible &= problem.capacity[responders] > 0
    return possible & ~are_forbidden(problem, needs, responders)


def pair_costs(problem: MatchingProblem, needs: Integers, responders: Integers) -> Integers:
    """
    Cost of visiting each need by each responder, whether or not they may meet.

    ``floor(detour_factor x metres x priority_weight + 0.5) + language + adjustment - bonus for today's
    pair``, without the load cost, which belongs to the responder's number of visits. Index arrays are
    broadcast together: ``pair_costs(p, needs[:, None], responders)`` gives the full matrix.
    """
    needs, responders = np.asarray(needs), np.asarray(responders)
    return (
        distance_costs(problem, needs, responders)
        + language_costs(problem, needs, responders)
        + adjustments(problem, needs, responders)
        - stability_savings(problem, needs, responders)
    )


def possible_costs(problem: MatchingProblem, needs: Integers, responders: Integers) -> Integers:
    """`pair_costs` where the pair may meet, ``IMPOSSIBLE`` elsewhere."""
    possible = are_compatible(problem, needs, responders)
    return np.where(possible, pair_costs(problem, needs, responders), IMPOSSIBLE)


def load_cost_of(problem: MatchingProblem, visit: Integers) -> Integers:
    """Extra cost of a responder's visit number ``visit`` (counted from 0)."""
    if problem.load_cost.size == 0:
        return np.zeros(np.shape(visit), dtype=np.int64)
    return problem.load_cost[np.minimum(visit, problem.load_cost.size - 1)]


def visit_counts(problem: MatchingProblem, responder_of: Integers) -> Integers:
    """Visits each responder makes under a plan, shape ``(responders,)``."""
    return np.bincount(responder_of[responder_of != UNSERVED], minlength=problem.responders).astype(np.int64)


def plan_cost(problem: MatchingProblem, responder_of: Integers) -> int:
    """
    Total cost of a plan: pairs, penalties of the unserved, load.

    Raises
    ------
    ValueError
        If the plan breaks a rule: wrong shape, a pair that may not meet, or more visits than capacity.
    """
    responder_of = np.asarray(responder_of)
    if responder_of.shape != (problem.needs,):
        raise ValueError(f"Expected a plan of shape ({problem.needs},), got {responder_of.shape}.")
    served = np.flatnonzero(responder_of != UNSERVED)
    chosen = responder_of[served]
    if chosen.size and (chosen.min() < 0 or chosen.max() >= problem.responders):
        raise ValueError("The plan names a responder who does not exist.")
    if not np.all(are_compatible(problem, served, chosen)):
        raise ValueError("The plan pairs a need with a responder who may not visit it.")
    visits = visit_counts(problem, responder_of)
    if np.any(visits > problem.capacity):
        raise ValueError("The plan gives a responder more visits than their capacity.")
    total = int(pair_costs(problem, served, chosen).sum())
    total += int(problem.unserved_penalty[responder_of == UNSERVED].sum())
    return total + total_load_cost(problem, visits)


def total_load_cost(problem: MatchingProblem, visits: Integers) -> int:
    """Load cost of all responders together, for these numbers of visits."""
    if problem.load_cost.size == 0:
        return 0
    up_to = np.concatenate([[0], np.cumsum(problem.load_cost)])
    return int(up_to[visits].sum())


def _keys(problem: MatchingProblem, needs: Integers, responders: Integers) -> Integers:
    return np.asarray(needs * np.int64(max(problem.responders, 1)) + responders, dtype=np.int64)


def _look_up(problem: MatchingProblem, pairs: Integers, values: Integers, keys: Integers) -> Integers:
    if pairs.shape[0] == 0:
        return np.zeros(keys.shape, dtype=np.int64)
    known = _keys(problem, pairs[:, 0], pairs[:, 1])
    order = np.argsort(known, kind="stable")
    known, values = known[order], values[order]
    place = np.minimum(np.searchsorted(known, keys), known.size - 1)
    return np.where(known[place] == keys, values[place], 0)
