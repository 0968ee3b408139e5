"""A street is converted and comes back, through the commands that people use."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from juxing.access.models import RoleAssignment
from juxing.activations import commands, execution
from juxing.activations.enums import ActivationStatus, ConversionKind, StepStatus
from juxing.activations.models import Activation, StepRun
from juxing.activations.posture import posture_at
from juxing.kernel.conversion import steps_in_order
from juxing.kernel.models import JournalEntry
from juxing.organisations.models import Post, PostHolding, TemporaryBody
from tests.activations.makers import OTHER_STREET, make_district, newest, start
from tests.factories import COMMUNITY, OTHER_COMMUNITY, OTHER_STREET_COMMUNITY, STREET

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def test_street_is_converted_and_stood_down_again(now: datetime) -> None:
    place = make_district(now)
    grants_before = RoleAssignment.objects.in_force(now).count()

    activation = start(place, now)
    conversion = execution.carry_out(newest(activation).uuid, clock=lambda: now)

    assert conversion.finished_at == now
    runs = list(StepRun.objects.filter(conversion=conversion))
    assert {run.status for run in runs} == {StepStatus.DONE}
    assert {run.area_code for run in runs} == {STREET}
    assert TemporaryBody.objects.filter(dissolved_at=None).count() == 2 * 9
    assert Post.objects.filter(closed_at=None).count() == 2 * (7 + 5)
    assert PostHolding.objects.filter(ends_at=None).count() == 2 * 2 * 12
    assert RoleAssignment.objects.in_force(now).filter(activation_uuid=activation.uuid).count() == 2 * (1 + 6 + 1 + 1)
    posture = posture_at([COMMUNITY, OTHER_STREET_COMMUNITY], now)
    assert posture[COMMUNITY].is_emergency
    assert posture[COMMUNITY].level == "level_3"
    assert not posture[OTHER_STREET_COMMUNITY].is_emergency

    later = now + timedelta(hours=20)
    commands.stand_down(
        actor=place.actor(place.commander, later), now=later, activation=activation, reason="danger is over"
    )
    assert not posture_at([COMMUNITY], later)[COMMUNITY].is_emergency
    back = execution.carry_out(newest(activation).uuid, clock=lambda: later)

    assert back.kind == ConversionKind.STAND_DOWN
    assert Activation.objects.get(pk=activation.pk).status == ActivationStatus.STOOD_DOWN
    assert RoleAssignment.objects.in_force(later).count() == grants_before
    assert not TemporaryBody.objects.filter(dissolved_at=None).exists()
    assert not Post.objects.filter(closed_at=None).exists()
    assert not PostHolding.objects.filter(ends_at=None).exists()
    assert posture_at([OTHER_COMMUNITY], now)[OTHER_COMMUNITY].is_emergency
    done = JournalEntry.objects.filter(action__startswith="activations.step.", area_code=STREET)
    assert done.filter(action="activations.step.convert").count() == len(steps_in_order())
    assert done.filter(action="activations.step.revert").count() == len(steps_in_order())


def test_two_streets_are_converted_one_after_the_other(now: datetime) -> None:
    place = make_district(now)

    activation = start(place, now, areas=["990117"], level="level_2")
    seen: list[tuple[str, int, int]] = []
    execution.carry_out(newest(activation).uuid, clock=lambda: now, report=lambda *told: seen.append(told))

    assert seen == [(STREET, 0, 2), (OTHER_STREET, 1, 2)]
    assert activation.second_by == place.second
