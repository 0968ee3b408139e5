"""Least transport for settled shares of one item, with prices that prove it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from juxing_engine.allocation.fair_shares import Tie
from juxing_engine.allocation.problem import NO_ROUTE, IntArray

_FAR = np.int64(2**60)


@dataclass(frozen=True, slots=True, eq=False)
class ItemTransport:
    """
    Which depot sends one item where.

    Parameters
    ----------
    day, depot, community, boxes
        Lines of the plan, each of shape ``(lines,)``.
    stock_price
        Worth of a box in each depot on each day, shape ``(days, depots)``, in distance units, never rising
        from day to day; the certificate of ``cost``.
    cost
        Boxes x distance, or x the price given in its place.
    """

    day: IntArray
    depot: IntArray
    community: IntArray
    boxes: IntArray
    stock_price: IntArray
    cost: int


def least_transport(
    received: IntArray,
    arrivals: IntArray,
    unit_cost: IntArray,
    *,
    ties: tuple[Tie, ...] = (),
    dispatch_limit: IntArray | None = None,
) -> ItemTransport:
    """
    Choose depots, and among ties of equal claim who gets the last box, for the least cost.

    Parameters
    ----------
    received
        Boxes per cell, shape ``(days, communities)``; stock must be able to give them.
    arrivals
        Boxes arriving, shape ``(days, depots)``; kept stock may be used later.
    unit_cost
        Cost of a box, shape ``(depots, communities)`` or ``(days, depots, communities)``, ``NO_ROUTE``
        where it cannot go.
    ties
        Choices left by `fair_shares`.
    dispatch_limit
        Boxes that may leave each depot each day, shape ``(days, depots)``. With it, prices are not computed.

    Raises
    ------
    ValueError
        If stock cannot give what is to be received.

    Notes
    -----
    A minimum-cost flow (cost scaling, OR-Tools), exact in integers. Prices are shortest distances in the
    residual graph contracted to (day, depot) and the stock left over; they prove the cost of the shares
    finally chosen.
    """
    days, depots = arrivals.shape
    cost = np.broadcast_to(unit_cost, (days, *unit_cost.shape[-2:]))
    base = received.ravel().copy()
    for tie in ties:
        base[tie.cells] = base[tie.cells].min()
    in_tie = np.concatenate([tie.cells for tie in ties]) if ties else np.zeros(0, np.int64)
    wanted = np.unique(np.concatenate([np.flatnonzero(base), in_tie]))
    network = _Network(arrivals, cost, dispatch_limit, wants=_Wants(wanted, base[wanted], ties))
    flows, cells = network.solve()
    line = np.flatnonzero(flows)
    day, community = np.divmod(cells.cell[line], received.shape[1])
    boxes = flows[line]
    total = int((boxes * cells.cost[line]).sum())
    is_free = dispatch_limit is None
    price = _stock_prices(network, flows) if is_free else np.zeros((days, depots), np.int64)
    return ItemTransport(day, cells.depot[line], community, boxes, price, total)


@dataclass(frozen=True, slots=True, eq=False)
class _Deliveries:
    """Every way a box may reach a cell that wants one."""

    depot: IntArray
    place: IntArray
    cell: IntArray
    cost: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class _Wants:
    """Cells that want boxes, how many each gets for sure, and ties for one more."""

    cells: IntArray
    base: IntArray
    ties: tuple[Tie, ...]


class _Network:
    """Nodes: (day, depot) stock, wanted cells, ties, stock left over."""

    def __init__(
        self,
        arrivals: IntArray,
        cost: IntArray,
        dispatch_limit: IntArray | None,
        *,
        wants: _Wants,
    ) -> None:
        wanted, ties = wants.cells, wants.ties
        self.arrivals, self.ties, self.wanted, self.base = arrivals, ties, wanted, wants.base
        self.days, self.depots = arrivals.shape
        self.dispatch_limit = dispatch_limit
        day, community = np.divmod(wanted, cost.shape[2])
        offers = cost[day, :, community]
        place, depot = np.nonzero(offers != NO_ROUTE)
        self.deliveries = _Deliveries(depot, place, wanted[place], offers[place, depot])
        self.delivery_day = day[place]
        self.stock_nodes = arrivals.size
        self.first_cell = self.stock_nodes * (1 if dispatch_limit is None else 2)
        self.first_tie = self.first_cell + wanted.size
        self.left_over = self.first_tie + len(ties)
        self.tie_place = [np.searchsorted(wanted, tie.cells) for tie in ties]

    def solve(self) -> tuple[IntArray, _Deliveries]:
        """Flow on every delivery."""
        from ortools.graph.python import min_cost_flow

        flow = min_cost_flow.SimpleMinCostFlow()
        stock = np.arange(self.stock_nodes).reshape(self.days, self.depots)
        plenty = int(self.arrivals.sum())
        sent = stock
        if self.dispatch_limit is not None:
            sent = stock + self.stock_nodes
            width = np.minimum(self.dispatch_limit, plenty)
            _add(flow, stock.ravel(), sent.ravel(), width.ravel(), 0)
        ways = self.deliveries
        need = self.base + np.isin(self.wanted, self._in_ties())
        tail = sent[self.delivery_day, ways.depot]
        arcs = _add(flow, tail, self.first_cell + ways.place, need[ways.place], ways.cost)
        _add(flow, stock[:-1].ravel(), stock[1:].ravel(), plenty, 0)
        _add(flow, stock[-1], np.full(self.depots, self.left_over), plenty, 0)
        for number, place in enumerate(self.tie_place):
            _add(flow, self.first_cell + place, np.full(place.size, self.first_tie + number), 1, 0)
        raised = np.array([tie.raised for tie in self.ties], np.int64)
        served = self.base
        nodes = np.concatenate([stock.ravel(), np.arange(self.first_cell, self.left_over + 1)])
        surplus = plenty - int(served.sum()) - int(raised.sum())
        supplies = np.concatenate([self.arrivals.ravel(), -served, -raised, [-surplus]])
        flow.set_nodes_supplies(nodes, supplies)
        if surplus < 0 or flow.solve() != flow.OPTIMAL:
            raise ValueError("Stock cannot give what is to be received.")
        return np.asarray(flow.flows(arcs), np.int64), ways

    def _in_ties(self) -> IntArray:
        return np.concatenate([np.zeros(0, np.int64), *(tie.cells for tie in self.ties)])


def _add(flow: object, tail: IntArray, head: IntArray, width: IntArray | int, cost: IntArray | int) -> object:
    count = tail.size
    return flow.add_arcs_with_capacity_and_unit_cost(  # type: ignore[attr-defined]
        tail, head, np.broadcast_to(width, count), np.broadcast_to(cost, count)
    )


def _stock_prices(network: _Network, flows: IntArray) -> IntArray:
    """Shortest distances to each (day, depot) in the residual graph, seen from the stock left over."""
    size, depots = network.stock_nodes, network.depots
    left_over = size
    arc = np.full((left_over + 1, left_over + 1), _FAR)
    np.fill_diagonal(arc, 0)
    ways = network.deliveries
    node = network.delivery_day * depots + ways.depot
    offers = np.full((network.wanted.size, depots), _FAR)
    offers[ways.place, ways.depot] = ways.cost
    used = flows > 0
    columns = np.arange(depots)
    for place, source, back, cost in zip(ways.place[used], ways.depot[used], node[used], ways.cost[used], strict=True):
        row = back - source + columns
        arc[row, back] = np.minimum(arc[row, back], offers[place] - cost)
    _add_kept_stock(network, flows, arc, left_over)
    distance = arc.min(axis=0)
    while True:
        shorter = np.minimum(distance, (distance[:, None] + arc).min(axis=0))
        if np.array_equal(shorter, distance):
            break
        distance = shorter
    prices: IntArray = (distance[:size] - distance[left_over]).reshape(network.days, depots)
    return prices


def _add_kept_stock(network: _Network, flows: IntArray, arc: IntArray, left_over: int) -> None:
    """Stock may always be kept longer; where some was kept, less of it may be."""
    ways = network.deliveries
    node = network.delivery_day * network.depots + ways.depot
    sent = np.bincount(node, weights=flows, minlength=network.stock_nodes).astype(np.int64)
    kept = np.cumsum(network.arrivals - sent.reshape(network.arrivals.shape), axis=0)
    stock = np.arange(network.stock_nodes).reshape(network.arrivals.shape)
    later = np.vstack([stock[1:], np.full(network.depots, left_over)])
    arc[stock, later] = np.minimum(arc[stock, later], 0)
    tail, head = later[kept > 0], stock[kept > 0]
    arc[tail, head] = np.minimum(arc[tail, head], 0)
