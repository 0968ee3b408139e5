"""From flows on arcs to a plan for people, and the greedy plan that fills what a stopped run left open."""

from __future__ import annotations

import numpy as np

from juxing_engine.medicine.cost import delivery_costs, fetching_costs, may_carry, packs_taken
from juxing_engine.medicine.network import Network
from juxing_engine.medicine.problem import UNSERVED, Integers, MedicineProblem
from juxing_engine.network_simplex import Arcs

FULL = np.iinfo(np.int64).max // 4


def flow_as_plan(problem: MedicineProblem, network: Network, arcs: Arcs) -> tuple[Integers, Integers]:
    """
    Pharmacy and squad of each request.

    At one counter any squad may take any request at the same cost; they are dealt out by direction, seen from the
    pharmacy, so that a squad walks to one side.
    """
    shelves, counters, squads, root = network.first_nodes
    count = int(arcs.total[0])
    used = np.flatnonzero(arcs.flow[:count] > 0)
    tail, head, flow = arcs.tail[used].astype(np.int64), arcs.head[used].astype(np.int64), arcs.flow[used]
    pharmacy_of = np.full(problem.requests, UNSERVED, dtype=np.int64)
    squad_of = np.full(problem.requests, UNSERVED, dtype=np.int64)
    is_way = (tail < shelves) & (head != root)
    request, shelf = network.request_order[tail[is_way]], head[is_way] - shelves
    pharmacy_of[request] = network.shelf_pharmacy[shelf]
    is_fetch = (tail >= counters) & (tail < squads)
    counter, number = tail[is_fetch] - counters, flow[is_fetch]
    squad = network.squads[head[is_fetch] - squads]
    request = request[_by_direction(problem, network, network.shelf_counter[shelf], problem.request_xy_m[request])]
    turn = _by_direction(problem, network, counter, problem.squad_xy_m[squad])
    squad_of[request] = np.repeat(squad[turn], number[turn])
    return pharmacy_of, squad_of


def _by_direction(problem: MedicineProblem, network: Network, counter: Integers, xy_m: np.ndarray) -> Integers:
    """Order by counter, then by direction from its pharmacy."""
    from_m = problem.pharmacy_xy_m[network.counter_pharmacy[counter]]
    angle = np.arctan2(xy_m[:, 1] - from_m[:, 1], xy_m[:, 0] - from_m[:, 0])
    return np.lexsort((angle, counter))


def greedy_plan(problem: MedicineProblem) -> tuple[Integers, Integers]:
    """
    Cheapest pharmacy and squad still free, requests of higher penalty first; the plan a careful person makes.

    Returns ``pharmacy_of`` and ``squad_of``; feasible, unproven.
    """
    pharmacy_of = np.full(problem.requests, UNSERVED, dtype=np.int64)
    squad_of = np.full(problem.requests, UNSERVED, dtype=np.int64)
    complete_greedily(problem, pharmacy_of, squad_of)
    return pharmacy_of, squad_of


def complete_greedily(problem: MedicineProblem, pharmacy_of: Integers, squad_of: Integers) -> None:
    """Serve whom the plan leaves out as far as stock and squads allow, changing both arrays."""
    stock = problem.stock - packs_taken(problem, pharmacy_of)
    left = problem.squad_capacity - np.bincount(squad_of[squad_of != UNSERVED], minlength=problem.squads)
    waiting = np.flatnonzero(squad_of == UNSERVED)
    nearest = _NearestSquads(problem, left)
    for request in waiting[np.argsort(-problem.unserved_penalty[waiting], kind="stable")]:
        drug = int(problem.requested_drug[request])
        stocked = np.flatnonzero(stock[:, drug] > 0)
        if not stocked.size:
            continue
        costs = delivery_costs(problem, np.array([request]), stocked) + nearest.cost(drug)[stocked]
        best = int(np.argmin(costs))
        if costs[best] >= problem.unserved_penalty[request]:
            continue
        pharmacy = int(stocked[best])
        pharmacy_of[request], squad_of[request] = pharmacy, nearest.take(pharmacy, drug)
        stock[pharmacy, drug] -= 1


class _NearestSquads:
    """For each class and pharmacy the cheapest squad with a place left, kept up to date as places are taken."""

    def __init__(self, problem: MedicineProblem, left: Integers) -> None:
        self.problem = problem
        self.left = left.copy()
        self.fetching = fetching_costs(problem, np.arange(problem.pharmacies)[:, None], np.arange(problem.squads))
        self.best: dict[int, tuple[Integers, Integers]] = {}

    def cost(self, drug: int) -> Integers:
        """Least fetching cost for a drug of this class, shape ``(pharmacies,)``; ``FULL`` where nobody is left."""
        kind = int(self.problem.drug_class[drug])
        if kind not in self.best:
            able = may_carry(self.problem, np.arange(self.problem.squads), np.array([drug])) & (self.left > 0)
            costs = np.where(able, self.fetching, FULL)
            squad = np.argmin(costs, axis=1) if self.problem.squads else np.zeros(self.problem.pharmacies, np.int64)
            least = costs.min(axis=1, initial=FULL)
            self.best[kind] = (squad, least)
        return self.best[kind][1]

    def take(self, pharmacy: int, drug: int) -> int:
        """Take a place of the cheapest squad; forget what was known once it is full."""
        squad = int(self.best[int(self.problem.drug_class[drug])][0][pharmacy])
        self.left[squad] -= 1
        if self.left[squad] == 0:
            self.best.clear()
        return squad
