from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from juxing_engine.allocation import (
    AllocationProblem,
    ShareReason,
    Shipments,
    allocate,
    allocation_defects,
    explain_share,
    transport_bound,
)

PROBLEM = AllocationProblem([[6], [6], [0]], [[4], [3]], distance_m=[[5, 50, 9], [50, 5, 9]])


def test_check_finds_shares_that_could_be_fairer() -> None:
    plan = allocate(PROBLEM)
    received = np.array([[[6], [1], [0]]])
    first = np.zeros(3, np.int64)
    cheated = Shipments(first, np.array([0, 1, 1]), np.array([0, 0, 1]), first, np.array([4, 2, 1]))
    unfair = replace(plan, received=received, shipments=cheated, transport=4 * 5 + 2 * 50 + 5)
    bound = transport_bound(PROBLEM, received, plan.certificate)

    defects = allocation_defects(PROBLEM, replace(unfair, transport_bound=bound))

    assert defects == ["item 0: a box of set 0 could be moved to a needier cell"]


def test_check_finds_shipments_of_stock_that_is_not_there() -> None:
    plan = allocate(PROBLEM)
    lines = replace(plan.shipments, boxes=plan.shipments.boxes + 1)

    defects = allocation_defects(PROBLEM, replace(plan, shipments=lines))

    assert "stock leaves before it has arrived" in defects
    assert "shipments do not add up to the shares" in defects


def test_bound_refuses_prices_that_rise() -> None:
    plan = allocate(PROBLEM)
    certificate = replace(plan.certificate, stock_price=np.full_like(PROBLEM.supply, -1))

    with pytest.raises(ValueError, match="Expected prices"):
        transport_bound(PROBLEM, plan.received, certificate)


def test_reasons_name_what_binds() -> None:
    problem = AllocationProblem([[6, 2], [6, 0], [1, 1]], [[4, 9], [3, 0]], distance_m=[[5, 50, -1], [50, 5, -1]])
    plan = allocate(problem)

    share = explain_share(problem, plan, day=0, community=0, item=0)

    assert (share.asked, share.received, share.reason) == (6, 4, ShareReason.STOCK_SHARED)
    assert (share.depots.tolist(), share.sharers) == ([0, 1], 2)
    assert plan.reason[0].tolist() == [
        [ShareReason.STOCK_SHARED, ShareReason.FULL],
        [ShareReason.STOCK_SHARED, ShareReason.NOT_ASKED],
        [ShareReason.NO_ROUTE, ShareReason.NO_ROUTE],
    ]


def test_reason_is_no_stock_when_it_arrives_too_late() -> None:
    problem = AllocationProblem([[[3]], [[3]]], [[[0]], [[9]]])

    plan = allocate(problem)

    assert plan.reason[:, 0, 0].tolist() == [ShareReason.NO_STOCK, ShareReason.FULL]
