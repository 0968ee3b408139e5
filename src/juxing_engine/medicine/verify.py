"""
The separate verifier: from prices alone, a cost no plan can undercut, over every pharmacy and every squad.

Notes
-----
Charge ``r`` for a pack of each stock and ``s`` for a place in each squad, both not negative. A request then costs at
least the cheaper of its penalty and its best ``delivery + r + min over squads (fetching + s)``; what was charged can
be given back for at most the whole stock and all capacities. Adding up, for *any* such prices,

``bound = Σ_i min(penalty_i, min_p (delivery_ip + r_p,drug(i) + min_q (fetching_pq + s_q))) - Σ stock r - Σ capacity s``

is at most the cost of every plan (Lagrangian duality). The constraints form a network, hence are totally unimodular,
so the best integer prices leave no gap.

Written in numpy, apart from the solver: it shares neither its nodes nor its arcs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from juxing_engine.medicine.cost import delivery_costs, fetching_costs, may_carry, plan_cost
from juxing_engine.medicine.problem import Integers, MedicineProblem

NEVER = np.iinfo(np.int64).max // 4
"""Cost of what is impossible; safe to add prices to."""

PRICE_LIMIT = 2**60

WAYS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the verifier found: the plan's true cost and the proven bound, in metre-equivalents."""

    objective: int
    bound: int

    @property
    def gap(self) -> int:
        """Distance between the two; 0 proves the plan optimal."""
        return self.objective - self.bound


def lower_bound(problem: MedicineProblem, stock_price: Integers, squad_price: Integers) -> int:
    """
    Cost no plan undercuts.

    Parameters
    ----------
    stock_price, squad_price
        Integers in [0, 2**60], shapes ``(pharmacies, drugs)`` and ``(squads,)``. Poor prices give a poor bound, never
        a wrong one.

    Raises
    ------
    ValueError
        If a shape or range is wrong.
    """
    stock_price = _checked("stock_price", stock_price, problem.stock.shape)
    squad_price = _checked("squad_price", squad_price, (problem.squads,))
    total = 0
    fetched = {int(kind): _cheapest_fetching(problem, int(kind), squad_price) for kind in np.unique(problem.drug_class)}
    order = np.argsort(problem.requested_drug, kind="stable")
    ends = np.searchsorted(problem.requested_drug[order], np.arange(problem.drugs + 1))
    for drug in range(problem.drugs):
        stocked = np.flatnonzero(problem.stock[:, drug])
        onward = fetched[int(problem.drug_class[drug])][stocked] + stock_price[stocked, drug]
        rows = max(1, WAYS_AT_ONCE // max(1, stocked.size))
        for start in range(int(ends[drug]), int(ends[drug + 1]), rows):
            requests = order[start : min(start + rows, int(ends[drug + 1]))]
            costs = delivery_costs(problem, requests[:, None], stocked) + onward
            cheapest = np.minimum(costs.min(axis=1, initial=NEVER), problem.unserved_penalty[requests])
            total += int(cheapest.sum())
    return total - _worth(problem.stock, stock_price) - _worth(problem.squad_capacity, squad_price)


def verify(
    problem: MedicineProblem,
    plan: tuple[Integers, Integers],
    stock_price: Integers,
    squad_price: Integers,
) -> Verdict:
    """
    Check a plan ``(pharmacy_of, squad_of)`` and its certificate from nothing but the problem.

    Raises
    ------
    ValueError
        If the plan breaks a rule, or the prices have the wrong shape or range.
    """
    return Verdict(objective=plan_cost(problem, *plan), bound=lower_bound(problem, stock_price, squad_price))


def _cheapest_fetching(problem: MedicineProblem, kind: int, squad_price: Integers) -> Integers:
    """Least fetching cost plus price over the squads that may carry the class, shape ``(pharmacies,)``."""
    example = np.flatnonzero(problem.drug_class == kind)[:1]
    squads = np.flatnonzero(may_carry(problem, np.arange(problem.squads), example))
    costs = fetching_costs(problem, np.arange(problem.pharmacies)[:, None], squads) + squad_price[squads]
    return np.asarray(costs.min(axis=1, initial=NEVER))


def _worth(amount: Integers, price: Integers) -> int:
    """``Σ amount x price`` in unbounded integers."""
    priced = np.flatnonzero(price)
    return sum(int(n) * int(p) for n, p in zip(amount.ravel()[priced], price.ravel()[priced], strict=True))


def _checked(name: str, price: Integers, shape: tuple[int, ...]) -> Integers:
    price = np.asarray(price)
    if price.shape != shape or (price.size and price.dtype.kind not in "iu"):
        raise ValueError(f"Expected integer {name} of shape {shape}, got {price.dtype} {price.shape}.")
    if price.size and (price.min() < 0 or price.max() > PRICE_LIMIT):
        raise ValueError(f"Expected {name} in [0, 2**60].")
    return price.astype(np.int64)
