"""Runs that start by themselves, and what dispatch does when it hears of needs and helpers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.dispatch import jobs
from juxing.dispatch.commands import begin_run, cancel_run, set_schedule, start_due_runs, start_run
from juxing.dispatch.commands.offering import write_offers
from juxing.dispatch.commands.runs import complete_run, read_snapshot, solve_snapshot
from juxing.dispatch.enums import RunStatus, RunTrigger, TaskStatus
from juxing.dispatch.models import Match, MatchingRun, Task
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import JobHandle
from juxing.kernel.models import Job, JobStatus
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.subscribers import deliver, subscribers
from juxing.needs import commands as needs_commands
from juxing.needs.enums import NeedStatus, Priority
from juxing.needs.lifecycle import NEED
from juxing.needs.models import Need
from juxing.responders import commands as responders_commands
from tests.dispatch.makers import actor_with, make_plain_account, make_task
from tests.factories import (
    COMMUNITY,
    OTHER_COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_areas,
    make_need,
    make_responder,
)

SYSTEM = Actor.system("test")
in_scope = pytest.mark.usefixtures("everywhere")


@in_scope
@pytest.mark.django_db
def test_due_runs_start_only_where_something_waits_and_only_in_time(now: datetime) -> None:
    make_need(COMMUNITY)

    assert [run.area_code for run in start_due_runs(now=now)] == [STREET]
    MatchingRun.objects.update(status=RunStatus.OFFERED)
    assert start_due_runs(now=now + timedelta(minutes=9)) == []
    assert len(start_due_runs(now=now + timedelta(minutes=10))) == 1


@in_scope
@pytest.mark.django_db
def test_street_that_matches_by_hand_is_left_alone_but_never_a_life(now: datetime) -> None:
    make_need(COMMUNITY)
    set_schedule(actor=SYSTEM, area_code=STREET, every_minutes=0)
    assert start_due_runs(now=now) == []

    make_need(COMMUNITY, priority=Priority.LIFE_CRITICAL)

    assert [run.trigger for run in start_due_runs(now=now)] == [RunTrigger.LIFE_CRITICAL]
    assert start_due_runs(now=now + timedelta(minutes=1)) == []


@in_scope
@pytest.mark.django_db
@pytest.mark.parametrize(("area_code", "minutes"), [(COMMUNITY, 10), (STREET, -1), (STREET, 1441)])
def test_schedule_out_of_range_is_refused(area_code: str, minutes: int) -> None:
    with pytest.raises(InvalidInput):
        set_schedule(actor=SYSTEM, area_code=area_code, every_minutes=minutes)


@in_scope
@pytest.mark.django_db
def test_community_does_not_set_the_street_s_schedule() -> None:
    with pytest.raises(NotPermitted):
        set_schedule(actor=actor_with(Role.COMMUNITY_SECRETARY, COMMUNITY), area_code=STREET, every_minutes=5)


@in_scope
@pytest.mark.django_db
def test_job_computes_the_run_it_was_started_for_and_only_once(now: datetime) -> None:
    make_need()
    make_responder()
    start_run(actor=actor_with_account(), now=now, area_code=STREET)
    job = Job.objects.get()

    result = jobs.MATCHING_RUN.run(JobHandle(job))

    assert result["matched"] == 1
    with pytest.raises(Refusal, match="run_over"):
        complete_run(MatchingRun.objects.get(), now=now)
    assert (Task.objects.count(), Match.objects.count()) == (1, 1)
    assert MatchingRun.objects.get().status == RunStatus.OFFERED


@in_scope
@pytest.mark.django_db
def test_run_stopped_before_it_began_leaves_everything_waiting(now: datetime) -> None:
    need = make_need()
    make_responder()
    run = start_run(actor=actor_with_account(), now=now, area_code=STREET)

    cancel_run(actor=SYSTEM, now=now, run=run)

    assert MatchingRun.objects.get().status == RunStatus.CANCELLED
    assert Job.objects.get().status == JobStatus.CANCELLED
    assert Need.objects.get(pk=need.pk).status == NeedStatus.TRIAGED
    start_run(actor=actor_with_account(), now=now, area_code=STREET)


@in_scope
@pytest.mark.django_db
def test_run_is_stopped_only_by_those_who_may_start_one(now: datetime) -> None:
    run = start_run(actor=SYSTEM, now=now, area_code=STREET)

    with pytest.raises(NotPermitted):
        cancel_run(actor=actor_with(Role.GRID_WORKER, STREET), now=now, run=run)


@in_scope
@pytest.mark.django_db
def test_need_without_a_known_door_is_named_and_not_forgotten(now: datetime) -> None:
    lost = make_need(longitude=None, latitude=None)
    run = start_run(actor=SYSTEM, now=now, area_code=STREET)

    complete_run(run, now=now)

    assert Match.objects.get(need=lost).unserved_reason == "place_unknown"
    run.refresh_from_db()
    assert (run.need_count, run.unserved_count) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_journal_brings_life_critical_runs_and_ends_tasks_of_those_gone(now: datetime) -> None:
    with acting(SYSTEM):
        make_areas()
        make_need(OTHER_STREET_COMMUNITY)
        critical = make_need(COMMUNITY, priority=Priority.LIFE_CRITICAL, status=NeedStatus.SUBMITTED)
        unwanted = make_task(TaskStatus.ACCEPTED, now=now, responder=make_responder())
        orphaned = make_task(TaskStatus.ACCEPTED, now=now, responder=make_responder())
    with acting(SYSTEM):
        NEED.move(critical, "triage", actor=SYSTEM, now=now)
        needs_commands.withdraw_need(actor=SYSTEM, now=now, need=unwanted.need)
        responders_commands.withdraw_responder(actor=SYSTEM, now=now, responder=orphaned.responder)

    for _time in range(2):
        for name in ("dispatch.life_critical", "dispatch.needs_ended", "dispatch.responders_left"):
            deliver(subscribers[name])

    with acting(SYSTEM):
        runs = list(MatchingRun.objects.values_list("area_code", "trigger"))
        assert runs == [(STREET, RunTrigger.LIFE_CRITICAL)]
        assert set(Task.objects.values_list("status", flat=True)) == {TaskStatus.CANCELLED}
        assert Need.objects.get(pk=orphaned.need_id).status == NeedStatus.TRIAGED
        assert Need.objects.get(pk=unwanted.need_id).status == NeedStatus.WITHDRAWN


def actor_with_account() -> Actor:
    """Return an operator with an account, as runs started by a person need one."""
    return actor_of(make_plain_account(Role.STREET_OPERATOR, STREET), now=datetime(2026, 3, 10, tzinfo=UTC))


@in_scope
@pytest.mark.django_db
def test_plans_computed_side_by_side_do_not_fill_one_helper_twice(now: datetime) -> None:
    helper = make_responder(capacity=1)
    make_need(COMMUNITY)
    later = make_need(OTHER_COMMUNITY)
    runs = [
        begin_run(actor=SYSTEM, now=now, area_code=place, trigger=RunTrigger.SCHEDULE)
        for place in (COMMUNITY, OTHER_COMMUNITY)
    ]
    snapshots = [read_snapshot(run, now=now) for run in runs]
    solutions = [solve_snapshot(snapshot, control=None) for snapshot in snapshots]

    for run, snapshot, solution in zip(runs, snapshots, solutions, strict=True):
        write_offers(run, snapshot, solution, actor=SYSTEM, now=now)

    assert Task.objects.get().responder_id == helper.pk
    assert Match.objects.get(need=later).unserved_reason == "helper_taken"
    assert Need.objects.get(pk=later.pk).status == NeedStatus.TRIAGED


@in_scope
@pytest.mark.django_db
@pytest.mark.parametrize("change", ["switched off", "paused", "left"])
def test_helper_who_became_unavailable_while_the_run_computed_is_not_asked(change: str, now: datetime) -> None:
    helper = make_responder()
    make_need()
    run = begin_run(actor=SYSTEM, now=now, area_code=STREET, trigger=RunTrigger.SCHEDULE)
    snapshot = read_snapshot(run, now=now)
    solution = solve_snapshot(snapshot, control=None)
    if change == "switched off":
        responders_commands.set_available(actor=SYSTEM, now=now, responder=helper, is_available=False)
    elif change == "paused":
        responders_commands.pause_responder(actor=SYSTEM, now=now, responder=helper)
    else:
        responders_commands.withdraw_responder(actor=SYSTEM, now=now, responder=helper)

    write_offers(run, snapshot, solution, actor=SYSTEM, now=now)

    assert not Task.objects.exists()
    assert Need.objects.get().status == NeedStatus.TRIAGED
