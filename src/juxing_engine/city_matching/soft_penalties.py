"""
Moderate penalties to begin with.

True penalties are made to dominate any saving of distance, 10**10 metres and more. One need that a zone cannot serve
would lift the prices of everybody around it that high, and everybody would be moved about to escape them. Zones and
the first repair therefore use penalties that are merely large, in the same order; the true ones come last, when few
needs are left over. The plan is optimal for the true ones in the end.
"""

from __future__ import annotations

import numpy as np

from juxing_engine.matching.problem import Integers, MatchingProblem, pair_cost_range

TYPICAL_WAYS = 20
"""The lowest soft penalty, in times of what a visit costs on average."""

MOST_LEVELS = 16
"""With more different penalties than this, the order among them is given up until the end."""


def soft_penalties(problem: MatchingProblem, typical_cost: int) -> Integers:
    """Penalties in the order of the true ones, never above them, the least about ``TYPICAL_WAYS`` visits' cost."""
    _, greatest = pair_cost_range(problem)
    step = min(max(1, TYPICAL_WAYS * typical_cost), max(1, greatest))
    levels, rank = np.unique(problem.unserved_penalty, return_inverse=True)
    wanted = step * (1 + rank) if levels.size <= MOST_LEVELS else np.full(problem.needs, step)
    return np.minimum(problem.unserved_penalty, wanted).astype(np.int64)
