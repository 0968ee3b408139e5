"""
The lie of the invented land: convex cells in metres, bent gently so that the map looks grown rather than
ruled.

Cells come from splitting one outline again and again along roads; one wide gap is the river.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from juxing_demo.data_files import data
from juxing_demo.draws import Draws
from juxing_demo.tables import Ring

Points = NDArray[np.float64]

METRES_PER_DEGREE_LAT = 110_870.0
METRES_PER_DEGREE_LON = 95_500.0  # at 31.03 N
TILT = math.radians(11)


def outline(area_m2: float) -> Points:
    """A rounded outline of about the given area around the origin, counter-clockwise, shape (n, 2)."""
    half_width = math.sqrt(area_m2 * 1.25) / 2
    half_height = half_width / 1.25
    corners = [
        (1, -0.55),
        (1, 0.6),
        (0.62, 1),
        (-0.5, 1.04),
        (-1, 0.62),
        (-1.04, -0.6),
        (-0.6, -1),
        (0.55, -1.02),
    ]
    return np.array(corners) * (half_width, half_height)


def area(cell: Points) -> float:
    """Square metres of a simple polygon."""
    x, y = cell[:, 0], cell[:, 1]
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


def centre(cell: Points) -> Points:
    """Centroid of a convex polygon, shape (2,)."""
    following = np.roll(cell, -1, axis=0)
    cross = cell[:, 0] * following[:, 1] - following[:, 0] * cell[:, 1]
    return np.asarray(((cell + following) * cross[:, None]).sum(axis=0) / (3 * cross.sum()))


def cut(cell: Points, normal: Points, offset: float) -> Points:
    """The part of a convex polygon where ``point . normal <= offset``."""
    heights = cell @ normal - offset
    kept: list[Points] = []
    for here, there, height, next_height in zip(
        cell, np.roll(cell, -1, axis=0), heights, np.roll(heights, -1), strict=True
    ):
        if height <= 0:
            kept.append(here)
        if height * next_height < 0:
            kept.append(here + (there - here) * (height / (height - next_height)))
    return np.array(kept)


def split(cell: Points, weights: Sequence[float], draws: Draws, gap_m: float) -> list[Points]:
    """
    One cell for each weight, with areas in their proportion, separated by gaps.

    `gap_m` is the width of the first gap; those within the halves are a third of it, at least 8 m.
    """
    if len(weights) == 1:
        return [cell]
    first = _first_half(weights)
    share = sum(weights[:first]) / sum(weights)
    spread = np.ptp(cell @ _turned(np.array([1.0, 0.0]))), np.ptp(cell @ _turned(np.array([0.0, 1.0])))
    normal = _turned(np.array([1.0, 0.0]) if spread[0] >= spread[1] else np.array([0.0, 1.0]))
    normal = _rotated(normal, float(draws.between(1, -0.09, 0.09)[0]))
    offset = _offset(cell, normal, share)
    below = cut(cell, normal, offset - gap_m / 2)
    above = cut(cell, -normal, -(offset + gap_m / 2))
    narrower = max(8.0, gap_m / 3)
    return split(below, weights[:first], draws, narrower) + split(above, weights[first:], draws, narrower)


def _first_half(weights: Sequence[float]) -> int:
    total, running = sum(weights), 0.0
    for index, weight in enumerate(weights[:-1], start=1):
        running += weight
        if running >= total / 2 - weight / 2:
            return index
    return len(weights) - 1


def _rotated(vector: Points, angle: float) -> Points:
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.array([vector[0] * cosine - vector[1] * sine, vector[0] * sine + vector[1] * cosine])


def _turned(vector: Points) -> Points:
    return _rotated(vector, TILT)


def _offset(cell: Points, normal: Points, share: float) -> float:
    heights = cell @ normal
    low, high, target = float(heights.min()), float(heights.max()), area(cell) * share
    for _ in range(40):
        middle = (low + high) / 2
        part = cut(cell, normal, middle)
        if len(part) < 3 or area(part) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def shrunk(cell: Points, target_m2: float) -> Points:
    """The cell drawn in towards its centroid to the target area, never above 88 % of itself."""
    middle = centre(cell)
    return middle + (cell - middle) * math.sqrt(min(0.88, target_m2 / area(cell)))


def lattice(cell: Points, count: int) -> Points:
    """`count` points in rows inside a convex polygon, row by row as buildings stand; shape (count, 2)."""
    middle = centre(cell)
    inner = _back(middle + (cell - middle) * 0.9)
    low, high = inner.min(axis=0), inner.max(axis=0)
    step = math.sqrt(area(inner) / count)
    while True:
        columns = np.arange(low[0] + step / 2, high[0], step)
        rows = np.arange(high[1] - step / 2, low[1], -step)
        mesh = np.array([(x, y) for row, y in enumerate(rows) for x in (columns if row % 2 == 0 else columns[::-1])])
        inside = mesh[_within(inner, mesh)] if mesh.size else mesh
        if len(inside) >= count:
            spaced = (np.arange(count) * len(inside)) // count
            return _forth(inside[spaced])
        step *= 0.96


def _within(cell: Points, points: Points) -> NDArray[np.bool_]:
    following = np.roll(cell, -1, axis=0)
    edge = following - cell
    to_point = points[:, None, :] - cell[None, :, :]
    cross = edge[None, :, 0] * to_point[:, :, 1] - edge[None, :, 1] * to_point[:, :, 0]
    return np.asarray((cross >= 0).all(axis=1))


def _back(points: Points) -> Points:
    return np.array([_rotated(point, -TILT) for point in points])


def _forth(points: Points) -> Points:
    return np.array([_rotated(point, TILT) for point in points])


def to_lon_lat(points: Points) -> Points:
    """
    Metres to degrees, bent by two long waves (amplitude 160 m) that keep neighbours neighbours; six
    decimals.
    """
    place = data("places")["district"]
    x, y = points[:, 0], points[:, 1]
    bent_x = x + 160 * np.sin(y / 900) + 45 * np.sin(y / 310 + 1)
    bent_y = y + 120 * np.sin(x / 1000 + 0.7)
    lon = place["lon"] + bent_x / METRES_PER_DEGREE_LON
    lat = place["lat"] + bent_y / METRES_PER_DEGREE_LAT
    return np.round(np.column_stack([lon, lat]), 6)


def ring(cell: Points, step_m: float = 120.0) -> Ring:
    """A closed ring in degrees; long edges get points in between so that they bend with the land."""
    points: list[Points] = []
    for here, there in zip(cell, np.roll(cell, -1, axis=0), strict=True):
        pieces = max(1, math.ceil(float(np.hypot(*(there - here))) / step_m))
        points.extend(here + (there - here) * (piece / pieces) for piece in range(pieces))
    bent = [(float(lon), float(lat)) for lon, lat in to_lon_lat(np.array(points))]
    return [*bent, bent[0]]
