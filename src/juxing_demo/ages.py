"""
Ages that keep the district's totals exactly and still make households that hang together.

Every resident first gets a rough age from the household's shape; the ranks of these are then matched to
the exact list of ages. Elders living alone are set aside first, because their number is an anchor of its
own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from juxing_demo.draws import Draws, quotas

AGE_BANDS: tuple[tuple[int, int, float], ...] = (
    (0, 4, 3.3),
    (5, 13, 5.9),
    (14, 14, 0.6),
    (15, 17, 1.6),
    (18, 29, 16.4),
    (30, 39, 20.3),
    (40, 49, 14.6),
    (50, 59, 13.9),
    (60, 64, 7.1),
    (65, 69, 6.0),
    (70, 79, 6.6),
    (80, 99, 3.7),
)
"""First age, last age, per cent of residents."""

ELDER_SHARE = {
    "commercial": 0.16,
    "old": 0.34,
    "work_unit": 0.38,
    "large_resettlement": 0.24,
    "urban_renewal": 0.24,
    "mixed_use": 0.08,
    "sublet_park": 0.03,
    "village_grid": 0.30,
}
"""Share of residents aged 60 and over by estate type."""

LIVING_ALONE_60 = 0.057
LIVING_ALONE_80 = 0.12

HEAD, PARTNER, CHILD, GRANDPARENT, FLATMATE = range(5)
"""Place of a person in the household."""

# Households of two to six persons: (share, places after the head).
SHAPES: dict[int, tuple[tuple[float, tuple[int, ...]], ...]] = {
    2: ((0.74, (PARTNER,)), (0.11, (CHILD,)), (0.05, (GRANDPARENT,)), (0.10, (FLATMATE,))),
    3: ((0.70, (PARTNER, CHILD)), (0.20, (PARTNER, GRANDPARENT)), (0.10, (FLATMATE, FLATMATE))),
    4: (
        (0.38, (PARTNER, CHILD, CHILD)),
        (0.34, (PARTNER, CHILD, GRANDPARENT)),
        (0.28, (PARTNER, GRANDPARENT, GRANDPARENT)),
    ),
    5: ((1.0, (PARTNER, CHILD, GRANDPARENT, GRANDPARENT)),),
    6: ((1.0, (PARTNER, CHILD, CHILD, GRANDPARENT, GRANDPARENT)),),
}


@dataclass(frozen=True)
class Household:
    """Persons in household order: the row of their household, their place in it, their age."""

    row: NDArray[np.int64]
    place: NDArray[np.int64]
    age: NDArray[np.int64]


def all_ages(count: int) -> NDArray[np.int64]:
    """Exactly `count` ages in ascending order, in the shares of `AGE_BANDS`."""
    weights: list[float] = []
    for first, last, share in AGE_BANDS:
        inside = [_within_band(first, age) for age in range(first, last + 1)]
        weights += [share * each / sum(inside) for each in inside]
    per_band = quotas(count, [share for _, _, share in AGE_BANDS])
    ages: list[NDArray[np.int64]] = []
    for (first, last, _), total in zip(AGE_BANDS, per_band.tolist(), strict=True):
        ages.append(np.repeat(np.arange(first, last + 1), quotas(total, weights[first : last + 1])))
    return np.concatenate(ages)


def _within_band(first: int, age: int) -> float:
    if first == 80:
        return 0.86 ** (age - 80)
    if first == 70:
        return 1.45 - 0.1 * (age - 70)
    return 0.9 if age == 0 else 1.0


def live_together(size: NDArray[np.int32], kind: list[str], draws: Draws) -> Household:
    """
    Persons for all households.

    Parameters
    ----------
    size, kind
        Persons and estate type of each household.
    """
    elder = np.array([ELDER_SHARE[each] for each in kind])
    row = np.repeat(np.arange(size.size), size)
    place = _places(size, draws)
    ages = all_ages(row.size)
    single = np.flatnonzero(size == 1)
    single_age, rest = _alone(ages, elder[single], draws)
    age = np.empty(row.size, dtype=np.int64)
    is_single = size[row] == 1
    age[is_single] = single_age
    rough = _rough_ages(row, place, size, elder, draws)[~is_single]
    together = np.flatnonzero(~is_single)
    age[together[np.argsort(rough, kind="stable")]] = rest
    return Household(row, place, age)


def _places(size: NDArray[np.int32], draws: Draws) -> NDArray[np.int64]:
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    place = np.full(int(size.sum()), HEAD, dtype=np.int64)
    for persons, shapes in SHAPES.items():
        own = np.flatnonzero(size == persons)
        shape = draws.choose(own.size, [share for share, _ in shapes])
        table = np.array([places for _, places in shapes])
        for offset in range(1, persons):
            place[first[own] + offset] = table[shape, offset - 1]
    return place


def _alone(
    ages: NDArray[np.int64], elder: NDArray[np.float64], draws: Draws
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Ages of people living alone, in the order of `elder` (their estates' elder shares), and the ages left
    over.
    """
    rows = np.arange(ages.size)
    over_80, over_60 = rows[ages >= 80], rows[(ages >= 60) & (ages < 80)]
    count_80 = round(LIVING_ALONE_80 * over_80.size)
    count_60 = max(0, round(LIVING_ALONE_60 * (over_80.size + over_60.size)) - count_80)
    adults = rows[(ages >= 19) & (ages < 60)]
    young = np.where(ages[adults] < 36, 1.8, 1.0)
    elders = np.concatenate([draws.sample(over_60, count_60), draws.sample(over_80, count_80)])
    others = draws.sample(adults, elder.size - elders.size, young)
    used = np.zeros(ages.size, dtype=bool)
    used[elders] = used[others] = True
    result = np.empty(elder.size, dtype=np.int64)
    for_elders = draws.sample(np.arange(elder.size), elders.size, elder)
    is_elder = np.zeros(elder.size, dtype=bool)
    is_elder[for_elders] = True
    result[is_elder] = ages[elders[draws.order(elders.size)]]
    result[~is_elder] = ages[others[draws.order(others.size)]]
    return result, ages[~used]


def _rough_ages(
    row: NDArray[np.int64],
    place: NDArray[np.int64],
    size: NDArray[np.int32],
    elder: NDArray[np.float64],
    draws: Draws,
) -> NDArray[np.float64]:
    """A rough age a person, from the head's and the place in the household."""
    head = _rough_head_ages(size, elder, draws)
    base = head[row]
    spread = draws.uniform(row.size)
    child = np.maximum(base - 27 - 6 * spread, 24 * spread)
    child = np.where(base < 50, np.minimum(child, base - 20), child)
    flatmate = np.clip(base + 12 * spread - 6, 21, 58)
    rough = np.choose(place, [base, base + 5 * spread - 3, np.maximum(child, 0), base + 25 + 7 * spread, flatmate])
    return np.asarray(rough + draws.uniform(row.size) * 0.5)


def _rough_head_ages(size: NDArray[np.int32], elder: NDArray[np.float64], draws: Draws) -> NDArray[np.float64]:
    count = size.size
    with_elders = draws.chance(np.minimum(0.9, 2.75 * elder**1.3)) & (size == 2)
    couple = np.where(with_elders, 60 + 25 * draws.uniform(count) ** 1.4, 25 + 32 * draws.uniform(count))
    family = 29 + 24 * draws.uniform(count)
    return np.asarray(np.where(size == 2, couple, family))
