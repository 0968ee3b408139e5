"""
Proven optimum over all pharmacies and squads: network simplex on a set of arcs that grows and is purged.

Rounds of pivots alternate with pricing: for each request all shelves of its drug, for each counter all squads. When
no arc left out undercuts what its tail pays, the flow is optimal over all of them.
"""

from __future__ import annotations

import time

import numpy as np

from juxing_engine.control import Control, Progress
from juxing_engine.medicine.cost import fetching_costs, plan_cost
from juxing_engine.medicine.flow import complete_greedily, flow_as_plan
from juxing_engine.medicine.network import Network, first_flow, lay_network, undercutting_fetches, undercutting_ways
from juxing_engine.medicine.problem import UNSERVED, Integers, MedicineProblem
from juxing_engine.medicine.result import MedicinePlan
from juxing_engine.medicine.verify import NEVER, lower_bound
from juxing_engine.network_simplex import LOWER, Arcs, Basis, pivot_inner, with_more, without

FIRST_WAYS, FIRST_FETCHES = 6, 12
"""Shelves of each request, and squads of each counter, the first round starts with."""

NEW_WAYS, NEW_FETCHES = 4, 12
"""The same, each may gain in one round."""

PIVOTS = 20_000
"""Pivots before arcs are priced again although the present ones could still be improved."""

PURGE_BEYOND = 0.3
"""Idle ways are dropped when using one would add this many times what a way in use costs on average."""


def plan_medicine(problem: MedicineProblem, *, control: Control | None = None, seed: int = 0) -> MedicinePlan:  # noqa: ARG001
    """
    Find the plan of least cost over all pharmacies and squads, with its certificate.

    Parameters
    ----------
    control
        Budget, cancellation, progress. When it ends the run, the best plan so far, completed greedily, is returned
        with the gap proven so far.
    seed
        The method draws nothing at random; same problem, same answer.

    Returns
    -------
    MedicinePlan
        Feasible always; proven optimal when ``bound == objective``.

    Notes
    -----
    Exact. The bound is computed from the prices by `verify.lower_bound`, which shares no code with the solver.
    """
    control = control or Control()
    begun = time.perf_counter()
    network = lay_network(problem)
    arcs, basis = first_flow(network, FIRST_WAYS, FIRST_FETCHES)
    laid = time.perf_counter()
    arcs, is_complete = _rounds(network, arcs, basis, control)
    pharmacy_of, squad_of = flow_as_plan(problem, network, arcs)
    if not is_complete:
        complete_greedily(problem, pharmacy_of, squad_of)
    solved = time.perf_counter()
    stock_price, squad_price = prices(problem, network, basis.potential)
    bound = lower_bound(problem, stock_price, squad_price)
    seconds = {"lay": laid - begun, "solve": solved - laid, "prove": time.perf_counter() - solved}
    for array in (pharmacy_of, squad_of, stock_price, squad_price):
        array.setflags(write=False)
    unserved = int(np.count_nonzero(squad_of == UNSERVED))
    plan = MedicinePlan(
        pharmacy_of=pharmacy_of,
        squad_of=squad_of,
        objective=plan_cost(problem, pharmacy_of, squad_of),
        bound=bound,
        stock_price=stock_price,
        squad_price=squad_price,
        served=problem.requests - unserved,
        unserved=unserved,
        ways=int((network.last_shelf - network.first_shelf).sum()),
        is_complete=is_complete,
        seconds=seconds,
    )
    control.report(Progress("prove", 1.0, plan.objective, plan.bound))
    return plan


def _rounds(network: Network, arcs: Arcs, basis: Basis, control: Control) -> tuple[Arcs, bool]:
    """Pivot and price until nothing is left to gain; return the arcs and whether that was reached."""
    shelves, counters, squads, root = network.first_nodes
    space = shelves * NEW_WAYS + (squads - counters) * NEW_FETCHES
    tail, head, cost = (np.zeros(space, dtype=np.int64) for _ in range(3))
    last_objective = np.iinfo(np.int64).max
    turn = 0
    while not control.should_stop():
        pivots = pivot_inner(arcs, basis, PIVOTS)
        count = int(arcs.total[0])
        objective = int((arcs.flow[:count] * arcs.cost[:count]).sum())
        control.report(Progress("improve", 1 - 1 / (2 + turn), objective))
        level = basis.potential
        found = undercutting_fetches(
            network, level[counters:squads], level[squads:root], NEW_FETCHES, (tail, head, cost)
        )
        rest = (tail[found:], head[found:], cost[found:])
        found += undercutting_ways(network, level[:shelves], level[shelves:counters], NEW_WAYS, rest)
        if found == 0 and pivots < PIVOTS:
            return arcs, True
        if objective < last_objective:
            _purge(arcs, basis, shelves, root)
        last_objective = objective
        arcs = with_more(arcs, tail[:found], head[:found], cost[:found])
        turn += 1
    return arcs, False


def _purge(arcs: Arcs, basis: Basis, shelves: int, root: int) -> None:
    """Drop idle ways far from being used. Only after the objective fell, so that none comes and goes for ever."""
    count = int(arcs.total[0])
    tail, head, cost = arcs.tail[:count], arcs.head[:count], arcs.cost[:count]
    is_way = (tail < shelves) & (head != root)
    used = is_way & (arcs.flow[:count] > 0)
    typical = int(cost[used].mean()) if used.any() else 0
    reduced = cost + basis.potential[head] - basis.potential[tail]
    idle = is_way & (arcs.state[:count] == LOWER)
    without(arcs, basis, idle & (reduced > PURGE_BEYOND * typical + 1))


def prices(problem: MedicineProblem, network: Network, potential: Integers) -> tuple[Integers, Integers]:
    """
    The certificate in the verifier's terms, from the nodes' potentials.

    A pack's price is what its shelf costs above the cheapest way on from its counter, that way taken over all squads.
    """
    shelves, counters, squads, root = network.first_nodes
    squad_price = np.zeros(problem.squads, dtype=np.int64)
    squad_price[network.squads] = np.maximum(potential[squads:root], 0)
    stock_price = np.zeros(problem.stock.shape, dtype=np.int64)
    onward = np.full(squads - counters, NEVER, dtype=np.int64)
    for counter in range(onward.size):
        part = slice(network.first_fetch[counter], network.last_fetch[counter])
        able = network.squads[network.fetch_squad[part]]
        costs = fetching_costs(problem, network.counter_pharmacy[counter : counter + 1], able)
        onward[counter] = int((costs + squad_price[able]).min(initial=NEVER))
    above = np.maximum(potential[shelves:counters] - onward[network.shelf_counter], 0)
    stock_price[network.shelf_pharmacy, network.shelf_drug] = above
    return stock_price, squad_price
