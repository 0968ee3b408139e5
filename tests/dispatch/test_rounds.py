"""Rounds: planned at once, searched in the background, offered with what waits, and planned again on the way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juxing.access.roles import Role
from juxing.dispatch import commands
from juxing.dispatch.commands.round_plans import (
    PLAN_TIMEOUT,
    fail_abandoned_plans,
    read_rounds,
    search_rounds,
    write_plan,
)
from juxing.dispatch.commands.rounds import finish_rounds
from juxing.dispatch.enums import PlanStatus, RoundStatus, TaskStatus
from juxing.dispatch.models import DeliveryRound, RoundPlan, StockReservation, Task
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import Cancelled, request_cancel
from juxing.kernel.models import Job, JournalEntry
from juxing.kernel.refusals import NotPermitted, Refusal
from juxing.needs.enums import NeedStatus, NeedType, Priority
from juxing.needs.models import Need, NeedLine
from juxing.responders.models import Responder
from juxing_engine.control import Control
from tests.dispatch.makers import actor_behind, actor_with, make_helper, make_task
from tests.factories import COMMUNITY, OTHER_COMMUNITY, STREET, make_item, make_need, make_stock

SYSTEM = Actor.system("test")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def _plan(now: datetime, **values: Any) -> RoundPlan:
    plan = commands.begin_round_plan(actor=SYSTEM, now=now, area_code=STREET, **values)
    return commands.complete_round_plan(plan, now=now, control=Control())


def _order(walked: DeliveryRound) -> list[int]:
    return list(walked.tasks.order_by("position").values_list("need_id", flat=True))


def _held(now: datetime, helper: Responder, *longitudes: float) -> list[Task]:
    return [make_task(TaskStatus.ACCEPTED, now=now, responder=helper, need=make_need(longitude=x)) for x in longitudes]


def test_planning_asks_as_much_of_the_database_for_nine_helpers_as_for_one(now: datetime) -> None:
    counts = []
    for helpers in (1, 8):
        for _number in range(helpers):
            _held(now, make_helper(capacity=5), 121.221, 121.224)
        with CaptureQueriesContext(connection) as captured:
            commands.plan_rounds(actor=SYSTEM, now=now, area_code=STREET)
        counts.append(len(captured))

    assert counts[1] <= counts[0] + 2  # journal entries go by COPY from twenty on
    assert DeliveryRound.objects.count() == 9


def test_round_carries_hours_way_and_time(now: datetime) -> None:
    helper = make_helper(capacity=5)
    _held(now, helper, 121.222, 121.226, 121.224)

    (walked,) = commands.plan_rounds(actor=SYSTEM, now=now, area_code=COMMUNITY)

    hours = [task.planned_for for task in walked.tasks.order_by("position") if task.planned_for is not None]
    assert len(hours) == 3
    assert hours == sorted(hours)
    assert hours[0] > now
    assert (walked.distance_m, walked.duration_s > walked.distance_m / 2) == (walked.first_distance_m, True)


def test_search_keeps_every_stop_and_says_how_good_it_is(now: datetime) -> None:
    helper = make_helper(capacity=9)
    _held(now, helper, 121.222, 121.219, 121.226, 121.224, 121.217)

    plan = _plan(now)

    assert (plan.status, plan.round_count, plan.stop_count) == (PlanStatus.DONE, 1, 5)
    assert plan.objective is not None
    assert plan.objective == plan.bound  # every order of five doors is counted
    walked = DeliveryRound.objects.get()
    assert walked.plan_id == plan.pk
    assert len(_order(walked)) == 5


def test_what_waits_is_offered_to_the_courier_on_whose_round_it_fits(now: datetime) -> None:
    rice = make_item("rice")
    level = make_stock(rice, 5)
    helper, other = make_helper(capacity=3), make_helper(OTHER_COMMUNITY, capacity=3, longitude=121.26)
    _held(now, helper, 121.222)
    waiting = make_need(longitude=121.223, need_type=NeedType.STAPLE_FOOD)
    NeedLine.objects.create(need=waiting, area_code=waiting.area_code, item=rice, written="大米", quantity=2, unit="袋")
    visit = make_need(longitude=121.223, need_type=NeedType.CARE_VISIT)

    plan = _plan(now, takes_waiting=True)

    task = Task.objects.get(need=waiting)
    assert (task.responder_id, task.status, plan.offered_count) == (helper.pk, TaskStatus.OFFERED, 1)
    assert task.round is not None
    assert task.round.responder_id == helper.pk
    level.refresh_from_db()
    assert level.reserved == 2
    assert StockReservation.objects.get().task_id == task.pk
    waiting.refresh_from_db()
    visit.refresh_from_db()
    assert (waiting.status, visit.status) == (NeedStatus.MATCHED, NeedStatus.TRIAGED)
    assert not Task.objects.filter(responder=other).exists()


def test_waiting_deliveries_left_say_why(now: datetime) -> None:
    rice = make_item("rice")
    make_stock(rice, 1)
    make_helper(capacity=1)
    short = make_need(need_type=NeedType.STAPLE_FOOD)
    NeedLine.objects.create(need=short, area_code=short.area_code, item=rice, written="大米", quantity=2, unit="袋")
    for _number in range(2):
        make_need()

    plan = _plan(now, takes_waiting=True)

    assert sorted(row["reason"] for row in plan.left) == ["goods_missing", "no_room"]
    assert Task.objects.filter(status=TaskStatus.OFFERED).count() == 1


def test_nobody_is_offered_what_they_or_others_said_no_to(now: datetime) -> None:
    helper = make_helper()
    need = make_need()
    make_task(TaskStatus.DECLINED, now=now, responder=helper, need=need)

    plan = _plan(now, takes_waiting=True)

    assert (plan.offered_count, plan.left) == (0, [])


def test_plan_that_is_old_when_written_leaves_what_changed_alone(now: datetime) -> None:
    helper = make_helper(capacity=2)
    first, second = _held(now, helper, 121.222, 121.224)
    waiting = make_need(longitude=121.223)
    rival = make_helper(capacity=1, longitude=121.223)
    plan = commands.begin_round_plan(actor=SYSTEM, now=now, area_code=STREET, takes_waiting=True)
    asked = read_rounds(plan, now=now)
    found = search_rounds(asked, control=Control())
    commands.cancel_task(actor=SYSTEM, now=now, task=first, reason="换人")
    make_task(TaskStatus.ACCEPTED, now=now, responder=rival, need=make_need())

    plan = write_plan(plan, asked, found, now=now)

    assert set(Task.objects.filter(round__isnull=False).values_list("pk", flat=True)) >= {second.pk}
    assert Task.objects.filter(need=first.need, status=TaskStatus.ACCEPTED).count() == 0
    assert [row["reason"] for row in plan.left] == ["helper_taken"]
    waiting.refresh_from_db()
    assert waiting.status == NeedStatus.TRIAGED
    with pytest.raises(Refusal, match="plan_over"):
        write_plan(plan, asked, found, now=now)


def test_stopped_search_leaves_the_first_order_as_it_is(now: datetime) -> None:
    helper = make_helper(capacity=5)
    _held(now, helper, 121.222, 121.226, 121.224)
    plan = commands.start_round_plan(actor=SYSTEM, now=now, area_code=STREET)
    before = _order(DeliveryRound.objects.get())

    def stop(_progress: object) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        commands.complete_round_plan(plan, now=now, control=Control(on_progress=stop))

    plan.refresh_from_db()
    assert (plan.status, _order(DeliveryRound.objects.get())) == (PlanStatus.CANCELLED, before)


def test_search_waiting_for_its_turn_is_cancelled_at_once(now: datetime) -> None:
    plan = commands.start_round_plan(actor=SYSTEM, now=now, area_code=STREET)

    commands.cancel_round_plan(actor=SYSTEM, now=now, plan=plan)

    plan.refresh_from_db()
    assert plan.status == PlanStatus.CANCELLED
    assert plan.job_uuid is not None
    request_cancel(Job.objects.get(uuid=plan.job_uuid))
    with pytest.raises(Refusal, match="plan_over"):
        commands.complete_round_plan(plan, now=now)


def test_search_whose_process_died_makes_room_for_the_next(now: datetime) -> None:
    commands.begin_round_plan(actor=SYSTEM, now=now, area_code=STREET)

    with pytest.raises(Refusal, match="plan_under_way"):
        commands.begin_round_plan(actor=SYSTEM, now=now, area_code=COMMUNITY)
    later = now + PLAN_TIMEOUT + timedelta(seconds=1)
    assert fail_abandoned_plans(now=later) == 1
    commands.begin_round_plan(actor=SYSTEM, now=later, area_code=COMMUNITY)


def test_stranger_plans_no_rounds(now: datetime) -> None:
    with pytest.raises(NotPermitted):
        commands.start_round_plan(actor=actor_with(Role.GRID_WORKER, COMMUNITY), now=now, area_code=COMMUNITY)


def test_running_round_keeps_its_next_stop_takes_in_what_is_urgent_and_closes_gaps(now: datetime) -> None:
    helper = make_helper(capacity=9)
    near, middle, far = _held(now, helper, 121.222, 121.225, 121.230)
    (walked,) = commands.plan_rounds(actor=SYSTEM, now=now, area_code=STREET)
    commands.check_in(actor=SYSTEM, now=now, task=near)
    later = now + timedelta(minutes=5)
    urgent = make_task(now=now, responder=helper, need=make_need(longitude=121.2235, priority=Priority.URGENT))

    commands.accept_task(actor=SYSTEM, now=later, task=urgent)

    assert _order(walked) == [near.need_id, urgent.need_id, middle.need_id, far.need_id]
    commands.finish_task(actor=SYSTEM, now=later, task=near)
    commands.cancel_task(actor=SYSTEM, now=later, task=middle, reason="不用了")
    ahead = walked.tasks.filter(status=TaskStatus.ACCEPTED).order_by("position")
    assert list(ahead.values_list("need_id", "position")) == [(urgent.need_id, 2), (far.need_id, 3)]
    walked.refresh_from_db()
    assert (walked.status, walked.change_count) == (RoundStatus.UNDER_WAY, 2)
    assert JournalEntry.objects.filter(action="dispatch.round.change").count() == 2


def test_helper_plans_their_own_round_again_and_nobody_else_s(now: datetime) -> None:
    helper = make_helper(capacity=9)
    _held(now, helper, 121.222, 121.225)
    (walked,) = commands.plan_rounds(actor=SYSTEM, now=now, area_code=STREET)

    again = commands.replan_round(actor=actor_behind(helper, now=now), now=now, walked=walked)

    assert again.change_count == 1
    with pytest.raises(NotPermitted):
        commands.replan_round(actor=actor_behind(make_helper(), now=now), now=now, walked=walked)
    Task.objects.update(status=TaskStatus.DONE)
    assert finish_rounds(now=now) == 1
    with pytest.raises(Refusal, match="round_over"):
        commands.replan_round(actor=SYSTEM, now=now, walked=walked)


def test_round_of_offers_alone_is_not_over(now: datetime) -> None:
    make_helper(capacity=2)
    make_need()
    _plan(now, takes_waiting=True)

    assert finish_rounds(now=now) == 0
    assert Need.objects.get().status == NeedStatus.MATCHED
