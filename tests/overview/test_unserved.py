"""Why needs found nobody is read from the newest run that covers each part of a place."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from juxing.access.roles import Role
from juxing.dispatch.enums import RunStatus, RunTrigger
from juxing.dispatch.models import Match, MatchingRun
from juxing.kernel.scope import acting
from juxing.needs.models import Need
from juxing.overview.queries.unserved import unserved
from tests.factories import COMMUNITY, DISTRICT, OTHER_COMMUNITY, STREET, make_actor, make_areas, make_need

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def run_over(area_code: str, at: datetime, reasons: dict[Need, str], *, trigger: str = RunTrigger.PERSON) -> None:
    run = MatchingRun.objects.create(
        area_code=area_code, trigger=trigger, status=RunStatus.OFFERED, started_at=at, ended_at=at
    )
    for need, reason in reasons.items():
        Match.objects.create(run=run, need=need, area_code=need.area_code, unserved_reason=reason)


def test_newest_run_of_each_part_answers_for_it(now: datetime) -> None:
    make_areas()
    here, there = make_need(COMMUNITY), make_need(OTHER_COMMUNITY)
    run_over(STREET, now - timedelta(minutes=30), {here: "no_capacity", there: "out_of_reach"})
    run_over(COMMUNITY, now - timedelta(minutes=10), {here: "goods_missing"})
    run_over(COMMUNITY, now - timedelta(minutes=20), {here: "nobody_qualified"})
    run_over(STREET, now - timedelta(minutes=5), {here: "all_declined"}, trigger=RunTrigger.LIFE_CRITICAL)

    found = unserved(STREET, now=now)

    assert found.by_reason == {"goods_missing": 1, "out_of_reach": 1}
    assert found.as_of == now - timedelta(minutes=30)
    assert found.total == 2


def test_wider_newer_run_replaces_everything_before(now: datetime) -> None:
    make_areas()
    need = make_need(COMMUNITY)
    run_over(COMMUNITY, now - timedelta(minutes=20), {need: "goods_missing"})
    run_over(DISTRICT, now - timedelta(minutes=10), {need: "no_capacity"})

    assert unserved(COMMUNITY, now=now).by_reason == {"no_capacity": 1}


def test_community_reads_its_own_part_of_a_streets_run(now: datetime) -> None:
    make_areas()
    here, there = make_need(COMMUNITY), make_need(OTHER_COMMUNITY)
    run_over(STREET, now - timedelta(minutes=10), {here: "no_capacity", there: "out_of_reach"})

    with acting(make_actor(Role.COMMUNITY_SECRETARY, COMMUNITY)):
        found = unserved(COMMUNITY, now=now)

    assert found.by_reason == {"no_capacity": 1}


def test_runs_of_yesterday_say_nothing(now: datetime) -> None:
    make_areas()
    run_over(STREET, now - timedelta(hours=25), {make_need(): "no_capacity"})

    assert unserved(STREET, now=now).as_of is None
