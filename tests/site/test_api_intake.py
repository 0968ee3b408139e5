"""Needs sent by another system: one or many at a time, a fixed number of queries, and a token that ends."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from juxing.access import known_tokens
from juxing.access.models import ApiToken
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.scope import acting
from juxing.needs.models import Need
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, make_household, make_resident
from tests.site.test_api import Caller, operator

SYSTEM = Actor.system("test")
STATEMENTS_OF_ONE_NEED = 13
"""With the token known: begin and commit, scope, key, door, household, locks, duplicates, four inserts, answer."""
pytestmark = pytest.mark.django_db
__all__ = ["operator"]


def needs(*doors: str, need_type: str = "water") -> dict[str, object]:
    return {"needs": [{"need_type": need_type, "household": door, "lines": [{"written": "水"}]} for door in doors]}


def test_one_need_takes_the_same_queries_whatever_the_household_holds(operator: Caller) -> None:
    with acting(SYSTEM):
        empty, full = make_household(COMMUNITY), make_household(COMMUNITY)
        for _each in range(3):
            make_resident(full)
    counts = []
    operator.get("/needs/")  # the token is known from here on

    for home in (empty, full):
        with CaptureQueriesContext(connection) as queries:
            body = {"need_type": "water", "household": home.area_code, "lines": [{"written": "水"}]}
            assert operator.post("/needs/", body, key=str(uuid4())).status_code == 201
        counts.append(len(queries))

    assert counts[0] == counts[1] <= STATEMENTS_OF_ONE_NEED


def test_many_needs_are_answered_in_their_order_good_bad_and_repeated(operator: Caller) -> None:
    with acting(SYSTEM):
        home, other = make_household(COMMUNITY), make_household(COMMUNITY)
        elsewhere = make_household(OTHER_STREET_COMMUNITY)
    sent = needs(home.area_code, elsewhere.area_code, home.area_code, other.area_code)

    answer = operator.post("/needs/bulk", sent, key="many")
    again = operator.post("/needs/bulk", sent, key="many")

    first, hidden, repeated, second = answer.json()["needs"]
    assert (first["duplicate_of"], first["code"], second["code"]) == (None, None, None)
    assert hidden["uuid"] is None
    assert hidden["code"]
    assert repeated["duplicate_of"] == first["uuid"]
    assert again.json() == answer.json()
    with acting(SYSTEM):
        assert {str(uuid) for uuid in Need.objects.values_list("uuid", flat=True)} == {
            first["uuid"], repeated["uuid"], second["uuid"],
        }  # fmt: skip
        assert JournalEntry.objects.filter(action="needs.need.record").count() == 3


def test_many_needs_with_repetitions_passed_over_add_nothing_the_second_time(operator: Caller) -> None:
    with acting(SYSTEM):
        home = make_household(COMMUNITY)
    sent = needs(home.area_code) | {"skip_duplicates": True}

    first = operator.post("/needs/bulk", sent).json()["needs"][0]
    second = operator.post("/needs/bulk", sent).json()["needs"][0]

    assert (second["uuid"], second["duplicate_of"]) == (None, first["uuid"])


def test_many_needs_cost_the_same_queries_for_one_and_for_ten(operator: Caller) -> None:
    with acting(SYSTEM):
        homes = [make_household(COMMUNITY).area_code for _each in range(11)]
    operator.get("/needs/")
    counts = []
    for doors in (homes[:1], homes[1:]):
        with CaptureQueriesContext(connection) as queries:
            assert operator.post("/needs/bulk", needs(*doors)).status_code == 200
        counts.append(len(queries))

    assert counts[0] >= counts[1] - 3, "ten write their entries through a temporary table, that is all"


@pytest.mark.parametrize(("seconds", "status"), [(0, 401), (3600, 200)])
def test_token_that_ended_opens_nothing_beyond_the_moment_it_is_remembered(
    operator: Caller, settings: Settings, seconds: int, status: int
) -> None:
    settings.TOKEN_SECONDS = seconds
    operator.get("/needs/")
    ApiToken.objects.update(expires_at=clock.now() - timedelta(seconds=1))

    assert operator.get("/needs/").status_code == status
    known_tokens._known.clear()
    assert operator.get("/needs/").status_code == 401
