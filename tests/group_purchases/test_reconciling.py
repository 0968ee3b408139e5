"""Whatever households and the organiser do, packages and money come out even, to the fen."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from juxing.group_purchases import commands
from juxing.group_purchases.amounts import Balance, Books
from juxing.group_purchases.enums import MoneyKind, MoneyMethod, OrderStatus, PurchaseStatus, ShareMethod
from juxing.group_purchases.inputs import Arrival, PackageInput
from juxing.group_purchases.models import GroupPurchase, GroupPurchaseLine, HouseholdOrder, MoneyEntry
from juxing.group_purchases.queries.books import all_accounts, books_of
from juxing.group_purchases.queries.totals import package_totals
from juxing.group_purchases.sharing import shared
from juxing.kernel.money import fen_written, yuan
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from tests.group_purchases.makers import AFTER, CUT_OFF, NOW, SYSTEM, make_purchase, make_slot, order, packages_of

DOORS, MAXIMUM, FEE = 4, 9, 300
HOME = st.integers(0, DOORS - 1)
FEN = st.integers(1, 30_000)
COUNT = st.integers(0, 4)


@given(st.integers(0, 60), st.lists(st.integers(1, 12), max_size=12), st.sampled_from(list(ShareMethod)))
def test_short_delivery_is_given_out_whole_and_nobody_gets_more_than_ordered(
    available: int, wanted: list[int], method: str
) -> None:
    got = shared(available, wanted, method=method)

    assert sum(got) == min(available, sum(wanted))
    assert all(0 <= one <= most for one, most in zip(got, wanted, strict=True))
    if method == ShareMethod.EVENLY:
        short = [one for one, most in zip(got, wanted, strict=True) if one < most]
        assert all(one <= min(short) + 1 for one in got if short)
    else:
        first_short = next((at for at, most in enumerate(wanted) if got[at] < most), len(wanted))
        assert sum(got[first_short + 1 :]) == 0


@given(st.integers(0, 10**10))
def test_fen_written_as_yuan_are_read_back(fen: int) -> None:
    assert fen_written(yuan(fen), field="amount") == fen


@given(
    st.lists(st.builds(Balance, due=FEN, paid=FEN, refunded=FEN), max_size=8),
    FEN,
    FEN,
    st.none() | st.integers(0, 90_000),
)
def test_what_is_in_hand_is_explained_to_the_fen(
    balances: list[Balance], paid: int, back: int, bill: int | None
) -> None:
    books = Books(balances=balances, supplier_paid=paid, supplier_returned=back, bill=bill)

    assert books.collected == books.to_supplier + books.refunded + books.in_hand
    assert books.in_hand == books.explained


class Neighbourhood(RuleBasedStateMachine):
    """Neighbours order, change, withdraw and pay in any order, before and after goods arrive short."""

    def __init__(self) -> None:
        super().__init__()
        self.scope = acting(SYSTEM)
        self.scope.__enter__()
        packages = (
            PackageInput(name="蔬菜包", price_fen=5801, maximum_total=MAXIMUM),
            PackageInput(name="鸡蛋", price_fen=3299, limit_per_household=3),
            PackageInput(name="牛奶", price_fen=1, minimum_total=2),
        )
        self.purchase, self.homes = make_purchase(doors=DOORS, packages=packages, delivery_fee_fen=FEE)
        self.slots = [make_slot(self.purchase, doors=1), make_slot(self.purchase, doors=2, hour=11)]
        self.now = NOW
        self.refunds: dict[int, int] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.scope.__exit__(None, None, None)

    def attempt(self, act: Any) -> None:
        """Let it be refused: what holds is looked at after every step."""
        try:
            act()
        except Refusal:
            return

    def now_it_is(self) -> GroupPurchase:
        return GroupPurchase.objects.get(pk=self.purchase.pk)

    def order_of(self, home: int) -> HouseholdOrder | None:
        return HouseholdOrder.objects.filter(purchase=self.purchase, household=self.homes[home]).first()

    @rule(home=HOME, a=COUNT, b=COUNT, c=COUNT)
    def orders(self, home: int, a: int, b: int, c: int) -> None:
        counts = {"A": a, "B": b, "C": c}
        self.attempt(lambda: order(self.purchase, self.homes[home], counts, now=self.now))

    @rule(home=HOME)
    def withdraws(self, home: int) -> None:
        found = self.order_of(home)
        if found:
            self.attempt(lambda: commands.withdraw_order(actor=SYSTEM, now=self.now, order=found))

    @rule(home=HOME, fen=FEN, exact=st.booleans())
    def pays(self, home: int, fen: int, exact: bool) -> None:
        self.money(home, MoneyKind.PAID, fen, exact=exact)

    @rule(home=HOME, fen=FEN, exact=st.booleans())
    def gets_back(self, home: int, fen: int, exact: bool) -> None:
        self.money(home, MoneyKind.REFUNDED, fen, exact=exact)

    def money(self, home: int, kind: str, fen: int, *, exact: bool) -> None:
        found = self.order_of(home)
        if not found:
            return
        if exact:
            [mine] = [one for one in all_accounts(self.now_it_is()) if one.order.pk == found.pk]
            fen = abs(mine.balance.open_fen) or fen
        self.attempt(lambda: commands.record_money(
            actor=SYSTEM, now=self.now, purchase=self.purchase, kind=kind, amount_fen=fen, method=MoneyMethod.WECHAT,
            order=found, is_sure=True,
        ))  # fmt: skip

    @rule(at=st.integers(0, 20))
    def takes_a_slip_back(self, at: int) -> None:
        entries = list(MoneyEntry.objects.filter(purchase=self.purchase).order_by("id"))
        if entries:
            entry = entries[at % len(entries)]
            self.attempt(lambda: commands.take_back_entry(actor=SYSTEM, now=self.now, entry=entry))

    @rule(fen=FEN, is_back=st.booleans())
    def pays_supplier(self, fen: int, is_back: bool) -> None:
        kind = MoneyKind.SUPPLIER_RETURNED if is_back else MoneyKind.SUPPLIER_PAID
        self.attempt(lambda: commands.record_money(
            actor=SYSTEM, now=self.now, purchase=self.purchase, kind=kind, amount_fen=fen, method=MoneyMethod.BANK,
            is_sure=True,
        ))  # fmt: skip

    @precondition(lambda self: self.now_it_is().status == PurchaseStatus.OPEN)
    @rule(early=st.booleans())
    def is_cut_off(self, early: bool) -> None:
        if early:
            commands.close_purchase(actor=SYSTEM, now=self.now, purchase=self.purchase)
        else:
            self.now = AFTER
            assert commands.close_due(actor=SYSTEM, now=self.now) == 1

    @precondition(lambda self: self.now_it_is().status == PurchaseStatus.CLOSED and self.now < CUT_OFF)
    @rule()
    def is_reopened(self) -> None:
        commands.reopen_purchase(actor=SYSTEM, now=self.now, purchase=self.purchase, cut_off_at=CUT_OFF)

    @rule(received=st.lists(st.integers(0, 14), min_size=3, max_size=3), method=st.sampled_from(list(ShareMethod)),
          charged=st.none() | st.integers(0, 1))  # fmt: skip
    def goods_arrive(self, received: list[int], method: str, charged: int | None) -> None:
        arrived = {
            package.pk: Arrival(received=count, charged_fen=charged)
            for package, count in zip(packages_of(self.purchase), received, strict=True)
        }
        self.attempt(lambda: commands.record_arrival(
            actor=SYSTEM, now=self.now, purchase=self.purchase, arrived=arrived, method=method
        ))  # fmt: skip

    @rule(home=HOME, a=COUNT, b=COUNT)
    def is_settled_by_hand(self, home: int, a: int, b: int) -> None:
        found, packages = self.order_of(home), packages_of(self.purchase)
        if found:
            granted = {packages[0].pk: a, packages[1].pk: b}
            self.attempt(lambda: commands.set_granted(actor=SYSTEM, now=self.now, order=found, granted=granted))

    @rule(home=HOME, slot=st.integers(0, 1))
    def chooses_a_time(self, home: int, slot: int) -> None:
        found = self.order_of(home)
        if found:
            self.attempt(lambda: commands.choose_slot(actor=SYSTEM, now=self.now, order=found, slot=self.slots[slot]))

    @rule()
    def times_are_given_out(self) -> None:
        self.attempt(lambda: commands.assign_slots(actor=SYSTEM, now=self.now, purchase=self.purchase))

    @rule(home=HOME, is_back=st.booleans())
    def is_handed_over(self, home: int, is_back: bool) -> None:
        found = self.order_of(home)
        if found:
            act = commands.take_back if is_back else commands.hand_over
            self.attempt(lambda: act(actor=SYSTEM, now=self.now, order=found))

    @rule()
    def is_cancelled(self) -> None:
        if self.now_it_is().status == PurchaseStatus.CLOSED:
            self.attempt(lambda: commands.cancel_purchase(
                actor=SYSTEM, now=self.now, purchase=self.purchase, reason="菜场停业"
            ))  # fmt: skip

    @invariant()
    def money_is_even(self) -> None:
        purchase = self.now_it_is()
        accounts = all_accounts(purchase)
        books = books_of(purchase, accounts)
        rows = MoneyEntry.objects.filter(purchase=purchase)
        sums = {kind: sum(one.amount_fen for one in rows if one.kind == kind) for kind in MoneyKind}
        assert books.collected == sums[MoneyKind.PAID]
        assert books.refunded == sums[MoneyKind.REFUNDED]
        assert books.collected == books.to_supplier + books.refunded + books.in_hand
        assert books.in_hand == books.explained
        assert all(one.balance.paid >= one.balance.refunded >= 0 for one in accounts)
        assert books.to_supplier >= 0

    @invariant()
    def packages_are_even(self) -> None:
        for one in package_totals(self.now_it_is()):
            package = one.package
            assert package.maximum_total is None or one.ordered <= package.maximum_total
            if package.received is not None and not package.dropped_at:
                withdrawn = GroupPurchaseLine.objects.filter(package=package, order__status=OrderStatus.WITHDRAWN)
                assert one.granted <= package.received
                assert not withdrawn.filter(granted__gt=0).exists()
        for line in GroupPurchaseLine.objects.filter(order__purchase=self.purchase):
            assert line.granted is None or line.granted <= line.quantity

    @invariant()
    def no_time_is_overfull(self) -> None:
        for slot in self.slots:
            taken = HouseholdOrder.objects.filter(slot=slot).exclude(status=OrderStatus.WITHDRAWN).count()
            assert taken <= slot.doors


@pytest.mark.django_db
def test_packages_and_money_come_out_even_whatever_happens() -> None:
    few = settings(max_examples=10, stateful_step_count=22, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Neighbourhood, settings=few)


def test_what_is_no_amount_is_refused() -> None:
    for written in ("", "-1", "1.234", "1e5", "abc", "9" * 40, "1.2.3", "NaN"):
        with pytest.raises(Refusal):
            fen_written(written, field="amount")
