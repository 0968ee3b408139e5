"""Orders, calls, periods and reports, by the commands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError

from juxing.access.models import Account
from juxing.activations import commands as activations
from juxing.activations import execution
from juxing.activations.models import Activation
from juxing.command import commands, queries
from juxing.command.models import (
    CommandOrder,
    LogEntry,
    MusterHolder,
    MusterPost,
    OrderDelivery,
    OrderReading,
    SituationReport,
)
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.organisations.models import PostConversion
from tests.activations.makers import OTHER_STREET, SYSTEM, District, make_district, newest
from tests.command.makers import as_holder, converted, delivery_to, holder_of
from tests.factories import COMMUNITY, STREET

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def place() -> District:
    with acting(SYSTEM):
        return make_district(NOW)


def order(place: District, activation: Activation, **values: Any) -> CommandOrder:
    return commands.issue_order(
        actor=place.actor(place.commander, NOW), now=NOW, activation=activation,
        **{"title": "清点防护物资", "text": "两小时内报数", **values},
    )  # fmt: skip


def test_conversion_calls_up_every_holder_and_stand_down_releases_them(place: District) -> None:
    with acting(SYSTEM):
        running = converted(place, NOW)
        counted_on = PostConversion.objects.filter(activation_id=running.pk, ended_at=None).count()
        assert MusterPost.objects.filter(activation=running).count() == counted_on > 10
        assert MusterHolder.objects.filter(muster_post__activation=running).exists()
        activations.stand_down(
            actor=place.actor(place.commander, later(60)), now=later(60), activation=running, reason="over",
            left_open_reason="nothing",
        )  # fmt: skip
        execution.carry_out(newest(running).uuid, clock=lambda: later(61))
        assert not MusterPost.objects.filter(closed_at=None).exists()
        assert not MusterHolder.objects.filter(released_at=None).exists()


def test_order_reaches_a_straight_and_is_acknowledged_and_reported(place: District) -> None:
    with acting(SYSTEM):
        running = converted(place, NOW)
        given = order(place, running)
        holder = holder_of(running, MusterPost.objects.filter(holders__isnull=False)[0].code)
        delivery = delivery_to(holder.account)
        actor = as_holder(place, holder, NOW)
    assert queries.unread_count(actor=actor) >= 1
    commands.read_order(actor=actor, now=later(1), delivery=delivery)
    commands.acknowledge(actor=actor, now=later(2), delivery=delivery)
    with pytest.raises(InvalidInput):
        commands.complete(actor=actor, now=later(3), delivery=delivery, report=" ")
    done = commands.complete(actor=actor, now=later(4), delivery=delivery, report="口罩 400 只")
    assert (done.status, done.acknowledged_at, done.reported_at) == ("completed", later(2), later(4))
    with pytest.raises(Refusal):
        commands.acknowledge(actor=actor, now=later(5), delivery=delivery)
    state = queries.states_of(
        actor=place.actor(place.commander, NOW),
        activation=running,
        orders=[given],
    )[given.pk]
    assert state.completed == 1
    assert state.read >= 1
    assert state.total > 10


def test_nobody_answers_an_order_that_is_in_other_hands(place: District) -> None:
    with acting(SYSTEM):
        running = converted(place, NOW)
        order(place, running)
        delivery = OrderDelivery.objects.filter(readings__isnull=False)[0]
        with pytest.raises(NotVisible):
            commands.acknowledge(actor=place.actor(place.commander, NOW), now=NOW, delivery=delivery)


def test_order_at_a_place_one_does_not_command_is_refused(place: District) -> None:
    with acting(SYSTEM):
        running = converted(place, NOW, areas=[STREET, OTHER_STREET])
        street = place.actor(place.street_commander, NOW)
    with pytest.raises(NotPermitted):
        commands.issue_order(actor=street, now=NOW, activation=running, title="x", text="y", areas=[OTHER_STREET])
    given = commands.issue_order(actor=street, now=NOW, activation=running, title="x", text="y", areas=[STREET])
    with acting(SYSTEM):
        assert not OrderDelivery.objects.filter(order=given).exclude(area_code__startswith=STREET).exists()


def test_silence_is_sent_again_to_b_then_escalated(place: District) -> None:
    with acting(SYSTEM):
        running = converted(place, NOW)
        given = order(place, running, urgency="urgent")
    assert commands.follow_up(now=later(14)) == (0, 0)
    again, escalated = commands.follow_up(now=later(15))
    assert again > 10
    assert escalated == 0
    with acting(SYSTEM):
        assert OrderReading.objects.filter(delivery__order=given, slot="alternate").exists()
        assert OrderReading.objects.filter(delivery__order=given, times_sent=2).exists()
    assert commands.follow_up(now=later(16)) == (0, 0)
    assert commands.follow_up(now=later(31)) == (0, again)
    assert commands.follow_up(now=later(99)) == (0, 0)
    assert queries.standing(running)["silent"] == 0, "outside a scope nothing is seen"
    with acting(SYSTEM):
        assert queries.standing(running)["silent"] == again


def test_who_cannot_come_is_passed_over_for_b(place: District) -> None:
    with acting(SYSTEM):
        running = converted(place, NOW)
        both = MusterPost.objects.filter(holders__slot="alternate").filter(holders__slot="primary")[0]
        primary = both.holders.select_related("account", "muster_post__activation").get(slot="primary")
        alternate = both.holders.select_related("account").get(slot="alternate")
    commands.answer_call(actor=as_holder(place, primary, NOW), now=NOW, holder=primary, is_coming=False)
    commands.arrive(actor=as_holder(place, alternate, NOW), now=later(5), holder=alternate)
    with acting(SYSTEM):
        order(place, running)
        assert list(
            OrderReading.objects.filter(delivery__muster_post=both).values_list("account_id", "slot")
        ) == [(alternate.account_id, "alternate")]  # fmt: skip
        assert queries.standing(running)["manned"] == 1
    with pytest.raises(NotVisible):
        commands.arrive(actor=place.actor(place.commander, NOW), now=NOW, holder=primary)


def test_withdrawn_order_ends_everywhere_it_was_open(place: District) -> None:
    with acting(SYSTEM):
        running = converted(place, NOW)
        given = order(place, running)
        commander = place.actor(place.commander, NOW)
        with pytest.raises(InvalidInput):
            commands.withdraw_order(actor=commander, now=NOW, order=given, reason="")
        commands.withdraw_order(actor=commander, now=NOW, order=given, reason="已由街道统一配送")
        assert set(OrderDelivery.objects.values_list("status", flat=True)) == {"withdrawn"}
    assert commands.follow_up(now=later(600)) == (0, 0)


def test_period_is_handed_over_and_begins_anew_when_accepted(place: District) -> None:
    with acting(SYSTEM):
        running = converted(place, NOW)
        first = commands.open_period(
            actor=place.actor(place.commander, NOW), now=NOW, activation=running, aims="全员到岗",
            planned_end_at=later(720),
        )  # fmt: skip
        with pytest.raises(Refusal):
            commands.open_period(actor=place.actor(place.second, NOW), now=NOW, activation=running, aims="x",
                                 planned_end_at=later(60))  # fmt: skip
        with pytest.raises(NotPermitted):
            commands.hand_over(actor=place.actor(place.second, NOW), now=NOW, period=first, to=place.operator, text="x")
        with pytest.raises(InvalidInput):
            commands.hand_over(actor=place.actor(place.commander, NOW), now=NOW, period=first,
                               to=Account.objects.get(sign_in_name=f"worker0-{COMMUNITY}"), text="x")  # fmt: skip
        handed = commands.hand_over(
            actor=place.actor(place.commander, later(700)), now=later(700), period=first, to=place.second,
            text="三号楼水压低，已报修",
        )  # fmt: skip
        assert handed.standing["posts"] > 10
        with pytest.raises(NotPermitted):
            commands.accept_handover(actor=place.actor(place.operator, NOW), now=later(710), period=first, aims="x",
                                     planned_end_at=later(800))  # fmt: skip
        second = commands.accept_handover(
            actor=place.actor(place.second, NOW), now=later(710), period=first, aims="夜间值守",
            planned_end_at=later(1400),
        )  # fmt: skip
        third = commands.take_over(
            actor=place.actor(place.operator, NOW), now=later(900), period=second, aims="x",
            planned_end_at=later(1400), reason="带班人突发疾病送医",
        )  # fmt: skip
        periods = queries.periods_of(running)
    assert [row.number for row in periods] == [3, 2, 1]
    assert [row.ended_at for row in periods] == [None, later(900), later(710)]
    assert third.taken_over_reason


def test_report_counts_the_journal_and_every_figure_leads_to_its_rows(place: District) -> None:
    with acting(SYSTEM):
        running = converted(place, NOW)
        order(place, running)
        commands.write_log(actor=place.actor(place.commander, NOW), now=later(5), activation=running, text="首批物资到")
        holder = holder_of(running, MusterPost.objects.filter(holders__isnull=False)[0].code)
        commands.arrive(actor=as_holder(place, holder, NOW), now=later(6), holder=holder)
        report = commands.write_report(
            actor=place.actor(place.commander, NOW), now=later(10), activation=running, since=NOW
        )
        commands.write_log(actor=place.actor(place.commander, NOW), now=later(8), activation=running, text="补记一条")
    figures = dict(report.figures)
    assert figures["command.orders"] == figures["command.logged"] == figures["command.arrived"] == 1
    assert figures["activations.steps"] > 3
    commander = place.actor(place.commander, NOW)
    with acting(commander):
        for code, count in report.figures:
            page = queries.report_rows(actor=commander, report=report, code=code)
            assert len(page.rows) == min(count, 50), code
        with pytest.raises(NotVisible):
            queries.report_rows(actor=commander, report=report, code="nothing")
    with acting(SYSTEM), pytest.raises(ProgrammingError), transaction.atomic():
        SituationReport.objects.update(figures=[])
    with acting(SYSTEM), pytest.raises(ProgrammingError), transaction.atomic():
        LogEntry.objects.update(text="anders")


def test_street_sees_its_own_part_of_a_district_response(place: District) -> None:
    with acting(SYSTEM):
        running = converted(place, NOW, areas=[STREET, OTHER_STREET])
        given = order(place, running)
    street, commander = place.actor(place.street_commander, NOW), place.actor(place.commander, NOW)
    with acting(street):
        mine = queries.seen_standing(actor=street, activation=running)
        shown = queries.deliveries_page(actor=street, order=given)
        assert all(row.area_code.startswith(STREET) for row in shown.rows)
    with acting(commander):
        everything = queries.seen_standing(actor=commander, activation=running)
        assert len(queries.muster_by_place(actor=commander, activation=running)) == 2
    assert 0 < mine["posts"] < everything["posts"]


def test_drill_calls_people_but_leaves_no_row_in_the_live_register(place: District) -> None:
    with acting(SYSTEM):
        before = _live_rows()
        drill = converted(place, NOW, is_exercise=True)
        assert _live_rows() == before
        assert MusterPost.objects.filter(activation=drill, post_uuid=None).count() > 10
        assert MusterHolder.objects.exists()
        order(place, drill)
        report = commands.write_report(
            actor=place.actor(place.commander, NOW), now=later(10), activation=drill, since=NOW
        )
        assert dict(report.figures)["command.orders"] == 1
        activations.stand_down(
            actor=place.actor(place.commander, later(60)), now=later(60), activation=drill, reason="over",
            left_open_reason="drill",
        )  # fmt: skip
        execution.carry_out(newest(drill).uuid, clock=lambda: later(61))
        assert _live_rows() == before
        assert not MusterHolder.objects.filter(released_at=None).exists()


def _live_rows() -> dict[str, int]:
    from juxing.access.models import RoleAssignment
    from juxing.organisations.models import Post, PostHolding, TemporaryBody

    models = (RoleAssignment, Post, PostHolding, PostConversion, TemporaryBody)
    return {model.__name__: model.objects.count() for model in models}
