"""Offers that become pledges, and committed requests served out of a depot's stock."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from juxing.access.roles import Role
from juxing.kernel.refusals import NotPermitted, Refusal
from juxing.supplies.commands import OutOfStock, pledge_offer, serve_requests
from juxing.supplies.enums import DonationStatus, PlaceKind, SupplyRequestStatus
from juxing.supplies.models import Depot, Donation, StockBalance, StockLevel, StockMove, SupplyRequest
from juxing.supplies.queries.verification import verify_ledger
from tests.factories import OTHER_STREET_COMMUNITY, STREET, make_account, make_actor, make_areas, make_stock
from tests.supplies.makers import NOW, PROCESS, make_mask, make_offer, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def committed(quantity: int, level: StockLevel) -> SupplyRequest:
    return make_request(
        quantity, item=level.item, committed_quantity=Decimal(quantity), status=SupplyRequestStatus.COMMITTED
    )


@pytest.fixture
def level() -> StockLevel:
    make_areas()
    return make_stock(make_mask(), 100)


def test_served_requests_leave_the_books_for_their_organisations(level: StockLevel) -> None:
    requests = [committed(30, level), committed(50, level)]

    units = serve_requests(actor=PROCESS, now=NOW, depot=level.depot, requests=[one.pk for one in requests])

    assert units == 80
    assert {one.status for one in SupplyRequest.objects.all()} == {SupplyRequestStatus.DISPATCHED}
    assert StockBalance.objects.get(place__kind=PlaceKind.ORGANISATIONS).quantity == 80
    assert set(StockMove.objects.filter(kind="hand_out").values_list("subject_uuid", flat=True)) == {
        one.uuid for one in requests
    }
    assert verify_ledger().is_right


def test_too_little_serves_nobody(level: StockLevel) -> None:
    requests = [committed(60, level), committed(50, level)]

    with pytest.raises(OutOfStock):
        serve_requests(actor=PROCESS, now=NOW, depot=level.depot, requests=[one.pk for one in requests])

    assert {one.status for one in SupplyRequest.objects.all()} == {SupplyRequestStatus.COMMITTED}
    assert StockLevel.objects.get(pk=level.pk).on_hand == 100


def test_only_what_is_committed_is_sent_and_only_by_the_depots_keepers(level: StockLevel) -> None:
    asked, ready = make_request(10, item=level.item), committed(10, level)

    with pytest.raises(Refusal):
        serve_requests(actor=PROCESS, now=NOW, depot=level.depot, requests=[asked.pk, ready.pk])
    with pytest.raises(NotPermitted):
        serve_requests(actor=make_actor(Role.STOREKEEPER, OTHER_STREET_COMMUNITY), now=NOW, depot=level.depot,
                       requests=[ready.pk])  # fmt: skip

    assert StockLevel.objects.get(pk=level.pk).on_hand == 100


def test_offer_becomes_one_pledge_and_only_when_it_is_clear(level: StockLevel) -> None:
    offer, unknown = make_offer(40, item=level.item), make_offer(None, item=level.item)

    made = pledge_offer(actor=PROCESS, now=NOW, offer=offer, depot=level.depot)

    assert (made.status, made.donor_name) == (DonationStatus.PLEDGED, offer.organisation.name)
    assert [line.pledged for line in made.lines.all()] == [40]
    for again in (offer, unknown):
        with pytest.raises(Refusal):
            pledge_offer(actor=PROCESS, now=NOW, offer=again, depot=level.depot)


def test_pages_pledge_and_serve(level: StockLevel) -> None:
    offer, request = make_offer(40, item=level.item), committed(30, level)
    keeper = Client()
    keeper.force_login(make_account(Role.STOREKEEPER, STREET), backend="django.contrib.auth.backends.ModelBackend")
    serve, pledge = (reverse(f"supplies:{name}", args=[one.uuid])
                     for name, one in (("serve_request", request), ("pledge_offer", offer)))  # fmt: skip
    depot = {"depot": str(level.depot.uuid)}
    elsewhere = {"depot": str(Depot.objects.create(area_code=OTHER_STREET_COMMUNITY, name="别处").uuid)}

    offered = serve in keeper.get(reverse("supplies:request", args=[request.uuid])).content.decode()
    answers = [keeper.post(serve, elsewhere), keeper.post(serve, depot), keeper.post(serve, depot),
               keeper.post(pledge, {}), keeper.post(pledge, depot), keeper.post(pledge, depot)]  # fmt: skip

    assert offered
    assert [answer.status_code for answer in answers] == [422, 303, 422, 422, 303, 422]
    assert answers[4].headers["Location"] == reverse("supplies:donation", args=[Donation.objects.get().uuid])
    assert StockLevel.objects.get(pk=level.pk).on_hand == 70
