"""What the clock does: reminders, ends that come by themselves, a sunset in the middle, parts that nobody extended."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import Context
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from juxing.access.models import RoleAssignment
from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.activations import commands, execution
from juxing.activations.enums import ActivationStatus, StepStatus
from juxing.activations.models import Activation, AreaMeasure, StepRun
from juxing.activations.posture import is_exercise, posture_at
from juxing.activations.queries import status_at
from juxing.kernel import conversion as kernel
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.organisations.models import TemporaryBody
from tests.activations.makers import OTHER_STREET, make_decision, make_district, newest, start
from tests.factories import COMMUNITY, DISTRICT, OTHER_COMMUNITY, OTHER_STREET_COMMUNITY, STREET

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
DUTIES = {
    "food_duty": "街道保供组 021-55550001", "medicine_duty": "配药队 021-55550002",
    "medical_exit_duty": "门岗组 24小时", "care_contact_duty": "关爱联络员", "hotline_duty": "12345",
    "justification": "聚集传播", "alternatives_considered": "先采取告知和分散采样", "appeal_route": "街道信访办",
}  # fmt: skip


def test_nothing_has_to_run_for_a_response_and_its_rights_to_be_over(now: datetime) -> None:
    place = make_district(now)
    activation = start(place, now, ends_at=now + timedelta(days=3))
    execution.carry_out(newest(activation).uuid, clock=lambda: now)
    worker = RoleAssignment.objects.filter(role=Role.HOTLINE_AGENT).select_related("account")[0].account
    end = now + timedelta(days=3)

    assert Role.HOTLINE_AGENT in actor_of(worker, now=end - timedelta(seconds=1)).roles()
    assert Role.HOTLINE_AGENT not in actor_of(worker, now=end).roles()
    assert posture_at([COMMUNITY], end - timedelta(seconds=1))[COMMUNITY].is_emergency
    assert not posture_at([COMMUNITY], end)[COMMUNITY].is_emergency
    assert status_at(Activation.objects.get(), end) == ActivationStatus.EXPIRED
    with pytest.raises(Refusal, match="not_running"):
        commands.narrow(
            actor=place.actor(place.commander, end), now=end, activation=activation, areas=[COMMUNITY], reason="late"
        )


def test_job_puts_back_what_expired(now: datetime) -> None:
    place = make_district(now)
    activation = start(place, now, ends_at=now + timedelta(days=3))
    execution.carry_out(newest(activation).uuid, clock=lambda: now)
    late = now + timedelta(days=4)

    by_the_clock = Context()  # as a job runs: nobody's scope is open
    assert by_the_clock.run(commands.close_lapsed, now=late) == 1
    assert by_the_clock.run(commands.close_lapsed, now=late) == 0
    execution.carry_out(newest(activation).uuid, clock=lambda: late)

    assert Activation.objects.get().status == ActivationStatus.EXPIRED
    assert not TemporaryBody.objects.filter(dissolved_at=None).exists()


def test_street_that_nobody_extended_expires_alone(now: datetime) -> None:
    place = make_district(now)
    activation = start(place, now, areas=[DISTRICT], ends_at=now + timedelta(days=3))
    execution.carry_out(newest(activation).uuid, clock=lambda: now)
    commander, day2 = place.actor(place.commander, now), now + timedelta(days=2)
    paper = make_decision(place, activation, day2, number="2号")
    commands.extend(
        actor=commander, now=day2, activation=activation, ends_at=now + timedelta(days=9), decision=paper,
        areas=[STREET],
    )  # fmt: skip
    execution.carry_out(newest(activation).uuid, clock=lambda: day2)
    day4 = now + timedelta(days=4)
    postures = posture_at([COMMUNITY, OTHER_STREET_COMMUNITY], day4)
    assert postures[COMMUNITY].is_emergency
    assert not postures[OTHER_STREET_COMMUNITY].is_emergency

    commands.close_lapsed(now=day4)
    execution.carry_out(newest(activation).uuid, clock=lambda: day4)

    assert Activation.objects.get().status == ActivationStatus.EXTENDED
    assert not TemporaryBody.objects.within(OTHER_STREET).filter(dissolved_at=None).exists()
    assert TemporaryBody.objects.within(STREET).filter(dissolved_at=None).count() == 18
    grants = RoleAssignment.objects.filter(activation_uuid=activation.uuid).in_force(day4)
    assert set(grants.values_list("ends_at", flat=True)) == {now + timedelta(days=9)}


def test_sunset_in_the_middle_leaves_the_rest_unconverted(now: datetime) -> None:
    place = make_district(now)
    end = now + timedelta(days=3)
    activation = start(place, now, areas=[DISTRICT], ends_at=end)
    moments: Iterator[datetime] = iter([end - timedelta(seconds=1), end, end])

    conversion = execution.carry_out(newest(activation).uuid, clock=lambda: next(moments))

    runs = StepRun.objects.filter(conversion=conversion)
    assert set(runs.filter(area_code=STREET).values_list("status", flat=True)) == {StepStatus.DONE}
    assert set(runs.filter(area_code=OTHER_STREET).values_list("status", "reason")) == {("skipped", "ended")}
    assert not TemporaryBody.objects.within(OTHER_STREET).exists()


def test_reminders_come_once_for_each_step_of_the_ladder(now: datetime) -> None:
    place = make_district(now)
    start(place, now, ends_at=now + timedelta(days=5))

    told = [commands.remind(now=now + timedelta(hours=hours)) for hours in (10, 49, 50, 97, 98, 118.5, 119, 121)]

    assert told == [0, 1, 0, 1, 0, 1, 0, 0]
    hours = JournalEntry.objects.filter(action="activations.activation.remind").order_by("id")
    assert [entry.changes["hours"] for entry in hours] == [72, 24, 2]


def test_undo_within_minutes_and_not_later(now: datetime) -> None:
    place = make_district(now)
    activation = start(place, now)
    execution.carry_out(newest(activation).uuid, clock=lambda: now)
    late, soon = now + timedelta(minutes=31), now + timedelta(minutes=5)
    commander = place.actor(place.commander, now)

    with pytest.raises(Refusal, match="too_late_to_undo"):
        commands.undo(actor=commander, now=late, activation=activation, reason="wrong street")
    commands.undo(actor=commander, now=soon, activation=activation, reason="wrong street")
    execution.carry_out(newest(activation).uuid, clock=lambda: soon)

    assert Activation.objects.get().status == ActivationStatus.CANCELLED
    assert not TemporaryBody.objects.filter(dissolved_at=None).exists()


def test_half_a_street_keeps_its_own_level_and_leaves_alone(now: datetime) -> None:
    place = make_district(now)
    activation = start(place, now)
    commander = place.actor(place.commander, now)
    day = now + timedelta(days=1)

    commands.change_level(
        actor=commander, now=day, activation=activation, areas=[OTHER_COMMUNITY], level="level_4", reason="calm"
    )
    levels = posture_at([COMMUNITY, OTHER_COMMUNITY], day)
    assert (levels[COMMUNITY].level, levels[OTHER_COMMUNITY].level) == ("level_3", "level_4")
    commands.narrow(actor=commander, now=day, activation=activation, areas=[OTHER_COMMUNITY], reason="over there")
    execution.carry_out(newest(activation).uuid, clock=lambda: day)

    after = posture_at([COMMUNITY, OTHER_COMMUNITY], day)
    assert after[COMMUNITY].is_emergency
    assert not after[OTHER_COMMUNITY].is_emergency
    with pytest.raises(Refusal, match="nothing_left"):
        commands.narrow(actor=commander, now=day, activation=activation, areas=[COMMUNITY], reason="all")


def test_drill_makes_no_emergency_and_is_told_apart(now: datetime) -> None:
    place = make_district(now)

    drill = start(place, now, is_exercise=True)

    posture = posture_at([COMMUNITY], now)[COMMUNITY]
    assert not posture.is_emergency
    assert [holding.title for holding in posture.exercises] == ["聚集性疫情"]
    assert is_exercise(drill.uuid)


def test_step_that_fails_leaves_the_others_and_is_retried_or_skipped(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = make_district(now)
    activation = start(place, now)
    conversion = newest(activation)

    def broken(_order: kernel.ConversionOrder) -> kernel.Counts:
        raise Refusal("broken", "no paper in the printer")

    whole = kernel.steps["organisations.bodies"]
    monkeypatch.setitem(kernel.steps._entries, "organisations.bodies", replace(whole, convert=broken))
    execution.carry_out(conversion.uuid, clock=lambda: now)

    runs = {run.step: run for run in StepRun.objects.filter(conversion=conversion)}
    failed = runs["organisations.bodies"]
    assert (failed.status, failed.reason) == (StepStatus.FAILED, "no paper in the printer")
    assert runs["access.grants"].status == runs["organisations.posts"].status == StepStatus.DONE
    assert newest(activation).finished_at is None
    commander = place.actor(place.commander, now)
    with pytest.raises(InvalidInput, match="reason_missing"):
        commands.skip_step(actor=commander, now=now, run=failed, reason=" ")
    commands.skip_step(actor=commander, now=now, run=failed, reason="set up by hand")
    execution.carry_out(conversion.uuid, clock=lambda: now)
    assert newest(activation).finished_at == now

    monkeypatch.undo()
    StepRun.objects.filter(pk=failed.pk).update(status=StepStatus.FAILED)
    assert commands.retry_steps(actor=commander, now=now, conversion=conversion) == 1
    execution.carry_out(conversion.uuid, clock=lambda: now)
    assert TemporaryBody.objects.filter(dissolved_at=None).count() == 18


def test_restriction_is_refused_without_rank_document_or_services(now: datetime) -> None:
    place = make_district(now)
    activation = start(place, now)
    commander = place.actor(place.commander, now)
    paper = make_decision(place, activation, now, number="2号")

    def draft(said: dict[str, str]) -> AreaMeasure:
        return commands.draft_measure(
            actor=commander, now=now, activation=activation, area_code=COMMUNITY, kind="closed_management",
            title="封闭管理", text="凭出入证出入，就医随时放行", ends_at=now + timedelta(days=3), said=said,
        )  # fmt: skip

    for name in DUTIES:
        bare = draft({key: value for key, value in DUTIES.items() if key != name})
        with pytest.raises(InvalidInput, match="duty_missing") as refused:
            commands.publish_measure(actor=commander, now=now, measure=bare, decision=paper)
        assert refused.value.field == name
    whole = draft(DUTIES)
    with pytest.raises(Refusal, match="no_decision"):
        commands.publish_measure(actor=commander, now=now, measure=whole)
    with pytest.raises(NotPermitted):
        commands.publish_measure(actor=place.actor(place.street_commander, now), now=now, measure=whole, decision=paper)
    published = commands.publish_measure(actor=commander, now=now, measure=whole, decision=paper)
    assert published.status == "published"

    commands.stand_down(actor=commander, now=now, activation=activation, reason="over", left_open_reason="none")
    assert AreaMeasure.objects.get(pk=whole.pk).status == "lifted"
