"""The one definition of what fetching and bringing a drug costs; every other module answers to it."""

from __future__ import annotations

import numpy as np

from juxing_engine.medicine.problem import UNSERVED, Integers, MedicineProblem, Metres


def walking_m(problem: MedicineProblem, from_m: Metres, to_m: Metres) -> Metres:
    """Way on foot between places, shape ``(..., 2)`` each, in metres: straight line times ``detour_factor``."""
    dx, dy = from_m[..., 0] - to_m[..., 0], from_m[..., 1] - to_m[..., 1]
    way: Metres = problem.detour_factor * np.sqrt(dx * dx + dy * dy)
    return way


def delivery_costs(problem: MedicineProblem, requests: Integers, pharmacies: Integers) -> Integers:
    """Way from pharmacy to door times the request's weight, rounded half up. Index arrays are broadcast together."""
    way = walking_m(problem, problem.request_xy_m[requests], problem.pharmacy_xy_m[pharmacies])
    return np.floor(way * problem.priority_weight[requests] + 0.5).astype(np.int64)


def fetching_costs(problem: MedicineProblem, pharmacies: Integers, squads: Integers) -> Integers:
    """One request's share of the squad's way to the pharmacy, rounded half up. Index arrays are broadcast together."""
    way = walking_m(problem, problem.pharmacy_xy_m[pharmacies], problem.squad_xy_m[squads])
    return np.floor(way / problem.requests_per_trip + 0.5).astype(np.int64)


def may_carry(
    problem: MedicineProblem, squads: Integers, drugs: Integers
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Whether the squads have a capacity and may carry these drugs' classes. Index arrays are broadcast together."""
    bit = np.left_shift(np.uint64(1), problem.drug_class[drugs].astype(np.uint64))
    able = (problem.carried_classes[squads] & bit) != 0
    return np.asarray(able & (problem.squad_capacity[squads] > 0))


def plan_cost(problem: MedicineProblem, pharmacy_of: Integers, squad_of: Integers) -> int:
    """
    Total cost of a plan: ways, and penalties of the unserved.

    Raises
    ------
    ValueError
        If the plan breaks a rule: shape, a half-served request, more packs than stock, a squad over its capacity or
        with a class it may not carry.
    """
    pharmacy_of, squad_of = np.asarray(pharmacy_of), np.asarray(squad_of)
    if pharmacy_of.shape != (problem.requests,) or squad_of.shape != (problem.requests,):
        raise ValueError(f"Expected a plan of shape ({problem.requests},).")
    if not np.array_equal(pharmacy_of == UNSERVED, squad_of == UNSERVED):
        raise ValueError("The plan gives a request a pharmacy without a squad, or a squad without a pharmacy.")
    served = np.flatnonzero(squad_of != UNSERVED)
    pharmacy, squad, drug = pharmacy_of[served], squad_of[served], problem.requested_drug[served]
    for name, chosen, number in (("pharmacy", pharmacy, problem.pharmacies), ("squad", squad, problem.squads)):
        if chosen.size and (chosen.min() < 0 or chosen.max() >= number):
            raise ValueError(f"The plan names a {name} that does not exist.")
    if not np.all(may_carry(problem, squad, drug)):
        raise ValueError("The plan gives a squad a drug it may not carry.")
    if np.any(packs_taken(problem, pharmacy_of) > problem.stock):
        raise ValueError("The plan takes more packs than a pharmacy has.")
    if np.any(np.bincount(squad, minlength=problem.squads) > problem.squad_capacity):
        raise ValueError("The plan gives a squad more requests than its capacity.")
    ways = delivery_costs(problem, served, pharmacy).sum() + fetching_costs(problem, pharmacy, squad).sum()
    return int(ways) + int(problem.unserved_penalty[squad_of == UNSERVED].sum())


def packs_taken(problem: MedicineProblem, pharmacy_of: Integers) -> Integers:
    """Packs a plan takes from each pharmacy of each drug, shape ``(pharmacies, drugs)``."""
    served = pharmacy_of != UNSERVED
    place = pharmacy_of[served] * problem.drugs + problem.requested_drug[served]
    return np.bincount(place, minlength=problem.stock.size).reshape(problem.stock.shape).astype(np.int64)
