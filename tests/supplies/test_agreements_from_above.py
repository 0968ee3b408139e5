"""A district's agreement serves its streets within its amounts, and the district sees who called off what."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from juxing.access.roles import Role
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.supplies.commands import (
    Bought,
    cancel_purchase,
    draft_purchase,
    end_agreement,
    look_over_stock,
    place_purchase,
    plan_transfer,
    receive_purchase,
    send_transfer,
    submit_purchase,
)
from juxing.supplies.commands.purchase_deliveries import Came
from juxing.supplies.enums import AlarmKind, AlarmSeverity
from juxing.supplies.models import AgreementLine, Depot, PurchaseOrder, StockAlarm
from juxing.supplies.queries.agreements import agreement_to_use, agreements_to_call_off, lines_to_call_off
from tests.factories import DISTRICT, OTHER_STREET_COMMUNITY, STREET, make_actor
from tests.supplies.makers import NOW, PROCESS, client_of
from tests.supplies.test_purchases import TODAY, Ground

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture
def ground() -> Ground:
    return Ground()


def test_a_street_sees_and_calls_off_what_the_district_agreed(ground: Ground) -> None:
    agreed = ground.agreement(kept=50, area_code=DISTRICT)
    keeper, desk = make_actor(Role.STOREKEEPER, STREET), make_actor(Role.COMMUNITY_WORKER, STREET)

    with acting(keeper):
        [usable] = agreements_to_call_off(actor=keeper, today=TODAY)
        [line] = lines_to_call_off(actor=keeper, items=[ground.rice.pk], today=TODAY)
        order = draft_purchase(actor=keeper, now=NOW, depot=ground.depot, supplier=ground.supplier,
                               goods=[Bought(ground.rice, Decimal(40))], agreement=usable)  # fmt: skip
        order = submit_purchase(actor=keeper, now=NOW, order=order)
        order = place_purchase(actor=keeper, now=NOW, order=order)
        more = draft_purchase(actor=keeper, now=NOW, depot=ground.depot, supplier=ground.supplier,
                              goods=[Bought(ground.rice, Decimal(11))], agreement=usable)  # fmt: skip
        more = submit_purchase(actor=keeper, now=NOW, order=more)
        with pytest.raises(Refusal) as used_up:
            place_purchase(actor=keeper, now=NOW, order=more)
    with acting(desk), pytest.raises(NotVisible):
        agreement_to_use(actor=desk, uuid=agreed.uuid)

    assert (usable.pk, line.price_fen, used_up.value.code) == (agreed.pk, 4550, "agreement_used_up")
    assert AgreementLine.objects.get().called_off == 40
    cancel_purchase(actor=PROCESS, now=NOW, order=order, reason="不再需要")
    assert AgreementLine.objects.get().called_off == 0


def test_the_district_sees_who_called_off_and_others_see_their_own(ground: Ground) -> None:
    agreed = ground.agreement(kept=50, area_code=DISTRICT)
    ground.ordered(30, agreement=agreed)
    owner, keeper = client_of(Role.DISTRICT_OPERATOR, DISTRICT), client_of(Role.STOREKEEPER, STREET)
    other = client_of(Role.STOREKEEPER, OTHER_STREET_COMMUNITY)
    address, number = reverse("supplies:agreement", args=[agreed.uuid]), PurchaseOrder.objects.get().number
    end = reverse("supplies:agreement_step", args=[agreed.uuid, "end"])
    commander = client_of(Role.STREET_COMMANDER, STREET)

    pages = [client.get(address).content.decode() for client in (owner, keeper, other)]
    listed = keeper.get(reverse("supplies:agreements")).content.decode()
    refused = commander.post(end, {"reason": "试试"})
    end_agreement(actor=PROCESS, now=NOW, agreement=agreed, reason="到期")

    assert [number in page for page in pages] == [True, True, False]
    assert f"{number} · {ground.depot.name}" in pages[0]
    assert agreed.number in listed
    assert refused.status_code in {403, 404}
    assert keeper.get(address).status_code == 404
    assert owner.get(address).status_code == 200


def test_goods_that_are_late_raise_an_alarm_until_they_are_there(ground: Ground) -> None:
    order = ground.ordered(40, agreement=ground.agreement(hours=24))
    other = Depot.objects.create(area_code=OTHER_STREET_COMMUNITY, name="别处")
    soon, late, urgent = (NOW + timedelta(hours=hours) for hours in (23, 25, 49))

    look_over_stock(now=soon)
    early = StockAlarm.objects.filter(kind=AlarmKind.LATE).exists()
    look_over_stock(now=late)
    first = StockAlarm.objects.get(kind=AlarmKind.LATE)
    look_over_stock(now=urgent)
    later = StockAlarm.objects.get(pk=first.pk)
    listed = client_of(Role.STOREKEEPER, STREET, language="en").get(reverse("supplies:alarms")).content.decode()
    line = order.lines.get()
    receive_purchase(actor=PROCESS, now=urgent, order=order, uuid=order.uuid, came=[Came(line.pk, Decimal(40))])
    transfer = plan_transfer(actor=PROCESS, now=urgent, source=ground.depot, target=other,
                             goods=[(ground.rice, Decimal(5))])  # fmt: skip
    send_transfer(actor=PROCESS, now=urgent, transfer=transfer)
    look_over_stock(now=urgent + timedelta(hours=13))

    assert not early
    assert (first.purchase_id, first.severity, later.severity) == (order.pk, AlarmSeverity.SOON, AlarmSeverity.URGENT)
    assert order.number in listed
    assert "not complete" in listed
    [now_open] = StockAlarm.objects.filter(kind=AlarmKind.LATE, closed_at=None)
    assert (now_open.transfer_id, now_open.area_code) == (transfer.pk, OTHER_STREET_COMMUNITY)
    page = client_of(Role.STOREKEEPER, OTHER_STREET_COMMUNITY).get(reverse("supplies:alarms"))
    assert transfer.number in page.content.decode()
