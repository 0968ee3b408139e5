"""What dispatch, time and households do to needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.areas import EVERYWHERE, Areas
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.needs import commands, triage
from juxing.needs.commands import LineInput
from juxing.needs.commands.upkeep import retriage
from juxing.needs.enums import NeedStatus, NeedType, Priority
from juxing.needs.models import Need
from juxing.needs.requirements import DUE_WITHIN
from tests.factories import COMMUNITY, STREET, make_actor, make_item
from tests.needs.makers import NOW, PROCESS, make_need, need_input

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
RESIDENT = Actor.resident()


def test_only_needs_still_waiting_are_matched() -> None:
    waiting, gone = make_need(), make_need(status=NeedStatus.WITHDRAWN)

    moved = commands.mark_matched([waiting.pk, gone.pk, 999_999_999], actor=PROCESS, now=NOW)

    assert moved == [waiting.pk]
    assert commands.mark_matched([waiting.pk], actor=PROCESS, now=NOW) == []


def test_more_than_a_journal_piece_is_moved_at_once() -> None:
    ids = [make_need().pk for _each in range(45)]

    assert sorted(commands.mark_matched(ids, actor=PROCESS, now=NOW)) == ids
    assert JournalEntry.objects.filter(action="needs.need.match").count() == 45


def test_the_way_to_a_confirmed_delivery() -> None:
    need = make_need()
    for step in (
        commands.mark_matched, commands.mark_assigned, commands.mark_in_delivery, commands.mark_fulfilled,
    ):  # fmt: skip
        assert step([need.pk], actor=PROCESS, now=NOW) == [need.pk]

    confirmed = commands.confirm_need(actor=RESIDENT, now=NOW, need=need, score=5, comment="很快")

    assert confirmed.status == NeedStatus.CONFIRMED
    assert (confirmed.feedback.score, confirmed.feedback.comment) == (5, "很快")


def test_an_offer_declined_after_the_need_was_withdrawn_changes_nothing() -> None:
    gone = make_need(status=NeedStatus.WITHDRAWN)

    assert commands.return_to_waiting([gone.pk], actor=PROCESS, now=NOW, reason="declined") == []


def test_an_offer_in_vain_costs_the_need_no_waiting_time() -> None:
    need = make_need(status=NeedStatus.MATCHED)

    returned = commands.return_to_waiting(
        [need.pk], actor=PROCESS, now=NOW + timedelta(hours=5), reason="offer expired"
    )

    need.refresh_from_db()
    assert returned == [need.pk]
    assert (need.status, need.waiting_since) == (NeedStatus.TRIAGED, NOW)
    assert need.triage["terms"]["waiting"] == 50


@pytest.mark.parametrize("hours", [0, 0.99, 1, 7.5, 24, 25, 300])
def test_the_statement_says_what_the_formula_says(hours: float) -> None:
    each: list[dict[str, Any]] = [{}, {"is_urgent": True}, {"is_danger_to_life": True}, {"need_type": "pet_care"}]
    needs = [make_need(**values) for values in each]

    commands.retriage_waiting(now=NOW + timedelta(hours=hours), areas=EVERYWHERE)

    for need in needs:
        need.refresh_from_db()
        fixed, waiting = need.triage["fixed"], triage.waiting_points(hours)
        assert need.priority_score == fixed + waiting
        assert need.priority == triage.priority_of(fixed, waiting)
        assert need.due_at == NOW + DUE_WITHIN[need.priority]


def test_retriage_of_no_need_at_all_changes_nothing() -> None:
    assert retriage(Need.objects.filter(pk__in=[]), now=NOW) == 0


def test_retriage_stays_inside_its_places_and_states() -> None:
    here, assigned = make_need(), make_need(status=NeedStatus.ASSIGNED)
    later = NOW + timedelta(hours=10)

    assert commands.retriage_waiting(now=later, areas=Areas(["990117002"])) == 0
    assert commands.retriage_waiting(now=later, areas=Areas([STREET])) == 1
    assert commands.retriage_waiting(now=later, areas=Areas([STREET])) == 0
    assigned.refresh_from_db()
    assert assigned.priority_score == here.priority_score


def test_a_stale_need_is_asked_about_once_and_goes_on_waiting() -> None:
    need, later = make_need(), NOW + timedelta(hours=25)

    assert commands.ask_freshness(actor=PROCESS, now=NOW) == 0
    assert commands.ask_freshness(actor=PROCESS, now=later) == 1
    assert commands.ask_freshness(actor=PROCESS, now=later) == 0
    need.refresh_from_db()
    assert (need.status, need.asked_fresh_at) == (NeedStatus.TRIAGED, later)

    fresh = commands.reconfirm_need(actor=RESIDENT, now=later, need=need)
    assert (fresh.asked_fresh_at, fresh.fresh_until) == (None, later + timedelta(hours=24))


def test_a_need_that_ended_cannot_be_reconfirmed() -> None:
    with pytest.raises(WrongState):
        commands.reconfirm_need(actor=RESIDENT, now=NOW, need=make_need(status=NeedStatus.CONFIRMED))


def test_reopening_needs_words_seals_them_and_raises_the_score() -> None:
    need = make_need(status=NeedStatus.FULFILLED, details="鸡蛋")
    with pytest.raises(InvalidInput):
        commands.reopen_need(actor=RESIDENT, now=NOW, need=need, what_was_wrong=" \x00 ")

    reopened = commands.reopen_need(actor=RESIDENT, now=NOW, need=need, what_was_wrong="鸡蛋碎了")

    assert reopened.status == NeedStatus.REOPENED
    assert reopened.priority_score == need.priority_score + 100
    assert reopened.details.endswith("鸡蛋碎了")
    entry = JournalEntry.objects.filter(subject_uuid=need.uuid).latest("id")
    assert "鸡蛋" not in f"{entry.reason}{entry.changes}"


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_is_one_to_five(score: int) -> None:
    with pytest.raises(InvalidInput):
        commands.confirm_need(actor=RESIDENT, now=NOW, need=make_need(status=NeedStatus.FULFILLED), score=score)


def test_confirming_ends_the_repetitions_and_withdrawing_promotes_one() -> None:
    first = make_need()
    second = make_need(first.household)
    commands.withdraw_need(actor=RESIDENT, now=NOW, need=first)
    second.refresh_from_db()
    assert (second.status, second.duplicate_of) == (NeedStatus.TRIAGED, None)

    third = make_need(first.household)
    assert third.duplicate_of_id == second.pk
    Need.objects.filter(pk=second.pk).update(status=NeedStatus.FULFILLED)
    commands.confirm_need(actor=RESIDENT, now=NOW, need=second)
    third.refresh_from_db()
    assert third.status == NeedStatus.WITHDRAWN


def test_joining_takes_over_what_only_the_second_asks_for() -> None:
    rice, eggs = make_item("rice"), make_item("eggs", name_zh="鸡蛋")
    clerk = make_actor(Role.COMMUNITY_WORKER, COMMUNITY)
    first = make_need(lines=(LineInput(written="大米", item_id=rice.pk),))
    second = make_need(first.household, lines=(LineInput(written="鸡蛋", item_id=eggs.pk),))
    assert second.duplicate_of_id is None

    merged = commands.merge_needs(actor=clerk, now=NOW, duplicate=second, original=first)

    assert (merged.status, merged.duplicate_of_id) == (NeedStatus.SUBMITTED, first.pk)
    assert {line.item_id for line in first.lines.all()} == {rice.pk, eggs.pk}
    parted = commands.part_needs(actor=clerk, now=NOW, need=merged)
    assert (parted.status, parted.duplicate_of_id) == (NeedStatus.TRIAGED, None)


def test_needs_of_two_households_are_not_joined() -> None:
    with pytest.raises(InvalidInput):
        commands.merge_needs(actor=PROCESS, now=NOW, duplicate=make_need(), original=make_need())


def test_closing_as_unmet_says_why() -> None:
    with pytest.raises(InvalidInput):
        commands.close_unmet(actor=PROCESS, now=NOW, need=make_need(), reason="")

    assert commands.close_unmet(actor=PROCESS, now=NOW, need=make_need(), reason="缺货").unmet_reason == "缺货"


def test_opening_sealed_words_is_written_down_without_them() -> None:
    clerk = make_actor(Role.COMMUNITY_WORKER, COMMUNITY)
    need = make_need(need_type=NeedType.MEDICINE, details="胰岛素", contact_phone="12800001234")

    opened = commands.reveal_need(actor=clerk, now=NOW, need=need, reason="电话核实")

    assert (opened.details, opened.phone) == ("胰岛素", "12800001234")
    entry = JournalEntry.objects.filter(action="needs.need.reveal").get()
    assert entry.reason == "电话核实"
    assert "胰岛素" not in str(entry.changes)


def test_opening_needs_a_reason_and_the_right() -> None:
    clerk, responder = make_actor(Role.COMMUNITY_WORKER, COMMUNITY), make_actor(Role.RESPONDER, COMMUNITY)

    with pytest.raises(InvalidInput):
        commands.reveal_need(actor=clerk, now=NOW, need=make_need(), reason=" ")
    with pytest.raises(NotPermitted):
        commands.reveal_need(actor=responder, now=NOW, need=make_need(), reason="好奇")


def test_a_life_critical_need_is_due_within_the_hour() -> None:
    need = make_need(is_danger_to_life=True)

    assert need.priority == Priority.LIFE_CRITICAL
    assert need.due_at == NOW + timedelta(hours=1)
    assert need_input().contact_phone == ""
