"""A copy of a live situation, to be proven optimal elsewhere while the day goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from juxing_engine.matching.cost import plan_cost
from juxing_engine.matching.problem import Integers, MatchingProblem, pair_cost_range
from juxing_engine.matching.verify import Verdict, lower_bound, lower_bound_by_cells


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """
    The situation at one moment, copied.

    Parameters
    ----------
    problem
        The needs present and all responders who ever were (capacity 0: gone), without regard to freezing.
    responder_of, prices
        Plan and certificate.
    is_frozen
        Needs bound to their responder, shape ``(needs,)``.
    need_numbers, responder_numbers
        Live number of each row.
    """

    problem: MatchingProblem
    responder_of: Integers
    prices: Integers
    is_frozen: npt.NDArray[np.bool_]
    need_numbers: Integers
    responder_numbers: Integers

    def certify(self, *, is_thorough: bool = False) -> Verdict:
        """
        Prove, apart from the live code, how far the plan can be from the best with these frozen pairs.

        ``is_thorough`` looks at every pair instead of leaving out cells of the grid.
        """
        problem, saved = self._with_frozen_bound()
        bound = (lower_bound if is_thorough else lower_bound_by_cells)(problem, self.prices)
        return Verdict(plan_cost(problem, self.responder_of) + saved, bound + saved)

    def _with_frozen_bound(self) -> tuple[MatchingProblem, int]:
        """Give each frozen pair a saving no other choice can match; return it with the savings' sum."""
        rows = np.flatnonzero(self.is_frozen)
        if rows.size == 0:
            return self.problem, 0
        least, greatest = pair_cost_range(self.problem)
        saving = 2 * (greatest - least) + 2 * int(np.abs(self.prices).max()) + 1
        saving += int(self.problem.unserved_penalty.max())
        pairs = np.column_stack([rows, self.responder_of[rows]])
        known = {(int(i), int(j)): k for k, (i, j) in enumerate(self.problem.adjusted_pairs)}
        place = np.array([known.get((int(i), int(j)), -1) for i, j in pairs], dtype=np.int64)
        adjustment = self.problem.pair_adjustment.copy()
        adjustment[place[place >= 0]] -= saving
        fresh = place < 0
        problem = replace(
            self.problem,
            adjusted_pairs=np.vstack([self.problem.adjusted_pairs, pairs[fresh]]),
            pair_adjustment=np.concatenate([adjustment, np.full(int(fresh.sum()), -saving)]),
        )
        return problem, saving * rows.size
