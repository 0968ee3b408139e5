"""Donations: what was given, what was found, where each piece went, and what the public is told in time."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from juxing.access.roles import Role
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible, Refusal
from juxing.supplies.commands import (
    Arrived,
    Donor,
    Finding,
    Given,
    OutOfStock,
    advance_donations,
    inspect_donation,
    pack_containers,
    pledge_donation,
    publish_donations,
    receive_donation,
    scan_container,
    settle_donation,
    withdraw_donation,
)
from juxing.supplies.enums import DonationStatus, DonorKind
from juxing.supplies.models import Depot, Donation, StockLevel
from juxing.supplies.queries.donations import publication_clock, trace_of
from juxing.supplies.queries.verification import verify_ledger
from tests.factories import COMMUNITY, OTHER_COMMUNITY, STREET, make_actor, make_areas, make_item
from tests.supplies.makers import NOW, PROCESS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
MAKER = Donor(DonorKind.ORGANISATION, "云间口罩厂", "12800001234", is_name_public=True)


def station() -> Depot:
    make_areas()
    return Depot.objects.create(area_code=STREET, name="望湖物资中转站")


def pledged(depot: Depot | None = None, *, donor: Donor = MAKER, restricted_area: str = "") -> Donation:
    item = make_item("mask", unit="single")
    return pledge_donation(
        actor=PROCESS, now=NOW, depot=depot or station(), donor=donor, intended_use="给一线",
        goods=[Given(item, Decimal(5000), restricted_area)],
    )  # fmt: skip


def inspected(donation: Donation, *, accepted: int = 5000, words: str = "", **arrived: Any) -> Donation:
    line = donation.lines.get()
    receive_donation(actor=PROCESS, now=NOW, donation=donation, arrived={line.pk: Arrived(Decimal(5000), **arrived)})
    return inspect_donation(
        actor=PROCESS, now=NOW, donation=donation, findings={line.pk: Finding(Decimal(accepted), words)}
    )


def test_goods_wait_for_inspection_and_then_are_stock() -> None:
    donation = pledged()
    inspected(donation, accepted=4900, words="压坏一箱")

    assert not StockLevel.objects.filter(on_hand__gt=0).exists()
    settle_donation(actor=PROCESS, now=NOW, donation=donation)

    [line] = trace_of(donation.trace_code).lines
    assert StockLevel.objects.get().on_hand == 4900
    assert (line.received, line.refused, line.in_stock, line.adds_up) == (
        Decimal(5000),
        Decimal(100),
        Decimal(4900),
        True,
    )
    assert verify_ledger().problems == []


def test_counterfeit_certificate_is_refused_with_its_reason() -> None:
    donation = pledged()
    with pytest.raises(InvalidInput) as silent:
        inspected(donation, accepted=0, certificate="YY 0469")
    donation = pledged(Depot.objects.get())
    inspected(donation, accepted=0, words="检验报告编号查无此号", certificate="YY 0469-2023")

    moved = settle_donation(actor=PROCESS, now=NOW, donation=donation)

    assert (silent.value.code, moved.status) == ("refusal_unexplained", DonationStatus.REFUSED)
    assert not StockLevel.objects.filter(on_hand__gt=0).exists()
    [line] = trace_of(donation.trace_code).lines
    assert (line.refused, line.finding, line.adds_up) == (Decimal(5000), "检验报告编号查无此号", True)


def test_expired_goods_cannot_be_found_good_and_more_than_came_neither() -> None:
    donation = pledged()
    with pytest.raises(InvalidInput) as expired:
        inspected(donation, expires_on=date(2026, 1, 1))
    with pytest.raises(InvalidInput) as more:
        inspected(pledged(donation.depot), accepted=5001)

    assert (expired.value.code, more.value.code) == ("lot_expired", "more_than_came")


def test_unit_slip_of_a_thousand_is_asked_about() -> None:
    donation = pledged()
    line = donation.lines.get()
    wrong = {line.pk: Arrived(Decimal(5_000_000))}

    with pytest.raises(InvalidInput) as asked:
        receive_donation(actor=PROCESS, now=NOW, donation=donation, arrived=wrong)
    moved = receive_donation(actor=PROCESS, now=NOW, donation=donation, arrived=wrong, is_sure=True)

    assert (asked.value.code, moved.status) == ("quantity_unusual", DonationStatus.RECEIVED)


def test_restricted_goods_go_only_where_they_were_given_for() -> None:
    donation = pledged(restricted_area=OTHER_COMMUNITY)
    inspected(donation)
    settle_donation(actor=PROCESS, now=NOW, donation=donation)
    level = StockLevel.objects.get()

    with pytest.raises(OutOfStock) as refused:
        pack_containers(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(10),
                        bound_for=COMMUNITY)  # fmt: skip
    [anywhere] = pack_containers(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(10))
    [box] = pack_containers(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(10),
                            bound_for=OTHER_COMMUNITY)  # fmt: skip
    type(anywhere).objects.filter(pk=anywhere.pk).update(bound_for=COMMUNITY)
    with pytest.raises(Refusal) as elsewhere:
        scan_container(actor=PROCESS, now=NOW, number=anywhere.number, target=None)
    scan_container(actor=PROCESS, now=NOW, number=box.number, target=None)

    assert (refused.value.code, elsewhere.value.code) == ("only_expired_or_restricted", "restricted_elsewhere")
    [line] = trace_of(donation.trace_code).lines
    assert (line.communities, line.in_stock) == ([("望江社区", Decimal(10))], Decimal(4990))


def test_trace_names_communities_and_no_one_else() -> None:
    donation = pledged(donor=Donor(DonorKind.PERSON, "王秀英", "12800005678"))
    inspected(donation)
    settle_donation(actor=PROCESS, now=NOW, donation=donation)

    trace = trace_of(f" {donation.trace_code.lower()} ")

    assert trace.donor == ""
    with pytest.raises(NotVisible):
        trace_of("00000-00000")


def test_public_is_told_within_five_days_and_at_the_end() -> None:
    donation, operator = pledged(), make_actor(Role.STREET_OPERATOR)
    inspected(donation)
    settle_donation(actor=PROCESS, now=NOW, donation=donation)
    clock = publication_clock(actor=PROCESS)
    assert (clock.count, clock.due_at, clock.is_late(NOW + timedelta(days=6))) == (1, NOW + timedelta(days=5), True)
    with pytest.raises(NotPermitted):
        publish_donations(actor=make_actor(Role.STOREKEEPER), now=NOW, area_code=STREET)

    first = publish_donations(actor=operator, now=NOW, area_code=STREET)
    assert publication_clock(actor=PROCESS).count == 0
    level = StockLevel.objects.get()
    boxes = pack_containers(actor=PROCESS, now=NOW, depot=level.depot, item=level.item, quantity=Decimal(2500),
                            count=2, bound_for=COMMUNITY)  # fmt: skip
    scan_container(actor=PROCESS, now=NOW, number=boxes[0].number, target=None)
    assert advance_donations(now=NOW) == 1
    scan_container(actor=PROCESS, now=NOW, number=boxes[1].number, target=None)
    assert advance_donations(now=NOW) == 1
    last = publish_donations(actor=operator, now=NOW, area_code=STREET)

    donation.refresh_from_db()
    assert donation.status == DonationStatus.REPORTED
    assert [row["handed_out"] for row in (*first.rows, *last.rows)] == ["0", "5000.000"]
    assert last.rows[0]["donor"] == "云间口罩厂"
    with pytest.raises(Refusal):
        publish_donations(actor=operator, now=NOW, area_code=STREET)


def test_pledge_may_be_withdrawn_and_then_nothing_comes() -> None:
    donation = pledged()

    withdraw_donation(actor=PROCESS, now=NOW, donation=donation, reason="厂里自用")

    with pytest.raises(WrongState):
        inspected(donation)


def test_donor_who_is_not_anonymous_has_a_name() -> None:
    with pytest.raises(InvalidInput) as refused:
        pledged(donor=Donor(DonorKind.ORGANISATION, " "))

    assert refused.value.field == "donor_name"
