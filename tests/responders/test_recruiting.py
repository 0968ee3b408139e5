"""Recruitment calls: written with their risks, answered by every way, verified, placed exactly, closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.responders import commands
from juxing.responders.enums import ReportInStatus
from juxing.responders.imports import import_list
from juxing.responders.models import RecruitmentAnswer, RecruitmentCall, ReportInList, Responder
from juxing.responders.placing_nearest import placement_of
from juxing.responders.problems.nearest import DETOUR
from juxing.responders.queries import recruitment as queries
from juxing.responders.recruitment_inputs import CallInput, NeedInput
from tests.factories import (
    COMMUNITY,
    LONGITUDE,
    OTHER_COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_areas,
    make_responder,
)
from tests.responders.makers import actor_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPERATOR = actor_with(Role.STREET_OPERATOR, account_id=None)
ONESELF = Actor.resident()
DEGREE_M = 95_300


def a_call(now: datetime, **values: Any) -> CallInput:
    needs = values.pop("needs", [NeedInput(0, "门岗", COMMUNITY, 2), NeedInput(1, "采样", COMMUNITY, 1, "medical")])
    return CallInput(
        **{
            "area_code": STREET, "title": "核酸采样点志愿者", "work": "维持秩序，每天四小时", "risks": "有感染风险",
            "place": "社区门口", "enquiries": "小李 021-0000000", "starts_at": now + DAY, "ends_at": now + 5 * DAY,
            "answer_by": now + 2 * DAY, "needs": needs, **values,
        }
    )  # fmt: skip


def published(now: datetime, **values: Any) -> RecruitmentCall:
    make_areas()
    written = commands.write_call(actor=OPERATOR, now=now, given=a_call(now, **values))
    return commands.publish_call(actor=OPERATOR, now=now, call=written)


def answered(now: datetime, call: RecruitmentCall, metres: int = 100, **values: Any) -> Responder:
    wish = values.pop("wish", None)
    one = make_responder(longitude=LONGITUDE + metres / DEGREE_M / DETOUR, **values)
    commands.answer_call(actor=ONESELF, now=now, call=call, responder=one, wish=wish)
    return one


@pytest.mark.parametrize(
    ("field", "value"),
    [("risks", " "), ("title", ""), ("work", ""), ("ends_at", None), ("needs", []),
     ("needs", [NeedInput(0, "门岗", COMMUNITY, 0)]), ("needs", [NeedInput(0, "门岗", COMMUNITY, 1001)]),
     ("needs", [NeedInput(0, "", COMMUNITY, 1)]), ("needs", [NeedInput(0, "门岗", OTHER_STREET_COMMUNITY, 1)]),
     ("needs", [NeedInput(0, "门岗", COMMUNITY, 1, "magic")])],
)  # fmt: skip
def test_call_that_says_too_little_or_asks_wrongly_is_not_written(now: datetime, field: str, value: Any) -> None:
    make_areas()
    value = now if value is None else value

    with pytest.raises(InvalidInput):
        commands.write_call(actor=OPERATOR, now=now, given=replace(a_call(now), **{field: value}))

    assert not RecruitmentCall.objects.exists()


def test_answers_later_than_the_end_a_time_gone_by_and_another_place_are_refused(now: datetime) -> None:
    make_areas()
    for wrong in ({"answer_by": now + 9 * DAY}, {"starts_at": now - 9 * DAY, "ends_at": now - DAY, "answer_by": now}):
        with pytest.raises(InvalidInput):
            commands.write_call(actor=OPERATOR, now=now, given=a_call(now, **wrong))
    with pytest.raises(NotPermitted):
        commands.write_call(
            actor=actor_with(Role.COMMUNITY_WORKER, OTHER_COMMUNITY), now=now, given=a_call(now)
        )  # fmt: skip


def test_draft_is_written_anew_until_it_is_published(now: datetime) -> None:
    make_areas()
    draft = commands.write_call(actor=OPERATOR, now=now, given=a_call(now))
    again = commands.write_call(
        actor=OPERATOR, now=now, given=a_call(now, needs=[NeedInput(0, "配送", COMMUNITY, 3)]), call=draft
    )

    assert [need.title for need in queries.needs_of(again)] == ["配送"]
    assert queries.public_call(draft.code, now=now) is None
    commands.publish_call(actor=OPERATOR, now=now, call=again)
    shown = queries.public_call(draft.code, now=now)
    assert shown is not None
    assert (shown.is_open, shown.works) == (True, [(0, "配送", "", 3)])
    with pytest.raises(Refusal):
        commands.write_call(actor=OPERATOR, now=now, given=a_call(now), call=again)


def test_call_takes_answers_only_while_it_is_open(now: datetime) -> None:
    call = published(now)
    one = answered(now, call, wish=1)
    late = make_responder()

    with pytest.raises(Refusal):
        commands.answer_call(actor=ONESELF, now=now + 2 * DAY, call=call, responder=late)
    again = commands.answer_call(actor=ONESELF, now=now, call=call, responder=one, wish=0)
    assert (RecruitmentAnswer.objects.count(), again.wish) == (1, 0)
    closed = commands.close_call(actor=OPERATOR, now=now, call=call, note="人够了，谢谢大家")
    with pytest.raises(Refusal):
        commands.answer_call(actor=ONESELF, now=now, call=closed, responder=late)
    assert commands.answer_for_many(
        actor=OPERATOR, now=now, call_uuid=call.uuid, responder_ids=[late.pk], channel="unit_list"
    ) == 0  # fmt: skip
    shown = queries.public_call(call.code, now=now)
    assert shown is not None
    assert not shown.is_open


def test_others_cannot_answer_for_somebody_nor_sign(now: datetime) -> None:
    call = published(now)
    stranger = actor_with(Role.COMMUNITY_WORKER, OTHER_STREET_COMMUNITY)
    for attempt in (
        lambda: commands.answer_call(actor=stranger, now=now, call=call, responder=make_responder()),
        lambda: commands.close_call(actor=stranger, now=now, call=call),
        lambda: commands.sign_placement(actor=stranger, now=now, call=call, digest=""),
        lambda: queries.proposal_for(actor=stranger, call=call),
    ):
        with pytest.raises(NotPermitted):
            attempt()


def test_list_of_a_unit_answers_the_call_once_for_everybody_in_it(now: datetime) -> None:
    call = published(now)
    known = make_responder(phone="12800008888")
    sent = ReportInList.objects.create(area_code=STREET, file_name="名单.csv", uploaded_at=now, call_uuid=call.uuid)
    written = f"姓名,手机号,社区\n张三,12800007777,{COMMUNITY}\n李四,12800008888,{COMMUNITY}\n坏,,{COMMUNITY}\n"

    for _time in range(2):
        import_list(sent, written.encode(), actor=OPERATOR, areas=Areas([STREET]), now=now)

    answers = RecruitmentAnswer.objects.filter(call=call)
    assert answers.count() == 2
    assert answers.filter(responder=known, channel="unit_list").exists()
    standing = queries.standing_of(call)
    assert (standing.wanted, standing.answered, standing.verified, standing.placed) == (3, 2, 1, 0)
    assert standing.by_channel == [("unit_list", 2)]


def test_placement_is_exact_skill_fit_verified_only_and_keeps_to_wishes(now: datetime) -> None:
    call = published(now)
    doctor = answered(now, call, 900, skills=["medical"])
    near, far = answered(now, call, 100), answered(now, call, 400)
    farther = answered(now, call, 700)
    answered(now, call, 1, status=ReportInStatus.SUBMITTED)
    answered(now, call, 2, wish=1)

    found = placement_of(call)

    placed = {row.answer.responder_id: (row.need.title, row.way_m, row.next_m) for row in found.rows}
    assert placed.keys() == {doctor.pk, near.pk, far.pk}
    assert placed[doctor.pk][0] == "采样"
    assert placed[doctor.pk][2] is None
    assert placed[near.pk][2] == pytest.approx(700, abs=8)
    assert (found.short, found.left, found.gap_m) == ([], 2, 0)
    assert farther.pk not in placed


def test_nothing_is_placed_until_signed_and_a_changed_proposal_is_refused(now: datetime) -> None:
    call = published(now)
    one = answered(now, call, 300)
    looked_at = placement_of(call).digest
    nearer = answered(now, call, 100)

    with pytest.raises(Refusal):
        commands.sign_placement(actor=OPERATOR, now=now, call=call, digest=looked_at)
    assert not RecruitmentAnswer.objects.filter(need__isnull=False).exists()
    assert commands.sign_placement(actor=OPERATOR, now=now, call=call, digest=placement_of(call).digest) == 2

    assert set(Responder.objects.filter(status="placed").values_list("pk", flat=True)) == {one.pk, nearer.pk}
    signed = JournalEntry.objects.get(action="responders.recruitment.sign")
    assert signed.changes["placed"] == 2
    assert JournalEntry.objects.filter(action="responders.recruitment.place").count() == 2
    with pytest.raises(Refusal):
        commands.sign_placement(actor=OPERATOR, now=now, call=call, digest=placement_of(call).digest)
    third = answered(now, call, 10, skills=["medical"])
    [row] = placement_of(call).rows
    assert (row.answer.responder_id, row.need.title) == (third.pk, "采样")


def test_taking_an_answer_back_frees_the_place_and_changes_nothing_else(now: datetime) -> None:
    call = published(now)
    one = answered(now, call)
    before = Responder.objects.filter(pk=one.pk).values().get()
    commands.sign_placement(actor=OPERATOR, now=now, call=call, digest=placement_of(call).digest)

    commands.take_back_answer(actor=ONESELF, now=now, answer=queries.own_answer(one, call.uuid))

    assert Responder.objects.filter(pk=one.pk).values().get() == before
    assert queries.standing_of(call).placed == 0
    again = commands.answer_call(actor=ONESELF, now=now, call=call, responder=one)
    assert [row.answer for row in placement_of(call).rows] == [again]


def test_leaving_takes_the_answers_along(now: datetime) -> None:
    call = published(now)
    one = answered(now, call)

    commands.withdraw_responder(actor=ONESELF, now=now, responder=one)

    assert not RecruitmentAnswer.objects.exists()
