"""
Seeded delivery rounds of a street: estates in clusters, old buildings without lifts, medicine windows.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from juxing_engine.routing import REQUIRED, Courier, RoundProblem, stairs_s

Places = npt.NDArray[np.float64]

COLD_BOX = 1
"""Skill bit of couriers with a cooled box."""

WALKING_M_PER_S = 1.2
"""Pace of a courier with a cart."""

SIZES: dict[str, dict[str, int]] = {
    "tiny": {"stops": 8},
    "street": {"stops": 150},
    "district": {"stops": 1_000},
    "city": {"stops": 3_000},
}
"""Arguments of `street_rounds` by size; more stops than a city's are cut by `split_stops` first."""


def street_rounds(
    *, stops: int, seed: int, per_round: int = 25, with_windows: bool = True, optional_share: float = 0.1
) -> RoundProblem:
    """
    Deliveries of one street (街道) from one depot.

    Parameters
    ----------
    stops
        Doors to serve, >= 1.
    seed
        Same seed, same instance.
    per_round
        Stops a vehicle's capacity is meant for; vehicles are 15 % more than needed.
    with_windows
        Give a quarter of the stops a two-hour window, as medicine and meals have.
    optional_share
        Share of stops that may be skipped at a penalty.

    Notes
    -----
    An area of 3 x 3 km with estates of about 20 doors; detour factor 1.3 over straight lines; floors 1 to 6
    without lift in half of the estates; one stop in twelve needs a cooled box, which a third of the
    couriers have.
    """
    random = np.random.default_rng(seed)
    estates = random.uniform(0, 3_000, (max(1, stops // 20), 2))
    estate = random.integers(0, len(estates), stops)
    doors = estates[estate] + random.normal(0, 60, (stops, 2))
    points = np.vstack([random.uniform(1_000, 2_000, (1, 2)), doors])
    metres = 1.3 * np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    distance = np.rint(metres).astype(np.int64)
    duration = np.rint(metres / WALKING_M_PER_S).astype(np.int64)
    load = random.integers(1, 6, stops)
    has_lift = random.random(len(estates))[estate] < 0.5
    service = 90 + stairs_s(random.integers(1, 7, stops), has_lift)
    window = np.tile([0, 10 * 3600], (stops, 1))
    if with_windows:
        timed = np.flatnonzero(random.random(stops) < 0.25)
        opens = 3600 * random.integers(0, 5, timed.size)
        window[timed] = np.stack([opens, opens + 2 * 3600], axis=1)
    capacity = 3 * per_round
    couriers = int(np.ceil(1.15 * load.sum() / capacity)) + 1
    optional = random.random(stops) < optional_share
    crew = tuple(
        Courier(capacity=(capacity,), shift=(0, 10 * 3600), skills=COLD_BOX if number % 3 == 0 else 0)
        for number in range(couriers)
    )
    return RoundProblem(
        distance,
        duration,
        np.arange(1, stops + 1),
        crew,
        delivery=load[:, None],
        service_s=service,
        window_s=window,
        skip_penalty=np.where(optional, 3_000, REQUIRED),
        skills=np.where(random.random(stops) < 1 / 12, COLD_BOX, 0),
    )


def district_drops(*, drops: int, seed: int) -> tuple[Places, Places]:
    """
    Doors in estates and the depots that serve them, in metres; same seed, same places.

    As dense as 77,000 drops and 120 depots on 24.5 x 24.5 km, whatever the number of drops.
    """
    random = np.random.default_rng([seed, drops])
    extent, depots = 24_500 * np.sqrt(drops / 77_000), max(1, round(drops * 120 / 77_000))
    estates = random.uniform(0, extent, (max(1, drops // 38), 2))
    doors = estates[random.integers(0, len(estates), drops)] + random.normal(0, 70, (drops, 2))
    return doors, random.uniform(0, extent, (depots, 2))
