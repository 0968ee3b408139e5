"""
Seeded medicine problems shaped like the papers' numbers: 77,000 requests, 800 squads of about 100, 120
pharmacies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from juxing_engine.medicine import MedicineProblem, with_lexicographic_penalties
from juxing_engine.medicine.problem import Integers

CLASS_SHARE = np.array([0.45, 0.40, 0.10, 0.05])
"""Share of drugs by class: over the counter, prescription, cold chain, special dispensing."""

CARRIED_SHARE = np.array([1.0, 0.7, 0.25, 0.15])
"""Share of squads who may carry each class."""


@dataclass(frozen=True, slots=True)
class MedicineSize:
    """How large a generated problem is; `extent_m` is the side of its square, in metres."""

    requests: int
    pharmacies: int
    drugs: int
    squads: int
    extent_m: float


TINY = MedicineSize(requests=60, pharmacies=5, drugs=8, squads=6, extent_m=2_000.0)
STREET = MedicineSize(requests=1_800, pharmacies=8, drugs=120, squads=20, extent_m=4_500.0)
DISTRICT = MedicineSize(requests=77_000, pharmacies=120, drugs=400, squads=800, extent_m=24_500.0)

CITY = MedicineSize(requests=1_000_000, pharmacies=1_500, drugs=400, squads=10_400, extent_m=90_000.0)

SIZES = {"tiny": TINY, "street": STREET, "district": DISTRICT, "city": CITY}


@dataclass(frozen=True, slots=True, eq=False)
class MedicineInstance:
    """
    A generated problem and the tier of each request, shape ``(requests,)``, from which its penalties
    come.
    """

    problem: MedicineProblem
    tier: Integers


def medicine_instance(size: MedicineSize, *, seed: int = 0, packs_per_request: float = 1.4) -> MedicineInstance:
    """
    Draw a problem; same size, seed and packs: same problem.

    Notes
    -----
    A pharmacy stocks about half of the drugs; demand is skewed, stock follows it only roughly, so a few
    drugs run out. Squads have 60 to 145 places for 77,000 requests (1.06 places a request), and rarer
    classes fewer squads.
    """
    rng = np.random.default_rng([seed, size.requests, size.squads])
    places = rng.uniform(0, size.extent_m, (max(4, size.requests // 40), 2))
    towns = rng.uniform(0.1 * size.extent_m, 0.9 * size.extent_m, (8, 2))
    in_town = rng.random(len(places)) < 0.65
    places[in_town] = towns[rng.integers(0, 8, in_town.sum())] + rng.normal(
        0, 0.07 * size.extent_m, (int(in_town.sum()), 2)
    )
    demand = rng.pareto(1.3, size.drugs) + 0.2
    requested = rng.choice(size.drugs, size.requests, p=demand / demand.sum())
    capacity = rng.integers(60, 146, size.squads)
    capacity = np.maximum(1, np.round(capacity * 1.06 * size.requests / capacity.sum())).astype(np.int64)
    tier = rng.choice(4, size.requests, p=[0.5, 0.3, 0.15, 0.05])
    problem = MedicineProblem(
        request_xy_m=places[rng.integers(0, len(places), size.requests)] + rng.normal(0, 90, (size.requests, 2)),
        requested_drug=requested,
        pharmacy_xy_m=places[rng.integers(0, len(places), size.pharmacies)] + rng.normal(0, 150, (size.pharmacies, 2)),
        stock=_stock(rng, size, demand / demand.sum(), packs_per_request),
        drug_class=rng.choice(4, size.drugs, p=CLASS_SHARE),
        squad_xy_m=places[rng.integers(0, len(places), size.squads)] + rng.normal(0, 120, (size.squads, 2)),
        squad_capacity=capacity,
        carried_classes=_carried(rng, size.squads),
        unserved_penalty=np.zeros(size.requests, dtype=np.int64),
        priority_weight=np.array([1, 1, 2, 3])[tier],
        requests_per_trip=4,
    )
    return MedicineInstance(with_lexicographic_penalties(problem, tier), tier)


def _stock(rng: np.random.Generator, size: MedicineSize, demand: np.ndarray, packs_per_request: float) -> Integers:
    """
    Packs by pharmacy and drug: half of the shelves empty, the others near the expected demand, or off by
    much.
    """
    stocked = rng.random((size.pharmacies, size.drugs)) < 0.52
    guess = demand * rng.lognormal(0, 0.35, size.drugs)
    share = rng.gamma(1.2, 1.0, (size.pharmacies, size.drugs)) * stocked
    total = np.maximum(share.sum(axis=0), 1e-9)
    packs = share / total * guess * packs_per_request * size.requests
    return np.where(stocked, np.ceil(packs), 0).astype(np.int64)


def _carried(rng: np.random.Generator, squads: int) -> np.ndarray:
    may = rng.random((squads, CARRIED_SHARE.size)) < CARRIED_SHARE
    weights = np.uint64(1) << np.arange(CARRIED_SHARE.size, dtype=np.uint64)
    masks: np.ndarray = (may * weights).sum(axis=1, dtype=np.uint64)
    return masks
