"""Command on the screen and on the phone, as the roles meet it."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.activations.models import Activation
from juxing.command.models import CommandOrder, MusterPost, OperationalPeriod, OrderReading, SituationReport
from juxing.kernel import clock
from juxing.kernel.scope import acting
from juxing.kernel.spreadsheets import read_table
from tests.activations.makers import OTHER_STREET, SYSTEM, District, make_district, make_person
from tests.command.makers import converted, delivery_to, holder_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def moment() -> datetime:
    return clock.now()


@pytest.fixture
def place(moment: datetime) -> District:
    with acting(SYSTEM):
        return make_district(moment, responders=8)


@pytest.fixture
def running(place: District, moment: datetime) -> Activation:
    with acting(SYSTEM):
        return converted(place, moment)


def as_(account: Account) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_order_goes_from_command_to_the_phone_and_back(place: District, running: Activation) -> None:
    commander, base = as_(place.commander), f"/command/{running.uuid}/"
    assert b"Posts called up" in commander.get(base).content
    assert commander.post(f"{base}orders/new/", {"title": "Count masks", "text": ""}).status_code == 422
    given = commander.post(f"{base}orders/new/", {
        "title": "Count masks", "text": "Report the number", "urgency": "urgent", "wants_report": "on",
    })  # fmt: skip
    assert given.status_code == 303
    order_page = given["Location"]
    with acting(SYSTEM):
        holder = holder_of(running, MusterPost.objects.filter(holders__isnull=False)[0].code)
        delivery = delivery_to(holder.account)
    phone = as_(holder.account)
    mine = phone.get("/my/orders/").content.decode()
    assert "Count masks" in mine
    assert "I stand at my post" in mine
    assert phone.post(f"/my/calls/{holder.uuid}/here/").status_code == 303
    detail = f"/my/orders/{delivery.uuid}/"
    assert b"Received, will do" in phone.get(detail).content
    with acting(SYSTEM):
        assert OrderReading.objects.get(delivery=delivery, account=holder.account).read_at is not None
    assert phone.post(detail, {"act": "acknowledge"}).status_code == 303
    assert phone.post(detail, {"act": "complete", "report": ""}).status_code == 422
    assert phone.post(detail, {"act": "complete", "report": "400 masks"}).status_code == 303
    assert phone.post(detail, {"act": "complete", "report": "again"}).status_code == 422
    assert b"400 masks" in commander.get(f"{order_page}?only=completed").content
    assert b"Stands here" in commander.get(f"{base}muster/").content
    assert b"Stands here" not in commander.get(f"{base}muster/?only=unmanned").content
    assert commander.post(f"{order_page}withdraw/", {"reason": "enough"}).status_code == 303
    assert b"Withdrawn" in commander.get(order_page).content


def test_shift_is_led_handed_over_and_written_down(place: District, running: Activation, moment: datetime) -> None:
    commander, second, base = as_(place.commander), as_(place.second), f"/command/{running.uuid}/"
    end = moment.strftime("%Y-%m-%dT23:59")
    opened = commander.post(f"{base}shifts/", {"aims": "Everybody at work", "planned_end_at": _in_hours(moment, 8)})
    assert opened.status_code == 303, end
    with acting(SYSTEM):
        period = OperationalPeriod.objects.get()
    path = f"/command/shifts/{period.uuid}/"
    assert second.post(f"{path}hand-over/", {"to": "operator", "text": "x"}).status_code in {403, 422}
    assert commander.post(f"{path}hand-over/", {"to": "second", "text": "Water is low at gate 3"}).status_code == 303
    assert b"Water is low" in second.get(f"{path}accept/").content
    accepted = second.post(f"{path}accept/", {"aims": "Night watch", "planned_end_at": _in_hours(moment, 9)})
    assert accepted.status_code == 303
    assert second.post(f"{base}log/", {"text": "First lorry arrived"}).status_code == 303
    assert b"First lorry arrived" in commander.get(f"{base}log/").content
    assert b"Handed over to second" in commander.get(f"{base}shifts/").content


def test_report_is_a_page_a_pdf_and_a_sheet(place: District, running: Activation, moment: datetime) -> None:
    commander, base = as_(place.commander), f"/command/{running.uuid}/"
    since = moment.replace(hour=0, minute=0).strftime("%Y-%m-%dT%H:%M")
    made = commander.post(f"{base}reports/", {"since": since, "assessment": "Quiet"})
    assert made.status_code == 303
    page = made["Location"]
    assert b"Steps of conversion carried out" in commander.get(page).content
    with acting(SYSTEM):
        report = SituationReport.objects.get()
    rows = commander.get(f"{page}rows/activations.steps/")
    assert f"counted: {dict(report.figures)['activations.steps']}".encode() in rows.content
    assert commander.get(f"{page}rows/nothing/").status_code == 404
    paper = commander.get(f"{page}report.pdf")
    assert paper.content.startswith(b"%PDF")
    table = read_table(commander.get(f"{page}report.xlsx").content, filename="report.xlsx")
    told = {row.cells["Figure"]: row.cells["Count"] for row in table}
    assert int(told["Steps of conversion carried out"]) == dict(report.figures)["activations.steps"]


def test_command_elsewhere_does_not_exist(place: District, running: Activation) -> None:
    with acting(SYSTEM):
        stranger = make_person(Role.STREET_COMMANDER, OTHER_STREET, "stranger")
        worker = make_person(Role.GRID_WORKER, OTHER_STREET, "worker")
    for path in ("", "muster/", "orders/new/", "shifts/", "log/", "reports/"):
        assert as_(stranger).get(f"/command/{running.uuid}/{path}").status_code == 404, path
        assert as_(worker).get(f"/command/{running.uuid}/{path}").status_code == 403, path


def test_lists_ask_as_many_questions_for_three_orders_as_for_one(place: District, running: Activation) -> None:
    client, base = as_(place.commander), f"/command/{running.uuid}/"

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    def give(title: str) -> None:
        assert client.post(f"{base}orders/new/", {"title": title, "text": "x", "urgency": "normal"}).status_code == 303

    give("one")
    client.get(base)
    before = asked(base)
    give("two")
    give("three")
    with acting(SYSTEM):
        assert CommandOrder.objects.count() == 3
    assert asked(base) <= before


def _in_hours(moment: datetime, hours: int) -> str:
    from datetime import timedelta

    from django.utils import timezone

    return timezone.localtime(moment + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")
