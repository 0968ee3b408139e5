"""Splitting what is too large to search at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from juxing_engine.routing.problem import IntArray, RoundProblem


def split_stops(points: ArrayLike, *, load: ArrayLike | None = None, limit: int = 150) -> IntArray:
    """
    Group stops by place into equal shares of the load, none above a limit where single stops allow it.

    Parameters
    ----------
    points
        Coordinates in metres, shape ``(stops, 2)``.
    load
        Load of each stop, shape ``(stops,)``, not negative; None: every stop counts 1.
    limit
        Largest load of a group, >= 1.

    Returns
    -------
    array
        Group of each stop, numbered from 0; neighbouring numbers are neighbouring groups.

    Notes
    -----
    Recursive bisection across the longest axis of the group, at the middle of its load: deterministic, and
    O(n log^2 n), so 77,000 drops take a second.
    """
    places = np.asarray(points, float)
    weights = np.ones(len(places)) if load is None else np.asarray(load, float)
    if places.ndim != 2 or places.shape[1] != 2 or weights.shape != places.shape[:1]:
        raise ValueError("Expected points of shape (stops, 2) and as many loads.")
    if limit < 1 or not np.all(np.isfinite(places)) or np.any(~(weights >= 0)):
        raise ValueError("Expected limit >= 1, finite points and loads >= 0.")
    group = np.zeros(len(places), np.int64)
    waiting, groups = [np.arange(len(places))], 0
    while waiting:
        members = waiting.pop()
        total = float(weights[members].sum())
        parts = int(np.ceil(total / limit))
        if members.size <= 1 or parts <= 1:
            group[members] = groups
            groups += int(members.size > 0)
            continue
        spread = np.ptp(places[members], axis=0)
        order = members[np.argsort(places[members, int(spread.argmax())], kind="stable")]
        share = total * (parts // 2) / parts
        cut = int(np.searchsorted(np.cumsum(weights[order]), share, side="right"))
        cut = min(max(cut, 1), order.size - 1)
        waiting += [order[cut:], order[:cut]]
    return group


def neighbouring_couriers(problem: RoundProblem, rounds: Sequence[Sequence[int]], *, size: int, seed: int) -> list[int]:
    """
    Couriers whose rounds lie close together, with about ``size`` free stops between them.

    One round is drawn at random; those with the smallest distance between the middles of their stops join
    it. Idle couriers of the same kind join too, at most one.
    """
    active = [number for number, stops in enumerate(rounds) if len(stops) > len(problem.couriers[number].locked)]
    if not active:
        return []
    middle = [_middle(problem, rounds[number]) for number in active]
    drawn = int(np.random.default_rng(seed).integers(len(active)))
    apart = problem.distance_m[middle[drawn], middle] + problem.distance_m[middle, middle[drawn]]
    chosen: list[int] = []
    stops = 0
    for place in np.argsort(apart, kind="stable").tolist():
        if chosen and stops + len(rounds[active[place]]) > size:
            break
        chosen.append(active[place])
        stops += len(rounds[active[place]])
    kinds = {problem.couriers[number] for number in chosen}
    idle = [number for number, who in enumerate(problem.couriers) if not rounds[number] and who in kinds]
    return sorted(chosen) + idle[:1]


def _middle(problem: RoundProblem, stops: Sequence[int]) -> int:
    """The stop's place with the least total distance to the others of its round."""
    places = problem.location[list(stops)]
    return int(places[problem.distance_m[np.ix_(places, places)].sum(axis=1).argmin()])
