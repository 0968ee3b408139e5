"""Requests served in part: the rest stands open by itself, is never lost, and nothing is served twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from juxing.access.roles import Role
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.supplies.commands import move_request, receive_request, serve_requests, state_quantity
from juxing.supplies.enums import PlaceKind, RemainderKind, SupplyRequestStatus
from juxing.supplies.models import StockBalance, StockLevel, SupplyRequest
from juxing.supplies.queries.lines import LineFilters, parts_of, requests_page
from juxing.supplies.queries.sharing import sharing_basis
from juxing.supplies.queries.verification import verify_ledger
from tests.factories import OTHER_STREET_COMMUNITY, STREET, make_actor, make_areas, make_stock
from tests.supplies.makers import NOW, PROCESS, client_of, make_mask, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
State = SupplyRequestStatus


@pytest.fixture
def level() -> StockLevel:
    make_areas()
    return make_stock(make_mask(), 1000)


def committed(level: StockLevel, asked: int | None, part: int) -> SupplyRequest:
    return make_request(asked, item=level.item, committed_quantity=Decimal(part), status=State.COMMITTED)


def chain() -> list[tuple[Any, ...]]:
    rows = SupplyRequest.objects.order_by("id")
    return [(one.status, one.quantity, one.committed_quantity, one.remainder_kind) for one in rows]


def test_what_nobody_committed_stands_open_and_is_shared_again(level: StockLevel) -> None:
    request = committed(level, 1000, 400)

    units = serve_requests(actor=PROCESS, now=NOW, depot=level.depot, requests=[request.pk])

    [first, rest] = SupplyRequest.objects.order_by("id")
    assert units == 400
    assert (first.status, first.quantity, rest.status, rest.quantity) == (State.DISPATCHED, 400, State.ACCEPTED, 600)
    assert (rest.remainder_of_id, rest.remainder_kind) == (first.pk, RemainderKind.NOT_COMMITTED)
    assert (rest.written_item, rest.organisation_id, rest.item_id) == (
        first.written_item, first.organisation_id, first.item_id,
    )  # fmt: skip
    basis = sharing_basis(actor=PROCESS, area_code="")
    assert [one.pk for one in basis.requests] == [rest.pk]
    shown = requests_page(actor=PROCESS, filters=LineFilters(is_rest=True)).rows
    assert [one.pk for one in shown] == [rest.pk]
    assert [one.pk for one in parts_of(actor=PROCESS, request=first)] == [rest.pk]
    with pytest.raises(Refusal):
        serve_requests(actor=PROCESS, now=NOW, depot=level.depot, requests=[request.pk])
    assert StockLevel.objects.get(pk=level.pk).on_hand == 600


@pytest.mark.parametrize("is_back", [False, True], ids=["lost", "back"])
def test_what_did_not_arrive_is_asked_for_anew_and_booked(level: StockLevel, is_back: bool) -> None:
    request = committed(level, 400, 400)
    serve_requests(actor=PROCESS, now=NOW, depot=level.depot, requests=[request.pk])

    with pytest.raises(InvalidInput) as silent:
        receive_request(actor=PROCESS, now=NOW, request=request, arrived=Decimal(300))
    with pytest.raises(InvalidInput):
        receive_request(actor=PROCESS, now=NOW, request=request, arrived=Decimal(401))
    keeper = make_actor(Role.STOREKEEPER, OTHER_STREET_COMMUNITY)
    with pytest.raises(NotPermitted):
        receive_request(actor=keeper, now=NOW, request=request, arrived=Decimal(1), reason="翻车", back_to=level.depot)
    receive_request(
        actor=PROCESS, now=NOW, request=request, arrived=Decimal(300), reason="两箱受潮",
        back_to=level.depot if is_back else None,
    )  # fmt: skip

    assert silent.value.code == "reason_missing"
    assert chain() == [
        (State.RECEIVED, 400, 400, ""), (State.ACCEPTED, 100, 0, RemainderKind.NOT_ARRIVED)
    ]  # fmt: skip
    balances = dict(StockBalance.objects.exclude(quantity=0).values_list("place__kind", "quantity"))
    assert balances[PlaceKind.ORGANISATIONS] == 300
    there: Any = (balances.get(PlaceKind.LOSS), balances[PlaceKind.DEPOT])
    assert there == ((None, 700) if is_back else (100, 600))
    assert verify_ledger().is_right


def test_goods_a_supplier_sends_himself_leave_a_rest_too(level: StockLevel) -> None:
    request = committed(level, 50, 20)

    move_request(actor=PROCESS, now=NOW, request=request, step="dispatch")
    move_request(actor=PROCESS, now=NOW, request=request, step="receive")

    assert chain() == [(State.RECEIVED, 20, 20, ""), (State.ACCEPTED, 30, 0, RemainderKind.NOT_COMMITTED)]
    assert SupplyRequest.objects.order_by("id")[0].received_quantity == 20


def test_a_quantity_said_after_sending_opens_the_rest_once(level: StockLevel) -> None:
    request = committed(level, None, 20)
    move_request(actor=PROCESS, now=NOW, request=request, step="dispatch")
    before = chain()

    state_quantity(actor=PROCESS, now=NOW, line=request, quantity=Decimal(50))

    assert before == [(State.DISPATCHED, None, 20, "")]
    assert chain() == [(State.DISPATCHED, 20, 20, ""), (State.ACCEPTED, 30, 0, RemainderKind.NOT_COMMITTED)]
    with pytest.raises(Refusal) as over:
        state_quantity(actor=PROCESS, now=NOW, line=request, quantity=Decimal(90))
    assert over.value.code == "request_over"


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=1, max_size=5))
def test_what_was_asked_for_is_what_arrived_and_what_is_still_asked(
    everywhere: None, shares: list[tuple[int, int]]
) -> None:
    make_areas()
    level = StockLevel.objects.filter(item=make_mask()).first() or make_stock(make_mask(), 100_000)
    SupplyRequest.objects.update(status=State.CANCELLED)
    latest = SupplyRequest.objects.order_by("-id").values_list("id", flat=True).first() or 0
    committed(level, 100, 0)
    ours = SupplyRequest.objects.filter(pk__gt=latest)

    for tenths, of_it in shares:
        for one in ours.filter(status__in=[State.ACCEPTED, State.COMMITTED]):
            part = Decimal(one.quantity or 0) * tenths // 10
            if not part:
                continue
            SupplyRequest.objects.filter(pk=one.pk).update(status=State.COMMITTED, committed_quantity=part)
            serve_requests(actor=PROCESS, now=NOW, depot=level.depot, requests=[one.pk])
            receive_request(actor=PROCESS, now=NOW, request=one, arrived=part * of_it // 10, reason="清点")
        rows = list(ours)
        assert sum(one.quantity or 0 if one.received_quantity is None else one.received_quantity for one in rows) == 100
        assert sum(one.received_quantity or 0 for one in rows) <= 100
    assert verify_ledger().is_right


def test_pages_show_parts_and_take_what_arrived(level: StockLevel) -> None:
    request = committed(level, 100, 40)
    serve_requests(actor=PROCESS, now=NOW, depot=level.depot, requests=[request.pk])
    keeper = client_of(Role.STOREKEEPER, STREET)
    address, arrived = (reverse(f"supplies:{name}", args=[request.uuid]) for name in ("request", "receive_request"))

    page = keeper.get(address).content.decode()
    answers = [keeper.post(arrived, sent) for sent in ({"arrived": "41"}, {"arrived": "30"}, {"arrived": "x"},
               {"arrived": "30", "reason": "破损"}, {"arrived": "30", "reason": "破损"})]  # fmt: skip
    listed = keeper.get(reverse("supplies:requests"), {"show": "rest"})

    assert arrived in page
    assert reverse("supplies:request", args=[SupplyRequest.objects.get(remainder_of=request, quantity=60).uuid]) in page
    assert [one.status_code for one in answers] == [422, 422, 422, 303, 422]
    assert [row["line"].quantity for row in listed.context["page"].rows] == [10, 60]
