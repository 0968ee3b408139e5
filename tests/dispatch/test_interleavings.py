"""
Nothing is assigned twice and nothing is lost, in whatever order people, clocks and dying processes act.

Runs are begun, computed and written as separate steps, so that a plan may be old by the time it is written; a process
may die between the steps, or in the middle of writing.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, F, Q
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from juxing.dispatch import commands, problems
from juxing.dispatch.commands.offering import Snapshot, Solution, write_offers
from juxing.dispatch.commands.round_plans import fail_abandoned_plans, read_rounds, write_plan
from juxing.dispatch.commands.runs import read_snapshot, solve_snapshot
from juxing.dispatch.enums import LIVE, PlacementStatus, RunStatus, RunTrigger, TaskStatus
from juxing.dispatch.lifecycle import TASK
from juxing.dispatch.models import LivePlacement, MatchingRun, RoundPlan, StockReservation, Task
from juxing.dispatch.problems import counts_today
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.needs import commands as needs_commands
from juxing.needs.enums import WAITING, NeedStatus, NeedType, Priority
from juxing.needs.models import Need, NeedLine
from juxing.responders import commands as responders_commands
from juxing.responders.enums import ReportInStatus
from juxing.responders.models import Responder
from juxing.supplies.models import StockLevel
from juxing_engine.control import Control
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
START = datetime(2026, 3, 10, tzinfo=UTC)
LIVE_FOR = {
    NeedStatus.MATCHED: {TaskStatus.OFFERED},
    NeedStatus.ASSIGNED: {TaskStatus.ACCEPTED, TaskStatus.BLOCKED},
    NeedStatus.IN_DELIVERY: {TaskStatus.IN_PROGRESS, TaskStatus.BLOCKED},
}
ANSWERS: dict[str, tuple[Callable[..., Any], frozenset[str], dict[str, str]]] = {
    name: (command, TASK[step].source, words)
    for name, command, step, words in (
        ("accept", commands.accept_task, "accept", {}),
        ("decline", commands.decline_task, "decline", {}),
        ("check in", commands.check_in, "check_in", {}),
        ("block", commands.block_task, "block", {"reason": "门禁"}),
        ("finish", commands.finish_task, "finish", {}),
        ("cancel", commands.cancel_task, "cancel", {"reason": "换人"}),
    )
}
picks = st.integers(0, 50)


class _Dies(Exception):
    """The process was killed."""


class Dispatching(RuleBasedStateMachine):
    """A street with eight needs, three helpers and little rice."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.computed: list[tuple[MatchingRun, Snapshot, Solution]] = []
        self.searched: list[tuple[RoundPlan, Any, Any]] = []
        self.withdrawn: list[Any] = []
        self.left: list[Any] = []
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        self._scope = acting(SYSTEM)
        self._scope.__enter__()
        rice = make_item("rice")
        make_stock(rice, 5)
        homes = [make_household(COMMUNITY), make_household(OTHER_COMMUNITY)]
        for number in range(8):
            critical = number == 0
            need = make_need(
                household=homes[number % 2],
                need_type=NeedType.STAPLE_FOOD,
                priority=Priority.LIFE_CRITICAL if critical else Priority.NORMAL,
                priority_score=200 if critical else number,
                longitude=121.22 + number / 2000,
            )
            if number % 2:
                NeedLine.objects.create(need=need, area_code=need.area_code, item=rice, written="大米", quantity=2)
        for number in range(3):
            make_responder(OTHER_COMMUNITY if number else COMMUNITY, capacity=2, longitude=121.22 + number / 1000)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._scope.__exit__(None, None, None)
        transaction.set_rollback(True)
        self._transaction.__exit__(None, None, None)

    @rule(place=st.sampled_from([STREET, COMMUNITY, OTHER_COMMUNITY]), is_critical=st.booleans())
    def compute_a_run(self, place: str, is_critical: bool) -> None:
        trigger = RunTrigger.LIFE_CRITICAL if is_critical else RunTrigger.SCHEDULE
        try:
            run = commands.begin_run(actor=SYSTEM, now=self.now, area_code=place, trigger=trigger)
        except Refusal:
            return
        snapshot = read_snapshot(run, now=self.now)
        self.computed.append((run, snapshot, solve_snapshot(snapshot, control=None)))

    @initialize()
    def match_in_the_morning(self) -> None:
        commands.run_matching(actor=SYSTEM, now=self.now, area_code=STREET)

    @rule(place=st.sampled_from([STREET, COMMUNITY, OTHER_COMMUNITY]))
    def match_without_pause(self, place: str) -> None:
        try:
            commands.run_matching(actor=SYSTEM, now=self.now, area_code=place, trigger=RunTrigger.SCHEDULE)
        except Refusal as refusal:
            note(refusal.code)

    @rule(which=picks)
    def a_life_comes_into_danger(self, which: int) -> None:
        waiting = list(Need.objects.filter(status__in=sorted(WAITING)).order_by("id"))
        if waiting:
            Need.objects.filter(pk=waiting[which % len(waiting)].pk).update(priority=Priority.LIFE_CRITICAL)
        commands.run_matching(actor=SYSTEM, now=self.now, area_code=STREET, trigger=RunTrigger.LIFE_CRITICAL)

    @rule(which=picks)
    def the_dispatcher_takes_a_better_plan(self, which: int) -> None:
        found = list(LivePlacement.objects.filter(status=PlacementStatus.OPEN).order_by("id"))
        if found:
            commands.take_exact_plan(actor=SYSTEM, now=self.now, placement=found[which % len(found)])

    @rule(dies=st.booleans())
    def rounds_are_planned_with_what_waits(self, dies: bool) -> None:
        try:
            plan = commands.begin_round_plan(actor=SYSTEM, now=self.now, area_code=STREET, takes_waiting=True)
        except Refusal:
            return
        asked = read_rounds(plan, now=self.now)
        found = [problems.solve_rounds(part, control=Control(budget_s=0.0)) for part in asked.parts]
        if dies:
            self.searched.append((plan, asked, found))
        else:
            write_plan(plan, asked, found, now=self.now)

    @precondition(lambda self: self.searched)
    @rule()
    def an_old_plan_of_rounds_is_written(self) -> None:
        plan, asked, found = self.searched.pop()
        try:
            with transaction.atomic():
                write_plan(plan, asked, found, now=self.now)
                if plan.pk % 3 == 0:
                    raise _Dies
        except (_Dies, Refusal):
            pass

    @precondition(lambda self: self.computed)
    @rule(which=picks)
    def write_a_computed_run(self, which: int) -> None:
        run, snapshot, solution = self.computed.pop(which % len(self.computed))
        is_over = not MatchingRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING).exists()
        if is_over:
            with pytest.raises(Refusal, match="run_over"):
                write_offers(run, snapshot, solution, actor=SYSTEM, now=self.now)
        else:
            write_offers(run, snapshot, solution, actor=SYSTEM, now=self.now)

    @precondition(lambda self: self.computed)
    @rule(which=picks)
    def die_while_writing(self, which: int) -> None:
        run, snapshot, solution = self.computed[which % len(self.computed)]
        try:
            with transaction.atomic():
                write_offers(run, snapshot, solution, actor=SYSTEM, now=self.now)
                raise _Dies
        except (_Dies, Refusal):
            pass

    @precondition(lambda self: self.computed)
    @rule(which=picks)
    def die_before_writing(self, which: int) -> None:
        self.computed.pop(which % len(self.computed))

    @rule(minutes=st.sampled_from([1, 16, 61, 700]))
    def let_time_pass(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        commands.expire_offers(now=self.now)
        commands.fail_abandoned_runs(now=self.now)
        fail_abandoned_plans(now=self.now)

    @rule(seed=st.integers(0, 2**32 - 1))
    def helpers_answer(self, seed: int) -> None:
        """Several answers at once, drawn evenly: drawn one by one they would mostly be answers to nothing."""
        draw = random.Random(seed)  # noqa: S311 - an order of acts, no secret
        for _act in range(8):
            name = draw.choice(sorted(ANSWERS))
            self._answer(name, draw.randrange(1000), is_double=draw.random() < 0.3)

    @rule(which=picks)
    def withdraw_a_need(self, which: int) -> None:
        need = self._need(which)
        try:
            needs_commands.withdraw_need(actor=SYSTEM, now=self.now, need=need)
        except Refusal:
            return
        self.withdrawn.append(need.uuid)

    @rule(which=picks)
    def reopen_a_need(self, which: int) -> None:
        try:
            needs_commands.reopen_need(actor=SYSTEM, now=self.now, need=self._need(which), what_was_wrong="少了一袋")
        except Refusal:
            return

    @rule(which=picks)
    def a_helper_leaves(self, which: int) -> None:
        serving = list(Responder.objects.exclude(status=ReportInStatus.WITHDRAWN).order_by("id"))
        if len(serving) > 1:
            gone = serving[which % len(serving)]
            responders_commands.withdraw_responder(actor=SYSTEM, now=self.now, responder=gone)
            self.left.append(gone.uuid)

    @rule()
    def the_journal_is_followed(self) -> None:
        commands.end_tasks_of_needs(now=self.now, need_uuids=self.withdrawn)
        commands.free_tasks_of_responders(now=self.now, responder_uuids=self.left, states=sorted(LIVE))
        self.withdrawn.clear()
        self.left.clear()

    @invariant()
    def no_need_is_lost_and_none_is_served_twice(self) -> None:
        pairs = list(Task.objects.filter(status__in=LIVE).values_list("need_id", "status"))
        live = dict(pairs)
        assert len(live) == len(pairs)
        for need_id, uuid, status in Need.objects.values_list("id", "uuid", "status"):
            if status in LIVE_FOR:
                assert live.get(need_id) in LIVE_FOR[NeedStatus(status)], (status, live.get(need_id))
            elif status == NeedStatus.WITHDRAWN:
                assert need_id not in live or uuid in self.withdrawn
            else:
                assert status in {*WAITING, NeedStatus.FULFILLED}
                assert need_id not in live, (status, live.get(need_id))

    @invariant()
    def a_round_holds_only_its_own_helper_s_tasks_each_at_its_own_place(self) -> None:
        places = list(Task.objects.filter(status__in=LIVE, round__isnull=False).values_list("round_id", "position"))
        assert len(places) == len(set(places)), sorted(places)
        assert not Task.objects.filter(status__in=LIVE, round__isnull=False).exclude(
            round__responder=F("responder")
        ).exists()  # fmt: skip

    @invariant()
    def promised_goods_are_the_open_promises(self) -> None:
        promises = list(StockReservation.objects.filter(is_open=True).values_list("quantity", "task__status"))
        level = StockLevel.objects.get()
        assert level.reserved == sum(quantity for quantity, _status in promises)
        assert 0 <= level.reserved <= level.on_hand
        assert {status for _quantity, status in promises} <= LIVE

    @invariant()
    def nobody_is_asked_for_more_than_they_said(self) -> None:
        asked = Count("tasks", filter=Q(tasks__in=Task.objects.filter(counts_today(self.now))))
        assert not Responder.objects.annotate(asked=asked).filter(asked__gt=F("capacity")).exists()

    def _answer(self, name: str, which: int, *, is_double: bool) -> None:
        """Answer for a task from which this can be done; now and then for any, as late or stray answers are."""
        command, sources, words = ANSWERS[name]
        tasks = list(Task.objects.filter(status__in=sources).order_by("id")) if which % 7 else []
        tasks = tasks or list(Task.objects.order_by("id"))
        if not tasks:
            return
        task = tasks[which % len(tasks)]
        for _time in range(2 if is_double else 1):
            try:
                command(actor=SYSTEM, now=self.now, task=task, **words)
            except Refusal as refusal:
                note(f"{name}: {refusal.code}")

    def _need(self, which: int) -> Need:
        needs = list(Need.objects.order_by("id"))
        return needs[which % len(needs)]


@pytest.mark.django_db
def test_no_order_of_acts_assigns_twice_or_loses_a_need() -> None:
    run_state_machine_as_test(
        Dispatching,
        settings=settings(
            max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
