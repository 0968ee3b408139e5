"""Why a request is fetched where it is, and for each unserved one what stood in the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from juxing_engine.medicine.cost import delivery_costs, fetching_costs, may_carry, packs_taken, walking_m
from juxing_engine.medicine.problem import UNSERVED, Integers, MedicineProblem
from juxing_engine.medicine.result import MedicinePlan
from juxing_engine.medicine.verify import NEVER


class BindingConstraint(StrEnum):
    """What keeps a request unserved; the first that applies, in this order."""

    NOT_STOCKED = "not_stocked"
    NO_SQUAD_QUALIFIED = "no_squad_qualified"
    COSTS_MORE_THAN_PENALTY = "costs_more_than_penalty"
    OUT_OF_STOCK = "out_of_stock"
    NO_SQUAD_CAPACITY = "no_squad_capacity"
    PLAN_UNFINISHED = "plan_unfinished"


@dataclass(frozen=True, slots=True)
class MedicineReason:
    """
    Why one request is fetched as it is, or not at all.

    Parameters
    ----------
    request, pharmacy, squad
        Indices; pharmacy and squad are ``UNSERVED`` when nobody fetches it.
    delivery_m, fetching_m
        Way from the pharmacy to the door, and the squad's whole way to the pharmacy, in metres; None when unserved.
    runner_up, runner_up_extra
        Other pharmacy that would cost the *plan* least, and by how much more at least (what packs and places are
        worth elsewhere counted, so never negative in an optimal plan); None if no other stocks the drug.
    binding
        For an unserved request, what stood in the way; else None.
    """

    request: int
    pharmacy: int
    squad: int
    delivery_m: float | None
    fetching_m: float | None
    runner_up: int | None
    runner_up_extra: int | None
    binding: BindingConstraint | None


def reasons(problem: MedicineProblem, plan: MedicinePlan, requests: Integers | None = None) -> list[MedicineReason]:
    """Explain a plan, request by request; all when ``requests`` is None. Ask for the page you show."""
    wanted = np.arange(problem.requests) if requests is None else np.asarray(requests, dtype=np.int64).reshape(-1)
    left = problem.stock - packs_taken(problem, plan.pharmacy_of)
    taken = np.bincount(plan.squad_of[plan.squad_of != UNSERVED], minlength=problem.squads)
    has_place = taken < problem.squad_capacity
    return [_explain(problem, plan, int(request), left, has_place) for request in wanted]


def _explain(
    problem: MedicineProblem, plan: MedicinePlan, request: int, left: Integers, has_place: np.ndarray
) -> MedicineReason:
    pharmacy, squad = int(plan.pharmacy_of[request]), int(plan.squad_of[request])
    drug = int(problem.requested_drug[request])
    able = np.flatnonzero(may_carry(problem, np.arange(problem.squads), np.array([drug])))
    stocked = np.flatnonzero(problem.stock[:, drug])
    fetching = fetching_costs(problem, stocked[:, None], able)
    delivery = delivery_costs(problem, np.array([request]), stocked)
    in_plan = (
        delivery + plan.stock_price[stocked, drug] + (fetching + plan.squad_price[able]).min(axis=1, initial=NEVER)
    )
    penalty = int(problem.unserved_penalty[request])
    if squad == UNSERVED:
        alone = delivery + fetching.min(axis=1, initial=NEVER)
        binding = _binding(stocked.size, able.size, int(alone.min(initial=NEVER)), penalty)
        if binding is None:
            binding = _used_up(left[:, drug], has_place[able])
        extra = in_plan - penalty
        best = int(np.argmin(extra)) if able.size and stocked.size else None
        return MedicineReason(request, UNSERVED, UNSERVED, None, None, *_runner_up(stocked, extra, best), binding)
    here = int(np.searchsorted(stocked, pharmacy))
    extra = np.where(np.arange(stocked.size) == here, NEVER, in_plan - in_plan[here])
    best = int(np.argmin(extra)) if stocked.size > 1 else None
    door, place, home = problem.request_xy_m[request], problem.pharmacy_xy_m[pharmacy], problem.squad_xy_m[squad]
    ways = float(walking_m(problem, door, place)), float(walking_m(problem, place, home))
    return MedicineReason(request, pharmacy, squad, *ways, *_runner_up(stocked, extra, best), None)


def _runner_up(stocked: Integers, extra: Integers, best: int | None) -> tuple[int | None, int | None]:
    return (None, None) if best is None else (int(stocked[best]), int(extra[best]))


def _binding(stocked: int, able: int, alone: int, penalty: int) -> BindingConstraint | None:
    """What the problem itself rules out, whatever the plan."""
    if not stocked:
        return BindingConstraint.NOT_STOCKED
    if not able:
        return BindingConstraint.NO_SQUAD_QUALIFIED
    return BindingConstraint.COSTS_MORE_THAN_PENALTY if alone >= penalty else None


def _used_up(left: Integers, has_place: np.ndarray) -> BindingConstraint:
    """What others have used up; neither, only when the run was stopped early or another tier's order forbids it."""
    if not left.any():
        return BindingConstraint.OUT_OF_STOCK
    return BindingConstraint.PLAN_UNFINISHED if has_place.any() else BindingConstraint.NO_SQUAD_CAPACITY
