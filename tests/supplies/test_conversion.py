"""The step that brings the goods of a plan to the communities: preview, doing it, doing it again, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.activations import commands as activations
from juxing.activations.models import ActivationArea
from juxing.kernel.actors import Actor
from juxing.kernel.conversion import ConversionOrder, Edits, steps
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.places.models import Area
from juxing.supplies import conversion as step
from juxing.supplies.commands import receive_stock, receive_transfer, remove_stock, send_transfer
from juxing.supplies.commands.bringing_back import bring_back_late_goods
from juxing.supplies.enums import DepotKind, PlaceKind, TransferStatus
from juxing.supplies.models import Depot, StockBalance, StockLevel, SupplyItem, Transfer
from juxing.supplies.queries.verification import verify_ledger
from tests.activations.makers import make_incident, make_person, make_plan
from tests.factories import (
    COMMUNITY,
    DISTRICT,
    OTHER_COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_areas,
    make_household,
    make_item,
    make_stock,
)

SYSTEM = Actor.system("test")
NOW = datetime(2026, 3, 10, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
QUILTS = {"code": "quilts", "title": "被子", "title_en": "Quilts", "item": "quilt", "for_each": "community",
          "quantity": 10.0, "days": 3}  # fmt: skip


def order(*rows: dict[str, Any], **values: Any) -> ConversionOrder:
    make_areas()
    given: dict[str, Any] = {
        "activation_uuid": uuid4(), "activation_id": 7, "street": STREET, "area_codes": (STREET,), "level": "level_2",
        "ends_at": NOW + timedelta(days=7), "now": NOW, "actor": SYSTEM, "wanted": {"goods": list(rows) or [QUILTS]},
        **values,
    }  # fmt: skip
    return ConversionOrder(**given)


def make_station(item: SupplyItem, on_hand: int, *, area_code: str = STREET) -> Depot:
    level = make_stock(item, on_hand, community=area_code)
    Depot.objects.filter(pk=level.depot_id).update(kind=DepotKind.TRANSFER_STATION)
    return level.depot


def carry(transfer: Transfer) -> None:
    sent = send_transfer(actor=SYSTEM, now=NOW, transfer=transfer)
    receive_transfer(actor=SYSTEM, now=NOW, transfer=sent, quantities={})


def test_the_step_is_registered_for_the_goods_of_a_plan() -> None:
    assert steps["supplies.goods"].parts == {"goods"}


def test_preview_says_what_comes_what_is_short_and_who_has_some_and_writes_nothing() -> None:
    quilt = make_item("quilt", unit="strip")
    make_station(quilt, 25)
    make_stock(quilt, 12, community=COMMUNITY)
    make_stock(quilt, 0, community=OTHER_COMMUNITY)
    make_station(quilt, 400, area_code=DISTRICT)
    make_stock(quilt, 9, community=OTHER_STREET_COMMUNITY)

    preview = step.preview_goods(order())

    assert [(one.area_code, one.count) for one in preview.changes] == [(COMMUNITY, 18), (OTHER_COMMUNITY, 7)]
    [short] = preview.shortages
    assert (short.area_code, short.kind, short.wanted, short.found) == (OTHER_COMMUNITY, "no_goods", 30, 7)
    assert short.fillers == ((DISTRICT, 400), (OTHER_STREET_COMMUNITY, 9))
    assert "3" in str(step.describe(short.kind, short.facts))
    assert not Transfer.objects.exists()


def test_unknown_goods_and_a_community_without_a_depot_are_said_as_such() -> None:
    make_station(make_item("quilt", unit="strip"), 100)
    make_stock(make_item("quilt"), 0, community=COMMUNITY)

    preview = step.preview_goods(order(QUILTS, {**QUILTS, "code": "x", "item": "no_such_item"}))

    kinds = {(short.kind, short.area_code) for short in preview.shortages}
    assert kinds == {("no_depot", OTHER_COMMUNITY), ("no_item", COMMUNITY), ("no_item", OTHER_COMMUNITY)}
    assert all(str(step.describe(short.kind, short.facts)) for short in preview.shortages)


def test_households_of_a_part_are_counted_and_a_struck_out_line_stays_away() -> None:
    make_areas()
    make_household()
    water = make_item("drinking_water", unit="barrel")
    make_station(water, 100)
    make_stock(water, 0, community=COMMUNITY)
    row = {**QUILTS, "code": "water", "item": "drinking_water", "for_each": "household", "quantity": 2.5}
    part = order(row, area_codes=(COMMUNITY,))

    [change] = step.preview_goods(part).changes
    struck = step.convert(replace(part, edits=Edits(left_out=frozenset({change.key}))))
    fewer = step.convert(replace(part, edits=Edits(quantities={change.key: 3})))

    assert (change.key, change.count) == (f"water:{COMMUNITY}", 8)
    assert (struck["transfers"], fewer["transfers"]) == (0, 1)
    assert Transfer.objects.get().lines.get().planned == 3


def test_again_changes_nothing_and_back_gives_up_and_returns_what_is_left() -> None:
    quilt = make_item("quilt", unit="strip")
    make_station(quilt, 100)
    here = make_stock(quilt, 0, community=COMMUNITY)
    make_stock(quilt, 0, community=OTHER_COMMUNITY)
    first = order()

    assert step.convert(first) == {"transfers": 2, "unchanged": 0, "given_up": 0}
    assert step.convert(first) == {"transfers": 0, "unchanged": 2, "given_up": 0}
    brought = Transfer.objects.get(target=here.depot)
    carry(brought)
    assert step.convert(first) == {"transfers": 0, "unchanged": 1, "given_up": 0}
    lot = StockBalance.objects.get(place__depot=here.depot, place__kind="depot").lot
    remove_stock(actor=SYSTEM, now=NOW, depot=here.depot, lot=lot, quantity=Decimal(4), to=PlaceKind.LOSS,
                 reason="发放后遗失")  # fmt: skip
    assert [(one.kind, one.count) for one in step.open_items(first)] == [("not_returned", 1)]

    assert step.revert(first) == {"given_up": 1, "returning": 1}

    back = Transfer.objects.get(origin=brought.uuid)
    assert (back.source, back.target, back.lines.get().planned) == (here.depot, brought.source, 26)
    assert step.revert(first) == {"given_up": 0, "returning": 0}
    assert list(step.open_items(first)) == []
    assert verify_ledger().problems == []


def test_what_is_under_way_is_named_before_a_stand_down_and_the_rest_of_a_street_stays() -> None:
    quilt = make_item("quilt", unit="strip")
    make_station(quilt, 100)
    for place in (COMMUNITY, OTHER_COMMUNITY):
        make_stock(quilt, 0, community=place)
    whole = order()
    step.convert(whole)
    sent = Transfer.objects.get(target_area_code=OTHER_COMMUNITY)
    send_transfer(actor=SYSTEM, now=NOW, transfer=sent)

    assert [(one.kind, one.count) for one in step.open_items(whole)] == [("under_way", 1)]
    assert step.revert(replace(whole, area_codes=(COMMUNITY,))) == {"given_up": 1, "returning": 0}

    sent.refresh_from_db()
    assert sent.status == TransferStatus.SENT
    assert all(str(step.describe(one.kind, one.facts)) for one in step.open_items(whole))


def test_goods_that_arrive_after_the_end_go_back_once_and_those_of_a_running_response_stay() -> None:
    quilt = make_item("quilt", unit="strip")
    station = make_station(quilt, 100)
    make_stock(quilt, 0, community=COMMUNITY)
    make_stock(quilt, 0, community=OTHER_COMMUNITY)
    make_areas()
    commander = make_person(Role.DISTRICT_COMMANDER, DISTRICT, "commander")
    version, incident = make_plan(commander, NOW), make_incident(commander, NOW)
    activation = activations.draft_activation(
        actor=actor_of(commander, now=NOW), now=NOW, incident=incident, version=version, level="level_2",
        areas=[STREET], ends_at=NOW + timedelta(days=1), matter="x",
    )  # fmt: skip
    running = order(activation_id=activation.pk, activation_uuid=activation.uuid)
    step.convert(running)
    early, late = Transfer.objects.order_by("id")
    for one in (early, late):
        send_transfer(actor=SYSTEM, now=NOW, transfer=one)
    hold = ActivationArea.objects.create(
        activation_uuid=activation.uuid, area_code=STREET, level="level_2", title="x", hazard="x", is_exercise=False,
        since=NOW - timedelta(days=1), until=NOW + timedelta(days=1),
    )  # fmt: skip
    receive_transfer(actor=SYSTEM, now=NOW, transfer=early, quantities={})
    assert bring_back_late_goods(actor=SYSTEM, now=NOW) == 0
    after = hold.until + timedelta(hours=1)
    receive_transfer(actor=SYSTEM, now=after, transfer=late, quantities={})

    assert bring_back_late_goods(actor=SYSTEM, now=after) == 1
    assert bring_back_late_goods(actor=SYSTEM, now=after) == 0

    back = Transfer.objects.get(origin=late.uuid)
    assert (back.source_id, back.target_id, back.lines.get().planned) == (late.target_id, station.pk, 30)
    assert verify_ledger().problems == []


STREETS = count(1)


class Response(RuleBasedStateMachine):
    """A response whose plan changes while people carry, use and bring in goods; the books are right throughout."""

    def __init__(self) -> None:
        super().__init__()
        number = next(STREETS)
        street, places = f"9902{number:05}", [f"9902{number:05}{end}" for end in ("001", "002")]
        with acting(SYSTEM):
            Area.objects.bulk_create(
                [Area(code=code, name=code, level=level, parent_code=code[:9], source="local", is_demo=True)
                 for code, level in ((street, "street"), *((place, "community") for place in places))],
                ignore_conflicts=True,
            )  # fmt: skip
            self.quilt = make_item(f"quilt{number}", unit="strip")
            self.station = make_station(self.quilt, 60, area_code=street)
            self.shelves = [make_stock(self.quilt, 0, community=code).depot for code in places]
            row = {**QUILTS, "item": self.quilt.code}
            self.order = order(row, activation_id=1000 + number, street=street, area_codes=(street,))

    def own(self, status: str) -> list[Transfer]:
        return list(Transfer.objects.filter(activation_id=self.order.activation_id, status=status).order_by("id"))

    @rule(quantity=st.integers(1, 12), days=st.integers(1, 4))
    def convert(self, quantity: int, days: int) -> None:
        row = {**self.order.wanted["goods"][0], "quantity": float(quantity), "days": days}
        self.order = replace(self.order, wanted={"goods": [row]})
        with acting(SYSTEM):
            expected = sum(one.count for one in step.preview_goods(self.order).changes)
            step.convert(self.order)
            planned = sum(line.planned for one in self.own("planned") if one.origin is None for line in one.lines.all())
            assert planned == expected
            assert step.convert(self.order)["transfers"] == 0

    @rule()
    def send(self) -> None:
        with acting(SYSTEM):
            for transfer in self.own("planned")[:1]:
                send_transfer(actor=SYSTEM, now=NOW, transfer=transfer)

    @rule()
    def receive(self) -> None:
        with acting(SYSTEM):
            for transfer in self.own("sent")[:1]:
                receive_transfer(actor=SYSTEM, now=NOW, transfer=transfer, quantities={})

    @rule(pick=st.integers(0, 1), quantity=st.integers(1, 9))
    def use(self, pick: int, quantity: int) -> None:
        with acting(SYSTEM):
            there = StockBalance.objects.filter(
                place__depot=self.shelves[pick], place__kind="depot", quantity__gt=0
            ).first()
            if there is None:
                return
            try:
                with transaction.atomic():
                    remove_stock(actor=SYSTEM, now=NOW, depot=self.shelves[pick], lot=there.lot, reason="用掉",
                                 quantity=Decimal(quantity), to=PlaceKind.WRITE_OFF)  # fmt: skip
            except Refusal:
                pass

    @rule(quantity=st.integers(1, 30))
    def come_in(self, quantity: int) -> None:
        with acting(SYSTEM):
            receive_stock(actor=SYSTEM, now=NOW, depot=self.station, item=self.quilt, quantity=Decimal(quantity),
                          is_sure=True)  # fmt: skip

    @rule()
    def stand_down(self) -> None:
        with acting(SYSTEM):
            step.revert(self.order)
            assert [one for one in self.own("planned") if one.origin is None] == []
            assert [one.kind for one in step.open_items(self.order) if one.kind == "not_returned"] == []

    @invariant()
    def books_are_right(self) -> None:
        with acting(SYSTEM):
            assert verify_ledger().problems == []
            assert not StockLevel.objects.filter(on_hand__lt=0).exists()


def test_books_stay_right_however_a_response_goes() -> None:
    few = settings(max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Response, settings=few)
