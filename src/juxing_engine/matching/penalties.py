"""
Penalties that put people before metres: serve the higher tier first, then as many as possible, then walk
least.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from juxing_engine.matching.problem import OBJECTIVE_LIMIT, Integers, MatchingProblem, pair_cost_range


def penalty_step(problem: MatchingProblem) -> int:
    """
    Least difference between the penalties of two tiers that no saving of distance can outweigh.

    Two plans differ by disjoint paths and cycles, needs and responders taking turns; a path can be chosen
    that passes each responder at most once. It moves at most ``min(needs, responders) + 1`` needs, changes
    the load of its last responder by one visit, and serves at most one need more while leaving at most one
    other. A step above all it could save in cost therefore fixes the order, whatever the number of tiers:
    penalties add up tier by tier and do not multiply.
    """
    least, greatest = pair_cost_range(problem)
    longest = min(problem.needs, problem.responders) + 1
    return longest * (greatest - least) + max(greatest, 0) + int(problem.load_cost.max(initial=0)) + 1


def lexicographic_penalties(problem: MatchingProblem, tier: Integers) -> Integers:
    """
    Derive each need's penalty from its tier.

    Under these penalties an optimal plan serves as many needs of the highest tier as any plan can; among
    those plans as many of the next tier as any can; and so on; among all these, it costs least.

    Parameters
    ----------
    problem
        Everything but its ``unserved_penalty`` is used.
    tier
        Shape ``(needs,)``, at least 0; higher goes first. Only the order of the values counts.

    Raises
    ------
    ValueError
        If the shape disagrees, a tier is negative, or the plan's cost could pass ``OBJECTIVE_LIMIT``.
    """
    tier = np.asarray(tier)
    if tier.shape != (problem.needs,) or (tier.size and (tier.dtype.kind not in "iu" or tier.min() < 0)):
        raise ValueError(f"Expected tiers as integers >= 0 of shape ({problem.needs},), got {tier.shape}.")
    _, rank = np.unique(tier, return_inverse=True)
    highest = (int(rank.max(initial=0)) + 1) * penalty_step(problem)
    if highest * max(problem.needs, 1) > OBJECTIVE_LIMIT:
        raise ValueError(f"The penalty {highest} of the highest tier x {problem.needs} needs passes the limit 2**60.")
    return (rank.astype(np.int64) + 1) * penalty_step(problem)


def with_lexicographic_penalties(problem: MatchingProblem, tier: Integers) -> MatchingProblem:
    """Return the same problem with the penalties of `lexicographic_penalties`."""
    return replace(problem, unserved_penalty=lexicographic_penalties(problem, tier))
