"""A small random district at work, for comparing what the picture counts with a count by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from juxing.dispatch.enums import LIVE, TaskStatus
from juxing.dispatch.models import Task
from juxing.needs.enums import NeedStatus, Priority
from juxing.needs.models import Need
from juxing.responders.enums import ReportInStatus
from juxing.responders.models import Availability, Responder
from tests.factories import (
    COMMUNITY,
    OTHER_COMMUNITY,
    OTHER_STREET_COMMUNITY,
    make_areas,
    make_household,
    make_need,
    make_responder,
)

COMMUNITIES = (COMMUNITY, OTHER_COMMUNITY, OTHER_STREET_COMMUNITY)


@dataclass(frozen=True)
class RandomDistrict:
    """What was made."""

    needs: list[Need]
    responders: list[Responder]
    tasks: list[Task]


def make_random_district(random: Random, *, now: datetime) -> RandomDistrict:
    """Make needs in every state, responders of every kind of availability and tasks over community borders."""
    make_areas()
    households = [make_household(community) for community in COMMUNITIES for _ in range(2)]
    needs: list[Need] = []
    for _ in range(random.randrange(4, 22)):
        needs.append(_need(random, households, needs, now=now))
    responders = [_responder(random, now=now) for _ in range(random.randrange(1, 9))]
    tasks = [_task(random, need, responders, now=now) for need in needs if random.random() < 0.6]
    return RandomDistrict(needs, responders, tasks)


def _need(random: Random, households: list, needs: list[Need], *, now: datetime) -> Need:  # type: ignore[type-arg]
    def moment(hours: float) -> datetime:
        return now - timedelta(seconds=round(random.uniform(-hours, hours) * 3600) + 7)

    is_repetition = bool(needs) and random.random() < 0.15
    values: dict[str, Any] = {
        "status": random.choice(NeedStatus.values), "priority": random.choice(Priority.values),
        "waiting_since": now - timedelta(seconds=random.choice([60, 899, 901, 3599, 3601, 21601, 90000, 400000])),
        "due_at": random.choice([None, moment(9)]), "asked_fresh_at": random.choice([None, moment(9)]),
        "duplicate_of": random.choice(needs) if is_repetition else None,
    }  # fmt: skip
    need = make_need(household=random.choice(households), **values)
    if random.random() < 0.2:
        Need.objects.filter(pk=need.pk).update(household=None, area_code=random.choice(COMMUNITIES))
        need.refresh_from_db()
    return need


def _responder(random: Random, *, now: datetime) -> Responder:
    responder = make_responder(
        random.choice(COMMUNITIES), status=random.choice(ReportInStatus.values), is_available=random.random() < 0.7
    )
    for _ in range(random.choice([0, 0, 1, 2])):
        starts_at = now + timedelta(hours=random.uniform(-5, 3))
        Availability.objects.create(
            area_code=responder.area_code, responder=responder, starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=random.uniform(0.1, 4)),
        )  # fmt: skip
    return responder


def _task(random: Random, need: Need, responders: list[Responder], *, now: datetime) -> Task:
    status = random.choice([*LIVE, TaskStatus.DONE, TaskStatus.EXPIRED])
    offered_at = now - timedelta(minutes=random.choice([1, 14, 16, 300]))
    return Task.objects.create(
        area_code=need.area_code, need=need, responder=random.choice(responders), status=status,
        offered_at=offered_at, expires_at=offered_at + timedelta(hours=1),
        accepted_at=None if status == TaskStatus.OFFERED else offered_at,
        checked_in_at=offered_at if status in {TaskStatus.IN_PROGRESS, TaskStatus.DONE} else None,
        done_at=offered_at if status == TaskStatus.DONE else None,
    )  # fmt: skip
