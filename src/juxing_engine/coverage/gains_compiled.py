"""The sum every step of the search needs, compiled: worth it from some hundred thousand gains on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit


@njit(cache=True, nogil=True)
def excess_of(
    starts: npt.NDArray[np.int64], group: npt.NDArray[np.int64], value: npt.NDArray[np.int64], price: np.ndarray
) -> np.ndarray:
    """``Σ max(gain - price of the group, 0)`` of each candidate."""
    total = np.zeros(starts.size - 1)
    for candidate in range(total.size):
        own = 0.0
        for entry in range(starts[candidate], starts[candidate + 1]):
            margin = value[entry] - price[group[entry]]
            if margin > 0:
                own += margin
        total[candidate] = own
    return total


@njit(cache=True, nogil=True)
def best_exchange(  # noqa: C901, PLR0917 - compiled: arrays, not objects
    starts: npt.NDArray[np.int64],
    group: npt.NDArray[np.int64],
    value: npt.NDArray[np.int64],
    reached: npt.NDArray[np.int64],
    place_of: npt.NDArray[np.int64],
    chosen: npt.NDArray[np.int64],
) -> tuple[int, int, int]:
    """
    The exchange of one chosen candidate for another that gains most: how much, who comes, whose place they take.

    Parameters
    ----------
    reached
        Largest and second largest gain of the chosen for each group, shape ``(2, groups)``.
    place_of
        Place in ``chosen`` of whoever gains most for each group, -1 for nobody.

    Notes
    -----
    One pass over all gains for all exchanges (Whitaker 1983; Resende and Werneck 2007): what leaving loses is summed
    once, and each newcomer corrects it where they would step in.
    """
    loss = np.zeros(chosen.size)
    for item in range(place_of.size):
        if place_of[item] >= 0:
            loss[place_of[item]] += reached[0, item] - reached[1, item]
    is_chosen = np.zeros(starts.size - 1, dtype=np.bool_)
    is_chosen[chosen] = True
    best, comes, leaves = 0.0, -1, -1
    for candidate in range(starts.size - 1):
        if is_chosen[candidate]:
            continue
        gain, kept = 0.0, np.zeros(chosen.size)
        for entry in range(starts[candidate], starts[candidate + 1]):
            item = group[entry]
            if value[entry] <= reached[1, item]:
                continue
            if value[entry] > reached[0, item]:
                gain += value[entry] - reached[0, item]
            if place_of[item] >= 0:
                kept[place_of[item]] += min(value[entry], reached[0, item]) - reached[1, item]
        for place in range(chosen.size):
            if gain - loss[place] + kept[place] > best:
                best, comes, leaves = gain - loss[place] + kept[place], candidate, place
    return int(best), comes, leaves
