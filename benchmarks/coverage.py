"""
Best new places at the size of a district, beside HiGHS on the usual integer programmes.

25,000 buildings x 300 sites, a fifth of them open venues or none; the programmes of HiGHS (through scipy) are given
the same buildings for covering, and 400 x 60 for distance, where its model still fits.

    python3 run.py bench coverage [--size SIZE] [--seeds 3] [--budget 40]
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, hstack, vstack

from benchmarks._report import report
from juxing_engine.control import Control
from juxing_engine.coverage import CoverageProblem, Goal, best_places
from juxing_engine.instances.coverage import SIZES, district_coverage

LIMIT_M = 1_000


def juxing(problem: CoverageProblem, count: int, goal: Goal, budget_s: float) -> dict[str, Any]:
    places = best_places(problem, count, goal=goal, limit_m=LIMIT_M, control=Control(budget_s=budget_s))
    return {"objective": places.after, "bound": places.bound, "gap": places.gap, "nodes": places.nodes}


def covering_programme(problem: CoverageProblem, count: int, budget_s: float) -> dict[str, Any]:
    """One column a site, one a building not yet covered: covered only if a chosen site reaches it."""
    now = problem.nearest_open_m() <= LIMIT_M
    reach = (problem.distance_m[~problem.is_open] <= LIMIT_M) & ~now[None]
    buildings = np.flatnonzero(reach.any(axis=0))
    sites = len(reach)
    row, column = np.nonzero(reach[:, buildings].T)
    links = csr_array(coo_array((-np.ones(row.size), (row, column)), shape=(buildings.size, sites)))
    eye = csr_array((np.ones(buildings.size), (np.arange(buildings.size), np.arange(buildings.size))))
    chosen = csr_array(np.concatenate([np.ones(sites), np.zeros(buildings.size)])[None])
    rows = vstack([hstack([links, eye]), chosen]).tocsr()
    cost = np.concatenate([np.zeros(sites), -problem.residents[buildings].astype(float)])
    whole = np.concatenate([np.ones(sites), np.zeros(buildings.size)])
    upper = np.append(np.zeros(buildings.size), count)
    before = int(problem.residents[now].sum())
    below = np.full(upper.size, -np.inf)
    return _solved(cost, whole, rows, (below, upper), budget_s=budget_s, constant=-before)


def distance_programme(problem: CoverageProblem, count: int, budget_s: float) -> dict[str, Any]:
    """The textbook p-median: one column for each building and site."""
    sites, buildings = problem.distance_m.shape
    site, building = (axis.ravel() for axis in np.indices((sites, buildings)))
    columns = np.arange(site.size)
    once = coo_array((np.ones(site.size), (building, columns)), shape=(buildings, site.size))
    opened = coo_array((-np.ones(site.size), (columns, site)), shape=(site.size, sites))
    eye = coo_array((np.ones(site.size), (columns, columns)), shape=(site.size, site.size))
    number = csr_array(np.concatenate([np.zeros(site.size), np.ones(sites)])[None])
    rows = vstack([hstack([once, csr_array((buildings, sites))]), hstack([eye, opened]), number]).tocsr()
    cost = np.concatenate([(problem.distance_m * problem.residents).ravel(), np.zeros(sites)]).astype(float)
    whole = np.concatenate([np.zeros(site.size), np.ones(sites)])
    lower = np.concatenate([np.ones(buildings), np.full(site.size, -np.inf), [count]])
    upper = np.concatenate([np.ones(buildings), np.zeros(site.size), [count]])
    return _solved(cost, whole, rows, (lower, upper), budget_s=budget_s, constant=0)


def _solved(
    cost: Any, whole: Any, rows: Any, limits: tuple[Any, Any], *, budget_s: float, constant: int
) -> dict[str, Any]:
    found = milp(
        cost,
        integrality=whole,
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, *limits),
        options={"time_limit": budget_s, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        return {"objective": None, "bound": None, "gap": 1.0}
    objective = abs(round(found.fun) + constant)
    bound = abs(round(found.mip_dual_bound) + constant)
    return {"objective": objective, "bound": bound, "gap": abs(objective - bound) / max(1, objective)}


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=list(SIZES), default="district")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--budget", type=float, default=40.0)
    arguments = parser.parse_args(argv)
    buildings, sites = SIZES[arguments.size]["buildings"], SIZES[arguments.size]["sites"]
    budget, rows = arguments.budget, []
    best_places(CoverageProblem([[1]], [1]), 1)
    for seed in range(arguments.seeds):
        small, _ = district_coverage(buildings=400, sites=60, open_share=0, seed=seed)
        cases: list[tuple[str, str, Any]] = [
            ("distance 60 x 400, p 10", "juxing", lambda p=small: juxing(p, 10, Goal.DISTANCE, budget)),
            ("distance 60 x 400, p 10", "HiGHS", lambda p=small: distance_programme(p, 10, budget)),
        ]
        for share in (0.2, 0.0):
            large, _ = district_coverage(buildings=buildings, sites=sites, open_share=share, seed=seed)
            for count in (10, 30):
                name = f"{buildings} x {sites}, {share:.0%} open, {count} new"
                cases += [
                    (f"cover {name}", "juxing", lambda p=large, k=count: juxing(p, k, Goal.COVER, budget)),
                    (f"cover {name}", "HiGHS", lambda p=large, k=count: covering_programme(p, k, budget)),
                    (f"distance {name}", "juxing", lambda p=large, k=count: juxing(p, k, Goal.DISTANCE, budget)),
                ]
        for case, method, run in cases:
            wall, cpu = time.perf_counter(), time.process_time()
            outcome = run()
            seconds, spent = round(time.perf_counter() - wall, 2), round(time.process_time() - cpu, 2)
            rows.append(
                {"case": case, "seed": seed, "method": method, "seconds": seconds, "cpu_seconds": spent, **outcome}
            )
    ours = [row for row in rows if row["method"] == "juxing"]
    report(
        "coverage",
        rows,
        proven=sum(row["gap"] == 0 for row in ours),
        runs=len(ours),
        worst_gap=max(r["gap"] for r in ours),
    )


if __name__ == "__main__":
    main()
