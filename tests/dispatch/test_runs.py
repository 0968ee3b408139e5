"""Matching runs: who is offered what, what stays waiting and why, and that nothing is assigned twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from juxing.access.roles import Role
from juxing.dispatch.commands import accept_task, check_in, decline_task, expire_offers, finish_task, run_matching
from juxing.dispatch.enums import RunStatus, RunTrigger, TaskStatus
from juxing.dispatch.models import Match, Task
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.needs.enums import NeedStatus, NeedType, Priority
from juxing.needs.models import Need, NeedLine
from juxing.responders.enums import Skill
from tests.dispatch.makers import actor_with, make_plain_account
from tests.factories import (
    COMMUNITY,
    OTHER_COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_areas,
    make_household,
    make_item,
    make_need,
    make_responder,
    make_stock,
)

SYSTEM = Actor.system("test")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def test_run_offers_the_nearest_responder_who_has_the_skill(now: datetime) -> None:
    make_areas()
    need = make_need(need_type=NeedType.CONSULTATION, required_skills=[Skill.MEDICAL])
    make_responder()
    nurse = make_responder(skills=[Skill.MEDICAL], longitude=121.23)
    make_responder(skills=[Skill.MEDICAL], longitude=121.24)

    run = run_matching(actor=SYSTEM, now=now, area_code=STREET)

    task = Task.objects.get()
    assert (task.need_id, task.responder_id, task.status) == (need.pk, nurse.pk, TaskStatus.OFFERED)
    assert task.expires_at == now + timedelta(minutes=60)
    assert Need.objects.get().status == NeedStatus.MATCHED
    assert (run.status, run.matched_count, run.unserved_count) == (RunStatus.OFFERED, 1, 0)
    assert run.objective == run.bound
    match = Match.objects.get()
    assert match.runner_up_extra_m is not None
    assert match.runner_up_extra_m > 0
    assert JournalEntry.objects.filter(action="dispatch.task.offer", subject_uuid=task.uuid).count() == 1


def test_run_says_why_a_need_is_not_served(now: datetime) -> None:
    make_need(required_skills=[Skill.LEGAL])
    make_responder()

    run_matching(actor=SYSTEM, now=now, area_code=STREET)

    assert Match.objects.get().unserved_reason == "nobody_qualified"
    assert Need.objects.get().status == NeedStatus.TRIAGED
    assert not Task.objects.exists()


def test_skill_of_someone_with_full_hands_is_not_called_missing(now: datetime) -> None:
    make_need(required_skills=[Skill.LEGAL])
    make_need(required_skills=[Skill.PHARMACY])
    make_responder(skills=[Skill.LEGAL], capacity=0)

    run_matching(actor=SYSTEM, now=now, area_code=STREET)

    rows = Match.objects.values_list("need__required_skills", "unserved_reason")
    found = {skills[0]: reason for skills, reason in rows}
    assert found == {Skill.LEGAL: "no_capacity", Skill.PHARMACY: "nobody_qualified"}


def test_run_serves_the_higher_priority_when_hands_are_scarce(now: datetime) -> None:
    make_need(priority=Priority.NORMAL)
    critical = make_need(priority=Priority.LIFE_CRITICAL, longitude=121.235)
    make_responder(capacity=1)

    run_matching(actor=SYSTEM, now=now, area_code=STREET)

    assert Task.objects.get().need_id == critical.pk


def test_run_over_a_community_asks_the_whole_street_but_no_other(now: datetime) -> None:
    need = make_need(COMMUNITY)
    make_responder(OTHER_STREET_COMMUNITY)
    neighbour = make_responder(OTHER_COMMUNITY, longitude=121.23)

    run_matching(actor=SYSTEM, now=now, area_code=COMMUNITY)

    assert list(Task.objects.values_list("need_id", "responder_id")) == [(need.pk, neighbour.pk)]


def test_run_by_someone_without_the_right_is_refused(now: datetime) -> None:
    actor = actor_with(Role.GRID_WORKER, COMMUNITY)

    with pytest.raises(NotPermitted):
        run_matching(actor=actor, now=now, area_code=COMMUNITY)


def test_second_run_over_an_overlapping_place_is_refused_while_one_is_under_way(now: datetime) -> None:
    from juxing.dispatch.commands import begin_run

    begin_run(actor=SYSTEM, now=now, area_code=STREET, trigger=RunTrigger.PERSON)

    with pytest.raises(Refusal, match="run_under_way"):
        begin_run(actor=SYSTEM, now=now, area_code=COMMUNITY, trigger=RunTrigger.PERSON)
    begin_run(actor=SYSTEM, now=now, area_code="990117002", trigger=RunTrigger.PERSON)


def test_second_run_finds_nothing_left_to_offer(now: datetime) -> None:
    make_need()
    make_responder()
    run_matching(actor=SYSTEM, now=now, area_code=STREET)

    again = run_matching(actor=SYSTEM, now=now, area_code=STREET)

    assert again.need_count == 0
    assert Task.objects.count() == 1


def test_declined_offer_goes_to_someone_else_and_leaves_no_mark(now: datetime) -> None:
    make_need()
    first = make_responder(account=make_plain_account(Role.RESPONDER, COMMUNITY))
    second = make_responder(longitude=121.24)
    run_matching(actor=SYSTEM, now=now, area_code=STREET)
    before = {name: getattr(first, name) for name in ("capacity", "reach_m", "status", "is_available")}

    decline_task(actor=SYSTEM, now=now, task=Task.objects.get())
    run_matching(actor=SYSTEM, now=now, area_code=STREET)

    assert Task.objects.get(status=TaskStatus.OFFERED).responder_id == second.pk
    first.refresh_from_db()
    assert {name: getattr(first, name) for name in before} == before


def test_offer_nobody_answers_expires_and_is_matched_again(now: datetime) -> None:
    need = make_need()
    make_responder()
    second = make_responder(longitude=121.24)
    run_matching(actor=SYSTEM, now=now, area_code=STREET)
    later = now + timedelta(minutes=61)

    assert expire_offers(now=later) == 1
    assert expire_offers(now=later) == 0
    need.refresh_from_db()
    assert need.status == NeedStatus.TRIAGED
    run_matching(actor=SYSTEM, now=later, area_code=STREET)

    assert Task.objects.get(status=TaskStatus.OFFERED).responder_id == second.pk


def test_whole_way_from_offer_to_fulfilled_moves_need_and_stock_together(now: datetime) -> None:
    rice = make_item("rice")
    level = make_stock(rice, 5)
    need = make_need()
    NeedLine.objects.create(need=need, area_code=need.area_code, item=rice, written="大米", quantity=2, unit="袋")
    make_responder()
    run_matching(actor=SYSTEM, now=now, area_code=STREET)
    level.refresh_from_db()
    assert (level.on_hand, level.reserved) == (5, 2)

    task = accept_task(actor=SYSTEM, now=now, task=Task.objects.get())
    task = check_in(actor=SYSTEM, now=now, task=task)
    level.refresh_from_db()
    assert (level.on_hand, level.reserved) == (3, 0)
    finish_task(actor=SYSTEM, now=now, task=task, note="放在门口")

    need.refresh_from_db()
    assert need.status == NeedStatus.FULFILLED
    level.refresh_from_db()
    assert (level.on_hand, level.reserved) == (3, 0)


def test_declined_offer_gives_its_goods_back(now: datetime) -> None:
    rice = make_item("rice")
    level = make_stock(rice, 5)
    need = make_need()
    NeedLine.objects.create(need=need, area_code=need.area_code, item=rice, written="大米", quantity=2, unit="袋")
    make_responder()
    run_matching(actor=SYSTEM, now=now, area_code=STREET)

    decline_task(actor=SYSTEM, now=now, task=Task.objects.get())

    level.refresh_from_db()
    assert (level.on_hand, level.reserved) == (5, 0)


def test_need_whose_goods_are_gone_waits_and_says_so(now: datetime) -> None:
    rice = make_item("rice")
    make_stock(rice, 2)
    household = make_household()
    served, short = make_need(household=household), make_need(household=household)
    for need in (served, short):
        NeedLine.objects.create(need=need, area_code=need.area_code, item=rice, written="大米", quantity=2, unit="袋")
    Need.objects.filter(pk=served.pk).update(priority_score=9)
    make_responder()

    run = run_matching(actor=SYSTEM, now=now, area_code=STREET)

    assert Task.objects.get().need_id == served.pk
    assert Match.objects.get(need=short).unserved_reason == "goods_missing"
    assert run.unserved_count == 1


def test_offer_that_ran_out_cannot_be_accepted(now: datetime) -> None:
    make_need()
    make_responder()
    run_matching(actor=SYSTEM, now=now, area_code=STREET)

    with pytest.raises(Refusal, match="offer_over"):
        accept_task(actor=SYSTEM, now=now + timedelta(hours=2), task=Task.objects.get())


def test_stranger_cannot_answer_for_a_helper(now: datetime) -> None:
    make_need()
    make_responder(account=make_plain_account(Role.RESPONDER, COMMUNITY))
    run_matching(actor=SYSTEM, now=now, area_code=STREET)
    stranger = actor_with(Role.RESPONDER, COMMUNITY)

    with acting(SYSTEM), pytest.raises(NotPermitted):
        accept_task(actor=stranger, now=now, task=Task.objects.get())
