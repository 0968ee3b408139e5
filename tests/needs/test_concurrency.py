"""The same needs from several connections at the same moment: what only real locks can show."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from juxing.kernel.scope import acting
from juxing.needs.commands import BulkRecorded, NeedInput, RecordedNeed, doors, record_need, record_needs
from juxing.needs.models import Need
from tests.factories import COMMUNITY, make_household
from tests.needs.makers import NOW, PROCESS, need_input

pytestmark = pytest.mark.django_db(transaction=True)


def _at_once(*acts: Callable[[], Any]) -> list[Any]:
    ready = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            ready.wait(timeout=20)
            with acting(PROCESS):
                return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def _list(inputs: list[NeedInput]) -> Callable[[], BulkRecorded]:
    return lambda: record_needs(actor=PROCESS, now=NOW, inputs=inputs, skip_duplicates=True)


def _one(given: NeedInput) -> Callable[[], RecordedNeed]:
    return lambda: record_need(actor=PROCESS, now=NOW, given=given)


def _doors() -> list[NeedInput]:
    """Return needs of every way in which a door is recognised."""
    with acting(PROCESS):
        homes = [need_input(make_household()) for _each in range(6)]
    places = [need_input(area_code=COMMUNITY, place_text=f"3-{number}") for number in range(6)]
    phones = [need_input(area_code=COMMUNITY, contact_phone=f"1380000000{number}") for number in range(6)]
    return [*homes, *places, *phones]


@pytest.mark.parametrize("locked_one_by_one", [doors.LOCKED_ONE_BY_ONE, 5], ids=["each door", "every door"])
def test_lists_brought_in_at_the_same_moment_double_nothing(
    monkeypatch: pytest.MonkeyPatch, locked_one_by_one: int
) -> None:
    monkeypatch.setattr(doors, "LOCKED_ONE_BY_ONE", locked_one_by_one)
    inputs = _doors()

    outcomes = _at_once(_list(inputs), _list(inputs[::-1]), _list(inputs[3:] + inputs[:3]))

    assert sum(len(outcome.need_ids) for outcome in outcomes) == len(inputs)
    assert sum(len(outcome.duplicates) for outcome in outcomes) == 2 * len(inputs)
    with acting(PROCESS):
        assert Need.objects.count() == len(inputs)


def test_a_call_and_a_list_at_the_same_moment_help_once() -> None:
    inputs = _doors()

    _at_once(_list(inputs), _one(inputs[0]), _one(inputs[7]), _one(inputs[13]), _list(inputs))

    with acting(PROCESS):
        assert Need.objects.filter(duplicate_of__isnull=True).count() == len(inputs)
