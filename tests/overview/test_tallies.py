"""Every figure of the picture equals a count by hand, kept or counted now, and never holds another place's rows."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from juxing.access.roles import Role
from juxing.dispatch.enums import HELD, TaskStatus
from juxing.kernel.actors import Actor, ActorKind, Grant
from juxing.kernel.areas import Areas
from juxing.kernel.scope import acting
from juxing.needs.enums import OPEN, WAITING, NeedStatus, Priority
from juxing.overview.commands import recount_everything
from juxing.overview.models import AreaTally
from juxing.overview.queries.help_now import Attendance
from juxing.overview.queries.places import place_for
from juxing.overview.queries.tallies import Tally, counted_tallies, figures_of, tallies, tally_of
from juxing.responders.enums import ACTIVE, SERVING
from juxing.responders.models import Availability
from tests.factories import COMMUNITY, DISTRICT, OTHER_STREET_COMMUNITY, STREET, make_areas, make_need
from tests.overview.makers import RandomDistrict, make_random_district

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
HOURS = (1, 6, 24, 72)


def commander(area_code: str) -> Actor:
    return Actor(
        kind=ActorKind.ACCOUNT, name="commander", account_id=1, grants=(Grant(Role.STREET_COMMANDER, area_code),)
    )


def by_hand(district: RandomDistrict, code: str, *, now: datetime) -> dict[str, Any]:
    """Count with plain loops over every row, knowing nothing of how the picture counts."""
    open_needs = [
        need for need in district.needs
        if need.area_code.startswith(code) and need.status in OPEN and need.duplicate_of_id is None
    ]  # fmt: skip
    waiting = [need for need in open_needs if need.status in WAITING]
    without_helper = {*WAITING, NeedStatus.SUBMITTED, NeedStatus.MATCHED}
    late = [
        need for need in open_needs
        if need.priority == Priority.LIFE_CRITICAL and need.status in without_helper
        and need.waiting_since < now - timedelta(minutes=15)
    ]  # fmt: skip
    serving = [one for one in district.responders if one.area_code.startswith(code) and one.status in SERVING]
    busy = {task.responder_id for task in district.tasks if task.status in HELD}
    tasks = [task for task in district.tasks if task.area_code.startswith(code)]
    offered = [task for task in tasks if task.status == TaskStatus.OFFERED]
    ages = Counter(
        (need.status, sum(now - need.waiting_since >= timedelta(hours=hours) for hours in HOURS)) for need in open_needs
    )
    return {
        "by_status": Counter(need.status for need in open_needs),
        "waiting_by_priority": Counter(need.priority for need in waiting),
        "by_age": ages,
        "overdue": sum(need.due_at is not None and need.due_at < now for need in waiting),
        "unanswered_fresh": sum(need.asked_fresh_at is not None for need in waiting),
        "unknown_door": sum(need.household_id is None for need in open_needs),
        "late_life_critical": len(late),
        "oldest_waiting_since": min((need.waiting_since for need in waiting), default=None),
        "serving": len(serving),
        "busy": sum(one.pk in busy for one in serving),
        "available": sum(_can_be_asked(one, now=now) and one.pk not in busy for one in serving),
        "offered": len(offered),
        "unanswered": sum(task.offered_at < now - timedelta(minutes=15) for task in offered),
        "in_progress": sum(task.status == TaskStatus.IN_PROGRESS for task in tasks),
        "blocked": sum(task.status == TaskStatus.BLOCKED for task in tasks),
        "attendance": _attendance(district, code),
        "oldest_late": [need.uuid for need in sorted(late, key=lambda need: (need.waiting_since, need.pk))][:1],
    }


def _attendance(district: RandomDistrict, code: str) -> Attendance:
    people = [one for one in district.responders if one.area_code.startswith(code) and one.status in ACTIVE]

    def did(column: str) -> int:
        return sum(
            any(task.responder_id == one.pk and getattr(task, column) is not None for task in district.tasks)
            for one in people
        )

    return Attendance(
        reported_in=len(people), verified=sum(one.status in SERVING for one in people), accepted=did("accepted_at"),
        came=did("checked_in_at"), finished=did("done_at"),
    )  # fmt: skip


def _can_be_asked(responder: Any, *, now: datetime) -> bool:
    periods = list(Availability.objects.filter(responder=responder))
    return responder.is_available and (
        not periods or any(period.starts_at <= now < period.ends_at for period in periods)
    )


def shown(tally: Tally) -> dict[str, Any]:
    needs, helpers = tally.needs, tally.help
    return {
        **{name: getattr(needs, name) for name in (
            "by_status", "waiting_by_priority", "by_age", "overdue", "unanswered_fresh", "unknown_door",
            "late_life_critical", "oldest_waiting_since",
        )},
        **{name: getattr(helpers, name) for name in (
            "serving", "busy", "available", "offered", "unanswered", "in_progress", "blocked",
        )},
        "attendance": tally.attendance,
        "oldest_late": [one.need_uuid for one in tally.stuck.late_life_critical][:1],
    }  # fmt: skip


def summed(parts: dict[str, Tally]) -> Tally:
    whole = Tally()
    for part in parts.values():
        whole.add(part)
    return whole


RANDOM_DISTRICTS = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip


@RANDOM_DISTRICTS
@given(random=st.randoms(use_true_random=False))
def test_every_figure_equals_a_count_by_hand_for_every_reader(now: datetime, random: Random) -> None:
    with transaction.atomic():
        district = make_random_district(random, now=now)
        for code in (DISTRICT, STREET, COMMUNITY, OTHER_STREET_COMMUNITY):
            with acting(commander(code)) as actor:
                counted = summed(tallies(place_for(actor, code), now=now))
            assert shown(counted) == by_hand(district, code, now=now), (code, "counted")
        recount_everything(now=now)
        for code in (DISTRICT, STREET):
            with acting(commander(code)) as actor:
                assert AreaTally.objects.exists()
                kept = summed(tallies(place_for(actor, code), now=now))
            assert shown(kept) == by_hand(district, code, now=now), (code, "kept")
        transaction.set_rollback(True)


@settings(RANDOM_DISTRICTS, max_examples=5)
@given(random=st.randoms(use_true_random=False))
def test_kept_tally_reads_back_as_it_was(now: datetime, random: Random) -> None:
    with transaction.atomic():
        make_random_district(random, now=now)
        for tally in counted_tallies(Areas([DISTRICT]), length=12, now=now).values():
            again = tally_of(json.loads(json.dumps(figures_of(tally))))
            assert shown(again) == shown(tally)
            assert again.stuck == tally.stuck
        transaction.set_rollback(True)


def test_tallies_that_grew_old_are_not_trusted(now: datetime) -> None:
    make_areas()
    make_need()
    recount_everything(now=now)
    make_need()

    with acting(commander(STREET)) as actor:
        fresh = summed(tallies(place_for(actor, STREET), now=now + timedelta(minutes=2)))
        old = summed(tallies(place_for(actor, STREET), now=now + timedelta(minutes=4)))

    assert (fresh.needs.waiting, old.needs.waiting) == (1, 2)


def test_examples_are_the_longest_waiting_of_all_parts(now: datetime) -> None:
    make_areas()
    made = [
        make_need(community, priority=Priority.LIFE_CRITICAL, waiting_since=now - timedelta(minutes=minutes))
        for minutes, community in zip((50, 40, 30, 20, 60, 70, 80), [COMMUNITY, "990117001002"] * 4, strict=False)
    ]

    with acting(commander(STREET)) as actor:
        found = summed(tallies(place_for(actor, STREET), now=now)).stuck.late_life_critical

    expected = sorted(made, key=lambda need: need.waiting_since)[:5]
    assert [one.need_uuid for one in found] == [need.uuid for need in expected]
