"""What a solver of matching hands back: the plan, how good it is, and the prices that prove it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from juxing_engine.matching.problem import UNSERVED, Integers


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """
    A plan and its proof.

    Parameters
    ----------
    responder_of
        Who visits each need, shape ``(needs,)``; ``UNSERVED`` where nobody.
    objective
        Total cost of the plan, in metre-equivalents.
    bound
        Proven: no plan over *all* pairs costs less.
    prices
        The certificate, shape ``(responders,)``: what one more visit of each responder is worth. With them
        anyone can recompute `bound` (`verify.lower_bound`).
    pairs
        Number of pairs over which the bound holds (needs x responders).
    served, unserved, moved
        Needs visited; left; visited by another than today's responder.
    visits
        Visits each responder makes, shape ``(responders,)``.
    method
        Which solver made the plan, in snake_case.
    seconds
        Wall seconds by part, in snake_case.
    """

    responder_of: Integers
    objective: int
    bound: int
    prices: Integers
    pairs: int
    served: int
    unserved: int
    moved: int
    visits: Integers
    method: str
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def gap(self) -> int:
        """Metre-equivalents by which the plan could at most be improved; 0 proves it optimal."""
        return self.objective - self.bound

    @property
    def relative_gap(self) -> float:
        """
        `gap` as a share of the objective's size; 0.0 when optimal, ``inf`` when the objective is 0 and
        the gap not.
        """
        if self.gap == 0:
            return 0.0
        return self.gap / abs(self.objective) if self.objective else float("inf")

    @property
    def is_optimal(self) -> bool:
        """Whether the plan is proven optimal over all pairs."""
        return self.gap == 0

    @property
    def unserved_needs(self) -> Integers:
        """Indices of the needs nobody visits, ascending."""
        return np.flatnonzero(self.responder_of == UNSERVED)
