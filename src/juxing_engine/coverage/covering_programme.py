"""Maximal covering as an integer programme: small once buildings of equal reach are merged."""

from __future__ import annotations

from typing import Any

import numpy as np

from juxing_engine.coverage.branching import PlaceSearch


def prove_covering(search: PlaceSearch) -> None:
    """
    Finish a search whose gains are all or nothing: better places if there are any, and the bound.

    One whole column a candidate, one column a group of buildings, covered only if a chosen candidate
    reaches it; solved by HiGHS through scipy within what is left of the budget.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array, csr_array, hstack, vstack

    gains, size = search.gains, search.gains.candidate.size
    candidate = np.repeat(np.arange(size), np.diff(gains.starts))
    people = np.zeros(gains.groups)
    people[gains.group] = gains.value
    links = coo_array((-np.ones(candidate.size), (gains.group, candidate)), shape=(gains.groups, size))
    numbers = np.arange(gains.groups)
    covered = coo_array((np.ones(gains.groups), (numbers, numbers)), shape=(gains.groups, gains.groups))
    chosen = csr_array(np.concatenate([np.ones(size), np.zeros(gains.groups)])[None])
    rows = vstack([hstack([csr_array(links), csr_array(covered)]), chosen]).tocsr()
    budget = search.control.remaining_s
    found: Any = milp(
        np.concatenate([np.zeros(size), -people]),
        integrality=np.concatenate([np.ones(size), np.zeros(gains.groups)]),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, -np.inf, np.append(np.zeros(gains.groups), search.count)),
        options={"mip_rel_gap": 0.0} | ({} if np.isinf(budget) else {"time_limit": max(0.05, budget)}),
    )
    if found.x is not None:
        search.offer(np.flatnonzero(found.x[:size] > 0.5).astype(np.int64))
    if found.mip_dual_bound is not None and np.isfinite(found.mip_dual_bound):
        search.bound = max(search.value, min(search.bound, float(np.floor(-found.mip_dual_bound + 1e-6))))
