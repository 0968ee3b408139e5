"""
Seeded matching problems shaped like the papers' numbers: from one lane to a whole city.

A district is 20,900 people in special need, 5,700 carers, 300 communities and 2,027 estates on about 600
km²; people live in estates, estates cluster around communities, communities around a centre and some towns.
Everything is synthetic; no real person or place is behind any row.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from juxing_engine.matching.penalties import with_lexicographic_penalties
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem, Metres

HELD_SHARE = np.array([0.75, 0.55, 0.40, 0.30, 0.18, 0.10, 0.05, 0.025])
"""Share of responders who hold each of the eight skills; the last are rare."""

REQUIRED_SHARE = np.array([0.24, 0.20, 0.18, 0.14, 0.11, 0.07, 0.04, 0.02])
"""Which skill a need that requires one asks for."""

TIER_SHARE = np.array([0.50, 0.30, 0.15, 0.05])
"""Share of needs by tier, from ordinary to life-critical."""

TIER_WEIGHT = np.array([1, 1, 2, 3])
"""What one metre counts for each tier."""


class Supply(StrEnum):
    """How many visits there are for the needs."""

    SLACK = "slack"
    TIGHT = "tight"
    SCARCE = "scarce"


@dataclass(frozen=True, slots=True)
class MatchingSize:
    """How large a generated problem is; `extent_m` is the side of its square, in metres."""

    needs: int
    responders: int
    communities: int
    estates: int
    extent_m: float


TINY = MatchingSize(needs=40, responders=12, communities=2, estates=6, extent_m=1_500.0)
STREET = MatchingSize(needs=700, responders=190, communities=10, estates=68, extent_m=4_500.0)
DISTRICT = MatchingSize(needs=20_900, responders=5_700, communities=300, estates=2_027, extent_m=24_500.0)
CITY = MatchingSize(needs=1_000_000, responders=50_000, communities=3_300, estates=22_000, extent_m=90_000.0)

SIZES = {"tiny": TINY, "street": STREET, "district": DISTRICT, "city": CITY}


@dataclass(frozen=True, slots=True, eq=False)
class MatchingInstance:
    """A generated problem and the tier of each need, shape ``(needs,)``, from which its penalties come."""

    problem: MatchingProblem
    tier: Integers


def matching_instance(size: MatchingSize, *, supply: Supply = Supply.SLACK, seed: int = 0) -> MatchingInstance:
    """
    Draw a problem.

    Parameters
    ----------
    supply
        Visits per need: ``SLACK`` 1.23 (capacities 2 to 7), ``TIGHT`` 1.005, ``SCARCE`` 0.91. A city, where
        20 needs come on each responder, is drawn with capacities 20 times as large.

    Notes
    -----
    7 needs in 10 can be visited by any given responder on average; 3 in 5 have a pair of today, a near one;
    1 in 30 wishes or dislikes somebody near. Same size, supply and seed: same problem.
    """
    rng = np.random.default_rng([seed, size.needs, size.responders])
    estates_m = _estates(rng, size)
    crowding = rng.pareto(1.6, size.estates) + 0.3
    need_estate = rng.choice(size.estates, size.needs, p=crowding / crowding.sum())
    home_share = crowding**0.85 / (crowding**0.85).sum()
    home_estate = rng.choice(size.estates, size.responders, p=home_share)
    need_xy_m = estates_m[need_estate] + rng.normal(0, 70, (size.needs, 2))
    responder_xy_m = estates_m[home_estate] + rng.normal(0, 90, (size.responders, 2))
    tier = rng.choice(TIER_SHARE.size, size.needs, p=TIER_SHARE)
    current = _pairs_of_today(rng, need_xy_m, responder_xy_m)
    wishes, adjustment = _wishes(rng, need_xy_m, responder_xy_m)
    problem = MatchingProblem(
        need_xy_m=need_xy_m,
        responder_xy_m=responder_xy_m,
        capacity=_capacities(rng, size, supply),
        unserved_penalty=np.zeros(size.needs, dtype=np.int64),
        required_skills=_required(rng, size.needs),
        held_skills=_masks(rng.random((size.responders, HELD_SHARE.size)) < HELD_SHARE),
        needed_languages=np.where(rng.random(size.needs) < 0.12, 1 << rng.integers(1, 4, size.needs), 0),
        spoken_languages=np.uint64(1) | _masks(rng.random((size.responders, 4)) < [1.0, 0.3, 0.15, 0.05]),
        language_cost=400,
        priority_weight=TIER_WEIGHT[tier],
        current_responder=current,
        stability_bonus=150,
        adjusted_pairs=wishes,
        pair_adjustment=adjustment,
    )
    return MatchingInstance(with_lexicographic_penalties(problem, tier), tier)


def _estates(rng: np.random.Generator, size: MatchingSize) -> Metres:
    """
    Places of the estates: half the communities around the centre, a third around towns, the rest
    anywhere.
    """
    middle, reach = size.extent_m / 2, size.extent_m
    towns = rng.uniform(0.1 * reach, 0.9 * reach, (max(2, size.communities // 40), 2))
    kind = rng.choice(3, size.communities, p=[0.5, 0.33, 0.17])
    around_centre = rng.normal(middle, 0.13 * reach, (size.communities, 2))
    around_town = towns[rng.integers(0, len(towns), size.communities)]
    around_town = around_town + rng.normal(0, 0.03 * reach, (size.communities, 2))
    anywhere = rng.uniform(0, reach, (size.communities, 2))
    communities = np.choose(kind[:, None], [around_centre, around_town, anywhere])
    estates: Metres = communities[rng.integers(0, size.communities, size.estates)]
    return np.clip(estates + rng.normal(0, 350, estates.shape), 0, reach)


def _capacities(rng: np.random.Generator, size: MatchingSize, supply: Supply) -> Integers:
    crowd = max(1, round(size.needs / size.responders / 3.67))
    capacity = rng.integers(2 * crowd, 7 * crowd + 1, size.responders)
    per_need = {Supply.SLACK: 1.23, Supply.TIGHT: 1.005, Supply.SCARCE: 0.91}[supply]
    surplus = int(capacity.sum()) - round(per_need * size.needs)
    while surplus > 0:
        able = np.flatnonzero(capacity > 1)
        chosen = rng.choice(able, min(surplus, able.size), replace=False)
        capacity[chosen] -= 1
        surplus -= chosen.size
    return capacity.astype(np.int64)


def _required(rng: np.random.Generator, needs: int) -> npt.NDArray[np.uint64]:
    first, second = rng.choice(REQUIRED_SHARE.size, (2, needs), p=REQUIRED_SHARE)
    draw = rng.random(needs)
    one = np.where(draw < 0.55, 1 << first, 0)
    return np.where(draw < 0.06, one | (1 << np.minimum(second, 3)), one).astype(np.uint64)


def _masks(held: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint64]:
    weights: npt.NDArray[np.uint64] = np.uint64(1) << np.arange(held.shape[1], dtype=np.uint64)
    masks: npt.NDArray[np.uint64] = (held * weights).sum(axis=1, dtype=np.uint64)
    return masks


def _near(rng: np.random.Generator, from_m: Metres, to_m: Metres, neighbours: int) -> Integers:
    """For each place of `from_m` one of its nearest neighbours in `to_m`, drawn at random."""
    from scipy.spatial import cKDTree

    neighbours = min(neighbours, len(to_m))
    _, near = cKDTree(to_m).query(from_m, k=np.arange(1, neighbours + 1))
    row = np.arange(len(from_m))
    return np.asarray(near[row, rng.integers(0, neighbours, len(from_m))], dtype=np.int64)


def _pairs_of_today(rng: np.random.Generator, need_xy_m: Metres, responder_xy_m: Metres) -> Integers:
    near = _near(rng, need_xy_m, responder_xy_m, 20)
    return np.where(rng.random(len(need_xy_m)) < 0.6, near, UNSERVED)


def _wishes(rng: np.random.Generator, need_xy_m: Metres, responder_xy_m: Metres) -> tuple[Integers, Integers]:
    wishing = np.flatnonzero(rng.random(len(need_xy_m)) < 1 / 30)
    near = _near(rng, need_xy_m[wishing], responder_xy_m, 30)
    return np.column_stack([wishing, near]), rng.choice([-250, -100, 300, 800], wishing.size)
