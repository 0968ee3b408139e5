"""
Rosters of 60 people, 14 days, 3 shifts and 12 posts, beside CP-SAT on the same rules.

CP-SAT runs as a user would write it: one literal for each placement; once with one worker and
``linearization_level = 2``, once with its defaults. Seconds are wall seconds with CPU seconds beside them.

    python3 run.py bench rostering [--size SIZE] [--seeds 5] [--budget 60]
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from benchmarks._report import report
from juxing_engine.control import Control
from juxing_engine.instances.rostering import SIZES, street_roster
from juxing_engine.rostering import RosterProblem, plan_roster, roster_defects
from juxing_engine.rostering.rows import placements_of, rule_rows


def juxing(problem: RosterProblem, budget_s: float) -> dict[str, Any]:
    roster = plan_roster(problem, control=Control(budget_s=budget_s))
    if roster_defects(problem, roster.shift, roster.post):
        raise AssertionError("the roster breaks a rule")
    first = round(roster.seconds["first"], 2)
    return {"first_usable_s": first, "objective": roster.objective, "bound": roster.bound, "gap": roster.gap}


def constraint_programme(problem: RosterProblem, budget_s: float, *, is_tuned: bool) -> dict[str, Any]:
    placements = placements_of(problem)
    model: Any = cp_model.CpModel()
    literals = [model.new_bool_var("") for _ in range(len(placements))]
    for row in rule_rows(problem, placements):
        model.add(sum(literals[number] for number in row.placements) <= row.limit)
    cells: dict[tuple[int, int, int], list[Any]] = defaultdict(list)
    mine: dict[int, list[Any]] = defaultdict(list)
    costs = problem.dislike[placements.worker, placements.day, placements.shift].tolist()
    for number, literal in enumerate(literals):
        day, shift, post = placements.day[number], placements.shift[number], placements.post[number]
        cells[int(day), int(shift), int(post)].append(literal)
        mine[int(placements.worker[number])].append(literal)
    terms = [cost * literal for cost, literal in zip(costs, literals, strict=True) if cost]
    for day, shift, post in np.argwhere(problem.demand > 0).tolist():
        need = int(problem.demand[day, shift, post])
        missing = model.new_int_var(0, need, "")
        model.add(sum(cells[day, shift, post]) + missing >= need)
        terms.append(int(problem.short_penalty[post]) * missing)
    for worker, own in mine.items():
        steps = [model.new_bool_var("") for _ in range(int(problem.max_shifts[worker]))]
        model.add(sum(steps) == sum(own))
        terms += [problem.load_cost * (number + 1) * step for number, step in enumerate(steps)]
    model.minimize(sum(terms))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = budget_s
    if is_tuned:
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return {"objective": None, "bound": int(solver.best_objective_bound), "gap": 1.0}
    objective, bound = int(solver.objective_value), int(np.ceil(solver.best_objective_bound - 1e-6))
    return {"objective": objective, "bound": bound, "gap": (objective - bound) / max(1, objective)}


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=list(SIZES), default="street")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--budget", type=float, default=60.0)
    arguments = parser.parse_args(argv)
    size = SIZES[arguments.size]
    methods: dict[str, Any] = {
        "juxing": juxing,
        "CP-SAT, 1 worker, linearization 2": lambda p, s: constraint_programme(p, s, is_tuned=True),
        "CP-SAT, defaults": lambda p, s: constraint_programme(p, s, is_tuned=False),
    }
    plan_roster(street_roster(seed=0, workers=3, days=2, posts=1))
    rows = []
    for fill in (0.62, 0.70):
        for seed in range(arguments.seeds):
            problem = street_roster(seed=seed, fill=fill, **size)
            for method, run in methods.items():
                if seed and method == "CP-SAT, defaults":
                    continue
                wall, cpu = time.perf_counter(), time.process_time()
                outcome = run(problem, arguments.budget)
                seconds = round(time.perf_counter() - wall, 2)
                spent = round(time.process_time() - cpu, 2)
                took = {"seconds": seconds, "cpu_seconds": spent}
                rows.append({"fill": fill, "seed": seed, "method": method, **took, **outcome})
    ours = [row for row in rows if row["method"] == "juxing"]
    report(
        "rostering",
        rows,
        size=size,
        worst_seconds=max(row["seconds"] for row in ours),
        worst_cpu_seconds=max(row["cpu_seconds"] for row in ours),
        worst_gap=max(row["gap"] for row in ours),
    )


if __name__ == "__main__":
    main()
