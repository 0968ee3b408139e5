"""The same moment, several connections: what only real locks can show."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from juxing.dispatch import commands
from juxing.dispatch.enums import LIVE, RunTrigger, TaskStatus
from juxing.dispatch.models import StockReservation, Task
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.needs.enums import NeedStatus, Priority
from juxing.needs.models import Need, NeedLine
from juxing.supplies.models import StockLevel
from tests.dispatch.makers import make_task
from tests.factories import (
    COMMUNITY,
    OTHER_COMMUNITY,
    STREET,
    make_household,
    make_item,
    make_need,
    make_responder,
    make_stock,
)

SYSTEM = Actor.system("test")
pytestmark = pytest.mark.django_db(transaction=True)


def _at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts from as many connections at the same moment; a refusal is an answer."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            ready.wait(timeout=20)
            return act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def _in_scope(command: Callable[..., Any], **values: Any) -> Callable[[], Any]:
    def act() -> Any:
        with acting(SYSTEM):
            return command(**values)

    return act


def test_runs_at_the_same_moment_share_helpers_goods_and_needs(now: datetime) -> None:
    with acting(SYSTEM):
        rice = make_item("rice")
        make_stock(rice, 6)
        for community in (COMMUNITY, OTHER_COMMUNITY):
            home = make_household(community)
            for number in range(6):
                need = make_need(household=home, priority=Priority.LIFE_CRITICAL if number < 3 else Priority.NORMAL)
                NeedLine.objects.create(need=need, area_code=need.area_code, item=rice, written="大米", quantity=1)
        helpers = [make_responder(capacity=2).pk for _number in range(3)]

    def run(place: str, trigger: str) -> Callable[[], Any]:
        return lambda: commands.run_matching(actor=SYSTEM, now=now, area_code=place, trigger=trigger)

    _at_once(
        run(COMMUNITY, RunTrigger.SCHEDULE),
        run(OTHER_COMMUNITY, RunTrigger.SCHEDULE),
        run(STREET, RunTrigger.LIFE_CRITICAL),
        run(STREET, RunTrigger.LIFE_CRITICAL),
    )

    with acting(SYSTEM):
        live = list(Task.objects.filter(status__in=LIVE).values_list("need_id", "responder_id"))
        assert len(live) == len({need_id for need_id, _helper in live}) <= 6
        assert all(sum(1 for _need, helper in live if helper == pk) <= 2 for pk in helpers)
        level = StockLevel.objects.get()
        assert level.reserved == StockReservation.objects.filter(is_open=True).count() <= 6
        assert Need.objects.filter(status=NeedStatus.MATCHED).count() == len(live)


def test_yes_and_the_end_of_the_offer_at_the_same_moment_leave_one_truth(now: datetime) -> None:
    with acting(SYSTEM):
        tasks = [make_task(now=now, responder=make_responder(capacity=5), need=make_need()) for _number in range(4)]
    late = now + timedelta(hours=1)

    accepts = [_in_scope(commands.accept_task, actor=SYSTEM, now=late - timedelta(seconds=1), task=t) for t in tasks]
    _at_once(*accepts, _in_scope(commands.expire_offers, now=late))

    with acting(SYSTEM):
        for task in Task.objects.select_related("need"):
            expected = {TaskStatus.ACCEPTED: NeedStatus.ASSIGNED, TaskStatus.EXPIRED: NeedStatus.TRIAGED}
            assert task.need.status == expected[TaskStatus(task.status)]


def test_two_who_report_the_same_task_done_are_one_report(now: datetime) -> None:
    with acting(SYSTEM):
        task = make_task(TaskStatus.IN_PROGRESS, now=now, responder=make_responder())

    done = _in_scope(commands.finish_task, actor=SYSTEM, now=now, task=task)
    answers = _at_once(done, done)

    assert sorted(str(answer) for answer in answers if isinstance(answer, str)) == ["wrong_state"]
    with acting(SYSTEM):
        assert Need.objects.get().status == NeedStatus.FULFILLED


def test_need_held_by_someone_else_for_a_moment_is_waited_for_and_not_left_behind(now: datetime) -> None:
    with acting(SYSTEM):
        task = make_task(now=now, responder=make_responder())
    held = Barrier(2)

    def hold_need() -> None:
        with acting(SYSTEM):
            list(Need.objects.select_for_update(of=("self",)))
            held.wait(timeout=20)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.3)")

    def decline() -> None:
        held.wait(timeout=20)
        _in_scope(commands.decline_task, actor=SYSTEM, now=now, task=task)()

    _at_once(hold_need, decline)

    with acting(SYSTEM):
        assert Need.objects.get().status == NeedStatus.TRIAGED
