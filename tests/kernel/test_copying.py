"""Plain INSERTs and COPY write the same rows; statements planned once stay inside the scope."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_rows, insert_rows, new_ids
from juxing.kernel.scope import acting
from juxing.kernel.statements import planned_once
from juxing.people.models import Resident
from juxing.people.names import name_parts
from juxing.places.models import Household
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, make_areas, make_household

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
NAMED = ("area_code", "household", "name", "given_name", "name_tail", "name_initials", "name_pinyin")
COLUMNS = ("id", "uuid", *NAMED, "phone", "phone_index", "birth_year", "mobility", "languages")


def named(home: Household) -> tuple[object, ...]:
    return (home.area_code, home.pk, *name_parts("王秀英"))


def test_insert_and_copy_write_the_same_and_seal_what_is_sealed() -> None:
    with acting(SYSTEM):
        make_areas()
        home = make_household(COMMUNITY)
        rows = [
            (row_id, uuid4(), *named(home), "12800000001", "0" * 32, 1948, "walks", ["mandarin"])
            for row_id in new_ids(Resident, 2)
        ]
        assert insert_rows(Resident, COLUMNS, rows[:1], returning="id") == [rows[0][0]]
        assert copy_rows(Resident, COLUMNS, iter(rows[1:])) == 1

        one, other = Resident.objects.order_by("id")
        with connection.cursor() as cursor:
            cursor.execute("SELECT phone FROM people_resident")
            kept = [phone for (phone,) in cursor.fetchall()]

    assert (one.phone, one.languages, one.birth_year) == (other.phone, other.languages, other.birth_year)
    assert all("12800000001" not in phone for phone in kept)
    assert (one.uuid, other.uuid) == (rows[0][1], rows[1][1])


def test_nothing_to_write_asks_nothing_of_the_database() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert (insert_rows(Resident, COLUMNS, []), copy_rows(Resident, COLUMNS, []), new_ids(Resident, 0)) == (
            [], 0, [],
        )  # fmt: skip

    assert len(queries) == 0


def test_copy_refuses_a_row_that_does_not_fit_its_columns() -> None:
    with acting(SYSTEM), pytest.raises(ValueError, match="2 values"), transaction.atomic():
        copy_rows(Resident, COLUMNS, [(1, 2)])


def test_insert_is_bound_by_the_scope() -> None:
    with acting(SYSTEM):
        make_areas()
        home = make_household(OTHER_STREET_COMMUNITY)
    row = (*named(home), "", "", "walks", [])
    columns = (*NAMED, "phone", "phone_index", "mobility", "languages")
    with acting(Actor.resident()), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        insert_rows(Resident, columns, [row])
    with acting(SYSTEM):
        assert insert_rows(Resident, columns, [row]) == []


def test_statement_planned_once_sees_only_the_scope_of_the_moment_and_is_counted() -> None:
    statement = "SELECT id FROM places_household WHERE area_code = ANY(%s)"
    with acting(SYSTEM):
        make_areas()
        home = make_household(COMMUNITY)
    seen = []
    for actor in [SYSTEM, Actor.resident()] * 5:  # more often than it takes to be prepared
        with acting(actor), CaptureQueriesContext(connection) as queries:
            seen.append(planned_once(statement, [[home.area_code]]))
        assert sum("places_household" in query["sql"] for query in queries) == 1

    assert seen == [[(home.pk,)], []] * 5
