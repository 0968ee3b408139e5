"""
Random draws that are the same on every machine and with every numpy.

Only the raw 64-bit output of PCG64 is used, which numpy keeps stable; the distributions on top are ours
and exact.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

DEMO_SEED = 20221025


class Draws:
    """
    One named stream of draws; streams of different names are independent.

    Parameters
    ----------
    seed
        The seed of the whole demo.
    name
        What the stream is for. Adding draws to one stream never changes another.
    """

    def __init__(self, seed: int, *name: object) -> None:
        digest = hashlib.sha256("/".join(map(str, (seed, *name))).encode()).digest()
        self._bits = np.random.PCG64(int.from_bytes(digest[:16], "big"))

    def raw(self, count: int) -> NDArray[np.uint64]:
        """64-bit words."""
        return np.asarray(self._bits.random_raw(count), dtype=np.uint64)

    def uniform(self, count: int) -> NDArray[np.float64]:
        """Values in [0, 1)."""
        return (self.raw(count) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def between(self, count: int, low: float, high: float) -> NDArray[np.float64]:
        """Values in [low, high)."""
        return low + (high - low) * self.uniform(count)

    def below(self, count: int, high: ArrayLike) -> NDArray[np.int64]:
        """Integers in [0, high); `high` may be an array of `count` positive integers."""
        return np.asarray(np.floor(self.uniform(count) * np.asarray(high)), dtype=np.int64)

    def chance(self, probability: ArrayLike, count: int | None = None) -> NDArray[np.bool_]:
        """True with the given probability, one per element of `probability` or `count` times."""
        values = np.asarray(probability, dtype=np.float64)
        return self.uniform(values.size if count is None else count) < values

    def choose(self, count: int, weights: Sequence[float]) -> NDArray[np.int64]:
        """Indexes into `weights`, with replacement."""
        total = np.cumsum(np.asarray(weights, dtype=np.float64))
        return np.asarray(np.searchsorted(total, self.uniform(count) * total[-1], side="right"), dtype=np.int64)

    def pick(self, count: int, texts: Sequence[str]) -> list[str]:
        """Texts, with replacement, all alike."""
        return [texts[index] for index in self.below(count, len(texts)).tolist()]

    def order(self, count: int) -> NDArray[np.int64]:
        """A permutation of 0..count-1."""
        return np.argsort(self.raw(count), kind="stable")

    def sample(self, population: NDArray[np.int64], count: int, weights: ArrayLike = 1.0) -> NDArray[np.int64]:
        """`count` different members, likelier with greater weight; in ascending order."""
        keys = self.uniform(population.size) / np.maximum(np.asarray(weights, dtype=np.float64), 1e-9)
        return np.sort(population[np.argsort(keys, kind="stable")[:count]])

    def bell(self, count: int) -> NDArray[np.float64]:
        """Bell-shaped values of mean 0, variance 1, within ±6 (twelve uniforms summed), free of libm."""
        total = self.uniform(count)
        for _ in range(11):
            total += self.uniform(count)
        return total - 6.0

    def arrivals(self, mean: float) -> int:
        """A count of mean and variance `mean`, bell-shaped: like Poisson above about 20."""
        return max(0, round(mean + math.sqrt(mean) * float(self.bell(1)[0])))


def quotas(total: int, shares: ArrayLike) -> NDArray[np.int64]:
    """
    Whole numbers in proportion to `shares` that sum to `total` exactly (largest remainders, earlier
    first).
    """
    weights = np.asarray(shares, dtype=np.float64)
    exact = weights * (total / float(np.cumsum(weights)[-1]))
    floors = np.floor(exact + 1e-9).astype(np.int64)
    rest = total - int(floors.sum())
    floors[np.argsort(floors - exact, kind="stable")[:rest]] += 1
    return floors


def dealt(draws: Draws, total: int, shares: Sequence[float]) -> NDArray[np.int64]:
    """Indexes into `shares` in exact proportion, in random order."""
    return np.repeat(np.arange(len(shares)), quotas(total, shares))[draws.order(total)]
