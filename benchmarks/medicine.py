"""
Medicine errands at the papers' size: the proven solver beside greedy and OR-Tools, same instances, same run.

77,000 requests, 120 pharmacies x 400 drugs with stock, 800 squads. Every method runs in a process of its own, compiled
code loaded before the clock starts. `memory_mb` is what the process grew by at its peak. Seconds are wall seconds with
CPU seconds beside them: on a busy machine trust those. OR-Tools is given every way (``all_arcs``, the library route to
an exact answer; its network is laid out by numpy) or the 16 nearest pharmacies of a request and the 24 nearest squads
of a counter, as a user would cut it. "gap" is proven over all pharmacies and squads by the separate verifier.

    python3 run.py bench medicine [--seeds 5] [--size district] [--methods juxing ...]
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks._report import report
from juxing_engine.instances.medicine import SIZES, STREET, medicine_instance
from juxing_engine.medicine import (
    UNSERVED,
    MedicineProblem,
    delivery_costs,
    fetching_costs,
    plan_cost,
    plan_medicine,
    verify,
)
from juxing_engine.medicine.cost import may_carry
from juxing_engine.medicine.flow import greedy_plan
from juxing_engine.medicine.problem import Integers

Plan = tuple[Integers, Integers, tuple[Integers, Integers] | None]


def juxing(problem: MedicineProblem) -> Plan:
    plan = plan_medicine(problem)
    return plan.pharmacy_of, plan.squad_of, (plan.stock_price, plan.squad_price)


def greedy(problem: MedicineProblem) -> Plan:
    return *greedy_plan(problem), None


def ortools_all_arcs(problem: MedicineProblem) -> Plan:
    return _min_cost_flow(problem, problem.pharmacies, problem.squads)


def ortools_nearest(problem: MedicineProblem) -> Plan:
    return _min_cost_flow(problem, 16, 24)


def _min_cost_flow(problem: MedicineProblem, ways: int, fetches: int) -> Plan:
    """Request -> (pharmacy, drug) -> (pharmacy, class) -> squad -> root, each arc written out."""
    from ortools.graph.python import min_cost_flow

    requests, squads, classes = problem.requests, problem.squads, int(problem.drug_class.max()) + 1
    shelf_node = requests + np.arange(problem.stock.size).reshape(problem.stock.shape)
    counter_node = requests + problem.stock.size + np.arange(problem.pharmacies * classes).reshape(-1, classes)
    squad_node = requests + problem.stock.size + counter_node.size + np.arange(squads)
    root = int(squad_node[-1]) + 1
    flow = min_cost_flow.SimpleMinCostFlow()
    request, pharmacy, cost = _ways(problem, ways)
    drug = problem.requested_drug[request]
    one = np.ones(request.size, dtype=np.int64)
    way_arcs = flow.add_arcs_with_capacity_and_unit_cost(request, shelf_node[pharmacy, drug], one, cost)
    at, of = np.nonzero(problem.stock)
    flow.add_arcs_with_capacity_and_unit_cost(
        shelf_node[at, of], counter_node[at, problem.drug_class[of]], problem.stock[at, of], 0 * at
    )
    counter, squad, fetch_cost = _fetches(problem, fetches, classes)
    fetch_arcs = flow.add_arcs_with_capacity_and_unit_cost(
        counter_node.ravel()[counter], squad_node[squad], np.full(counter.size, requests), fetch_cost
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        squad_node, np.full(squads, root), problem.squad_capacity, np.zeros(squads, dtype=np.int64)
    )
    everyone = np.arange(requests)
    flow.add_arcs_with_capacity_and_unit_cost(
        everyone, np.full(requests, root), np.ones(requests, dtype=np.int64), problem.unserved_penalty
    )
    flow.set_nodes_supplies(np.append(everyone, root), np.append(np.ones(requests, dtype=np.int64), -requests))
    assert flow.solve() == flow.OPTIMAL
    used = flow.flows(way_arcs) > 0
    pharmacy_of = np.full(requests, UNSERVED, dtype=np.int64)
    pharmacy_of[request[used]] = pharmacy[used]
    return pharmacy_of, _dealt_out(problem, pharmacy_of, (counter, squad, flow.flows(fetch_arcs))), None


def _ways(problem: MedicineProblem, most: int) -> tuple[Integers, Integers, Integers]:
    """Request, pharmacy and cost of each way, at most ``most`` a request, the cheapest."""
    parts = []
    for drug in np.unique(problem.requested_drug):
        requests = np.flatnonzero(problem.requested_drug == drug)
        stocked = np.flatnonzero(problem.stock[:, drug])
        cost = delivery_costs(problem, requests[:, None], stocked)
        kept = np.argsort(cost, axis=1, kind="stable")[:, :most]
        parts.append(
            (np.repeat(requests, kept.shape[1]), stocked[kept].ravel(), np.take_along_axis(cost, kept, 1).ravel())
        )
    request, pharmacy, cost = (np.concatenate(part) for part in zip(*parts, strict=True))
    return request, pharmacy, cost


def _fetches(problem: MedicineProblem, most: int, classes: int) -> tuple[Integers, Integers, Integers]:
    """Counter (pharmacy x classes + class), squad and cost, at most ``most`` a counter, the cheapest."""
    parts = []
    for kind in np.unique(problem.drug_class):
        example = np.flatnonzero(problem.drug_class == kind)[:1]
        able = np.flatnonzero(may_carry(problem, np.arange(problem.squads), example))
        cost = fetching_costs(problem, np.arange(problem.pharmacies)[:, None], able)
        kept = np.argsort(cost, axis=1, kind="stable")[:, :most]
        counter = np.arange(problem.pharmacies) * classes + kind
        parts.append((np.repeat(counter, kept.shape[1]), able[kept].ravel(), np.take_along_axis(cost, kept, 1).ravel()))
    counter, squad, cost = (np.concatenate(part) for part in zip(*parts, strict=True))
    return counter, squad, cost


def _dealt_out(
    problem: MedicineProblem, pharmacy_of: Integers, fetched: tuple[Integers, Integers, Integers]
) -> Integers:
    """A squad for each served request: at one counter any may take any."""
    classes = int(problem.drug_class.max()) + 1
    counter, squad, number = fetched
    squad_of = np.full(problem.requests, UNSERVED, dtype=np.int64)
    served = np.flatnonzero(pharmacy_of != UNSERVED)
    own = pharmacy_of[served] * classes + problem.drug_class[problem.requested_drug[served]]
    order = np.argsort(counter, kind="stable")
    squad_of[served[np.argsort(own, kind="stable")]] = np.repeat(squad[order], number[order])
    return squad_of


METHODS: dict[str, Callable[[MedicineProblem], Plan]] = {
    "juxing": juxing,
    "greedy": greedy,
    "ortools_nearest": ortools_nearest,
    "ortools_all_arcs": ortools_all_arcs,
}


def measure(method: str, size: str, seed: int) -> dict[str, Any]:
    """Run one method on one instance, in this process, and verify what it claims."""
    problem = medicine_instance(SIZES[size], seed=seed).problem
    METHODS[method](medicine_instance(STREET).problem)
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter(), time.process_time()
    pharmacy_of, squad_of, prices = METHODS[method](problem)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    grown_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before_mb
    row: dict[str, Any] = {"seed": seed, "method": method, "seconds": round(wall, 2), "cpu_seconds": round(cpu, 2)}
    row |= {"memory_mb": round(grown_mb), "objective": plan_cost(problem, pharmacy_of, squad_of)}
    left = squad_of == UNSERVED
    row["ways_cost"] = row["objective"] - int(problem.unserved_penalty[left].sum())
    row["unserved"] = int(np.count_nonzero(left))
    if prices is not None:
        row["gap"] = verify(problem, (pharmacy_of, squad_of), *prices).gap
    return row


def run_apart(method: str, size: str, seed: int) -> dict[str, Any]:
    """`measure` in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (method, size, seed))


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--size", choices=sorted(SIZES), default="district")
    parser.add_argument("--methods", nargs="+", choices=sorted(METHODS), default=list(METHODS))
    arguments = parser.parse_args(argv)
    rows = []
    for seed in range(arguments.seeds):
        ours: dict[str, Any] = {}
        for method in arguments.methods:
            row = run_apart(method, arguments.size, seed)
            ours = row if method == "juxing" else ours
            if ours:
                row["ways_above_percent"] = 100 * (row["ways_cost"] / max(1, ours["ways_cost"]) - 1)
                row["cpu_ratio"] = row["cpu_seconds"] / ours["cpu_seconds"]
            rows.append(row)
    ours_rows = [row for row in rows if row["method"] == "juxing"]
    worst = {
        f"worst_{name}": max((row[name] for row in ours_rows), default=None)
        for name in ("seconds", "cpu_seconds", "memory_mb", "gap")
    }
    report("medicine", rows, size=arguments.size, **worst)


if __name__ == "__main__":
    main()
