"""Killed at every step, of conversion and of the way back: a street is done or not, and nothing is done twice."""

from __future__ import annotations

import os
import signal
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from juxing.access.models import RoleAssignment
from juxing.activations import commands, execution
from juxing.activations.enums import StepStatus
from juxing.activations.jobs import take_up
from juxing.activations.models import Activation, ModeConversion, StepRun
from juxing.command.enums import NoticeStatus
from juxing.command.models import MusterPost, Notice
from juxing.kernel.conversion import steps_in_order
from juxing.kernel.models import Job, JobStatus, JournalEntry
from juxing.kernel.scope import acting
from juxing.needs.models import CollectionRound
from juxing.organisations.models import Post, PostHolding, TemporaryBody
from juxing.responders.models import Muster
from juxing.responders.muster_enums import COUNTED_ON
from juxing.supplies.enums import DepotKind, TransferStatus
from juxing.supplies.models import Depot, Transfer
from tests.activations.killed_conversion import carry_out_until_death
from tests.activations.makers import OTHER_STREET, SYSTEM, District, make_district, newest, start
from tests.factories import (
    COMMUNITY,
    DISTRICT,
    OTHER_COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_item,
    make_responder,
    make_stock,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


def killed(
    conversion: ModeConversion, now: datetime, street: str, place: str, step: str, *, side_by_side: int = 1
) -> None:
    """Carry the conversion out in a process of its own that dies there without a word; wait for what it had begun."""
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            carry_out_until_death(str(conversion.uuid), now.isoformat(), street, place, step, side_by_side=side_by_side)
        finally:
            os._exit(3)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it ended by itself"
    assert os.WTERMSIG(status) == signal.SIGKILL
    with acting(SYSTEM), transaction.atomic():  # the database lets go of each street's lock when it sees the end
        Activation.objects.select_for_update().get(pk=conversion.activation_id)


def make_ready(now: datetime) -> District:
    """Make the district with people who can be called, and goods in each street for each of its communities."""
    place = make_district(now)
    masks = make_item("mask", unit="piece")
    for street, communities in {STREET: [COMMUNITY, OTHER_COMMUNITY], OTHER_STREET: [OTHER_STREET_COMMUNITY]}.items():
        station = make_stock(masks, 100_000, community=street).depot
        Depot.objects.filter(pk=station.pk).update(kind=DepotKind.TRANSFER_STATION)
        for community in communities:
            make_stock(masks, 0, community=community)
            for _each in range(3):
                make_responder(community)
    return place


def state(street: str) -> dict[str, int]:
    """Return what conversion leaves in a street."""
    with acting(SYSTEM):
        return {
            "bodies": TemporaryBody.objects.within(street).filter(dissolved_at=None).count(),
            "posts": Post.objects.within(street).filter(closed_at=None).count(),
            "holdings": PostHolding.objects.within(street).filter(ends_at=None).count(),
            "grants": RoleAssignment.objects.filter(
                area_code__startswith=street, activation_uuid__isnull=False, ends_at__gt=END
            ).count(),
            "rounds": CollectionRound.objects.within(street).filter(closed_at=None).count(),
            "calls": Muster.objects.within(street).filter(status__in=COUNTED_ON).count(),
            "transfers": Transfer.objects.filter(
                target_area_code__startswith=street, status=TransferStatus.PLANNED
            ).count(),
            "notices": Notice.objects.within(street).filter(status=NoticeStatus.DRAFT, code="start").count(),
            "posts_called": MusterPost.objects.within(street).filter(closed_at=None).count(),
        }


END = datetime.fromisoformat("2026-03-12T00:00:00+00:00")
FULL = {
    "bodies": 18, "posts": 24, "holdings": 48, "grants": 18, "rounds": 2, "calls": 6, "transfers": 2, "notices": 1,
    "posts_called": 24,
}  # fmt: skip
OTHER_FULL = {
    "bodies": 9, "posts": 12, "holdings": 24, "grants": 9, "rounds": 1, "calls": 3, "transfers": 1, "notices": 1,
    "posts_called": 12,
}  # fmt: skip
EMPTY = dict.fromkeys(FULL, 0)
MOMENTS = [(place, step.code) for step in steps_in_order() for place in ("before", "after")]


def finished_runs(conversion: ModeConversion) -> Counter[str]:
    with acting(SYSTEM):
        return Counter(StepRun.objects.filter(conversion=conversion).values_list("status", flat=True))


def test_killed_at_every_step_each_street_is_converted_or_not_and_nothing_twice(now: datetime) -> None:
    with acting(SYSTEM):
        place = make_ready(now)
        activation = start(place, now, areas=[DISTRICT])
    conversion = newest(activation)

    for moment, step in [*MOMENTS, ("commit", "access.grants")]:
        killed(conversion, now, STREET, moment, step)
        assert state(STREET) == EMPTY, (moment, step)
        assert state(OTHER_STREET) == EMPTY, (moment, step)
    killed(conversion, now, OTHER_STREET, "after", "organisations.posts")
    assert state(STREET) == FULL
    assert state(OTHER_STREET) == EMPTY

    with acting(SYSTEM):
        Job.objects.update(status=JobStatus.FAILED)
    assert take_up(now=now) == 1, "a conversion whose worker died is taken up again"
    execution.carry_out(conversion.uuid, clock=lambda: now)
    execution.carry_out(conversion.uuid, clock=lambda: now)

    assert state(STREET) == FULL
    assert state(OTHER_STREET) == OTHER_FULL
    assert set(finished_runs(conversion)) == {StepStatus.DONE}
    with acting(SYSTEM):
        told = Counter(
            JournalEntry.objects.filter(action="activations.step.convert").values_list("area_code", flat=True)
        )
    assert told == {STREET: len(steps_in_order()), OTHER_STREET: len(steps_in_order())}


def test_killed_with_two_streets_under_way_each_is_whole_or_untouched(now: datetime) -> None:
    with acting(SYSTEM):
        place = make_ready(now)
        activation = start(place, now, areas=[DISTRICT])
    conversion = newest(activation)

    for moment, step in [("after", "organisations.posts"), ("before", "venues.functions"), ("commit", "access.grants")]:
        killed(conversion, now, OTHER_STREET, moment, step, side_by_side=2)
        assert state(OTHER_STREET) == EMPTY, (moment, step)
        assert state(STREET) in (EMPTY, FULL), (moment, step)
    execution.carry_out(conversion.uuid, clock=lambda: now, side_by_side=2)

    assert (state(STREET), state(OTHER_STREET)) == (FULL, OTHER_FULL)
    assert set(finished_runs(conversion)) == {StepStatus.DONE}


def test_killed_at_every_step_of_the_way_back_each_street_is_put_back_or_not(now: datetime) -> None:
    with acting(SYSTEM):
        place = make_ready(now)
        activation = start(place, now, areas=[DISTRICT])
    execution.carry_out(newest(activation).uuid, clock=lambda: now)
    later = now + timedelta(hours=20)
    with acting(SYSTEM):
        commands.stand_down(
            actor=place.actor(place.commander, later), now=later, activation=activation, reason="danger is over"
        )
    back = newest(activation)

    for moment, step in [*MOMENTS, ("commit", "access.grants")]:
        killed(back, later, STREET, moment, step)
        assert state(STREET) == FULL, (moment, step)
    killed(back, later, OTHER_STREET, "before", "access.grants")
    assert state(STREET) == EMPTY
    assert state(OTHER_STREET) == OTHER_FULL
    execution.carry_out(back.uuid, clock=lambda: later)

    assert state(OTHER_STREET) == EMPTY
    with acting(SYSTEM):
        back.refresh_from_db()
        activation.refresh_from_db()
    assert back.finished_at == later
    assert activation.status == "stood_down"
