"""What the solver of medicine problems hands back: the plan, how good it is, and the prices that prove it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from juxing_engine.medicine.problem import UNSERVED, Integers


@dataclass(frozen=True, slots=True, eq=False)
class MedicinePlan:
    """
    A plan and its proof.

    Parameters
    ----------
    pharmacy_of, squad_of
        Where each request is fetched and by whom, shape ``(requests,)``; ``UNSERVED`` where nowhere.
    objective
        Total cost of the plan, in metre-equivalents.
    bound
        Proven: no plan, over all pharmacies and squads, costs less.
    stock_price, squad_price
        The certificate: what one more pack, shape ``(pharmacies, drugs)``, and one more place in a squad, shape
        ``(squads,)``, are worth. With them anyone can recompute `bound` (`verify.lower_bound`).
    served, unserved
        Requests fetched; left.
    ways
        Ways from a pharmacy to a request considered (stocked pharmacies, summed over requests); the bound holds over
        all of them and all squads.
    is_complete
        Whether the solver ended by itself, not by budget or cancellation.
    seconds
        Wall seconds by part, in snake_case.
    """

    pharmacy_of: Integers
    squad_of: Integers
    objective: int
    bound: int
    stock_price: Integers
    squad_price: Integers
    served: int
    unserved: int
    ways: int
    is_complete: bool
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def gap(self) -> int:
        """Metre-equivalents by which the plan could at most be improved; 0 proves it optimal."""
        return self.objective - self.bound

    @property
    def is_optimal(self) -> bool:
        """Whether the plan is proven optimal."""
        return self.gap == 0

    @property
    def unserved_requests(self) -> Integers:
        """Indices of the requests nobody fetches, ascending."""
        return np.flatnonzero(self.squad_of == UNSERVED)
