"""
Pairs that undercut what a need pays, looked for over the whole ground in two threads.

Between two rounds most prices stay. A pair that cost its need no less at the prices of the last look can only do so
now if the need pays more or the responder has become cheaper; only these are looked for again.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from numba import njit

from juxing_engine.matching.ground import Ground
from juxing_engine.matching.problem import Integers
from juxing_engine.matching.rows import Rows, empty_rows, fill_row, raise_floors

THREADS = 2

NEEDS_AT_ONCE = 50_000

FEW = 500
"""So many needs and fewer are not worth a second thread."""

OUT_OF_SIGHT = 2**61
"""Floor of a responder a search is to pass by."""

Pairs = tuple[Integers, Integers, Integers]
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
        self._is_cut_short = np.zeros(ground.penalty.size, dtype=np.bool_)
        self._last: tuple[Integers, Integers] | None = None

    def pairs_below(self, prices: Integers, ceiling: Integers, needs: Integers | None = None) -> Pairs:
        """
        Need, responder and cost of pairs whose ``cost + price`` is below the need's ceiling.

        For each of the ``needs`` (default all) its special pairs that are, and the ``wanted`` cheapest of the others.
        Numbers are the ground's.
        """
        needs = np.arange(self.ground.penalty.size) if needs is None else needs
        for desk in self.desks:
            raise_floors(self.ground, desk, prices)
        shares = np.array_split(needs, THREADS if needs.size > FEW else 1)

        def search(share: int) -> list[Pairs]:
            own = shares[share]
            starts = range(0, own.size, NEEDS_AT_ONCE)
            return [self._search(share, own[start : start + NEEDS_AT_ONCE], ceiling) for start in starts]

        return together([part for share in in_threads(search, len(shares)) for part in share])

    def new_pairs_below(self, prices: Integers, ceiling: Integers) -> Pairs:
        """
        The same for all needs, without most of the pairs an earlier call has named.

        Every pair below its ceiling is named by this call or was by one before, except of needs for which this call
        names ``wanted`` cheaper ones; they are looked at again in the next call. The caller keeps those named in view,
        or drops them only while at or above the ceiling of the last call; otherwise say `forget`.
        """
        if self._last is None:
            found = self.pairs_below(prices, ceiling)
        else:
            fallen = prices < self._last[0]
            is_dearer = self._is_cut_short | (ceiling > self._last[1])
            self._is_cut_short[is_dearer] = False
            parts = [self.pairs_below(prices, ceiling, np.flatnonzero(is_dearer))]
            if fallen.any():
                seen = np.where(fallen, prices, OUT_OF_SIGHT)
                parts.append(self.pairs_below(seen, ceiling, np.flatnonzero(~is_dearer)))
            found = together(parts)
        self._last = prices.copy(), ceiling.copy()
        return found

    def pairs_across(self, prices: Integers, ceiling: Integers, parts: tuple[Integers, Integers]) -> Pairs:
        """`pairs_below` for all needs, without pairs within one part; ``parts`` of the needs and of the responders."""
        of_need, of_responder = parts
        found = []
        for part in range(int(of_need.max(initial=-1)) + 1):
            seen = np.where(of_responder == part, OUT_OF_SIGHT, prices)
            found.append(self.pairs_below(seen, ceiling, np.flatnonzero(of_need == part)))
        return together(found)

    def know(self, prices: Integers, ceiling: Integers) -> None:
        """Take it that `new_pairs_below` has been asked at these prices and ceilings, and found nothing."""
        self._last = prices.copy(), ceiling.copy()

    def forget(self) -> None:
        """Look at everything again the next time."""
        self._last = None
        self._is_cut_short[:] = False

    def _search(self, share: int, needs: Integers, ceiling: Integers) -> Pairs:
        ground, desk = self.ground, self.desks[share]
        specials = int((ground.special_first[needs + 1] - ground.special_first[needs]).sum())
        room = needs.size * self.wanted + specials
        tail, head, cost = (np.zeros(room, dtype=np.int64) for _ in range(3))
        size = write_pairs_below(ground, desk, (needs, ceiling), self.wanted, (self._is_cut_short, tail, head, cost))
        return tail[:size].copy(), head[:size].copy(), cost[:size].copy()


@njit(cache=True, nogil=True)
def write_pairs_below(
    ground: Ground,
    desk: Rows,
    asked: tuple[Integers, Integers],
    wanted: int,
    space: tuple[npt.NDArray[np.bool_], Integers, Integers, Integers],
) -> int:
    """
    Write pairs below the ceiling into ``space`` and return how many.

    ``asked`` are needs and everybody's ceilings. The first part of ``space`` is set for a need that has more pairs
    below its ceiling than were wanted.
    """
    needs, ceiling = asked
    is_cut_short, tail, head, cost = space
    found = 0
    for i in needs:
        # Rows are read once and not kept: the desk holds one at a time.
        desk.used[0], desk.room[i] = 0, 0
        fill_row(ground, desk, i, wanted, ceiling[i])
        if desk.level[i] < ceiling[i]:
            is_cut_short[i] = True
        for edge in range(desk.start[i], desk.start[i] + desk.size[i]):
            j = desk.to[edge]
            if desk.cost[edge] + desk.floor[j] < ceiling[i]:
                tail[found], head[found], cost[found] = i, j, desk.cost[edge]
                found += 1
    return found


def together(parts: list[Pairs]) -> Pairs:
    none = np.zeros(0, dtype=np.int64)
    return (
        np.concatenate([none, *(part[0] for part in parts)]),
        np.concatenate([none, *(part[1] for part in parts)]),
        np.concatenate([none, *(part[2] for part in parts)]),
    )


def once(parts: list[Pairs], responders: int) -> Pairs:
    """All pairs of the parts, each once, by need and responder."""
    need, responder, cost = together(parts)
    _, first = np.unique(need * max(1, responders) + responder, return_index=True)
    return need[first], responder[first], cost[first]


def in_threads(work: Callable[[int], Answer], shares: int) -> list[Answer]:
    """Do all shares in threads; the work must leave the interpreter's lock. Answers in the order of the shares."""
    if shares == 1:
        return [work(0)]
    with ThreadPoolExecutor(max_workers=shares) as pool:
        return list(pool.map(work, range(shares)))
