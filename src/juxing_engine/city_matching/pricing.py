"""Pairs that undercut what a need pays, looked for over the whole ground in two threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numba import njit

from juxing_engine.matching.ground import Ground
from juxing_engine.matching.problem import Integers
from juxing_engine.matching.rows import Rows, empty_rows, fill_row, raise_floors

THREADS = 2

NEEDS_AT_ONCE = 50_000

Answer = TypeVar("Answer")


class Pricing:
    """
    Finds cheap pairs of a ground for any prices.

    The needs are split into fixed shares, one a thread, each with desk space of its own; the answer does not depend on
    which thread finishes first.
    """

    def __init__(self, ground: Ground, wanted: int) -> None:
        self.ground, self.wanted = ground, wanted
        specials = int(np.diff(ground.special_first).max(initial=0))
        no_price = np.zeros(ground.capacity.size, dtype=np.int64)
        self.desks = [empty_rows(ground, no_price, wanted + specials + 1) for _ in range(THREADS)]
        edges = np.linspace(0, ground.penalty.size, THREADS + 1).astype(np.int64)
        self.shares = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))

    def pairs_below(self, prices: Integers, ceiling: Integers) -> tuple[Integers, Integers, Integers]:
        """
        Need, responder and cost of pairs whose ``cost + price`` is below the need's ceiling.

        For each need all its special pairs that are, and the ``wanted`` cheapest of the others. Numbers are the
        ground's.
        """
        for desk in self.desks:
            raise_floors(self.ground, desk, prices)

        def search(share: int) -> list[tuple[Integers, Integers, Integers]]:
            low, high = self.shares[share]
            starts = range(low, high, NEEDS_AT_ONCE)
            return [self._search(share, (start, min(start + NEEDS_AT_ONCE, high)), ceiling) for start in starts]

        found = [part for share in in_threads(search, len(self.shares)) for part in share]
        none = np.zeros(0, dtype=np.int64)
        return (
            np.concatenate([none, *(part[0] for part in found)]),
            np.concatenate([none, *(part[1] for part in found)]),
            np.concatenate([none, *(part[2] for part in found)]),
        )

    def _search(self, share: int, needs: tuple[int, int], ceiling: Integers) -> tuple[Integers, Integers, Integers]:
        specials = int(self.ground.special_first[needs[1]] - self.ground.special_first[needs[0]])
        room = (needs[1] - needs[0]) * self.wanted + specials
        tail, head, cost = (np.zeros(room, dtype=np.int64) for _ in range(3))
        size = write_pairs_below(self.ground, self.desks[share], ceiling, needs, (tail, head, cost))
        return tail[:size].copy(), head[:size].copy(), cost[:size].copy()


@njit(cache=True, nogil=True)
def write_pairs_below(
    ground: Ground,
    desk: Rows,
    ceiling: Integers,
    needs: tuple[int, int],
    space: tuple[Integers, Integers, Integers],
) -> int:
    """Write the pairs of these needs below their ceilings into ``space`` and return how many."""
    tail, head, cost = space
    wanted = tail.size
    if needs[1] > needs[0]:
        specials = ground.special_first[needs[1]] - ground.special_first[needs[0]]
        wanted = (tail.size - specials) // (needs[1] - needs[0])
    found = 0
    for i in range(needs[0], needs[1]):
        # Rows are read once and not kept: the desk holds one at a time.
        desk.used[0], desk.room[i] = 0, 0
        fill_row(ground, desk, i, wanted, ceiling[i])
        for edge in range(desk.start[i], desk.start[i] + desk.size[i]):
            j = desk.to[edge]
            if desk.cost[edge] + desk.floor[j] < ceiling[i]:
                tail[found], head[found], cost[found] = i, j, desk.cost[edge]
                found += 1
    return found


def in_threads(work: Callable[[int], Answer], shares: int) -> list[Answer]:
    """Do all shares in threads; the work must leave the interpreter's lock. Answers in the order of the shares."""
    with ThreadPoolExecutor(max_workers=shares) as pool:
        return list(pool.map(work, range(shares)))
