"""Least transport for settled shares when vehicles are scarce: columns of items, prices of vehicles."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from juxing_engine.allocation.assembly import merge_shipments, transport_cost
from juxing_engine.allocation.capacity import ReachClasses, RoutedStock
from juxing_engine.allocation.certificate import transport_bound
from juxing_engine.allocation.problem import NO_ROUTE, AllocationProblem, FloatArray, IntArray
from juxing_engine.allocation.result import AllocationCertificate
from juxing_engine.allocation.transport import ItemTransport, least_transport
from juxing_engine.allocation.whole_dispatch import whole_dispatch
from juxing_engine.control import Control, Progress

_ROUNDS = 6
_CENTRE = 0.7
"""Weight of the best prices so far against the master's, whose own jump about (Wentges 1997)."""

_GOOD_ENOUGH = 0.0005
"""Proven gap at which no further prices are tried."""


@dataclass(frozen=True, slots=True, eq=False)
class FleetTransport:
    """Plans of all items that vehicles can carry, the bound on their cost, and the prices that prove it."""

    plans: list[ItemTransport]
    bound: int
    stock_price: IntArray
    vehicle_price: IntArray


class FleetTransportSearch:
    """
    Column generation over whole item plans (Dantzig and Wolfe 1960).

    Each item's plans are columns with the load they put on each depot and day. A master programme mixes
    them within the vehicles; its prices ask every item for a plan that would be cheaper, an exact
    minimum-cost flow, and any such prices prove a bound. The mix is rounded to whole boxes and each item is
    planned within its share.
    """

    def __init__(
        self, problem: AllocationProblem, received: IntArray, first: Sequence[ItemTransport], control: Control
    ) -> None:
        self.problem, self.received, self.control = problem, received, control
        self.columns: list[list[ItemTransport]] = [[plan] for plan in first]
        self.best = list(first)
        self.best_cost = self._cost(first)
        self.bound, self.prices = -1, (np.zeros_like(problem.supply), np.zeros(problem.supply.shape[:2], np.int64))

    def run(self) -> FleetTransport:
        """Alternate prices and plans until the gap is small or time ends."""
        vehicle = pooled_prices(self.problem, self.received)
        for number in range(_ROUNDS):
            started = time.monotonic()
            if self.control.should_stop() or not self._price(vehicle):
                break
            mix, master = self._master()
            self._round(mix)
            vehicle = np.rint(_CENTRE * self.prices[1] + (1 - _CENTRE) * master).astype(np.int64)
            gap = (self.best_cost - self.bound) / max(1, self.best_cost)
            self.control.report(Progress("transport", (number + 1) / _ROUNDS, self.best_cost, self.bound))
            if gap <= _GOOD_ENOUGH or self.control.remaining_s < 1.2 * (time.monotonic() - started):
                break
        if self.bound < 0:
            self._prove(np.zeros_like(self.problem.supply), vehicle)
        return FleetTransport(self.best, self.bound, *self.prices)

    def _cost(self, plans: Sequence[ItemTransport]) -> int:
        return transport_cost(self.problem, merge_shipments(plans))

    def _price(self, vehicle: IntArray) -> bool:
        """Ask every item for its cheapest plan under prices; whether there was time for all."""
        problem = self.problem
        reaches = problem.reaches
        cost = np.where(reaches, problem.distance_m[None] + vehicle[:, :, None], NO_ROUTE)
        stock_price = np.zeros_like(problem.supply)
        for item, columns in enumerate(self.columns):
            if self.control.should_stop():
                return False
            plan = least_transport(self.received[:, :, item], problem.supply[:, :, item], cost)
            stock_price[:, :, item] = plan.stock_price * problem.box_mass[item]
            columns.append(plan)
        self._prove(stock_price, vehicle)
        return True

    def _prove(self, stock_price: IntArray, vehicle: IntArray) -> None:
        empty = np.zeros_like(self.problem.demand)
        bound = transport_bound(self.problem, self.received, AllocationCertificate(empty, stock_price, vehicle))
        if bound > self.bound:
            self.bound, self.prices = bound, (stock_price, vehicle)

    def _master(self) -> tuple[FloatArray, IntArray]:
        """Mix columns within the vehicles; boxes leaving each depot, and whole prices of vehicles."""
        from scipy.optimize import linprog
        from scipy.sparse import csr_array

        problem = self.problem
        if problem.vehicle_capacity is None:
            raise ValueError("Expected a problem with vehicle_capacity.")
        out = [[_leaving(problem, plan) for plan in columns] for columns in self.columns]
        owner = np.repeat(np.arange(len(out)), [len(columns) for columns in out])
        flat = np.array([one for columns in out for one in columns])
        load = flat.reshape(len(flat), -1) * problem.box_mass[owner][:, None]
        distance = [
            int((plan.boxes * problem.distance_m[plan.depot, plan.community]).sum())
            for columns in self.columns
            for plan in columns
        ]
        cost = np.array(distance, float) * problem.box_mass[owner]
        whole = csr_array((np.ones(owner.size), (owner, np.arange(owner.size))))
        found: Any = linprog(
            cost,
            A_ub=load.T,
            b_ub=problem.vehicle_capacity.ravel(),
            A_eq=whole,
            b_eq=np.ones(len(out)),
            bounds=(0, None),
            method="highs",
        )
        share = found.x if found.x is not None else np.zeros(owner.size)
        price = -found.ineqlin.marginals if found.x is not None else np.zeros(load.shape[1])
        mix = np.zeros(problem.supply.shape)
        for number, part in enumerate(share.tolist()):
            mix[:, :, owner[number]] += part * flat[number]
        return mix, np.rint(np.maximum(price, 0)).astype(np.int64).reshape(problem.supply.shape[:2])

    def _round(self, mix: FloatArray) -> None:
        """Turn a mix into whole plans if every share still fits; keep them if they are cheaper."""
        problem = self.problem
        days, _, items = problem.supply.shape
        order = np.stack(np.meshgrid(np.arange(days), np.arange(items), indexing="ij"), axis=-1).reshape(-1, 2)
        limit = whole_dispatch(problem, mix, order)
        plans = []
        for item in range(items):
            if not _fits(problem, self.received, limit, item):
                return
            plans.append(
                least_transport(
                    self.received[:, :, item],
                    problem.supply[:, :, item],
                    problem.distance_m,
                    dispatch_limit=limit[:, :, item],
                )
            )
        cost = self._cost(plans)
        if cost < self.best_cost:
            self.best, self.best_cost = plans, cost


def pooled_prices(problem: AllocationProblem, received: IntArray) -> IntArray:
    """
    Prices of vehicles if all items were one good, by mass: where the search begins.

    Returns whole prices per unit of mass, shape ``(days, depots)``.
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    days, depots = problem.supply.shape[:2]
    mass = received @ problem.box_mass
    day, depot, community = np.nonzero((mass > 0)[:, None, :] & problem.reaches[None])
    columns = np.arange(day.size)
    place = day * depots + depot
    load = coo_array((np.ones(day.size), (place, columns)), shape=(days * depots, day.size))
    target = coo_array((np.ones(day.size), (day * mass.shape[1] + community, columns)), shape=(mass.size, day.size))
    wanted = mass.ravel() > 0
    capacity = problem.vehicle_capacity
    if capacity is None or not wanted.any():
        return np.zeros((days, depots), np.int64)
    found: Any = linprog(
        problem.distance_m[depot, community].astype(float),
        A_ub=load.tocsr(),
        b_ub=capacity.ravel(),
        A_eq=target.tocsr()[wanted],
        b_eq=mass.ravel()[wanted],
        bounds=(0, None),
        method="highs-ipm",
    )
    if found.x is None:
        return np.zeros((days, depots), np.int64)
    prices: IntArray = np.rint(np.maximum(0, -found.ineqlin.marginals)).astype(np.int64).reshape(days, depots)
    return prices


def _leaving(problem: AllocationProblem, plan: ItemTransport) -> IntArray:
    leaving = np.zeros(problem.supply.shape[:2], np.int64)
    np.add.at(leaving, (plan.day, plan.depot), plan.boxes)
    return leaving


def _fits(problem: AllocationProblem, received: IntArray, limit: IntArray, item: int) -> bool:
    """Whether one item's shares can leave within their limits."""
    days = received.shape[0]
    classes = ReachClasses.of(problem)
    stock = RoutedStock(problem.supply[:, :, item], classes.reaches, limit[:, :, item])
    groups = classes.cell_groups(days)
    totals = np.bincount(groups, weights=received[:, :, item].ravel(), minlength=days * classes.reaches.shape[1])
    return stock.fits(totals.astype(np.int64))
