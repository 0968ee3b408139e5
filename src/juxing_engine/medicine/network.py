"""
The flow network: request -> shelf (a drug at a pharmacy) -> counter (a class at a pharmacy) -> squad -> root.

Nodes are numbered in that order. Shelves are grouped by drug, so that the shelves of a request are a range. Left out
from the start: shelves without a pack or whose class nobody may carry, and squads without a place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from juxing_engine.medicine.cost import fetching_costs, may_carry
from juxing_engine.medicine.problem import Integers, MedicineProblem, Metres
from juxing_engine.network_simplex import TREE, UNLIMITED, Arcs, Basis, make_arcs, make_basis


class Network(NamedTuple):
    """
    What does not change while a problem is solved.

    ``request_order`` leads from node to request (grouped by drug); ``squads`` from squad node to squad. For each
    request its range of shelves ``first_shelf : last_shelf``; for each shelf its pharmacy, counter and stock; for each
    counter its pharmacy, class and range ``first_fetch : last_fetch`` in the list of squads that may carry from it
    (``fetch_squad``, ``fetch_cost``, cheapest first).
    """

    request_order: Integers
    request_xy: Metres
    weight: Metres
    penalty: Integers
    first_shelf: Integers
    last_shelf: Integers
    shelf_xy: Metres
    shelf_pharmacy: Integers
    shelf_drug: Integers
    shelf_counter: Integers
    shelf_stock: Integers
    counter_pharmacy: Integers
    first_fetch: Integers
    last_fetch: Integers
    fetch_squad: npt.NDArray[np.int32]
    fetch_cost: Integers
    squads: Integers
    squad_capacity: Integers
    detour: float

    @property
    def first_nodes(self) -> tuple[int, int, int, int]:
        """First node of the shelves, of the counters, of the squads, and the root."""
        shelves = self.request_order.size
        counters = shelves + self.shelf_stock.size
        squads = counters + self.counter_pharmacy.size
        return shelves, counters, squads, squads + self.squads.size


def lay_network(problem: MedicineProblem) -> Network:
    """Number the nodes and list who may carry from which counter."""
    squads = np.flatnonzero(problem.squad_capacity > 0)
    first_fetch, fetch_squad, fetch_cost, counter_of = _fetches(problem, squads)
    used = np.bincount(problem.requested_drug, minlength=problem.drugs) > 0
    drug, pharmacy = np.nonzero((problem.stock > 0).T & used[:, None])
    counter = counter_of[pharmacy, problem.drug_class[drug]] if drug.size else np.zeros(0, dtype=np.int64)
    drug, pharmacy, counter = drug[counter >= 0], pharmacy[counter >= 0], counter[counter >= 0]
    order = np.lexsort((problem.request_xy_m[:, 0], problem.requested_drug))
    wanted = problem.requested_drug[order]
    return Network(
        request_order=order,
        request_xy=problem.request_xy_m[order],
        weight=problem.priority_weight[order].astype(np.float64),
        penalty=problem.unserved_penalty[order],
        first_shelf=np.searchsorted(drug, wanted),
        last_shelf=np.searchsorted(drug, wanted, side="right"),
        shelf_xy=problem.pharmacy_xy_m[pharmacy],
        shelf_pharmacy=pharmacy,
        shelf_drug=drug,
        shelf_counter=counter,
        shelf_stock=problem.stock[pharmacy, drug],
        counter_pharmacy=np.argwhere(counter_of >= 0)[:, 0],
        first_fetch=first_fetch[:-1],
        last_fetch=first_fetch[1:],
        fetch_squad=fetch_squad,
        fetch_cost=fetch_cost,
        squads=squads,
        squad_capacity=problem.squad_capacity[squads],
        detour=problem.detour_factor,
    )


def _fetches(problem: MedicineProblem, squads: Integers) -> tuple[Integers, npt.NDArray[np.int32], Integers, Integers]:
    """For each counter, the squads that may carry from it, cheapest first; and each pharmacy and class's counter."""
    classes = int(problem.drug_class.max(initial=-1)) + 1
    counter_of = np.full((problem.pharmacies, classes), -1, dtype=np.int64)
    example = np.array([np.argmax(problem.drug_class == kind) for kind in range(classes)], dtype=np.int64)
    allowed = [np.flatnonzero(may_carry(problem, squads, drug)) for drug in example]
    present = [bool(np.any(problem.drug_class == kind)) and allowed[kind].size > 0 for kind in range(classes)]
    first, squad, cost = [0], [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.int64)]
    for pharmacy in range(problem.pharmacies):
        all_costs = fetching_costs(problem, np.array([pharmacy]), squads)
        nearest = np.argsort(all_costs, kind="stable")
        for kind in np.flatnonzero(present):
            able = nearest[np.isin(nearest, allowed[kind], assume_unique=True)]
            counter_of[pharmacy, kind] = len(first) - 1
            first.append(first[-1] + able.size)
            squad.append(able.astype(np.int32))
            cost.append(all_costs[able])
    return np.array(first, dtype=np.int64), np.concatenate(squad), np.concatenate(cost), counter_of


