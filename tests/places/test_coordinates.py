"""The published shift, and that it is undone exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juxing.places.coordinates import (
    CoordinateSystem,
    bd09_to_gcj02,
    gcj02_to_bd09,
    to_wgs84,
    wgs84_to_gcj02,
)

longitudes = st.floats(73.5, 134.9)
latitudes = st.floats(18.2, 53.5)
TIANANMEN_WGS84 = (116.391349, 39.907375)
TIANANMEN_GCJ02 = (116.397592, 39.908776)


def test_wgs84_to_gcj02_gives_the_published_position() -> None:
    assert wgs84_to_gcj02(*TIANANMEN_WGS84) == pytest.approx(TIANANMEN_GCJ02, abs=2e-5)


def test_gcj02_to_bd09_gives_the_published_position() -> None:
    assert gcj02_to_bd09(116.404, 39.915) == pytest.approx((116.41036949, 39.92133699), abs=1e-8)


@given(longitude=longitudes, latitude=latitudes)
def test_to_wgs84_undoes_both_shifts_to_a_centimetre(longitude: float, latitude: float) -> None:
    shifted = wgs84_to_gcj02(longitude, latitude)
    twice = gcj02_to_bd09(*shifted)

    assert to_wgs84(*shifted, CoordinateSystem.GCJ02) == pytest.approx((longitude, latitude), abs=1e-7)
    assert to_wgs84(*twice, CoordinateSystem.BD09) == pytest.approx((longitude, latitude), abs=1e-7)
    assert bd09_to_gcj02(*twice) == pytest.approx(shifted, abs=1e-7)


@pytest.mark.parametrize("position", [(2.35, 48.85), (-74.0, 40.7), (0.0, 0.0)])
def test_positions_elsewhere_are_left_alone(position: tuple[float, float]) -> None:
    assert to_wgs84(*position, CoordinateSystem.GCJ02) == position


@pytest.mark.parametrize("system", [CoordinateSystem.WGS84, CoordinateSystem.CGCS2000])
def test_to_wgs84_takes_world_coordinates_as_they_are(system: CoordinateSystem) -> None:
    assert to_wgs84(121.22, 31.03, system) == (121.22, 31.03)
