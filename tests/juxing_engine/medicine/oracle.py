"""Brute force over every plan, and random problems small enough for it."""

from itertools import product

import numpy as np
from hypothesis import strategies as st

from juxing_engine.medicine import UNSERVED, MedicineProblem, delivery_costs, fetching_costs
from juxing_engine.medicine.cost import may_carry


def cheapest_plan_cost(problem: MedicineProblem) -> int:
    """Least cost over all plans, by trying each."""
    everyone, pharmacies, squads = (np.arange(n) for n in (problem.requests, problem.pharmacies, problem.squads))
    delivery = delivery_costs(problem, everyone[:, None], pharmacies).tolist()
    fetching = fetching_costs(problem, pharmacies[:, None], squads).tolist()
    allowed = may_carry(problem, squads[:, None], np.arange(problem.drugs)).tolist()
    choices = [(UNSERVED, UNSERVED), *product(pharmacies.tolist(), squads.tolist())]
    best = int(problem.unserved_penalty.sum())
    for plan in product(choices, repeat=problem.requests):
        stock, room = problem.stock.copy(), problem.squad_capacity.copy()
        cost = 0
        for i, (p, s) in enumerate(plan):
            drug = int(problem.requested_drug[i])
            if s == UNSERVED:
                cost += int(problem.unserved_penalty[i])
                continue
            if not allowed[s][drug]:
                break
            stock[p, drug] -= 1
            room[s] -= 1
            cost += delivery[i][p] + fetching[p][s]
        else:
            if stock.min(initial=0) >= 0 and room.min(initial=0) >= 0:
                best = min(best, cost)
    return best


def random_problem(seed: int, requests: int, pharmacies: int, squads: int, *, drugs: int = 3) -> MedicineProblem:
    """A problem with classes, weights, empty shelves and squads without a place."""
    rng = np.random.default_rng(seed)
    step = rng.choice([1.0, 200.0])
    return MedicineProblem(
        request_xy_m=np.round(rng.random((requests, 2)) * 3_000 / step) * step,
        requested_drug=rng.integers(0, drugs, requests),
        pharmacy_xy_m=np.round(rng.random((pharmacies, 2)) * 3_000 / step) * step,
        stock=rng.choice([0, 0, 1, 2], (pharmacies, drugs)),
        drug_class=rng.integers(0, 2, drugs),
        squad_xy_m=np.round(rng.random((squads, 2)) * 3_000 / step) * step,
        squad_capacity=rng.integers(0, 4, squads),
        carried_classes=rng.integers(0, 4, squads).astype(np.uint64),
        unserved_penalty=rng.integers(0, 12_000, requests),
        priority_weight=rng.integers(1, 4, requests),
        requests_per_trip=int(rng.choice([1, 3])),
    )


seeds = st.integers(0, 2**32 - 1)
tiny_problems = st.builds(random_problem, seeds, st.integers(0, 4), st.integers(0, 2), st.integers(0, 3))
street_problems = st.builds(random_problem, seeds, st.integers(1, 80), st.integers(1, 8), st.integers(1, 20))
