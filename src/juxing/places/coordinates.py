"""
Coordinates as maps in China give them, brought to WGS 84.

Consumer maps shift positions by 100 to 700 m (GCJ-02), one of them a second time (BD-09). The shift is a published
formula; its inverse has no closed form, so it is found by iteration, to within a centimetre. Outside the rectangle
in which the shift is applied nothing changes.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from math import atan2, cos, pi, radians, sin, sqrt

SEMI_MAJOR_AXIS_M = 6_378_245.0
ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943
BAIDU_ANGLE = pi * 3000.0 / 180.0
BAIDU_LONGITUDE, BAIDU_LATITUDE = 0.0065, 0.006
SHIFTED_LONGITUDES, SHIFTED_LATITUDES = (72.004, 137.8347), (0.8293, 55.8271)
PRECISION_DEGREES = 1e-9
MAXIMUM_STEPS = 30

Position = tuple[float, float]
"""Longitude and latitude in degrees."""


class CoordinateSystem(StrEnum):
    """What a table's coordinates are measured in."""

    WGS84 = "WGS84"
    GCJ02 = "GCJ02"
    BD09 = "BD09"
    CGCS2000 = "CGCS2000"


@lru_cache(maxsize=65_536)
def to_wgs84(longitude: float, latitude: float, system: CoordinateSystem) -> Position:
    """Return the position in WGS 84; CGCS2000 differs from it by centimetres and is taken as it is."""
    if system is CoordinateSystem.GCJ02:
        return _inverse(longitude, latitude)
    if system is CoordinateSystem.BD09:
        return _inverse(*bd09_to_gcj02(longitude, latitude))
    return longitude, latitude


def wgs84_to_gcj02(longitude: float, latitude: float) -> Position:
    """Return the position as GCJ-02 shifts it."""
    if not _is_shifted(longitude, latitude):
        return longitude, latitude
    x, y = longitude - 105.0, latitude - 35.0
    east, north = _shift_east(x, y), _shift_north(x, y)
    sine = sin(radians(latitude))
    flattening = 1 - ECCENTRICITY_SQUARED * sine * sine
    root = sqrt(flattening)
    meridian = SEMI_MAJOR_AXIS_M * (1 - ECCENTRICITY_SQUARED) / (flattening * root)
    parallel = SEMI_MAJOR_AXIS_M / root * cos(radians(latitude))
    return longitude + east * 180.0 / (parallel * pi), latitude + north * 180.0 / (meridian * pi)


def gcj02_to_bd09(longitude: float, latitude: float) -> Position:
    """Return the position as BD-09 shifts it a second time."""
    distance = sqrt(longitude**2 + latitude**2) + 0.00002 * sin(latitude * BAIDU_ANGLE)
    angle = atan2(latitude, longitude) + 0.000003 * cos(longitude * BAIDU_ANGLE)
    return distance * cos(angle) + BAIDU_LONGITUDE, distance * sin(angle) + BAIDU_LATITUDE


def bd09_to_gcj02(longitude: float, latitude: float) -> Position:
    """Return the position before the second shift, by the same iteration as the first."""
    x, y = longitude - BAIDU_LONGITUDE, latitude - BAIDU_LATITUDE
    for _step in range(MAXIMUM_STEPS):
        again_x, again_y = gcj02_to_bd09(x, y)
        off_x, off_y = again_x - longitude, again_y - latitude
        x, y = x - off_x, y - off_y
        if abs(off_x) < PRECISION_DEGREES and abs(off_y) < PRECISION_DEGREES:
            break
    return x, y


def _inverse(longitude: float, latitude: float) -> Position:
    x, y = longitude, latitude
    for _step in range(MAXIMUM_STEPS):
        again_x, again_y = wgs84_to_gcj02(x, y)
        off_x, off_y = again_x - longitude, again_y - latitude
        x, y = x - off_x, y - off_y
        if abs(off_x) < PRECISION_DEGREES and abs(off_y) < PRECISION_DEGREES:
            break
    return x, y


def _is_shifted(longitude: float, latitude: float) -> bool:
    west, east = SHIFTED_LONGITUDES
    south, north = SHIFTED_LATITUDES
    return west <= longitude <= east and south <= latitude <= north


def _shift_north(x: float, y: float) -> float:
    shift = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    shift += (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    shift += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    return shift + (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0


def _shift_east(x: float, y: float) -> float:
    shift = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    shift += (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    shift += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    return shift + (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
