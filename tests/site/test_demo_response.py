"""`juxing demo response`: fourteen days of a response in simulated time, from a plan on paper to a better plan."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from juxing.kernel.scope import acting
from juxing.site.commandline import app
from juxing.site.demo.load import LoadedDistrict
from juxing.site.demo.response import ResponseStory
from juxing.site.demo.response_acts import SYSTEM, Places
from juxing_demo import generate_district
from tests.factories import DISTRICT, make_account

pytestmark = pytest.mark.django_db
MIDNIGHT = datetime(2026, 3, 1, 16, tzinfo=UTC)
NOTHING_LOADED = LoadedDistrict(*[range(0)] * 6)


def test_places_are_streets_or_communities_where_there_are_few_streets() -> None:
    small, large = Places.of(generate_district("S")), Places.of(generate_district("L"))

    assert [len(code) for code in small.all] == [12, 12, 12]
    assert (len(large.all), len(large.first), len(large.lowered)) == (8, 3, 2)
    assert large.expiring not in {*large.first, *large.lowered}


@pytest.mark.slow  # the one test of the whole story without a browser: drills, conversions and the way back
def test_response_of_fourteen_days_ends_with_a_better_plan() -> None:
    ran = CliRunner().invoke(app, ["demo", "response"])
    told = json.loads(ran.stdout)

    assert told["ok"], ran.stderr
    assert ran.exit_code == 0
    steps = told["steps"]
    assert steps["widened_to_all"]["command_posts"] == 3
    assert steps["widened_to_all"]["temporary_branches"] == 9
    assert steps["first_needs_served"]["served"] > 0
    assert steps["rainstorm_on_top"]["responses_at_one_place"] == 2
    assert steps["shift_handed_over"]["period"] == 2
    assert steps["situation_reported_again"]["report"] == 2
    assert steps["measure_lifted"]["status"] == "lifted"
    assert [claim["what"] for claim in told["claims"] if not claim["holds"]] == []
    assert sum(told["days"].values()) > 0
    assert steps["data_destroyed"]["destroyed"]["responders.musters"] > 0
    assert steps["next_version_drilled"]["score"] > steps["next_version_drilled"]["before"]


def test_first_step_that_fails_ends_the_story_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with acting(SYSTEM):
        for role in ("district_commander", "district_operator", "privacy_officer"):
            make_account(role, DISTRICT)
    story = ResponseStory(generate_district("S"), NOTHING_LOADED, midnight=MIDNIGHT)

    def out_of_order() -> list[Any]:
        return [("signed_by_two", 0.0, story.signed_by_two), ("stood_down", 1.0, story.stood_down)]

    monkeypatch.setattr(story, "steps", out_of_order)
    told = story.tell()

    assert not told["ok"]
    assert list(told["steps"]) == ["signed_by_two"]
    assert "There is no response yet" in told["steps"]["signed_by_two"]["failed"]
