"""
Matching at the papers' size: the proven solver beside greedy, OR-Tools and scipy, same instances, same run.

Every method runs in a process of its own, one after the other, compiled code loaded before the clock
starts. `memory_mb` is what the process grew by at its peak. Seconds are wall seconds with CPU seconds
beside them: on a busy machine trust those. "gap" is proven over all pairs by the separate verifier from the
method's own prices.

    python3 run.py bench matching [--seeds 5] [--size district] [--supply slack tight scarce] [--full]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from juxing_engine.instances.matching import DISTRICT, SIZES, MatchingSize, Supply, matching_instance
from juxing_engine.matching import UNSERVED, MatchingProblem, match, plan_cost, verify, warm_up
from juxing_engine.matching.cost import IMPOSSIBLE, load_cost_of, possible_costs
from juxing_engine.matching.exact import NEW_PAIRS, solve_greedily
from juxing_engine.matching.ground import lay_ground
from juxing_engine.matching.pricing import Pricing
from juxing_engine.matching.problem import Integers
from juxing_engine.matching.rows import empty_rows, fill_all
from juxing_engine.matching.verify import lower_bound

RESULTS = Path(__file__).parent / "results"
TENTH = MatchingSize(needs=2_090, responders=570, communities=30, estates=203, extent_m=7_750.0)

Plan = tuple[Integers, Integers | None]


def juxing(problem: MatchingProblem) -> Plan:
    matching = match(problem)
    return matching.responder_of, matching.prices


def greedy_by_arrival(problem: MatchingProblem) -> Plan:
    """
    Nearest responder still free, over all of them, in the order needs came in: practice without a system.
    """
    left, everyone = problem.capacity.copy(), np.arange(problem.responders)
    plan = np.full(problem.needs, UNSERVED, dtype=np.int64)
    for start in range(0, problem.needs, 500):
        needs = np.arange(start, min(start + 500, problem.needs))
        costs = possible_costs(problem, needs[:, None], everyone)
        for row, need in enumerate(needs):
            free = np.where(left > 0, costs[row], IMPOSSIBLE)
            best = int(free.argmin())
            if free[best] < problem.unserved_penalty[need]:
                plan[need] = best
                left[best] -= 1
    return plan, None


def greedy_by_priority(problem: MatchingProblem) -> Plan:
    return solve_greedily(problem), None


def scipy_dense(problem: MatchingProblem) -> Plan:
    """The whole matrix, a column for each visit; one column a need for staying unserved."""
    from scipy.optimize import linear_sum_assignment

    owner = np.repeat(np.arange(problem.responders), problem.capacity)
    visit = np.concatenate([np.arange(n) for n in problem.capacity])
    matrix = np.full((problem.needs, owner.size + problem.needs), np.inf)
    matrix[:, owner.size :] = problem.unserved_penalty[:, None]
    for start in range(0, problem.needs, 500):
        needs = np.arange(start, min(start + 500, problem.needs))
        costs = possible_costs(problem, needs[:, None], np.arange(problem.responders))[:, owner]
        matrix[needs, : owner.size] = np.where(costs == IMPOSSIBLE, np.inf, costs + load_cost_of(problem, visit))
    _, column = linear_sum_assignment(matrix)
    return np.append(owner, UNSERVED)[np.minimum(column, owner.size)].astype(np.int64), None


@dataclass
class Edges:
    """Pairs OR-Tools may use, by inner numbers."""

    need: Integers
    responder: Integers
    cost: Integers


def ortools_16_nearest(problem: MatchingProblem) -> Plan:
    ground = lay_ground(problem)
    edges = _nearest_edges(problem, 16)
    chosen = _min_cost_flow(problem, edges, ground.need_order, ground.responder_order)
    return _outer(problem, chosen, ground.need_order, ground.responder_order), None


def ortools_edge_growth(problem: MatchingProblem) -> Plan:
    """
    OR-Tools min-cost flow on 16 nearest, then violated pairs added until none is left: the library route to
    a proof.

    OR-Tools gives no duals from Python, so they are recomputed by Bellman-Ford in numpy; nearest pairs and
    violated pairs are found by this package's compiled tree, which flatters this route.
    """
    ground = lay_ground(problem)
    edges = _nearest_edges(problem, 16)
    pricing = Pricing(ground, NEW_PAIRS)
    while True:
        chosen = _min_cost_flow(problem, edges, ground.need_order, ground.responder_order)
        prices, pays = _duals(problem, edges, chosen, ground.penalty)
        new_pairs = pricing.pairs_below(prices, pays)
        if not new_pairs[0].size:
            break
        old = (edges.need, edges.responder, edges.cost)
        edges = Edges(*(np.concatenate(both) for both in zip(old, new_pairs, strict=True)))
    outer = np.zeros(problem.responders, dtype=np.int64)
    outer[ground.responder_order] = prices
    return _outer(problem, chosen, ground.need_order, ground.responder_order), outer


def _nearest_edges(problem: MatchingProblem, count: int) -> Edges:
    ground = lay_ground(problem)
    rows = empty_rows(ground, np.zeros(problem.responders, dtype=np.int64), problem.needs * 64)
    fill_all(ground, rows, count)
    need = np.repeat(np.arange(problem.needs), rows.size)
    edge = np.concatenate([np.arange(s, s + n) for s, n in zip(rows.start, rows.size, strict=True)])
    return Edges(need, rows.to[edge].astype(np.int64), rows.cost[edge])


def _min_cost_flow(problem: MatchingProblem, edges: Edges, need_order: Integers, order: Integers) -> Integers:
    from ortools.graph.python import min_cost_flow

    needs, responders = problem.needs, problem.responders
    root, ones = needs + responders, np.ones
    flow = min_cost_flow.SimpleMinCostFlow()
    pairs = flow.add_arcs_with_capacity_and_unit_cost(
        edges.need, needs + edges.responder, ones(edges.need.size, dtype=np.int64), edges.cost
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(needs), np.full(needs, root), ones(needs, dtype=np.int64), problem.unserved_penalty[need_order]
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        needs + np.arange(responders), np.full(responders, root), problem.capacity[order], np.zeros(responders, int)
    )
    flow.set_nodes_supplies(np.append(np.arange(needs), root), np.append(ones(needs, dtype=np.int64), -needs))
    status = flow.solve()
    assert status == flow.OPTIMAL
    used = flow.flows(pairs) > 0
    chosen = np.full(needs, UNSERVED, dtype=np.int64)
    chosen[edges.need[used]] = edges.responder[used]
    return chosen


def _duals(problem: MatchingProblem, edges: Edges, chosen: Integers, penalty: Integers) -> tuple[Integers, Integers]:
    """
    Least prices that keep everybody where they are, and what each need then pays (load costs not used
    here).
    """
    prices = np.zeros(problem.responders, dtype=np.int64)
    paid = np.full(problem.needs, IMPOSSIBLE)
    own = edges.responder == chosen[edges.need]
    paid[edges.need[own]] = edges.cost[own]
    served = chosen[edges.need] != UNSERVED
    wanted = (penalty[edges.need] - edges.cost)[~served]
    np.maximum.at(prices, edges.responder[~served], wanted)
    need, to = edges.need[served], edges.responder[served]
    gain = paid[need] - edges.cost[served]
    while True:
        raised = prices.copy()
        np.maximum.at(raised, to, prices[chosen[need]] + gain)
        if np.array_equal(raised, prices):
            break
        prices = raised
    return prices, np.where(chosen == UNSERVED, penalty, paid + prices[chosen])


def _outer(problem: MatchingProblem, chosen: Integers, need_order: Integers, order: Integers) -> Integers:
    plan = np.full(problem.needs, UNSERVED, dtype=np.int64)
    served = chosen != UNSERVED
    plan[need_order[served]] = order[chosen[served]]
    return plan


METHODS: dict[str, Callable[[MatchingProblem], Plan]] = {
    "juxing": juxing,
    "greedy_by_arrival": greedy_by_arrival,
    "greedy_by_priority": greedy_by_priority,
    "ortools_16_nearest": ortools_16_nearest,
    "ortools_edge_growth": ortools_edge_growth,
    "scipy_dense": scipy_dense,
}


def measure(method: str, size: MatchingSize, supply: Supply, seed: int) -> dict[str, Any]:
    """Run one method on one instance, in this process, and verify what it claims."""
    problem = matching_instance(size, supply=supply, seed=seed).problem
    tiny = replace(TENTH, needs=300, responders=120)
    METHODS[method](matching_instance(tiny, supply=supply).problem)
    warm_up()
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter(), time.process_time()
    plan, prices = METHODS[method](problem)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    grown_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before_mb
    result: dict[str, Any] = {"method": method, "supply": str(supply), "seed": seed}
    result |= {"seconds": round(wall, 2), "cpu_seconds": round(cpu, 2), "memory_mb": round(grown_mb)}
    result |= {"objective": plan_cost(problem, plan), "unserved": int(np.count_nonzero(plan == UNSERVED))}
    result["bound"] = None if prices is None else lower_bound(problem, prices)
    result["pairs"] = problem.needs * problem.responders
    if method == "juxing" and prices is not None:
        assert verify(problem, plan, prices).gap == 0
    return result


def run_apart(method: str, size: MatchingSize, supply: Supply, seed: int) -> dict[str, Any]:
    """`measure` in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (method, size, supply, seed))


