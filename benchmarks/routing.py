"""
Delivery rounds beside PyVRP used directly and OR-Tools, same instance, same wall seconds, one after the other.

PyVRP is given the same data, built from arrays, and its own defaults; OR-Tools its usual first solution and guided
local search. Wall budgets on a busy machine favour nobody but blur small differences; the load is kept with the
results. ``ratio`` is the objective over juxing's: above 1 is worse.

    python3 run.py bench routing [--size SIZE] [--seeds 3] [--instances FILE.vrp FILE.txt ...]
    python3 run.py bench routing --published --seeds 1      four published lattices, gap to the best known values
    python3 run.py bench routing --drops 77000 [--budget 240]   rounds of 100, beside a long run at single depots
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyvrp
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from benchmarks._report import report
from juxing_engine.control import Control
from juxing_engine.instances.golden import SIDE, golden_lattice
from juxing_engine.instances.routing import SIZES, Places, district_drops, street_rounds
from juxing_engine.instances.vrplib_reader import read_cvrplib, read_solomon
from juxing_engine.routing import (
    LEFT_OUT,
    REQUIRED,
    Courier,
    RoundProblem,
    drop_defects,
    first_order,
    plan_cost,
    plan_defects,
    plan_drops,
    plan_rounds,
    walk_through,
)
from juxing_engine.routing.problem import IntArray
from juxing_engine.routing.pyvrp_model import PyvrpModel


def juxing(problem: RoundProblem, budget_s: float, seed: int) -> dict[str, Any]:
    plan = plan_rounds(problem, control=Control(budget_s=budget_s), seed=seed)
    defects = plan_defects(problem, plan)
    if defects:
        raise AssertionError(defects)
    return {"objective": plan.objective, "bound": plan.bound, "gap": round(plan.gap, 4), "steps": plan.iterations}


def pyvrp_directly(problem: RoundProblem, budget_s: float, seed: int) -> dict[str, Any]:
    ends = time.monotonic() + budget_s
    model = PyvrpModel(problem, servable=np.ones(problem.stops, bool))
    found = pyvrp.solve(model.data, lambda _cost: time.monotonic() >= ends, seed=seed, display=False)
    if not found.is_feasible():
        return {"objective": None}
    return {"objective": _cost(problem, model.rounds(found.best)), "steps": found.num_iterations}


def or_tools(problem: RoundProblem, budget_s: float, seed: int) -> dict[str, Any]:
    _ = seed
    couriers = problem.couriers
    manager = pywrapcp.RoutingIndexManager(problem.stops + 1, len(couriers), 0)
    routing = pywrapcp.RoutingModel(manager)
    place = np.concatenate([[couriers[0].start], problem.location])
    metres = problem.distance_m[np.ix_(place, place)].tolist()
    service = [0, *problem.service_s.tolist()]
    seconds = (problem.duration_s[np.ix_(place, place)] + np.array(service)[:, None]).tolist()
    load = [0, *problem.delivery[:, 0].tolist()]
    node = manager.IndexToNode
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(lambda a, b: metres[node(a)][node(b)]))
    clock = routing.RegisterTransitCallback(lambda a, b: seconds[node(a)][node(b)])
    latest = couriers[0].shift[1]
    routing.AddDimension(clock, latest, latest, False, "time")
    weight = routing.RegisterUnaryTransitCallback(lambda a: load[node(a)])
    routing.AddDimensionWithVehicleCapacity(weight, 0, [who.capacity[0] for who in couriers], True, "load")
    time_of = routing.GetDimensionOrDie("time")
    able = np.array([problem.may_serve(courier) for courier in range(len(couriers))])
    for stop in range(problem.stops):
        index = manager.NodeToIndex(stop + 1)
        earliest, latest_start = problem.window_s[stop].tolist()
        time_of.CumulVar(index).SetRange(earliest, min(latest_start, latest))
        if not able[:, stop].all():
            routing.VehicleVar(index).SetValues([-1, *np.flatnonzero(able[:, stop]).tolist()])
        if problem.skip_penalty[stop] != REQUIRED:
            routing.AddDisjunction([index], int(problem.skip_penalty[stop]))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(1000 * budget_s))
    found = routing.SolveWithParameters(parameters)
    if found is None:
        return {"objective": None}
    rounds: list[list[int]] = []
    for courier in range(len(couriers)):
        index, stops = routing.Start(courier), []
        while not routing.IsEnd(index):
            if node(index):
                stops.append(node(index) - 1)
            index = found.Value(routing.NextVar(index))
        rounds.append(stops)
    return {"objective": _cost(problem, rounds)}


def _cost(problem: RoundProblem, rounds: list[list[int]]) -> int:
    walked = [walk_through(problem, courier, stops) for courier, stops in enumerate(rounds) if stops]
    served = {stop for stops in rounds for stop in stops}
    cost = plan_cost(problem, walked, [stop for stop in range(problem.stops) if stop not in served])
    return cost if cost < LEFT_OUT else -1


def first_order_ms(places: int) -> float:
    """Median milliseconds of a first order for one courier."""
    spent = []
    for seed in range(9):
        problem = street_rounds(stops=places, seed=seed)
        started = time.perf_counter()
        first_order(problem.distance_m)
        spent.append(1000 * (time.perf_counter() - started))
    return round(sorted(spent)[4], 1)


def depot_problem(points: Places, depot: Places, ways: list[IntArray]) -> tuple[RoundProblem, int]:
    """All drops of one depot as one problem, with a round to spare, and the metres of the rounds given."""
    own = np.sort(np.concatenate(ways))
    place = np.vstack([depot, points[own]])
    metres = np.rint(1.3 * np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1))).astype(np.int64)
    crew = (Courier(capacity=(100,)),) * (len(ways) + 1)
    load = np.ones((own.size, 1), np.int64)
    problem = RoundProblem(metres, metres, np.arange(1, own.size + 1), crew, delivery=load)
    walked = [walk_through(problem, 0, np.searchsorted(own, way).tolist()) for way in ways]
    return problem, sum(way.distance_m for way in walked)


def many_drops(drops: int, budget_s: float, long_s: float) -> None:
    """Rounds of 100 for a district's drops, and for three of its depots what a long run on all their drops finds."""
    points, depots = district_drops(drops=drops, seed=0)
    started = time.perf_counter()
    plan = plan_drops(points, depots, control=Control(budget_s=budget_s))
    seconds = time.perf_counter() - started
    assert drop_defects(points, depots, plan) == []
    rows = [{"what": "all", "drops": drops, "rounds": len(plan.rounds), "metres": plan.metres, "seconds": seconds}]
    size = np.bincount(plan.depot_of, weights=[way.size for way in plan.rounds], minlength=len(depots))
    for depot in np.argsort(np.abs(size - np.median(size[size > 0])), kind="stable")[:3].tolist():
        mine = [way for way, home in zip(plan.rounds, plan.depot_of.tolist(), strict=True) if home == depot]
        problem, ours = depot_problem(points, depots[depot], mine)
        long_run = plan_rounds(problem, control=Control(budget_s=long_s))
        assert plan_defects(problem, long_run) == []
        row = {"what": f"depot {depot}", "drops": problem.stops, "rounds": len(mine), "metres": ours, "seconds": long_s}
        rows.append(row | {"long_run": long_run.objective, "above_long_run": round(ours / long_run.objective - 1, 4)})
    report("routing_drops", rows, parts=plan.seconds, before_cuts_were_mended=plan.group_metres)


