"""Who lives where, how far it is to the venues, and which places could be opened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

NO_WAY = -1
"""Distance where no path exists."""

FAR_M = 100_000
"""Metres counted where there is no venue at all; every real distance is cut to it."""

MAX_RESIDENTS = 10**7
"""Largest number of residents of one building."""

TOTAL_LIMIT = 2**60
"""Largest residents x metres in all; beyond it 64-bit sums of gains and prices could overflow."""

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class CoverageProblem:
    """
    Buildings, their residents, and the walking distance to venues that are open or could be.

    Parameters
    ----------
    distance_m
        Walking distance, whole metres, shape ``(sites, buildings)``, not negative, or ``NO_WAY``.
    residents
        People to be served in each building, whole, shape ``(buildings,)``, in [0, MAX_RESIDENTS].
    is_open
        Whether a site is an open venue (阵地) rather than a candidate, shape ``(sites,)``; None: all
        candidates.

    Raises
    ------
    ValueError
        If shapes disagree, values leave their range, or all ways together could pass ``TOTAL_LIMIT``.
    """

    distance_m: IntArray
    residents: IntArray
    is_open: BoolArray

    def __init__(self, distance_m: ArrayLike, residents: ArrayLike, *, is_open: ArrayLike | None = None) -> None:
        distance, people = np.asarray(distance_m), np.asarray(residents)
        if distance.ndim != 2 or not distance.size or people.shape != distance.shape[1:]:
            raise ValueError("Expected distance_m (sites, buildings), not empty, and residents (buildings,).")
        opened = np.zeros(len(distance), bool) if is_open is None else np.asarray(is_open, bool)
        if opened.shape != (len(distance),):
            raise ValueError(f"Expected is_open of shape ({len(distance)},), got {opened.shape}.")
        for name, values, lowest, highest in (
            ("distance_m", distance, NO_WAY, 2**62),
            ("residents", people, 0, MAX_RESIDENTS),
        ):
            if not np.all(np.isfinite(values)) or np.any(values != np.floor(values)):
                raise ValueError(f"Expected {name} to hold whole, finite numbers.")
            if values.min() < lowest or values.max() > highest:
                raise ValueError(f"Expected {name} in [{lowest}, {highest}].")
        if float(people.sum(dtype=float)) * FAR_M > TOTAL_LIMIT:
            raise ValueError(f"Expected residents x {FAR_M} m within the limit 2**60: count in tens or hundreds.")
        object.__setattr__(self, "distance_m", np.where(distance < 0, NO_WAY, distance).astype(np.int64))
        object.__setattr__(self, "residents", people.astype(np.int64))
        object.__setattr__(self, "is_open", opened)

    def way_m(self) -> IntArray:
        """Distances with ``FAR_M`` where there is no way, and at most that."""
        return np.where(np.equal(self.distance_m, NO_WAY), FAR_M, np.minimum(self.distance_m, FAR_M))

    def nearest_open_m(self) -> IntArray:
        """Distance to the nearest open venue, shape ``(buildings,)``; ``FAR_M`` if there is none."""
        if not self.is_open.any():
            return np.full(self.residents.size, FAR_M)
        nearest: IntArray = self.way_m()[self.is_open].min(axis=0)
        return nearest


def straight_distance_m(buildings: ArrayLike, sites: ArrayLike, *, detour: float = 1.3) -> IntArray:
    """
    Estimate walking metres as straight lines x a detour factor, shape ``(sites, buildings)``.

    Parameters
    ----------
    buildings, sites
        Coordinates in metres, shapes ``(buildings, 2)`` and ``(sites, 2)``.
    detour
        Ratio of walked to straight metres, >= 1; 1.3 is usual in dense towns.
    """
    homes, places = np.asarray(buildings, float), np.asarray(sites, float)
    if homes.ndim != 2 or places.ndim != 2 or homes.shape[1] != 2 or places.shape[1] != 2 or not detour >= 1:
        raise ValueError("Expected coordinates of shape (n, 2) and detour >= 1.")
    apart = np.hypot(places[:, None, 0] - homes[None, :, 0], places[:, None, 1] - homes[None, :, 1])
    walked: IntArray = np.rint(detour * apart).astype(np.int64)
    return walked


def street_distance_m(
    edges: ArrayLike, length_m: ArrayLike, building_node: ArrayLike, site_node: ArrayLike
) -> IntArray:
    """
    Walking metres along streets, shape ``(sites, buildings)``, ``NO_WAY`` where the network is cut.

    Parameters
    ----------
    edges
        Pairs of junctions, shape ``(edges, 2)``, walkable both ways.
    length_m
        Whole metres of each edge, shape ``(edges,)``, >= 1.
    building_node, site_node
        Junction nearest to each building and site.

    Notes
    -----
    One Dijkstra search from every site; exact.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    ends, length = np.asarray(edges, np.int64), np.asarray(length_m, np.int64)
    homes, places = np.asarray(building_node, np.int64), np.asarray(site_node, np.int64)
    if ends.ndim != 2 or ends.shape[1] != 2 or length.shape != ends.shape[:1] or np.any(length < 1):
        raise ValueError("Expected edges of shape (edges, 2) and as many lengths >= 1.")
    nodes = 1 + max(ends.max(initial=0), homes.max(initial=0), places.max(initial=0))
    order = np.argsort(-length, kind="stable")
    shortest = {(int(min(pair)), int(max(pair))): int(m) for pair, m in zip(ends[order], length[order], strict=True)}
    rows, columns = np.array(list(shortest), np.int64).reshape(-1, 2).T
    graph = csr_array((np.array(list(shortest.values()), float), (rows, columns)), shape=(nodes, nodes))
    metres = dijkstra(graph, directed=False, indices=places)[:, homes]
    walked: IntArray = np.rint(np.where(np.isinf(metres), NO_WAY, metres)).astype(np.int64)
    return walked
