"""Seeded rosters of a street's posts: gate posts, supply points, hotline, with rare qualifications."""

from __future__ import annotations

import numpy as np

from juxing_engine.rostering import RosterProblem

SHIFT_HOURS = ((7, 15), (15, 23), (23, 31))
"""Early, late and night shift."""

SIZES: dict[str, dict[str, int]] = {
    "tiny": {"workers": 6, "days": 3, "posts": 2},
    "street": {"workers": 60, "days": 14, "posts": 12},
    "district": {"workers": 200, "days": 14, "posts": 20},
    "city": {"workers": 600, "days": 14, "posts": 40},
}
"""Arguments of `street_roster` by size."""


def street_roster(
    *, seed: int, workers: int = 60, days: int = 14, posts: int = 12, fill: float = 0.62
) -> RosterProblem:
    """
    A roster whose demand takes about ``fill`` of what the workers could work.

    Parameters
    ----------
    seed
        Same seed, same instance.
    workers, days, posts
        Sizes, each >= 1.
    fill
        Share of all worker-days that demand takes, in (0, 1).

    Notes
    -----
    Three shifts of eight hours, 11 hours of rest, at most 6 days in a row and 5/7 of the days; three posts
    need a rare qualification (a fifth of the workers), the others one of half of them; one day in ten a
    worker is away; wishes cost 1 to 10 for a fifth of all placements, nights 3 more.
    """
    random = np.random.default_rng(seed)
    rare = np.arange(posts) < max(1, posts // 4)
    qualified = random.random((workers, posts)) < np.where(rare, 0.2, 0.5)
    qualified[np.arange(workers), random.integers(0, posts, workers)] = True
    people = int(workers * days * fill)
    share = np.array([0.45, 0.35, 0.2])[:, None] * np.where(rare, 0.5, 1.0)
    cells = np.broadcast_to(share, (days, 3, posts)).reshape(-1)
    demand = np.minimum(random.multinomial(people, cells / cells.sum()), workers // 6 + 1).reshape(days, 3, posts)
    wish = np.where(random.random((workers, days, 3)) < 0.2, random.integers(1, 11, (workers, days, 3)), 0)
    wish[:, :, 2] += 3
    return RosterProblem(
        demand,
        qualified,
        SHIFT_HOURS,
        available=np.repeat((random.random((workers, days)) >= 0.1)[:, :, None], 3, axis=2),
        dislike=wish,
        max_shifts=np.full(workers, -(-5 * days // 7)),
        short_penalty=np.where(rare, 2_000, 1_000),
    )