def first_flow(network: Network, ways: int, fetches: int) -> tuple[Arcs, Basis]:
    """
    Nobody served yet: the tree hangs requests on the root, shelves on counters, counters on their nearest squad.

    Every arc of the tree can carry one unit more towards the root, so the basis is strongly feasible. The arcs are
    the tree's, the ``ways`` nearest shelves of each request, and the ``fetches`` nearest squads of each counter.
    """
    shelves, counters, squads, root = network.first_nodes
    request = np.arange(shelves)
    nearest = network.first_fetch
    tail = np.arange(root)
    head = np.concatenate(
        [
            np.full(shelves, root),
            counters + network.shelf_counter,
            squads + network.fetch_squad[nearest],
            np.full(network.squads.size, root),
        ]
    )
    cost = np.concatenate(
        [
            network.penalty,
            np.zeros(counters - shelves, dtype=np.int64),
            network.fetch_cost[nearest],
            np.zeros(network.squads.size, dtype=np.int64),
        ]
    )
    limit = np.concatenate(
        [
            np.full(shelves, UNLIMITED),
            network.shelf_stock,
            np.full(squads - counters, UNLIMITED),
            network.squad_capacity,
        ]
    )
    space = shelves * ways
    found = tuple(np.zeros(space, dtype=np.int64) for _ in range(3))
    tree = make_arcs(tail, head, cost)
    basis = make_basis(head, tail, np.ones(root, dtype=np.bool_), tree)
    floor = basis.potential[shelves:counters]
    size = undercutting_ways(network, np.full(shelves, 2**61), floor, ways, (found[0], found[1], found[2]))
    more = _nearest_fetches(network, fetches)
    arcs = make_arcs(
        np.concatenate([tail, found[0][:size], more[0]]),
        np.concatenate([head, found[1][:size], more[1]]),
        np.concatenate([cost, found[2][:size], more[2]]),
    )
    arcs.limit[:root] = limit
    arcs.flow[request] = 1
    arcs.state[:root] = TREE
    return arcs, basis


def _nearest_fetches(network: Network, wanted: int) -> tuple[Integers, Integers, Integers]:
    """Arcs from each counter to its nearest squads, the very nearest excepted."""
    _, counters, squads, _ = network.first_nodes
    number = np.minimum(network.last_fetch - network.first_fetch, wanted + 1) - 1
    counter = np.repeat(np.arange(number.size), number)
    place = np.arange(counter.size) - np.repeat(np.cumsum(number) - number, number) + 1
    entry = network.first_fetch[counter] + place
    return counters + counter, squads + network.fetch_squad[entry].astype(np.int64), network.fetch_cost[entry]


@njit(cache=True)
def undercutting_ways(
    network: Network,
    pays: Integers,
    shelf_potential: Integers,
    wanted: int,
    space: tuple[Integers, Integers, Integers],
) -> int:
    """
    For each request, the ``wanted`` shelves that undercut most what it pays now, over all its shelves.

    Writes tail, head and cost of the arcs into ``space`` and returns how many; 0 proves that none undercuts.
    """
    tail, head, cost = space
    request_xy, weight, shelf_xy = network.request_xy, network.weight, network.shelf_xy
    first_shelf, last_shelf, detour = network.first_shelf, network.last_shelf, network.detour
    shelves = weight.size
    keys = np.empty(wanted + 1, dtype=np.int64)
    where = np.empty(wanted + 1, dtype=np.int64)
    way_cost = np.empty(wanted + 1, dtype=np.int64)
    found = 0
    for i in range(shelves):
        size, worst = 0, pays[i]
        x, y, w = request_xy[i, 0], request_xy[i, 1], weight[i]
        for shelf in range(first_shelf[i], last_shelf[i]):
            if shelf_potential[shelf] >= worst:
                continue
            dx, dy = x - shelf_xy[shelf, 0], y - shelf_xy[shelf, 1]
            way = int(np.floor(detour * np.sqrt(dx * dx + dy * dy) * w + 0.5))
            key = way + shelf_potential[shelf]
            if key >= worst:
                continue
            place = size
            while place > 0 and keys[place - 1] > key:
                keys[place], where[place], way_cost[place] = keys[place - 1], where[place - 1], way_cost[place - 1]
                place -= 1
            keys[place], where[place], way_cost[place] = key, shelf, way
            size = min(size + 1, wanted)
            if size == wanted:
                worst = keys[wanted - 1]
        for place in range(size):
            tail[found], head[found], cost[found] = i, shelves + where[place], way_cost[place]
            found += 1
    return found


@njit(cache=True)
def undercutting_fetches(
    network: Network, pays: Integers, squad_potential: Integers, wanted: int, space: tuple[Integers, Integers, Integers]
) -> int:
    """For each counter, the ``wanted`` squads that undercut most what it pays, over all that may carry from it."""
    tail, head, cost = space
    counters = network.weight.size + network.shelf_stock.size
    squads = counters + network.counter_pharmacy.size
    keys = np.empty(wanted + 1, dtype=np.int64)
    where = np.empty(wanted + 1, dtype=np.int64)
    found = 0
    for c in range(pays.size):
        size, worst = 0, pays[c]
        for entry in range(network.first_fetch[c], network.last_fetch[c]):
            if network.fetch_cost[entry] >= worst:
                break
            key = network.fetch_cost[entry] + squad_potential[network.fetch_squad[entry]]
            if key >= worst:
                continue
            place = size
            while place > 0 and keys[place - 1] > key:
                keys[place], where[place] = keys[place - 1], where[place - 1]
                place -= 1
            keys[place], where[place] = key, entry
            size = min(size + 1, wanted)
            if size == wanted:
                worst = keys[wanted - 1]
        for place in range(size):
            entry = where[place]
            tail[found], head[found] = counters + c, squads + network.fetch_squad[entry]
            cost[found] = network.fetch_cost[entry]
            found += 1
    return found
