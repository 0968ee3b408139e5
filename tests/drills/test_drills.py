"""Drills: nothing live is touched, nothing goes out, the plan is measured, a better plan scores better."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from typer.testing import CliRunner

from juxing.access.models import Account
from juxing.activations import execution
from juxing.activations.models import Activation
from juxing.command.models import CommandOrder, MusterHolder
from juxing.drills import commands, queries
from juxing.drills.commandline import drill as command_line
from juxing.drills.models import Drill
from juxing.kernel import clock
from juxing.kernel.exercise import closed_for_exercise, exercising
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.people.messages import Message, send_after_commit, senders
from juxing.plans import commands as plans
from juxing.plans.models import PlanVersion
from tests.activations.makers import SYSTEM, District, make_district, newest
from tests.factories import STREET

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
KEPT = {"drills_drill", "plans_planversion", "kernel_journalentry"}


@pytest.fixture
def place() -> District:
    with acting(SYSTEM):
        return make_district(NOW, responders=4)


def prepared(place: District, version: PlanVersion | None = None, **values: Any) -> Drill:
    return commands.prepare_drill(
        actor=place.actor(place.commander, NOW), now=NOW, version=version or place.version,
        **{"title": "凌晨三点的封闭楼栋", "areas": [STREET], "level": "level_3", "seed": 7, **values},
    )  # fmt: skip


def rows_of_every_table() -> dict[str, int]:
    found = {}
    with acting(SYSTEM), connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            if model.__module__.startswith("juxing") and table not in KEPT:
                cursor.execute(f'SELECT count(*), md5(string_agg(t::text, E"\\n" ORDER BY t::text)) FROM "{table}" t'
                               .replace('E"\\n"', "chr(10)"))  # fmt: skip
                found[table] = cursor.fetchone()
    return found


def test_drill_played_by_itself_leaves_no_row_anywhere_but_its_report(place: District) -> None:
    with acting(SYSTEM):
        drill = prepared(place, injects=[{"after_min": 30, "title": "停电", "text": "三号楼停电，两位居民用制氧机"}])
    before = rows_of_every_table()

    with acting(SYSTEM):
        ended = commands.run_by_itself(actor=place.actor(place.commander, NOW), now=NOW, drill=drill)

    assert rows_of_every_table() == before
    assert ended.status == "ended"
    assert 0 < (ended.score or 0) <= 100
    assert ended.measures["posts"] > 10
    assert ended.measures["orders"] > ended.measures["acknowledged"] > 0
    assert ended.measures["injects"] > 0
    with acting(SYSTEM):
        assert PlanVersion.objects.get(pk=place.version.pk).drilled_at == NOW


def test_same_seed_gives_the_same_drill_and_another_seed_another(place: District) -> None:
    with acting(SYSTEM):
        played = [
            commands.run_by_itself(
                actor=place.actor(place.commander, NOW), now=NOW, drill=prepared(place, seed=seed)
            ).measures
            for seed in (7, 7, 8)
        ]  # fmt: skip
    for measures in played:
        measures.pop("convert_s")
        measures["shares"].pop("converted")
    assert played[0] == played[1]
    assert played[0] != played[2]


def test_better_plan_scores_better_and_comes_into_force_only_after_its_drill(place: District) -> None:
    commander = place.actor(place.commander, NOW)
    with acting(SYSTEM):
        worse = plans.begin_version(actor=commander, now=NOW, plan=place.version.plan)
        rows = [{**row, "holder_roles": ["mediator"]} for row in worse.content["posts"]]
        worse = plans.write_part(actor=commander, now=NOW, version=worse, part="posts", rows=rows)
        with pytest.raises(Refusal):
            plans.approve_version(actor=commander, now=NOW, version=worse)
        first = commands.run_by_itself(actor=commander, now=NOW, drill=prepared(place, worse))
        better = plans.write_part(
            actor=commander, now=NOW, version=worse, part="posts", rows=place.version.content["posts"]
        )
        with pytest.raises(Refusal):
            plans.approve_version(actor=commander, now=NOW, version=better)
        second = commands.run_by_itself(actor=commander, now=NOW, drill=prepared(place, better))
        assert plans.approve_version(
            actor=commander, now=NOW, version=PlanVersion.objects.get(pk=better.pk)
        ).undrilled_reason == ""  # fmt: skip
    assert (second.score or 0) > (first.score or 0)
    assert [row.pk for row in queries.earlier(second)] == [first.pk, second.pk]


def test_drill_with_people_runs_on_its_own_clock_and_is_measured(place: District) -> None:
    commander, second = place.actor(place.commander, NOW), place.actor(place.second, NOW)
    with acting(SYSTEM):
        drill = prepared(
            place, level="level_2", speed=60,
            injects=[{"after_min": 30, "title": "停电", "text": "x"}, {"after_min": 90, "title": "来电", "text": "y"}],
        )  # fmt: skip
        with pytest.raises(Refusal):
            commands.start_drill(actor=commander, second=commander, now=NOW, drill=drill)
        running = commands.start_drill(actor=commander, second=second, now=NOW, drill=drill)
        activation = Activation.objects.get(pk=running.activation_id or 0)
        assert commands.advance_all(now=NOW + timedelta(minutes=1)) == 0, "nobody is called up yet: it waits"
        execution.carry_out(newest(activation).uuid, clock=lambda: NOW)
        assert MusterHolder.objects.exists()
        assert commands.advance_all(now=NOW + timedelta(seconds=29)) == 0
        assert commands.advance_all(now=NOW + timedelta(seconds=31)) == 1
        assert commands.advance_all(now=NOW + timedelta(seconds=40)) == 0
        assert commands.advance_all(now=NOW + timedelta(minutes=2)) == 1
        assert CommandOrder.objects.filter(activation=activation).count() == 2
        ended = commands.end_drill(actor=commander, now=NOW + timedelta(minutes=3), drill=running)
    assert ended.status == "ended"
    assert ended.score is not None
    assert ended.measures["first_order_min"] == 31.0


def test_gateways_are_closed_in_a_drill(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    sent: list[Message] = []
    if "test-closed" not in senders:
        senders.add("test-closed", sent.append)
    settings.SMS_GATEWAY = "test-closed"
    message = Message("13800000000", "x", "test")
    with exercising() as held_back:
        send_after_commit(message)
        with exercising():
            assert closed_for_exercise()
    assert held_back.messages == 2
    assert sent == []
    assert not closed_for_exercise()


def test_drill_wants_rights_places_of_the_plan_and_usable_injects(place: District) -> None:
    with acting(SYSTEM):
        with pytest.raises(NotPermitted):
            commands.prepare_drill(
                actor=place.actor(place.street_commander, NOW), now=NOW, version=place.version, title="x"
            )
        with pytest.raises(InvalidInput):
            prepared(place, injects=[{"after_min": -1, "title": "x"}])
        with pytest.raises(InvalidInput):
            prepared(place, speed=500)
        with pytest.raises(InvalidInput):
            prepared(place, title=" ")


@pytest.mark.django_db(transaction=True)
def test_command_line_prints_the_report() -> None:
    with acting(SYSTEM):
        place = make_district(clock.now(), responders=2)
        title = place.version.plan.title
    told = CliRunner().invoke(
        command_line, ["run", title, "--seed", "3", "--level", "3", "--area", STREET, "--as", "commander", "--json"]
    )
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["posts"] > 10
    with acting(SYSTEM):
        assert Drill.objects.get().status == "ended"
        assert not Account.objects.filter(sign_in_name__startswith="exercise-").exists()
