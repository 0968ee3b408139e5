"""Organisations that a list names: found or added, once."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juxing.kernel.actors import Actor, ActorKind, Grant
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation
from juxing.organisations.naming import NamedPlace, name_organisations
from tests.factories import COMMUNITY, OTHER_COMMUNITY, STREET, make_areas

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def _areas(everywhere: None) -> None:
    make_areas()


def _named(
    named: list[NamedPlace], now: datetime, *, actor: Actor = SYSTEM, kind: str = "supplier"
) -> dict[NamedPlace, int]:
    return name_organisations(actor=actor, now=now, named=named, organisation_type=OrganisationType(kind).value)


def test_new_names_are_added_once_and_known_ones_kept(now: datetime) -> None:
    first = _named([(COMMUNITY, "东方厂"), (COMMUNITY, " 东方厂 "), (OTHER_COMMUNITY, "东方厂")], now)

    again = _named([(COMMUNITY, "东方厂"), (COMMUNITY, "西方厂")], now, kind="medical_institution")

    assert first[COMMUNITY, "东方厂"] == first[COMMUNITY, " 东方厂 "] == again[COMMUNITY, "东方厂"]
    assert first[OTHER_COMMUNITY, "东方厂"] != first[COMMUNITY, "东方厂"]
    kinds = dict(Organisation.objects.values_list("pk", "organisation_type"))
    assert kinds[again[COMMUNITY, "东方厂"]] == "supplier"
    assert kinds[again[COMMUNITY, "西方厂"]] == "medical_institution"
    assert JournalEntry.objects.filter(action="organisations.organisation.add").count() == 3


def test_any_number_of_names_takes_as_many_queries(now: datetime) -> None:
    counts = []
    for start, size in ((0, 30), (100, 60)):
        with CaptureQueriesContext(connection) as queries:
            _named([(COMMUNITY, f"单位{start + number}") for number in range(size)], now)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    with CaptureQueriesContext(connection) as queries:
        _named([], now)
    assert len(queries) <= 3


@pytest.mark.parametrize("name", ["", "  ", "很" * 81])
def test_names_that_are_none_are_refused(name: str, now: datetime) -> None:
    with pytest.raises(InvalidInput):
        _named([(COMMUNITY, name)], now)
    with pytest.raises(InvalidInput):
        name_organisations(actor=SYSTEM, now=now, named=[], organisation_type="gang")


def test_nobody_adds_beyond_their_place(now: datetime) -> None:
    actor = Actor(kind=ActorKind.ACCOUNT, name="a", grants=(Grant("storekeeper", COMMUNITY),))

    with pytest.raises(NotPermitted):
        _named([(STREET, "街道仓库")], now, actor=actor)
    assert _named([(COMMUNITY, "社区仓库")], now, actor=actor)
