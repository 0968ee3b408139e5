"""
Fair allocation at the size of a district, beside a joint linear programme and rationing by share.

Seconds are wall seconds with CPU seconds of the process beside them: on a busy machine trust those. Every plan is
checked by the independent verifier. The joint programme (HiGHS through scipy) only raises the lowest level, for one
day and in fractions of boxes; juxing settles every level in whole boxes and then plans the transport.

    python3 run.py bench allocation [--size SIZE] [--seeds 3]
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, hstack, vstack

from benchmarks._report import report
from juxing_engine.allocation import AllocationProblem, allocate, allocation_defects
from juxing_engine.control import Control
from juxing_engine.instances.allocation import SIZES, district_allocation


def juxing(problem: AllocationProblem, budget_s: float | None) -> dict[str, Any]:
    plan = allocate(problem, control=Control(budget_s=budget_s))
    defects = allocation_defects(problem, plan)
    if defects:
        raise AssertionError(defects)
    cut = 1 - plan.transport_bound / plan.transport if plan.transport else 0.0
    level_gap = 1 - float(plan.lowest_level / plan.lowest_level_bound) if plan.lowest_level_bound else 0.0
    return {
        "lowest_level": float(plan.lowest_level),
        "level_gap": level_gap,
        "boxes": plan.boxes,
        "boxes_gap": 1 - plan.boxes / max(1, plan.boxes_bound),
        "transport": plan.transport,
        "transport_gap": cut,
        "leximin": plan.is_leximin,
    }


def joint_programme(problem: AllocationProblem) -> dict[str, Any]:
    """Highest lowest level over all items of one day at once: a column for each depot, community and item."""
    _, communities, items = problem.demand.shape
    depots = problem.supply.shape[1]
    depot, community, item = (axis.ravel() for axis in np.indices((depots, communities, items)))
    columns = np.arange(depot.size)
    ones = np.ones(depot.size)
    stock = coo_array((ones, (depot * items + item, columns)), shape=(depots * items, depot.size))
    cell = community * items + item
    served = coo_array((ones, (cell, columns)), shape=(communities * items, depot.size))
    claim = (problem.demand[0] * problem.weight[:, None]).ravel().astype(float)
    level = coo_array((claim, (np.arange(claim.size), np.zeros(claim.size, int))), shape=(claim.size, 1))
    empty = coo_array((depots * items, 1))
    matrix = vstack([hstack([-served, level]), hstack([stock, empty])]).tocsr()
    right = np.concatenate([np.zeros(claim.size), problem.supply[0].ravel()])
    goal = np.zeros(depot.size + 1)
    goal[-1] = -1
    found = linprog(goal, A_ub=matrix, b_ub=right, bounds=(0, None), method="highs", options={"time_limit": 120})
    return {"lowest_level": None if found.x is None else float(found.x[-1]), "leximin": False}


def rationing(problem: AllocationProblem) -> dict[str, Any]:
    """Practice without a system: every depot serves its nearest communities, first come first served."""
    received = np.zeros_like(problem.demand)
    left = problem.supply.copy()
    nearest = np.argsort(problem.distance_m, axis=1, kind="stable")
    for day in range(problem.demand.shape[0]):
        for depot in range(left.shape[1]):
            for community in nearest[depot]:
                boxes = np.minimum(problem.demand[day, community] - received[day, community], left[day, depot])
                received[day, community] += boxes
                left[day, depot] -= boxes
    level = received / (problem.demand * problem.weight[:, None])
    return {"lowest_level": float(level.min()), "boxes": int(received.sum()), "leximin": False}


def timed(case: str, method: str, seed: int, run: Any) -> dict[str, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = run()
    took = {"seconds": round(time.perf_counter() - wall, 2), "cpu_seconds": round(time.process_time() - cpu, 2)}
    return {"case": case, "method": method, "seed": seed, **took, **outcome}


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=list(SIZES), default="district")
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args(argv)
    size = SIZES[arguments.size]
    rows = []
    allocate(district_allocation(seed=0, communities=3, items=1, depots=2, days=1))
    for seed in range(arguments.seeds):
        stock = district_allocation(seed=seed, **size)
        rows.append(timed("stock only", "juxing", seed, lambda p=stock: juxing(p, None)))
        rows.append(timed("stock only", "rationing", seed, lambda p=stock: rationing(p)))
        one_day = district_allocation(seed=seed, **{**size, "days": 1})
        rows.append(timed("one day", "juxing", seed, lambda p=one_day: juxing(p, None)))
        if seed == 0:
            rows.append(timed("one day", "HiGHS joint, lowest level", seed, lambda p=one_day: joint_programme(p)))
        fleet = district_allocation(seed=seed, vehicle_share=0.7, **size)
        rows.append(timed("vehicles scarce", "juxing", seed, lambda p=fleet: juxing(p, 30.0)))
    ours = [row for row in rows if row["method"] == "juxing"]
    report(
        "allocation",
        rows,
        size=size,
        worst_seconds={
            case: max(r["seconds"] for r in ours if r["case"] == case) for case in {r["case"] for r in ours}
        },
    )


if __name__ == "__main__":
    main()
