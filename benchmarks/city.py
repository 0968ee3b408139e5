"""
A whole city, 1,000,000 needs x 50,000 responders: zones, repaired borders and one proof, beside what is done without.

Each method runs in a process of its own. ``by street`` is practice: 165 streets, each solved exactly within itself;
``OR-Tools, 8 nearest`` is the whole city at once as a library user would cut it (slow and large: only with --full).
`memory_mb` is the peak of this process and of its largest worker together. The gap is a share of the cost of all
visits, proven over all 50,000,000,000 pairs from prices alone; the separate verifier's number is compared on a piece
of the city, where it can be waited for.

    python3 run.py bench city [--needs 1000000] [--seeds 1] [--gap 0.001] [--workers 2] [--full]
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
from juxing_engine.city_matching import Cluster, city_bound, cut_into_zones, match_city
from juxing_engine.city_matching.zones import zone_problem
from juxing_engine.instances.city import city_instance
from juxing_engine.instances.matching import CITY, Supply
from juxing_engine.matching import UNSERVED, MatchingProblem, lower_bound, match, plan_cost

STREETS = 165
PIECE = 10_000
"""Needs of the piece of the city on which the city's bound is compared with the verifier's."""


def juxing(problem: MatchingProblem, workers: int, gap: float) -> dict[str, Any]:
    city = match_city(problem, cluster=Cluster(workers=workers), gap_goal=gap)
    matching = city.matching
    assert city_bound(problem, matching.prices) == matching.bound
    return {
        "plan": matching.responder_of,
        "gap": city.gap_of_travel,
        "zones": city.zones,
        "rounds": city.rounds,
        "pivots": city.pivots,
        "cpu_seconds": round(city.zone_cpu_s + city.own_cpu_s, 1),
        "parts": {part: round(seconds, 1) for part, seconds in matching.seconds.items()},
    }


def by_street(problem: MatchingProblem, workers: int, gap: float) -> dict[str, Any]:
    """Every street matched exactly within itself; nobody sees next door."""
    _ = workers, gap
    plan = np.full(problem.needs, UNSERVED, dtype=np.int64)
    begun = time.process_time()
    for street in cut_into_zones(problem, -(-problem.needs // STREETS)):
        inside = match(zone_problem(problem, street)).responder_of
        served = inside != UNSERVED
        plan[street.needs[served]] = street.responders[inside[served]]
    return {"plan": plan, "cpu_seconds": round(time.process_time() - begun, 1)}


def ortools_8_nearest(problem: MatchingProblem, workers: int, gap: float) -> dict[str, Any]:
    from benchmarks.matching import _min_cost_flow, _nearest_edges, _outer
    from juxing_engine.matching.ground import lay_ground

    _ = workers, gap
    begun = time.process_time()
    ground = lay_ground(problem)
    edges = _nearest_edges(problem, 8)
    chosen = _min_cost_flow(problem, edges, ground.need_order, ground.responder_order)
    plan = _outer(problem, chosen, ground.need_order, ground.responder_order)
    return {"plan": plan, "cpu_seconds": round(time.process_time() - begun, 1)}


METHODS: dict[str, Callable[[MatchingProblem, int, float], dict[str, Any]]] = {
    "juxing": juxing,
    "by street": by_street,
    "OR-Tools, 8 nearest": ortools_8_nearest,
}


def measure(method: str, needs: int, supply: Supply, seed: int, settings: tuple[int, float]) -> dict[str, Any]:
    """Run one method on one city, in this process."""
    instance = city_instance(needs, supply=supply, seed=seed)
    METHODS[method](city_instance(1_000).problem, 1, 0.0)
    wall = time.perf_counter()
    found = METHODS[method](instance.problem, *settings)
    wall = time.perf_counter() - wall
    plan = found.pop("plan")
    own, child = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    left = plan == UNSERVED
    objective = plan_cost(instance.problem, plan)
    return {
        "supply": str(supply),
        "seed": seed,
        "method": method,
        "seconds": round(wall, 1),
        "memory_mb": round((own + child) / 1024),
        "travel": objective - int(instance.problem.unserved_penalty[left].sum()),
        "unserved": int(np.count_nonzero(left)),
        "critical_unserved": int(np.count_nonzero(left & (instance.tier == instance.tier.max()))),
        **found,
    }


def run_apart(*arguments: Any) -> dict[str, Any]:
    """`measure` in a fresh process that may start its own."""
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measure, *arguments).result()


def bounds_agree(seed: int) -> bool:
    """Whether the city's bound is the verifier's, over every pair of a piece of the city."""
    problem = city_instance(PIECE, seed=seed).problem
    prices = match_city(problem, cluster=Cluster(workers=1), needs_per_zone=2_500).matching.prices
    return city_bound(problem, prices) == lower_bound(problem, prices)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=int, default=CITY.needs)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--supply", nargs="+", choices=[str(s) for s in Supply], default=["slack"])
    parser.add_argument("--methods", nargs="+", choices=sorted(METHODS), default=["juxing", "by street"])
    parser.add_argument("--full", action="store_true", help="OR-Tools on the whole city too: minutes and gigabytes")
    arguments = parser.parse_args(argv)
    methods = [*arguments.methods, *(["OR-Tools, 8 nearest"] if arguments.full else [])]
    settings = arguments.workers, arguments.gap
    rows = []
    for supply in map(Supply, arguments.supply):
        for seed in range(arguments.seeds):
            rows += [run_apart(method, arguments.needs, supply, seed, settings) for method in methods]
    ours = [row for row in rows if row["method"] == "juxing"]
    for row in rows:
        mine = next((r for r in ours if (r["supply"], r["seed"]) == (row["supply"], row["seed"])), row)
        row["travel_ratio"] = row["travel"] / max(1, mine["travel"])
    report(
        "city",
        rows,
        needs=arguments.needs,
        worst_seconds=max((row["seconds"] for row in ours), default=None),
        worst_gap=max((row["gap"] for row in ours), default=None),
        bound_is_the_verifiers=bounds_agree(0),
    )


if __name__ == "__main__":
    main()
