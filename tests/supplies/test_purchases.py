"""Purchases from the wish to the closed file: who may do what, what came, what the ledger says of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils.timezone import localdate
from hypothesis import HealthCheck
from hypothesis import settings as drawn
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from pytest_django import Settings

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation
from juxing.supplies.commands import (
    Agreed,
    Bought,
    Came,
    Circumstances,
    Terms,
    approve_purchase,
    cancel_purchase,
    change_agreement,
    change_purchase,
    close_purchase,
    draft_purchase,
    end_agreement,
    end_agreements_that_ran_out,
    give_up_rest,
    place_purchase,
    receive_purchase,
    return_purchase,
    review_purchase,
    sign_agreement,
    submit_purchase,
    write_agreement,
)
from juxing.supplies.contents import agreement_mark, purchase_mark
from juxing.supplies.enums import AgreementStatus, DeliveryFinding, PlaceKind, PurchaseStatus
from juxing.supplies.lifecycle import PURCHASE
from juxing.supplies.models import (
    AgreementLine,
    Depot,
    PurchaseLine,
    PurchaseOrder,
    StockEntry,
    StockLevel,
    StockLot,
    SupplyAgreement,
    SupplyItem,
)
from juxing.supplies.queries.verification import verify_ledger
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_account, make_actor, make_areas, make_item
from tests.supplies.makers import NOW, PROCESS, make_organisation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
TODAY = localdate(NOW)


class Ground:
    """A supplier, a depot, two items, and the people who buy, approve and receive."""

    def __init__(self) -> None:
        make_areas()
        self.supplier = make_organisation(STREET, name="云间粮油行", organisation_type=OrganisationType.SUPPLIER)
        self.depot = Depot.objects.create(area_code=STREET, name="中转站", kind="transfer_station")
        self.depot.refresh_from_db()
        self.rice = make_item("rice", name_zh="大米", unit="bag")
        self.water = make_item("water", name_zh="饮用水", unit="barrel")
        self.keeper = self.person(Role.STOREKEEPER)
        self.operator = self.person(Role.STREET_OPERATOR)

    def person(self, role: str) -> Actor:
        account = make_account(role, STREET)
        made = make_actor(role, STREET)
        return Actor(made.kind, account.display_name, grants=made.grants, account_id=account.pk)

    def agreement(self, *, kept: int = 100, area_code: str = STREET, hours: int = 24, until: date | None = None) -> Any:
        made = write_agreement(
            actor=PROCESS, now=NOW, area_code=area_code, supplier=self.supplier,
            terms=Terms(TODAY, until or TODAY + timedelta(days=300), hours, "合-2026-7"),
            goods=[Agreed(self.rice, 4550, Decimal(kept))],
        )  # fmt: skip
        return sign_agreement(actor=PROCESS, now=NOW, agreement=made)

    def ordered(self, rice: int = 40, water: int = 0, *, agreement: Any = None, buyer: Actor | None = None) -> Any:
        goods = [Bought(self.rice, Decimal(rice), None if agreement else 4600)]
        goods += [Bought(self.water, Decimal(water), 900)] if water else []
        order = draft_purchase(
            actor=buyer or self.keeper, now=NOW, depot=self.depot, supplier=self.supplier, goods=goods,
            agreement=agreement,
        )  # fmt: skip
        order = submit_purchase(actor=PROCESS, now=NOW, order=order)
        return place_purchase(actor=PROCESS, now=NOW, order=order)


@pytest.fixture
def ground() -> Ground:
    return Ground()


def line_of(order: PurchaseOrder, item: SupplyItem) -> PurchaseLine:
    return PurchaseLine.objects.select_related("item").get(order=order, item=item)


def receive(ground: Ground, order: PurchaseOrder, *came: Came, uuid: UUID | None = None, paper: str = "") -> Any:
    return receive_purchase(actor=ground.keeper, now=NOW, order=order, uuid=uuid or uuid4(), came=came, paper=paper,
                            is_another=True)  # fmt: skip


def test_purchase_comes_in_two_parts_and_lies_in_stock_by_lot(ground: Ground) -> None:
    order = ground.ordered(40)
    line = line_of(order, ground.rice)

    receive(ground, order, Came(line.pk, Decimal(25), lot_number="L1", expires_on=date(2026, 9, 1)), paper="送-1")
    halfway = PurchaseOrder.objects.get(pk=order.pk).status
    receive(
        ground, order, Came(line.pk, Decimal(15), lot_number="L2"),
        Came(line.pk, Decimal(3), DeliveryFinding.EXPIRED, words="生产日期2024年"),
    )  # fmt: skip

    kept = line_of(order, ground.rice)
    assert (halfway, PurchaseOrder.objects.get(pk=order.pk).status) == (PurchaseStatus.PARTLY, PurchaseStatus.DELIVERED)
    assert [kept.received, kept.refused, kept.outstanding] == [40, 3, 0]
    assert StockLevel.objects.get(depot=ground.depot, item=ground.rice).on_hand == 40
    assert set(StockLot.objects.values_list("number", "expires_on")) == {("L1", date(2026, 9, 1)), ("L2", None)}
    assert StockEntry.objects.filter(place__kind=PlaceKind.SUPPLIER).count() == 2
    assert verify_ledger().problems == []


def test_delivery_sent_twice_is_booked_once_and_never_as_something_else(ground: Ground) -> None:
    order, uuid = ground.ordered(40), uuid4()
    line = line_of(order, ground.rice)
    first = receive(ground, order, Came(line.pk, Decimal(40)), uuid=uuid)

    again = receive(ground, order, Came(line.pk, Decimal(40)), uuid=uuid)

    assert again == first
    assert StockLevel.objects.get().on_hand == 40
    with pytest.raises(Refusal, match=r".") as refused:
        receive(ground, order, Came(line.pk, Decimal(39)), uuid=uuid)
    assert refused.value.code == "delivery_differs"


def test_the_same_a_moment_later_is_asked_about_because_an_answer_may_have_been_lost(ground: Ground) -> None:
    order = ground.ordered(rice=40)
    came = [Came(line_of(order, ground.rice).pk, Decimal(10))]

    def comes(minutes: int, **said: Any) -> Any:
        now = NOW + timedelta(minutes=minutes)
        return receive_purchase(actor=ground.keeper, now=now, order=order, uuid=uuid4(), came=came, **said)

    comes(0)
    with pytest.raises(InvalidInput) as asked:
        comes(2)
    comes(3, is_another=True)
    comes(40)

    assert asked.value.code == "booked_just_now"
    assert line_of(order, ground.rice).received == 30


def test_more_than_ordered_is_taken_only_by_who_says_so(ground: Ground) -> None:
    order = ground.ordered(40)
    line = line_of(order, ground.rice)
    with pytest.raises(InvalidInput) as refused:
        receive(ground, order, Came(line.pk, Decimal(45)))

    uuid, came = uuid4(), [Came(line.pk, Decimal(45), words="多送的先收下")]
    for _sending in range(2):
        receive_purchase(actor=ground.keeper, now=NOW, order=order, uuid=uuid, came=came, takes_more=True)

    kept = line_of(order, ground.rice)
    assert (refused.value.code, refused.value.field) == ("more_than_ordered", f"good_{line.pk}")
    assert [kept.received, kept.over, kept.outstanding] == [40, 5, 0]
    assert StockLevel.objects.get().on_hand == 45


def test_goods_that_all_go_back_leave_the_purchase_open_and_the_ledger_alone(ground: Ground) -> None:
    order = ground.ordered(40)
    line = line_of(order, ground.rice)

    receive(ground, order, Came(line.pk, Decimal(40), DeliveryFinding.WRONG, words="送来的是面粉"))

    assert PurchaseOrder.objects.get(pk=order.pk).status == PurchaseStatus.ORDERED
    assert not StockEntry.objects.exists()
    assert cancel_purchase(actor=ground.keeper, now=NOW, order=order, reason="供应商送错").status == (
        PurchaseStatus.CANCELLED
    )


@pytest.mark.parametrize(
    ("came", "code"),
    [
        ({"quantity": Decimal(0)}, "quantity_not_positive"),
        ({"quantity": Decimal("NaN")}, "quantity_not_positive"),
        ({"quantity": Decimal(1), "expires_on": date(2020, 1, 1)}, "lot_expired"),
        ({"quantity": Decimal(1), "finding": DeliveryFinding.DAMAGED}, "delivery_unexplained"),
        ({"quantity": Decimal(1), "line_id": 0}, "line_unknown"),
    ],
)
def test_delivery_that_makes_no_sense_is_refused_whole(ground: Ground, came: dict[str, Any], code: str) -> None:
    order = ground.ordered(40)
    one = Came(**{"line_id": line_of(order, ground.rice).pk, **came})

    with pytest.raises(InvalidInput) as refused:
        receive(ground, order, Came(line_of(order, ground.rice).pk, Decimal(1)), one)

    assert refused.value.code == code
    assert line_of(order, ground.rice).received == 0


def test_above_the_amount_somebody_else_approves(ground: Ground, settings: Settings) -> None:
    settings.PURCHASE_APPROVAL_YUAN = 1000
    order = draft_purchase(
        actor=ground.operator, now=NOW, depot=ground.depot, supplier=ground.supplier,
        goods=[Bought(ground.rice, Decimal(40), 4600)],
    )  # fmt: skip

    order = submit_purchase(actor=ground.operator, now=NOW, order=order)
    with pytest.raises(NotPermitted):
        approve_purchase(actor=ground.operator, now=NOW, order=order)
    with pytest.raises(NotPermitted):
        approve_purchase(actor=ground.keeper, now=NOW, order=order)
    approved = approve_purchase(actor=ground.person(Role.STREET_COMMANDER), now=NOW, order=order)

    assert (order.status, order.total_fen) == (PurchaseStatus.SUBMITTED, 184_000)
    assert approved.status == PurchaseStatus.APPROVED


def test_amount_split_over_a_day_is_counted_together(ground: Ground, settings: Settings) -> None:
    settings.PURCHASE_APPROVAL_YUAN = 1000

    def states(*bags: int) -> list[str]:
        return [
            submit_purchase(actor=ground.keeper, now=NOW, order=draft_purchase(
                actor=ground.keeper, now=NOW, depot=ground.depot, supplier=ground.supplier,
                goods=[Bought(ground.rice, Decimal(count), 4600)],
            )).status
            for count in bags
        ]  # fmt: skip

    assert states(15, 15) == [PurchaseStatus.APPROVED, PurchaseStatus.SUBMITTED]


def test_nobody_approves_what_they_wrote_into_a_colleagues_draft(ground: Ground, settings: Settings) -> None:
    settings.PURCHASE_APPROVAL_YUAN = 1000
    commander = ground.person(Role.STREET_COMMANDER)
    order = draft_purchase(actor=ground.keeper, now=NOW, depot=ground.depot, supplier=ground.supplier,
                           goods=[Bought(ground.rice, Decimal(40), 4600)])  # fmt: skip

    order = change_purchase(actor=commander, now=NOW, order=order, goods=[Bought(ground.rice, Decimal(90), 9900)])
    order = submit_purchase(actor=ground.keeper, now=NOW, order=order)
    with pytest.raises(NotPermitted):
        approve_purchase(actor=commander, now=NOW, order=order)

    assert order.made_by_name == commander.name
    assert approve_purchase(actor=ground.operator, now=NOW, order=order).status == PurchaseStatus.APPROVED


def test_what_was_written_anew_is_not_approved_or_signed_unseen(ground: Ground, settings: Settings) -> None:
    settings.PURCHASE_APPROVAL_YUAN = 100
    order = draft_purchase(actor=ground.keeper, now=NOW, depot=ground.depot, supplier=ground.supplier,
                           goods=[Bought(ground.rice, Decimal(40), 4600)])  # fmt: skip
    seen = purchase_mark(submit_purchase(actor=ground.keeper, now=NOW, order=order))
    return_purchase(actor=ground.keeper, now=NOW, order=order, reason="少写了一个零")
    change_purchase(actor=ground.keeper, now=NOW, order=order, goods=[Bought(ground.rice, Decimal(400), 4600)])
    submit_purchase(actor=ground.keeper, now=NOW, order=order)
    terms, goods = Terms(TODAY, TODAY + timedelta(days=9), 24), [Agreed(ground.rice, 4550, Decimal(10))]
    draft = write_agreement(
        actor=PROCESS, now=NOW, area_code=STREET, supplier=ground.supplier, terms=terms, goods=goods
    )
    read = agreement_mark(draft)
    change_agreement(
        actor=PROCESS, now=NOW, agreement=draft, terms=terms, goods=[Agreed(ground.rice, 9950, Decimal(10))]
    )

    with pytest.raises(Refusal) as unseen:
        approve_purchase(actor=ground.operator, now=NOW, order=order, seen=seen)
    with pytest.raises(Refusal) as unread:
        sign_agreement(actor=ground.operator, now=NOW, agreement=draft, seen=read)
    again = PurchaseOrder.objects.get(pk=order.pk)
    approved = approve_purchase(actor=ground.operator, now=NOW, order=again, seen=purchase_mark(again))

    assert {unseen.value.code, unread.value.code} == {"changed_meanwhile"}
    assert (approved.status, SupplyAgreement.objects.get().status) == (PurchaseStatus.APPROVED, AgreementStatus.DRAFT)


def test_order_of_a_thousandfold_is_asked_about(ground: Ground) -> None:
    receive(ground, ground.ordered(rice=40), Came(PurchaseLine.objects.get().pk, Decimal(40)))
    goods = [Bought(ground.rice, Decimal(40_000), 4600)]

    with pytest.raises(InvalidInput) as asked:
        draft_purchase(actor=ground.keeper, now=NOW, depot=ground.depot, supplier=ground.supplier, goods=goods)
    meant = draft_purchase(actor=ground.keeper, now=NOW, depot=ground.depot, supplier=ground.supplier, goods=goods,
                           circumstances=Circumstances(is_sure=True))  # fmt: skip
    with pytest.raises(InvalidInput):
        change_purchase(actor=ground.keeper, now=NOW, order=meant, goods=goods)

    assert asked.value.code == "quantity_unusual"
    assert line_of(meant, ground.rice).ordered == 40_000


def test_given_back_changed_and_sent_again(ground: Ground, settings: Settings) -> None:
    settings.PURCHASE_APPROVAL_YUAN = 0
    order = draft_purchase(actor=ground.keeper, now=NOW, depot=ground.depot, supplier=ground.supplier,
                           goods=[Bought(ground.rice, Decimal(40), 4600)])  # fmt: skip
    submit_purchase(actor=ground.keeper, now=NOW, order=order)
    with pytest.raises(WrongState):
        change_purchase(actor=ground.keeper, now=NOW, order=order, goods=[Bought(ground.rice, Decimal(1), 1)])

    return_purchase(actor=ground.operator, now=NOW, order=order, reason="数量太多")
    changed = change_purchase(
        actor=ground.keeper, now=NOW, order=order, goods=[Bought(ground.water, Decimal("2.5"), 333)]
    )

    assert (changed.status, changed.total_fen) == (PurchaseStatus.DRAFT, 833)
    assert [line.item.code for line in changed.lines.select_related("item")] == ["water"]


def test_emergency_is_ordered_by_one_and_reviewed_by_another_before_the_file_closes(
    ground: Ground, settings: Settings
) -> None:
    settings.PURCHASE_APPROVAL_YUAN = 0
    goods = [Bought(ground.rice, Decimal(10), 4600)]
    with pytest.raises(InvalidInput):
        draft_purchase(actor=ground.operator, now=NOW, depot=ground.depot, supplier=ground.supplier, goods=goods,
                       circumstances=Circumstances(is_emergency=True))  # fmt: skip
    order = draft_purchase(actor=ground.operator, now=NOW, depot=ground.depot, supplier=ground.supplier, goods=goods,
                           circumstances=Circumstances(is_emergency=True, reason="今晚封控，断粮"))  # fmt: skip
    order = submit_purchase(actor=ground.operator, now=NOW, order=order)
    place_purchase(actor=ground.operator, now=NOW, order=order)
    receive(ground, order, Came(line_of(order, ground.rice).pk, Decimal(10)))

    with pytest.raises(Refusal) as early:
        close_purchase(actor=ground.operator, now=NOW, order=order)
    for somebody in (ground.operator, ground.keeper):
        with pytest.raises(NotPermitted):
            review_purchase(actor=somebody, now=NOW, order=order, words="合理")
    second = ground.person(Role.STREET_COMMANDER)
    review_purchase(actor=second, now=NOW, order=order, words="当晚无其他渠道，价格合理")

    assert early.value.code == "review_open"
    with pytest.raises(Refusal):
        review_purchase(actor=second, now=NOW, order=order, words="再看一次")
    assert close_purchase(actor=ground.operator, now=NOW, order=order).status == PurchaseStatus.CLOSED


def test_agreement_is_called_off_when_ordered_and_never_beyond_what_is_kept(ground: Ground, settings: Settings) -> None:
    settings.PURCHASE_APPROVAL_YUAN = 10_000
    agreement = ground.agreement(kept=100)
    first = ground.ordered(70, agreement=agreement)
    second = draft_purchase(actor=ground.keeper, now=NOW, depot=ground.depot, supplier=ground.supplier,
                            goods=[Bought(ground.rice, Decimal(40))], agreement=agreement)  # fmt: skip
    submit_purchase(actor=ground.keeper, now=NOW, order=second)

    with pytest.raises(Refusal) as refused:
        place_purchase(actor=ground.keeper, now=NOW, order=second)
    give_up_rest(actor=ground.keeper, now=NOW, order=first, line_id=line_of(first, ground.rice).pk,
                 quantity=Decimal(20), reason="供应商缺货")  # fmt: skip
    placed = place_purchase(actor=ground.keeper, now=NOW, order=second)

    assert refused.value.code == "agreement_used_up"
    assert (placed.status, placed.due_at) == (PurchaseStatus.ORDERED, NOW + timedelta(hours=24))
    assert line_of(first, ground.rice).price_fen == 4550
    assert AgreementLine.objects.get(agreement=agreement).called_off == 90
    cancel_purchase(actor=ground.keeper, now=NOW, order=second, reason="不需要了")
    assert AgreementLine.objects.get(agreement=agreement).called_off == 50


def test_agreement_not_in_force_or_for_another_place_is_no_agreement(ground: Ground) -> None:
    signed = ground.agreement()
    draft = write_agreement(
        actor=PROCESS, now=NOW, area_code=STREET, supplier=ground.supplier,
        terms=Terms(TODAY, TODAY, 1), goods=[Agreed(ground.rice, 1, Decimal(1))],
    )  # fmt: skip
    elsewhere = Depot.objects.create(area_code=OTHER_STREET_COMMUNITY, name="别处")

    for depot, agreement, code in ((ground.depot, draft, "agreement_not_in_force"),
                                   (elsewhere, signed, "agreement_elsewhere")):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            draft_purchase(actor=PROCESS, now=NOW, depot=depot, supplier=ground.supplier, agreement=agreement,
                           goods=[Bought(ground.rice, Decimal(1))])  # fmt: skip
        assert refused.value.code == code
    with pytest.raises(Refusal):
        change_agreement(actor=PROCESS, now=NOW, agreement=signed, terms=Terms(TODAY, TODAY, 1), goods=[])


def test_agreement_ends_by_a_person_or_by_its_last_day(ground: Ground) -> None:
    by_hand, by_day = ground.agreement(), ground.agreement(until=TODAY + timedelta(days=3))
    with pytest.raises(NotPermitted):
        end_agreement(actor=ground.keeper, now=NOW, agreement=by_hand, reason="价格过高")

    end_agreement(actor=ground.operator, now=NOW, agreement=by_hand, reason="价格过高")
    ended = [end_agreements_that_ran_out(now=NOW + timedelta(days=days)) for days in (3, 4, 5)]

    assert ended == [0, 1, 0]
    assert set(SupplyAgreement.objects.values_list("status", flat=True)) == {AgreementStatus.ENDED}
    assert SupplyAgreement.objects.get(pk=by_day.pk).ended_at == NOW + timedelta(days=4)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"supplier": "hospital"}, "no_supplier"),
        ({"terms": Terms(TODAY, TODAY - timedelta(days=1), 24)}, "days_swapped"),
        ({"terms": Terms(TODAY, TODAY, 0)}, "hours_range"),
        ({"terms": Terms(TODAY, TODAY.replace(year=2300), 24)}, "days_far"),
        ({"goods": []}, "nothing_agreed"),
        ({"goods": ["rice", "rice"]}, "item_twice"),
    ],
)
def test_agreement_that_makes_no_sense_is_refused(ground: Ground, change: dict[str, Any], code: str) -> None:
    goods = [Agreed(ground.rice, 1, Decimal(1)) for _name in change.pop("goods", ["rice"])]
    supplier: Organisation = make_organisation(STREET) if change.pop("supplier", "") else ground.supplier
    terms = change.pop("terms", Terms(TODAY, TODAY, 24))

    with pytest.raises(InvalidInput) as refused:
        write_agreement(actor=PROCESS, now=NOW, area_code=STREET, supplier=supplier, terms=terms, goods=goods)

    assert refused.value.code == code


STEPS = {
    "submit": ({"draft"}, "submitted"), "pass": ({"draft"}, "approved"), "approve": ({"submitted"}, "approved"),
    "return": ({"submitted"}, "draft"), "order": ({"approved"}, "ordered"),
    "receive_part": ({"ordered", "partly"}, "partly"), "receive_all": ({"ordered", "partly"}, "delivered"),
    "settle": ({"partly"}, "delivered"), "close": ({"delivered"}, "closed"),
    "cancel": ({"draft", "submitted", "approved", "ordered"}, "cancelled"),
}  # fmt: skip
BUYS = set(STEPS) - {"approve", "return"}


@pytest.mark.parametrize(
    ("role", "area_code", "may"),
    [
        (Role.STOREKEEPER, STREET, BUYS), (Role.STREET_OPERATOR, STREET, set(STEPS)),
        (Role.COMMUNITY_WORKER, COMMUNITY, set()), (Role.SECURITY_AUDITOR, STREET, set()),
        (Role.STREET_OPERATOR, OTHER_STREET_COMMUNITY, set()),
    ],
)  # fmt: skip
def test_every_state_and_step_of_a_purchase(ground: Ground, role: str, area_code: str, may: set[str]) -> None:
    order, actor = ground.ordered(), make_actor(role, area_code)
    assert {step.name for step in PURCHASE.transitions} == set(STEPS)
    for state in PurchaseStatus:
        for name, (sources, target) in STEPS.items():
            PurchaseOrder.objects.filter(pk=order.pk).update(status=state)
            if state not in sources:
                with pytest.raises(WrongState):
                    PURCHASE.move(order, name, actor=actor, now=NOW)
            elif name in may:
                assert PURCHASE.move(order, name, actor=actor, now=NOW).status == target
            else:
                with pytest.raises(NotPermitted):
                    PURCHASE.move(order, name, actor=actor, now=NOW)


quantities = st.integers(1, 30).map(Decimal)
sides = st.integers(0, 1)


class Buying(RuleBasedStateMachine):
    """Two orders under one agreement: delivered in parts, sent back, taken beyond, given up, sent twice."""

    ground: Ground

    def __init__(self) -> None:
        super().__init__()
        self.agreement = self.ground.agreement(kept=60)
        self.orders = [self.ground.ordered(25, 20, agreement=self.agreement, buyer=PROCESS) for _order in range(2)]
        self.last: tuple[PurchaseOrder, UUID, Sequence[Came]] | None = None

    def _deliver(self, order: PurchaseOrder, uuid: UUID, came: Sequence[Came]) -> None:
        try:
            receive_purchase(actor=PROCESS, now=NOW, order=order, uuid=uuid, came=came)
        except Refusal:
            return
        self.last = (order, uuid, came)

    @rule(side=sides, other=sides, quantity=quantities, lot=st.sampled_from(["", "L1"]))
    def goods_come(self, side: int, other: int, quantity: Decimal, lot: str) -> None:
        line = list(self.orders[side].lines.order_by("id"))[other]
        self._deliver(self.orders[side], uuid4(), [Came(line.pk, quantity, lot_number=lot)])

    @rule(side=sides, quantity=quantities)
    def goods_come_with_too_much_and_some_go_back(self, side: int, quantity: Decimal) -> None:
        line = self.orders[side].lines.order_by("id")[0]
        came = [Came(line.pk, quantity, DeliveryFinding.OVER, words="收下"),
                Came(line.pk, quantity, DeliveryFinding.DAMAGED, words="破包")]  # fmt: skip
        self._deliver(self.orders[side], uuid4(), came)

    @precondition(lambda self: self.last)
    @rule()
    def the_same_delivery_is_sent_again(self) -> None:
        assert self.last is not None
        before = StockEntry.objects.count()
        receive_purchase(actor=PROCESS, now=NOW, order=self.last[0], uuid=self.last[1], came=self.last[2])
        assert StockEntry.objects.count() == before

    @rule(side=sides, other=sides, quantity=quantities)
    def the_rest_is_given_up(self, side: int, other: int, quantity: Decimal) -> None:
        line = list(self.orders[side].lines.order_by("id"))[other]
        try:
            give_up_rest(actor=PROCESS, now=NOW, order=self.orders[side], line_id=line.pk, quantity=quantity,
                         reason="缺货")  # fmt: skip
        except Refusal:
            return

    @rule(side=sides)
    def the_order_is_cancelled(self, side: int) -> None:
        try:
            cancel_purchase(actor=PROCESS, now=NOW, order=self.orders[side], reason="不要了")
        except Refusal:
            return

    @invariant()
    def every_line_adds_up_and_the_books_agree(self) -> None:
        lines = list(PurchaseLine.objects.filter(order__in=self.orders))
        assert all(line.ordered == line.received + line.outstanding + line.cancelled for line in lines)
        assert all(line.outstanding >= 0 for line in lines)
        for order in self.orders:
            uuid, mine = order.uuid, [line for line in lines if line.order_id == order.pk]
            moved = StockEntry.objects.filter(move__subject_uuid=uuid, quantity__gt=0).values_list(
                "quantity", flat=True
            )
            assert sum(moved) == sum(line.received + line.over for line in mine)
            status = PurchaseOrder.objects.get(pk=order.pk).status
            is_open = status in {PurchaseStatus.ORDERED, PurchaseStatus.PARTLY}
            assert is_open == any(line.outstanding for line in mine)
        held = AgreementLine.objects.get(agreement=self.agreement)
        assert held.called_off == sum(line.ordered - line.cancelled for line in lines if line.agreement_line_id)

    def teardown(self) -> None:
        assert verify_ledger().problems == []


def test_ordered_is_received_outstanding_and_cancelled_whatever_happens(ground: Ground, settings: Settings) -> None:
    settings.PURCHASE_APPROVAL_YUAN = 10**9
    Buying.ground = ground
    run_state_machine_as_test(
        Buying,
        settings=drawn(
            max_examples=8, stateful_step_count=10, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip
