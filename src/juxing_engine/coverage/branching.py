"""Choosing places exactly: Lagrangian bounds, swaps, and branching where they do not meet."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from juxing_engine.control import Control, Progress
from juxing_engine.coverage.exchange import exchanged, shaken
from juxing_engine.coverage.gains import COMPILED_FROM, Gains
from juxing_engine.coverage.problem import BoolArray, IntArray

_ROOT_STEPS = 400
_NODE_STEPS = 40
_SETTLING_STEPS = 1_200
_SHAKES_FIRST, _SHAKES_AFTER = 40, 250
_FIRST_PACE, _MEMORY, _PATIENCE = 0.3, 0.8, 30


@dataclass(slots=True)
class _Node:
    """A part of the search: candidates decided upon, and the prices its parent ended with."""

    chosen: BoolArray
    barred: BoolArray
    price: np.ndarray
    bound: float


@dataclass(slots=True)
class PlaceSearch:
    """
    Choose ``count`` candidates whose gains are largest together.

    Notes
    -----
    Gains far below a group's best are left out of the bound by never letting its price fall below them;
    that keeps the bound valid. Every group buys its gain once: relaxing "at most once" with prices ``p >=
    0`` gives the upper bound ``sum(p) + the count largest of sum(max(gain - p, 0))``, improved by
    subgradient steps (Cornuejols, Fisher and Nemhauser 1977). Candidates whose reduced profit shows that
    taking or leaving them cannot beat the best known plan are fixed; what remains is branched on, largest
    profit first. All gains are whole, so a bound below best + 1 proves.
    """

    gains: Gains
    count: int
    control: Control
    most_nodes: int | None = None
    best: IntArray = field(init=False)
    value: int = field(init=False, default=-1)
    bound: float = field(init=False, default=np.inf)
    nodes: int = field(init=False, default=0)
    near: Gains = field(init=False)
    floor: np.ndarray = field(init=False)

    def run(self) -> None:
        """Search until proven or out of time; the result is in ``best``, ``value`` and ``bound``."""
        size = self.gains.candidate.size
        self.best = np.zeros(0, np.int64)
        self.near, self.floor = _near_gains(self.gains, self.count)
        self.offer(self._greedy())
        if self.is_large:
            self.offer(exchanged(self.near, self.floor, self.best))
            self.offer(shaken(self.near, self.floor, self.best, _SHAKES_FIRST, self.control))
        else:
            self._swap()
        nobody = np.zeros(size, bool)
        price = np.maximum(self.floor, self.gains.best_of(self.best))
        waiting = [_Node(nobody, nobody.copy(), price, float(self.gains.value.sum()))]
        while waiting:
            self.bound = max(self.value, *(node.bound for node in waiting))
            is_full = self.most_nodes is not None and self.nodes >= self.most_nodes
            if (self.control.should_stop() and self.nodes) or is_full:
                return
            node = waiting.pop(max(range(len(waiting)), key=lambda number: waiting[number].bound))
            if node.bound < self.value + 1:
                continue
            waiting += self._branch(node)
            self.nodes += 1
            self.control.report(Progress("places", 0.0, self.value, int(self.bound)))
        self.bound = self.value

    @property
    def is_large(self) -> bool:
        """Whether compiled code is worth it."""
        return self.gains.value.size >= COMPILED_FROM

    def _branch(self, node: _Node) -> list[_Node]:
        """Bound a node; fix what can be fixed; split on the most profitable candidate left open."""
        if self.is_large and not self.nodes:
            profit = self._settle_prices(node)
            if node.bound >= self.value + 1:
                self.offer(shaken(self.near, self.floor, self.best, _SHAKES_AFTER, self.control))
        else:
            profit = self._raise_prices(node, _NODE_STEPS if self.nodes else _ROOT_STEPS)
        if node.bound < self.value + 1:
            return []
        self._fix(node, profit)
        open_ones = np.flatnonzero(~node.chosen & ~node.barred)
        left = self.count - int(node.chosen.sum())
        if left <= 0 or open_ones.size <= left:
            self.offer(np.concatenate([np.flatnonzero(node.chosen), open_ones[: max(left, 0)]]))
            return []
        split = int(open_ones[profit[open_ones].argmax()])
        children = []
        for taken in (True, False):
            chosen, barred = node.chosen.copy(), node.barred.copy()
            (chosen if taken else barred)[split] = True
            children.append(_Node(chosen, barred, node.price.copy(), node.bound))
        return children

    def _raise_prices(self, node: _Node, steps: int) -> np.ndarray:
        """Lower the node's bound by subgradient steps; profits of all candidates at the best prices."""
        price, best_price = node.price.copy(), node.price.copy()
        best_profit, pace, stale = np.zeros(0), 1.0, 0
        lowest = np.inf
        for step in range(steps):
            bound, profit, picked, bought = self._relaxed(node, price)
            if bound < lowest - 1e-7 * abs(lowest if np.isfinite(lowest) else 1):
                lowest, best_price, best_profit, stale = bound, price.copy(), profit, 0
            else:
                stale += 1
            if step % 10 == 0:
                self.offer(picked)
            slope = bought - 1.0
            length = float((slope[(price > self.floor) | (slope > 0)] ** 2).sum())
            is_proven = min(lowest, node.bound) < self.value + 1
            if is_proven or length == 0 or pace < 1e-4 or (step and self.control.should_stop()):
                break
            if stale >= 8:
                pace, stale, price = pace / 2, 0, best_price.copy()
                continue
            price = np.maximum(self.floor, price + pace * (bound - self.value) / length * slope)
        node.price, node.bound = best_price, min(node.bound, lowest)
        return best_profit

    def _settle_prices(self, node: _Node) -> np.ndarray:
        """The same with many small steps along an average of slopes: slower at first, and closer in the end."""
        price, best_price, best_profit = node.price.copy(), node.price.copy(), np.zeros(0)
        slope, lowest, pace, stale = np.zeros_like(price), np.inf, _FIRST_PACE, 0
        for step in range(_SETTLING_STEPS):
            bound, profit, picked, bought = self._relaxed(node, price)
            stale = 0 if bound < lowest * (1 - 1e-6) else stale + 1
            if bound < lowest:
                lowest, best_price, best_profit = bound, price.copy(), profit
            if step % 10 == 0:
                self.offer(picked)
            slope = _MEMORY * slope + (1 - _MEMORY) * (bought - 1.0)
            length = float((slope[(price > self.floor) | (slope > 0)] ** 2).sum())
            if stale >= _PATIENCE:
                pace, stale = 2 * pace / 3, 0
            is_proven = min(lowest, node.bound) < self.value + 1
            if is_proven or length == 0 or pace < 1e-4 or (step and self.control.should_stop()):
                break
            price = np.maximum(self.floor, price + pace * (bound - self.value) / length * slope)
        node.price, node.bound = best_price, min(node.bound, lowest)
        return best_profit

    def _relaxed(self, node: _Node, price: np.ndarray) -> tuple[float, np.ndarray, IntArray, np.ndarray]:
        """Bound, profit of each candidate, the candidates it picks, and how often each group buys."""
        gains = self.near
        profit = gains.excess(price)
        order = np.where(node.chosen, np.inf, np.where(node.barred, -np.inf, profit))
        picked = np.argsort(-order, kind="stable")[: self.count]
        picked = picked[~node.barred[picked]]
        bought = gains.bought(picked, price).astype(float)
        slack = 1e-9 * float(np.abs(price).sum() + np.abs(profit).sum())
        return float(price.sum() + profit[picked].sum()) + slack, profit, picked.astype(np.int64), bought

    def _fix(self, node: _Node, profit: np.ndarray) -> None:
        """Decide candidates whose other choice cannot beat the best plan."""
        open_ones = np.flatnonzero(~node.chosen & ~node.barred)
        left = self.count - int(node.chosen.sum())
        if left <= 0 or open_ones.size <= left:
            return
        ranked = open_ones[np.argsort(-profit[open_ones], kind="stable")]
        last_in, first_out = profit[ranked[left - 1]], profit[ranked[left]]
        spare = node.bound - (self.value + 1)
        outside, inside = ranked[left:], ranked[:left]
        node.barred[outside[last_in - profit[outside] > spare]] = True
        node.chosen[inside[profit[inside] - first_out > spare]] = True

    def _greedy(self) -> IntArray:
        """Candidates one by one, each with the largest gain beyond those before it."""
        gains = self.gains
        chosen: list[int] = []
        reached = np.zeros(gains.groups, np.int64)
        for _ in range(min(self.count, gains.candidate.size)):
            more = gains.excess(reached)
            more[chosen] = -1
            chosen.append(int(more.argmax()))
            reached = gains.best_of(np.array(chosen, np.int64))
        return np.array(chosen, np.int64)

    def offer(self, chosen: IntArray) -> None:
        """Keep a choice if it gains more."""
        value = int(self.gains.best_of(chosen).sum())
        if value > self.value:
            self.value, self.best = value, np.sort(chosen)

    def _swap(self) -> None:
        """Exchange one place for another as long as that gains."""
        gains, unchanged, turn = self.near, 0, 0
        while unchanged < self.best.size and not self.control.should_stop():
            place = int(self.best[turn % self.best.size])
            rest = self.best[self.best != place]
            reached = np.maximum(self.floor, self.gains.best_of(rest))
            more = gains.excess(reached)
            more[rest] = -1
            before = self.value
            self.offer(np.append(rest, int(more.argmax())))
            unchanged = 0 if self.value > before else unchanged + 1
            turn += 1


def _near_gains(gains: Gains, count: int) -> tuple[Gains, np.ndarray]:
    """The largest gains of each group, and below which gain the others lie."""
    size = gains.candidate.size
    kept = min(size, max(8, -(-3 * size // max(1, count))))
    candidate = np.repeat(np.arange(size), np.diff(gains.starts))
    if kept == size or not gains.groups:
        return gains, np.zeros(gains.groups)
    table = np.zeros((size, gains.groups), np.int64)
    table[candidate, gains.group] = gains.value
    floor = np.partition(table, size - kept - 1, axis=0)[size - kept - 1]
    near = gains.value > floor[gains.group]
    starts = np.concatenate([[0], np.cumsum(np.bincount(candidate[near], minlength=size))])
    group, value = gains.group[near], gains.value[near]
    return Gains(gains.candidate, starts.astype(np.int64), group, value, gains.groups), floor.astype(float)
