"""The three demo districts and a day, made once."""

from __future__ import annotations

import pytest

from juxing_demo import Day, District, generate_day, generate_district


@pytest.fixture(scope="session")
def small() -> District:
    return generate_district("S")


@pytest.fixture(scope="session")
def medium() -> District:
    return generate_district("M")


@pytest.fixture(scope="session")
def large() -> District:
    return generate_district("L")


@pytest.fixture(scope="session", params=["S", "M", "L"])
def district(request: pytest.FixtureRequest, small: District, medium: District, large: District) -> District:
    return {"S": small, "M": medium, "L": large}[request.param]


@pytest.fixture(scope="session")
def day(medium: District) -> Day:
    return generate_day(medium)