def show(results: list[dict[str, Any]]) -> None:
    """Print one line a run, then the worst of each method against ours."""
    best = {(r["supply"], r["seed"]): r["objective"] for r in results if r["method"] == "juxing"}
    for r in results:
        extra = r["objective"] - best[r["supply"], r["seed"]]
        r["above_optimum"] = extra
        r["gap"] = None if r["bound"] is None else r["objective"] - r["bound"]
        shown = "none" if r["gap"] is None else r["gap"]
        print(
            f"{r['supply']:7} seed {r['seed']}  {r['method']:20} {r['seconds']:8.2f} s  cpu {r['cpu_seconds']:8.2f} s "
            f"{r['memory_mb']:6} MB  objective {r['objective']:>15,}  above optimum {extra:>15,}  "
            f"unserved {r['unserved']:5}  proven gap {shown}"
        )
    for supply in dict.fromkeys(r["supply"] for r in results):
        ours = {r["seed"]: r for r in results if r["supply"] == supply and r["method"] == "juxing"}
        worst = max(ours.values(), key=lambda r: r["cpu_seconds"])
        print(f"{supply}: juxing at worst {worst['seconds']} s wall, {worst['cpu_seconds']} s cpu")
        for method in ("ortools_edge_growth", "scipy_dense"):
            theirs = [r for r in results if r["supply"] == supply and r["method"] == method]
            if theirs:
                ratio = min(r["cpu_seconds"] / ours[r["seed"]]["cpu_seconds"] for r in theirs)
                print(f"{supply}: {method} takes at least {ratio:.1f} x the CPU seconds for the same optimum")


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--size", choices=sorted(SIZES), default="district")
    parser.add_argument("--supply", nargs="+", choices=[str(s) for s in Supply], default=[str(s) for s in Supply])
    parser.add_argument("--methods", nargs="+", choices=sorted(METHODS), default=None)
    parser.add_argument("--full", action="store_true", help="scipy's dense matrix at this size too (7 GB, minutes)")
    arguments = parser.parse_args(argv)
    chosen = arguments.methods or [m for m in METHODS if m != "scipy_dense"]
    results = []
    for supply in map(Supply, arguments.supply):
        for seed in range(arguments.seeds):
            results += [run_apart(method, SIZES[arguments.size], supply, seed) for method in chosen]
        if arguments.full:
            results.append(run_apart("scipy_dense", SIZES[arguments.size], supply, 0))
    show(results)
    tenth = []
    if arguments.methods is None and SIZES[arguments.size] is DISTRICT:
        print("a tenth of a district, 2,090 x 570, where a dense matrix is sensible:")
        for method in ("juxing", "scipy_dense"):
            tenth += [run_apart(method, TENTH, Supply(s), 0) for s in arguments.supply]
        show(tenth)
    RESULTS.mkdir(exist_ok=True)
    report = {"benchmark": "matching", "size": arguments.size, "results": results, "tenth": tenth}
    (RESULTS / "matching.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
