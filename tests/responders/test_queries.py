"""Lists within scope, one's own, and the funnel that speaks of no one."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juxing.access.roles import Role
from juxing.dispatch.enums import TaskStatus
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.responders import policy, queries
from juxing.responders.enums import ReportInStatus, Skill
from juxing.responders.models import Responder
from tests.dispatch.makers import actor_behind, make_helper, make_task
from tests.factories import COMMUNITY, OTHER_COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_responder
from tests.responders.makers import actor_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("area_code", [STREET, COMMUNITY, OTHER_STREET_COMMUNITY])
def test_scope_and_predicate_agree(role: str, area_code: str) -> None:
    rows = [make_responder(code) for code in (COMMUNITY, OTHER_COMMUNITY, OTHER_STREET_COMMUNITY)]
    actor = actor_with(role, area_code)

    visible = set(policy.visible_responders(actor))

    assert visible == {row for row in rows if policy.can_see(actor, row)}


def test_list_finds_by_state_skill_name_and_phone_and_leaves_out_those_who_left() -> None:
    nurse = make_responder(name="许静", skills=[Skill.MEDICAL], phone="12800005555")
    make_responder(status=ReportInStatus.SUBMITTED)
    make_responder(status=ReportInStatus.WITHDRAWN, name="")
    actor = actor_with(Role.STREET_OPERATOR)

    def found(**values: str) -> list[Responder]:
        return list(queries.responders_page(actor=actor, filters=queries.Filters(**values)).rows)

    assert len(found()) == 2
    assert found(skill=Skill.MEDICAL) == found(text="静") == found(text="128-0000-5555") == [nurse]
    assert [row.status for row in found(status=ReportInStatus.SUBMITTED)] == [ReportInStatus.SUBMITTED]
    assert found(text="'; DROP TABLE responders_responder; --") == []
    assert found(area_code=OTHER_COMMUNITY) == []


def test_list_shows_who_has_room_in_a_constant_number_of_queries(now: datetime) -> None:
    busy = make_responder(capacity=2)
    make_task(TaskStatus.ACCEPTED, now=now, responder=busy)
    actor = actor_with(Role.STREET_OPERATOR)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            page = queries.responders_page(actor=actor, filters=queries.Filters())
            rows = queries.listed(page.rows, now=now)
        counts.append(len(captured))
        make_responder(), make_responder()

    assert rows[-1].free == 1
    assert counts[0] == counts[1]


def test_responder_of_another_street_does_not_exist() -> None:
    other = make_responder(OTHER_STREET_COMMUNITY)

    with pytest.raises(NotVisible):
        queries.responder_of(actor=actor_with(Role.STREET_OPERATOR), uuid=other.uuid)


def test_own_report_in_shows_hours_and_nothing_of_others(now: datetime) -> None:
    from datetime import timedelta

    helper = make_helper(capacity=3)
    make_task(TaskStatus.DONE, now=now, responder=helper, checked_in_at=now - timedelta(minutes=90))
    make_task(TaskStatus.DONE, now=now, responder=make_helper(), checked_in_at=now - timedelta(hours=9))

    behind = queries.own_responder(actor=actor_behind(helper, now=now))
    assert behind is not None
    own = queries.me(behind, now=now)

    assert (own.service.tasks, own.service.hours, own.free) == (1, 1.5, 2)


def test_funnel_withholds_every_group_under_ten(now: datetime) -> None:
    actor = actor_with(Role.STREET_OPERATOR)
    helpers = [make_responder(capacity=9) for _number in range(9)]
    assert queries.attendance_funnel(actor=actor, now=now) == []

    helpers += [make_responder(capacity=9) for _number in range(3)]
    for helper in helpers[:11]:
        make_task(TaskStatus.DECLINED, now=now, responder=helper)
    for helper in helpers[:4]:
        make_task(TaskStatus.DONE, now=now, responder=helper, checked_in_at=now)
    make_responder(OTHER_STREET_COMMUNITY)

    with acting(actor):
        funnel = {stage.code: stage.count for stage in queries.attendance_funnel(actor=actor, now=now)}

    assert funnel == {
        "reported_in": 12, "verified": 12, "asked": 11, "checked_in": None, "finished_one": None, "finished_three": 0,
    }  # fmt: skip


def test_funnel_is_for_those_who_answer_for_the_place(now: datetime) -> None:
    for _number in range(12):
        make_responder()

    assert queries.attendance_funnel(actor=actor_with(Role.GRID_WORKER), now=now) == []