Case = tuple[str, float, int, RoundProblem]

METHODS = {"juxing": juxing, "PyVRP": pyvrp_directly, "OR-Tools": or_tools}


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=list(SIZES), help="one size, ten seconds each, instead of the five cases")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--instances", nargs="*", type=Path, default=[])
    parser.add_argument("--published", action="store_true", help="published lattices, ten seconds each, instead")
    parser.add_argument("--drops", type=int, help="so many drops in rounds of 100 instead")
    parser.add_argument("--budget", type=float, default=240.0, help="wall seconds for all drops")
    parser.add_argument("--long", type=float, default=60.0, help="wall seconds of a long run at one depot")
    arguments = parser.parse_args(argv)
    if arguments.drops:
        many_drops(arguments.drops, arguments.budget, arguments.long)
        return
    plan_rounds(street_rounds(stops=3, seed=0), control=Control(budget_s=0.1))
    cases, best_known = chosen_cases(arguments)
    rows = compared(cases, best_known)
    theirs = [row["ratio"] for row in rows if row["method"] == "PyVRP" and row["ratio"]]
    report(
        "routing",
        rows,
        pyvrp_ratio_worst_for_us=min(theirs),
        pyvrp_ratio_mean=round(sum(theirs) / len(theirs), 4),
        not_worse_than_pyvrp=f"{sum(ratio >= 1 for ratio in theirs)} of {len(theirs)}",
        first_order_ms={places: first_order_ms(places) for places in (10, 25, 60)},
    )


def chosen_cases(arguments: argparse.Namespace) -> tuple[list[Case], dict[str, int]]:
    """Name, seconds, seed and problem of every case; best known values by name."""
    if arguments.published:
        published = [golden_lattice(number) for number in SIDE]
        cases = [(one.name, 10.0, seed, one.problem) for one in published for seed in range(arguments.seeds)]
        return cases, {one.name: one.best_known for one in published}
    sizes = [(60, 1.0), (150, 1.0), (150, 10.0), (400, 10.0), (1_000, 10.0)]
    if arguments.size:
        sizes = [(SIZES[arguments.size]["stops"], 10.0)]
    cases = []
    for stops, budget in sizes:
        for seed in range(arguments.seeds):
            problem = street_rounds(stops=stops, seed=seed, with_windows=seed % 2 == 0)
            cases.append((f"street {stops}", budget, seed, problem))
    for path in arguments.instances:
        read = read_solomon if path.suffix == ".txt" else read_cvrplib
        cases += [(path.stem, 10.0, seed, read(path)) for seed in range(arguments.seeds)]
    return cases, {}


def compared(cases: list[Case], best_known: dict[str, int]) -> list[dict[str, Any]]:
    """Every method on every case, in turn."""
    rows = []
    for case, budget, seed, problem in cases:
        mine: dict[str, Any] = {}
        for method, run in METHODS.items():
            if method == "OR-Tools" and seed:
                continue
            started = time.perf_counter()
            outcome = run(problem, budget, seed)
            mine = mine or outcome
            seconds = round(time.perf_counter() - started, 2)
            cost = outcome["objective"]
            ratio = round(cost / mine["objective"], 4) if cost and cost > 0 else None
            row = {"case": case, "budget": budget, "seed": seed, "method": method, "seconds": seconds, "ratio": ratio}
            if case in best_known and ratio:
                row["above_best_known"] = round(cost / best_known[case] - 1, 5)
            rows.append(row | outcome)
    return rows


if __name__ == "__main__":
    main()
