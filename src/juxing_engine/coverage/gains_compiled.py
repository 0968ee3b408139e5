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
