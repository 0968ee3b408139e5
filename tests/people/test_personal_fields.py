"""Every personal column of every room has its answers, and what must not be kept has no column."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.utils.translation import override

from juxing.people.personal_fields import (
    as_markdown,
    columns_that_need_registering,
    forbidden_columns,
    not_personal,
    personal_fields,
)

ROOMS = sorted(config.label for config in apps.get_app_configs() if config.name.startswith("juxing."))
HOW = "answer for it in the room's personal_fields.py: register(…), or say_not_personal(…) with the reason"


@pytest.mark.parametrize("room", ROOMS)
def test_every_personal_column_is_registered(room: str) -> None:
    silent = [
        column
        for column in columns_that_need_registering(room)
        if column not in personal_fields and column not in not_personal
    ]

    assert silent == [], HOW


def test_registered_columns_exist_and_are_one_or_the_other() -> None:
    existing = {
        f"{model._meta.label_lower}.{field.name}" for model in apps.get_models() for field in model._meta.local_fields
    }
    answered = [column for column, _entry in (*personal_fields, *not_personal)]

    assert [column for column in answered if column not in existing] == []
    assert len(answered) == len(set(answered))


def test_sealed_pictures_positions_and_names_are_recognised() -> None:
    needing = {room: set(columns_that_need_registering(room)) for room in ROOMS}

    assert "needs.need.details" in needing["needs"]
    assert {"responders.responder.longitude", "responders.responder.name"} <= needing["responders"]
    assert "dispatch.taskphoto.content" in needing["dispatch"]
    assert "places.household.door" in needing["places"]
    assert "places.building.longitude" not in needing["places"]
    assert "needs.need.recorded_at" not in needing["needs"]


@pytest.mark.parametrize("room", ["people", "places", "organisations", "access", "responders", "needs"])
def test_nothing_is_kept_that_judges_or_follows_people(room: str) -> None:
    assert [column for column in forbidden_columns(room) if column not in OF_SERVICES] == []


OF_SERVICES = {"needs.need.priority_score", "needs.feedback.score", "responders.recruitmentcall.risks"}
"""How urgent a need is, how good a service was, what a work can do to people: none says anything of a person."""


@pytest.mark.parametrize(("page", "language"), [("personal-data.md", "en"), ("personal-data.zh.md", "zh-hans")])
def test_the_documents_say_why_and_how_long(page: str, language: str) -> None:
    written = (Path(__file__).resolve().parents[2] / "docs" / page).read_text(encoding="utf-8")

    with override(language):
        missing = [row for row in as_markdown().splitlines() if row not in written]

    assert missing == [], f"run: run.py juxing households personal-data --language {language}"
