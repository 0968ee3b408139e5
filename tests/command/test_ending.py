"""The end of a response: a shift under way ends with it, orders are taken back, what nobody reported is said before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from juxing.activations import commands as activations
from juxing.activations.models import Activation
from juxing.command import commands
from juxing.command.ending import ACCEPTED, REPORT, SHIFT, SILENT
from juxing.command.enums import DeliveryStatus
from juxing.command.models import LogEntry, OperationalPeriod, OrderDelivery
from juxing.kernel import clock
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from tests.activations.makers import SYSTEM, District, make_district
from tests.command.makers import converted

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def place() -> District:
    with acting(SYSTEM):
        return make_district(NOW)


def led(place: District, activation: Activation, now: datetime) -> OperationalPeriod:
    return commands.open_period(
        actor=place.actor(place.commander, now), now=now, activation=activation, aims="到岗",
        planned_end_at=now + timedelta(hours=12),
    )  # fmt: skip


def open_kinds(activation: Activation, now: datetime) -> dict[str, int]:
    found = activations.open_items(actor=SYSTEM, now=now, activation=activation)
    return {item.kind: item.count for each in found if each.step.startswith("command.") for item in each.items}


def ended(place: District, activation: Activation, now: datetime, **values: Any) -> None:
    activations.stand_down(
        actor=place.actor(place.commander, now), now=now, activation=activation, reason="险情解除", **values
    )


def test_shift_under_way_is_told_and_ends_with_the_response_and_its_figures(place: District) -> None:
    with acting(SYSTEM):
        running = converted(place, NOW)
        period, later = led(place, running, NOW), NOW + timedelta(hours=3)
        assert open_kinds(running, later) == {SHIFT: 1}

        ended(place, running, later)

        period.refresh_from_db()
        line, entry = LogEntry.objects.get(), JournalEntry.objects.get(action="command.period.end")
        assert (period.ended_at, period.standing["posts"] > 10) == (later, True)
        assert "险情解除" in line.text
        assert place.commander.display_name in line.text
        assert (entry.subject_uuid, entry.changes["number"]) == (period.uuid, 1)


def test_orders_nobody_reported_want_a_reason_and_are_taken_back(place: District) -> None:
    with acting(SYSTEM):
        running = converted(place, NOW)
        commander = place.actor(place.commander, NOW)
        commands.issue_order(actor=commander, now=NOW, activation=running, title="报数", text="清点")
        delivery = OrderDelivery.objects.filter(readings__isnull=False).order_by("id")[0]
        holder = place.actor(delivery.readings.get().account, NOW)
        commands.acknowledge(actor=holder, now=NOW, delivery=delivery)
        later = NOW + timedelta(hours=1)
        kinds = open_kinds(running, later)
        assert (kinds[ACCEPTED], kinds[SILENT]) == (1, OrderDelivery.objects.count() - 1)
        with pytest.raises(Refusal, match="open_items"):
            ended(place, running, later)

        ended(place, running, later, left_open_reason="转日常")

        assert set(OrderDelivery.objects.values_list("status", "check_at")) == {(DeliveryStatus.WITHDRAWN, None)}
        assert str(OrderDelivery.objects.count()) in LogEntry.objects.get().text


def test_a_day_without_a_situation_report_is_said_until_one_is_made(place: District) -> None:
    with acting(SYSTEM):
        running = converted(place, NOW)
        later = NOW + timedelta(hours=25)
        assert open_kinds(running, NOW + timedelta(hours=24)) == {}
        assert open_kinds(running, later) == {REPORT: 1}
        commands.write_report(actor=place.actor(place.commander, later), now=later, activation=running, since=NOW)
        assert open_kinds(running, later) == {}


def test_what_the_clock_ends_ends_its_shift_too(place: District) -> None:
    with acting(SYSTEM):
        running = converted(place, NOW)
        period = led(place, running, NOW)
    over = running.ends_at + timedelta(minutes=1)

    activations.close_lapsed(now=over)

    with acting(SYSTEM):
        period.refresh_from_db()
        assert period.ended_at == over


def test_pages_show_the_shift_before_the_end_and_after_it(place: District) -> None:
    now = clock.now()
    with acting(SYSTEM):
        running = converted(place, now)
        led(place, running, now)
    desk = Client(headers={"accept-language": "zh-hans"})
    desk.force_login(place.commander)
    asked = desk.get(reverse("activations:stand_down", args=[running.uuid]))
    with acting(SYSTEM):
        ended(place, running, now + timedelta(minutes=5))
    shifts = desk.get(reverse("command:shifts", args=[running.uuid]))

    assert place.commander.display_name in asked.content.decode()
    page = shifts.content.decode()
    assert (shifts.status_code, 'name="aims"' in page, "form" in page) == (200, False, True)
