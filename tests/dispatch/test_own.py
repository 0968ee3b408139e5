"""What a helper sees: nothing of others, no door before yes, nothing a day after the end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juxing.dispatch.commands import plan_rounds
from juxing.dispatch.enums import HELD, TaskStatus
from juxing.dispatch.queries import own_round, own_task, own_task_to_answer, own_tasks
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.needs.enums import NeedType
from juxing.needs.models import Need, NeedLine
from tests.dispatch.makers import actor_behind, make_helper, make_task
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_household, make_need, make_resident

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SECRETS = ("301", "秀英", "12800009999", "氨氯地平", "门口摔倒")


def _secret_need() -> Need:
    household = make_household(OTHER_COMMUNITY, door="301")
    resident = make_resident(household, phone="12800009999")
    need = make_need(household=household, resident=resident, need_type=NeedType.MEDICINE, details="门口摔倒")
    NeedLine.objects.create(need=need, area_code=need.area_code, written="氨氯地平", quantity=1, unit="盒")
    return need


@pytest.mark.parametrize("status", TaskStatus.values)
def test_door_name_phone_and_medicine_show_only_while_held(status: str, now: datetime) -> None:
    helper = make_helper(COMMUNITY)
    task = make_task(status, now=now, responder=helper, need=_secret_need(), accepted_at=now)
    actor = actor_behind(helper, now=now)

    with acting(actor):
        own = own_tasks(actor=actor, now=now)

    shown = repr([(seen, "") for seen in [*own.offers, *own.held, *own.ended]])
    found = [secret for secret in SECRETS if secret in shown.replace(repr(task), "")]
    assert found == (sorted(SECRETS, key=SECRETS.index) if status in HELD else [])


def test_nothing_is_left_a_day_after_the_end(now: datetime) -> None:
    helper = make_helper()
    task = make_task(TaskStatus.DONE, now=now, responder=helper)
    actor = actor_behind(helper, now=now)

    assert own_task(actor=actor, now=now + timedelta(hours=23), uuid=task.uuid).door == ""
    with pytest.raises(NotVisible):
        own_task(actor=actor, now=now + timedelta(hours=25), uuid=task.uuid)


def test_task_of_another_helper_does_not_exist(now: datetime) -> None:
    task = make_task(TaskStatus.ACCEPTED, now=now)
    other = actor_behind(make_helper(), now=now)

    assert own_tasks(actor=other, now=now).held == []
    for query in (lambda: own_task(actor=other, now=now, uuid=task.uuid),
                  lambda: own_task_to_answer(actor=other, uuid=task.uuid),
                  lambda: own_task(actor=Actor.resident(), now=now, uuid=task.uuid)):  # fmt: skip
        with pytest.raises(NotVisible):
            query()


def test_counselling_words_stay_closed_even_to_the_one_who_carries_it_out(now: datetime) -> None:
    helper = make_helper()
    need = make_need(need_type=NeedType.PSYCHOLOGICAL_SUPPORT, details="不想说的话")
    task = make_task(TaskStatus.ACCEPTED, now=now, responder=helper, need=need)

    assert own_task(actor=actor_behind(helper, now=now), now=now, uuid=task.uuid).details == ""


def test_own_tasks_makes_as_many_queries_for_three_as_for_one(now: datetime) -> None:
    helper = make_helper(capacity=9)
    actor = actor_behind(helper, now=now)
    counts = []
    for _round in range(2):
        make_task(TaskStatus.ACCEPTED, now=now, responder=helper, need=_need_with_lines())
        with CaptureQueriesContext(connection) as captured:
            own_tasks(actor=actor, now=now)
        counts.append(len(captured))
        make_task(TaskStatus.OFFERED, now=now, responder=helper, need=_need_with_lines())

    assert counts[0] == counts[1]


def test_round_of_another_helper_does_not_exist(now: datetime) -> None:
    helper = make_helper()
    make_task(TaskStatus.ACCEPTED, now=now, responder=helper)
    (planned,) = plan_rounds(actor=Actor.system("test"), now=now, area_code=COMMUNITY)

    _round, stops = own_round(actor=actor_behind(helper, now=now), now=now, uuid=planned.uuid)
    assert len(stops) == 1
    with pytest.raises(NotVisible):
        own_round(actor=actor_behind(make_helper(), now=now), now=now, uuid=planned.uuid)


def _need_with_lines() -> Need:
    need = make_need()
    NeedLine.objects.create(need=need, area_code=need.area_code, written="鸡蛋", quantity=1, unit="盒")
    return need
