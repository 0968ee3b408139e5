"""Every personal column has its answers, and what must not be kept has no column."""

from __future__ import annotations

import pytest

from juxing.people.personal_fields import columns_that_need_registering, forbidden_columns, personal_fields

OURS = ["people"]


@pytest.mark.parametrize("room", OURS)
def test_every_personal_column_is_registered(room: str) -> None:
    missing = [column for column in columns_that_need_registering(room) if column not in personal_fields]

    assert missing == []


@pytest.mark.parametrize("room", OURS)
def test_registered_columns_exist(room: str) -> None:
    existing = set(columns_that_need_registering(room))

    stale = [column for column, _field in personal_fields if column.startswith(f"{room}.") and column not in existing]
    assert [column for column in stale if not column.endswith("phone_index")] == []


@pytest.mark.parametrize("room", ["people", "places", "organisations", "access"])
def test_nothing_is_kept_that_judges_or_follows_people(room: str) -> None:
    assert forbidden_columns(room) == []
