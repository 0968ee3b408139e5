"""A task is offered to, and taken by, only those who have shown what it asks before; the run says who was kept out."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from juxing.access.roles import Role
from juxing.dispatch.commands import accept_task, begin_round_plan, complete_round_plan, run_matching
from juxing.dispatch.enums import TaskStatus, UnservedReason
from juxing.dispatch.models import Match, MatchingRun, Task
from juxing.dispatch.problems import serving_responders
from juxing.dispatch.problems.round_problem import DEPOT_BIT
from juxing.dispatch.problems.solving import GATE_BIT, SKILL_BIT, gates_passed
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal
from juxing.needs.enums import NeedType, Priority
from juxing.needs.requirements import REQUIREMENTS, task_of
from juxing.responders.enums import Skill
from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.gates import gates
from juxing.responders.models import Clearance, Responder
from tests.dispatch.makers import actor_behind, make_helper, make_plain_account, make_task
from tests.factories import STREET, make_areas, make_need, make_responder

SYSTEM = Actor.system("test")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def without(responder: Responder, kind: str) -> Responder:
    """Let what they have shown run out the day before."""
    Clearance.objects.filter(responder=responder, kind=kind).delete()
    return responder


def run(now: datetime) -> MatchingRun:
    return run_matching(actor=SYSTEM, now=now, area_code=STREET)


def test_every_kind_of_need_makes_a_known_task() -> None:
    assert {one.task for one in REQUIREMENTS.values()} <= set(gates())
    assert task_of(NeedType.STAPLE_FOOD, [Skill.HEAVY_LOADS]) == "heavy_delivery"
    assert task_of(NeedType.INFORMATION, [Skill.HEAVY_LOADS]) == "general"


def test_gates_skills_and_depots_are_told_apart_in_one_number() -> None:
    bits = [*SKILL_BIT.values(), *GATE_BIT.values()]

    assert len(set(bits)) == len(bits)
    assert max(bits) < 1 << DEPOT_BIT
    assert all(bit.bit_count() == 1 for bit in bits)


def test_a_gate_is_passed_or_lacked_and_never_both() -> None:
    for size in range(len(GATE_BIT) + 1):
        for tasks in combinations(sorted(GATE_BIT), size):
            passed = gates_passed(dict.fromkeys(tasks, ()))

            assert {task for task, bit in GATE_BIT.items() if not passed & bit} == set(tasks)


def test_whoever_lacks_something_is_not_asked_though_nearer(now: datetime) -> None:
    need = make_need()
    without(make_responder(), ClearanceKind.INSURANCE)
    farther = make_responder(longitude=121.2215)

    done = run(now)

    assert Task.objects.get(need=need).responder == farther
    assert done.gates == {"people": 1, "missing": [["insurance", "", 1]]}
    assert done.objective == done.bound


def test_a_need_left_says_how_many_could_not_be_asked_and_why(now: datetime) -> None:
    need = make_need()
    for kind in (ClearanceKind.INSURANCE, ClearanceKind.INSURANCE, ClearanceKind.TRAINING):
        without(make_responder(), kind)
    without(make_responder(longitude=121.9, reach_m=100), ClearanceKind.ADULT)

    run(now)

    left = Match.objects.get(need=need)
    assert left.unserved_reason == UnservedReason.GATE_NOT_PASSED
    assert left.unserved_facts["barred"] == {
        "people": 3, "missing": [["insurance", "", 2], ["training", "delivery", 1]],
    }  # fmt: skip


def test_a_skill_nobody_has_is_a_skill_and_not_a_gate(now: datetime) -> None:
    need = make_need(need_type=NeedType.PSYCHOLOGICAL_SUPPORT, required_skills=[Skill.COUNSELLING])
    without(make_responder(), ClearanceKind.TRAINING)

    run(now)

    left = Match.objects.get(need=need)
    assert left.unserved_reason == UnservedReason.NOBODY_QUALIFIED
    assert left.unserved_facts["lacking"] == [Skill.COUNSELLING]


def test_what_asks_nothing_is_open_to_everyone(now: datetime) -> None:
    need = make_need(need_type=NeedType.INFORMATION)
    newcomer = make_responder(has_shown=False)

    assert run(now).gates == {}
    assert Task.objects.get(need=need).responder == newcomer


def test_a_life_critical_need_is_placed_with_who_has_shown_it_and_waits_for_a_person_otherwise(now: datetime) -> None:
    need = make_need(need_type=NeedType.MEDICINE, priority=Priority.LIFE_CRITICAL)
    without(make_responder(), ClearanceKind.ADULT)

    run_matching(actor=SYSTEM, now=now, area_code=STREET, trigger="life_critical")
    assert Match.objects.get(need=need).unserved_reason == UnservedReason.GATE_NOT_PASSED

    shown = make_responder(longitude=121.2215)
    run_matching(actor=SYSTEM, now=now + timedelta(minutes=1), area_code=STREET, trigger="life_critical")
    assert Task.objects.get(need=need).responder == shown


def test_a_waiting_delivery_goes_on_no_round_of_who_lacks_something(now: datetime) -> None:
    make_need()
    without(make_responder(), ClearanceKind.TRAINING)
    plan = begin_round_plan(actor=SYSTEM, now=now, area_code=STREET, takes_waiting=True)

    complete_round_plan(plan, now=now)

    assert not Task.objects.exists()


def test_an_offer_whose_insurance_ran_out_meanwhile_is_not_accepted_and_says_what_to_do(now: datetime) -> None:
    task = make_task(TaskStatus.OFFERED, now=now, responder=make_helper())
    without(task.responder, ClearanceKind.INSURANCE)

    with pytest.raises(Refusal, match="gate_not_passed") as refused:
        accept_task(actor=actor_behind(task.responder, now=now), now=now, task=task)

    assert any(words in str(refused.value.message) for words in ("accident insurance", "人身意外保险"))
    task.refresh_from_db()
    assert task.status == TaskStatus.OFFERED


def test_who_lacks_what_takes_one_query_for_any_number(now: datetime) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            serving_responders(STREET, now=now)
        return len(captured)

    make_responder()
    one = count()
    for _number in range(3):
        make_responder(has_shown=False)

    assert count() == one


@pytest.mark.parametrize(
    ("language", "words"), [("en", "3 people could not be asked: missing is Accident insurance (3)."),
                            ("zh-hans", "有 3 人不能派：缺少人身意外保险 (3)。")],
)  # fmt: skip
def test_the_run_says_it_in_words(language: str, words: str, now: datetime, client: Client, **_more: Any) -> None:
    make_areas()
    make_need()
    for _number in range(3):
        without(make_responder(), ClearanceKind.INSURANCE)
    done = run(now)
    client.force_login(make_plain_account(Role.STREET_OPERATOR), backend="django.contrib.auth.backends.ModelBackend")

    shown = client.get(f"/dispatch/runs/{done.uuid}/", headers={"accept-language": language}).content.decode()

    assert shown.count(words) == 2
