"""
The ledger under many hands at once, each with a connection of its own, some of which are killed.

Whatever they do and however it ends: what went in equals what is there plus what went out, per lot and unit; no lot
is below zero; no promise is lost; replaying from zero gives today's stock; a movement has both sides or was never.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier, BrokenBarrierError, Timer
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.supplies.commands import (
    Line,
    OutOfStock,
    Posting,
    StockMovement,
    deliver_carried,
    hand_out_stock,
    lock_goods,
    post,
    receive_stock,
    release_stock,
    remove_stock,
    reserve_stock,
)
from juxing.supplies.commands.accounts import area_place, depot_place, depot_places, lot_key, lot_of
from juxing.supplies.enums import MoveKind, PlaceKind
from juxing.supplies.holders import holders
from juxing.supplies.models import Depot, StockBalance, StockEntry, StockLevel, StockLot, StockMove, SupplyItem
from juxing.supplies.queries.verification import verify_ledger
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, make_item, make_stock

SYSTEM = Actor.system("test")
NOW = datetime(2026, 3, 10, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 3
quantities = st.integers(1, 12).map(Decimal)
picks = st.integers(0, 2)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(HANDS) as hands:
        yield hands


def at_once(pool: ThreadPoolExecutor, acts: list[Callable[[], Any]]) -> list[Any]:
    """Run the acts from as many connections at the same moment; a refusal or a killed connection is an answer."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            ready.wait(timeout=20)
            with acting(SYSTEM):
                return act()
        except Refusal as refusal:
            return refusal
        except DatabaseError as error:
            return error
        finally:
            connection.close()

    return list(pool.map(run, acts))


class Storekeeping(RuleBasedStateMachine):
    """Two depots, two items in lots of different expiry, and three people who do not wait for each other."""

    pool: ThreadPoolExecutor
    promised: Counter[tuple[int, int]]
    """Of all examples: what one leaves behind is still in the books."""

    def __init__(self) -> None:
        super().__init__()
        self.tasks: list[Any] = []
        with acting(SYSTEM):
            name = uuid4().hex[:8]
            self.depots = [Depot.objects.create(area_code=code, name=f"{code}{name}")
                           for code in (COMMUNITY, OTHER_STREET_COMMUNITY)]  # fmt: skip
            self.items = [make_item(f"{name}{number}", unit="piece") for number in range(2)]

    def receive(self, pick: int, quantity: Decimal, expires: bool) -> Callable[[], Any]:
        depot, item = self.depots[pick % 2], self.items[pick % len(self.items)]
        return lambda: receive_stock(
            actor=SYSTEM, now=NOW, depot=depot, item=item, quantity=quantity, is_sure=True,
            expires_on=date(2026, 5, 1) if expires else None,
        )  # fmt: skip

    def promise(self, pick: int, quantity: Decimal) -> Callable[[], Any]:
        movement = self.movement(pick, quantity)
        return lambda: (reserve_stock([movement]), ("promised", movement))[1]

    def movement(self, pick: int, quantity: Decimal) -> StockMovement:
        depot, item = self.depots[pick % 2], self.items[pick % len(self.items)]
        return StockMovement(depot.pk, item.pk, quantity, uuid4(), depot.area_code)

    def hand_out(self, movement: StockMovement) -> Callable[[], Any]:
        def act() -> Any:
            hand_out_stock([movement], actor=SYSTEM, now=NOW)
            return "handed out", movement

        return act

    def spoil(self, pick: int, quantity: Decimal) -> Callable[[], Any]:
        depot, item = self.depots[pick % 2], self.items[pick % len(self.items)]

        def act() -> None:
            lot = StockLot.objects.select_related("item").get(pk=lot_of(lot_key(item)))
            remove_stock(
                actor=SYSTEM, now=NOW, depot=depot, lot=lot, quantity=quantity, to=PlaceKind.LOSS, reason="破损"
            )

        return act

    def carry_over(self, pick: int, quantity: Decimal) -> Callable[[], Any]:
        source, target = (self.depots if pick % 2 else self.depots[::-1])[:2]
        item = self.items[pick % len(self.items)]

        def act() -> Any:
            line = Line(depot_place(source), depot_place(target), lot_of(lot_key(item)), quantity)
            return post([Posting(MoveKind.ARRIVE, [line])], actor=SYSTEM, now=NOW)

        return act

    def told(self, answers: list[Any]) -> None:
        for answer in answers:
            if isinstance(answer, tuple):
                word, movement = answer
                self.promised[movement.depot_id, movement.item_id] += movement.quantity if word == "promised" else (
                    -movement.quantity
                )  # fmt: skip
                if word == "promised":
                    self.tasks.append(movement)
                elif word == "handed out":
                    self.tasks.remove(movement)

    @rule(pick=picks, quantity=quantities, expires=st.booleans())
    def goods_come(self, pick: int, quantity: Decimal, expires: bool) -> None:
        self.told(at_once(self.pool, [self.receive(pick, quantity, expires)] * 2))

    @rule(pick=picks, quantity=quantities)
    def all_want_the_same(self, pick: int, quantity: Decimal) -> None:
        self.told(at_once(self.pool, [self.promise(pick, quantity) for _hand in range(HANDS)]))

    @rule(pick=picks, quantity=quantities)
    def each_does_something_else(self, pick: int, quantity: Decimal) -> None:
        self.told(at_once(self.pool, [
            self.promise(pick, quantity), self.spoil(pick, quantity), self.carry_over(pick + 1, quantity),
        ]))  # fmt: skip

    @rule(pick=picks)
    def a_promise_is_kept_and_one_given_back(self, pick: int) -> None:
        if len(self.tasks) > 1:
            kept, given_back = self.tasks[pick % 2], self.tasks[1 - pick % 2]
            answers = at_once(self.pool, [self.hand_out(kept), lambda: release_stock([given_back])])
            self.told([answers[0]])
            if answers[1] is None:
                self.tasks.remove(given_back)
                self.promised[given_back.depot_id, given_back.item_id] -= given_back.quantity

    @rule(pick=picks, quantity=quantities)
    def the_same_act_is_sent_three_times_at_once(self, pick: int, quantity: Decimal) -> None:
        key = f"same {uuid4()}"
        depot, item = self.depots[pick % 2], self.items[0]
        send = lambda: receive_stock(  # noqa: E731 - three phones do the same
            actor=SYSTEM, now=NOW, depot=depot, item=item, quantity=quantity, key=key, is_sure=True
        )
        at_once(self.pool, [send] * HANDS)
        with acting(SYSTEM):
            assert StockMove.objects.filter(key=key).count() == 1

    @rule(pick=picks, quantity=quantities, after_ms=st.integers(0, 25))
    def a_server_process_is_killed(self, pick: int, quantity: Decimal, after_ms: int) -> None:
        held: list[int] = []

        def dies() -> Any:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                held.append(cursor.fetchone()[0])
            Timer(after_ms / 1000, kill, held).start()
            for number in range(40):
                self.receive(pick + number, quantity, bool(number % 2))()

        self.told(at_once(self.pool, [dies, self.promise(pick, quantity)]))

    @invariant()
    def the_books_are_right(self) -> None:
        with acting(SYSTEM):
            found = verify_ledger()
            assert found.is_right, found.problems
            for lot in StockLot.objects.filter(item__in=self.items):
                there = StockBalance.objects.filter(lot=lot)
                came = -sum(balance.quantity for balance in there if balance.is_source)
                assert came == sum(balance.quantity for balance in there if not balance.is_source), lot.pk


def kill(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    connection.close()


def test_books_are_right_whatever_many_hands_do(pool: ThreadPoolExecutor) -> None:
    Storekeeping.pool, Storekeeping.promised = pool, Counter()
    holders.add("test", lambda: {key: Decimal(held) for key, held in Storekeeping.promised.items() if held})
    try:
        run_state_machine_as_test(
            Storekeeping,
            settings=settings(
                max_examples=6, stateful_step_count=8, deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            ),
        )  # fmt: skip
    finally:
        holders._entries.pop("test", None)


def test_last_carton_goes_to_one_of_two_storekeepers(pool: ThreadPoolExecutor) -> None:
    with acting(SYSTEM):
        level = make_stock(make_item("carton", unit="piece"), 1)
    take = [StockMovement(level.depot_id, level.item_id, Decimal(1), uuid4(), COMMUNITY) for _keeper in range(2)]

    def both(movement: StockMovement) -> Callable[[], Any]:
        def act() -> str:
            reserve_stock([movement])
            hand_out_stock([movement], actor=SYSTEM, now=NOW)
            return "taken"

        return act

    answers = at_once(pool, [both(movement) for movement in take])

    assert sorted(str(answer) if isinstance(answer, str) else type(answer).__name__ for answer in answers) == [
        "OutOfStock", "taken",
    ]  # fmt: skip
    with acting(SYSTEM):
        kept = StockLevel.objects.get(pk=level.pk)
        assert (kept.on_hand, kept.reserved) == (0, 0)


def test_movement_in_a_killed_transaction_never_was(pool: ThreadPoolExecutor) -> None:
    with acting(SYSTEM):
        level = make_stock(make_item("masks", unit="piece"), 100)
        task = uuid4()
        movement = StockMovement(level.depot_id, level.item_id, Decimal(30), task, COMMUNITY)
        reserve_stock([movement])
        before = StockEntry.objects.count()

    def dies_before_the_end() -> None:
        with transaction.atomic():
            hand_out_stock([movement], actor=SYSTEM, now=NOW)
            assert deliver_carried([task], actor=SYSTEM, now=NOW) == 1
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    [answer] = at_once(pool, [dies_before_the_end])

    assert isinstance(answer, DatabaseError)
    with acting(SYSTEM):
        kept = StockLevel.objects.get(pk=level.pk)
        assert (kept.on_hand, kept.reserved, StockEntry.objects.count()) == (100, 30, before)
        hand_out_stock([movement], actor=SYSTEM, now=NOW)
        assert verify_ledger().is_right


def test_many_lines_in_random_order_from_many_hands_do_not_wait_for_each_other_in_a_ring(
    pool: ThreadPoolExecutor,
) -> None:
    with acting(SYSTEM):
        items: list[SupplyItem] = [make_item(f"thing{number}", unit="piece") for number in range(8)]
        depots = [make_stock(item, 50).depot for item in items[:2]]
        lots = [lot_of(lot_key(item)) for item in items]
        opening = [Line(depot_place(depots[0], PlaceKind.SET_ASIDE), depot_place(depots[0]), lots[0], Decimal(1))]
        with pytest.raises(OutOfStock):
            post([Posting(MoveKind.RETURN, opening)], actor=SYSTEM, now=NOW)
        for depot in depots:
            for item in items:
                receive_stock(actor=SYSTEM, now=NOW, depot=depot, item=item, quantity=Decimal(50), is_sure=True)
    draws = random.Random(20221025)  # noqa: S311 - drawing, not hiding

    def there_and_back() -> int:
        moved = 0
        for _turn in range(6):
            here, there = draws.sample([depot_place(depot) for depot in depots], 2)
            lines = [Line(here, there, lot, Decimal(1)) for lot in draws.sample(lots, 6)]
            moved += post([Posting(MoveKind.ARRIVE, [line]) for line in lines], actor=SYSTEM, now=NOW)
        return moved

    answers = at_once(pool, [there_and_back] * HANDS)

    assert all(answer == 36 or isinstance(answer, OutOfStock) for answer in answers), answers
    with acting(SYSTEM):
        assert verify_ledger().is_right


def two_depots() -> tuple[list[int], int]:
    """Two depots with goods of one item, as places of the ledger, and the item's lot."""
    with acting(SYSTEM):
        item = make_item(uuid4().hex[:8], unit="piece")
        levels = [make_stock(item, 100, community=code) for code in (COMMUNITY, OTHER_STREET_COMMUNITY)]
        return [level.depot_id for level in levels], lot_of(lot_key(item))


def moves_twice(first: int, second: int, lot: int, *, between: Callable[[], Any]) -> Callable[[], Any]:
    """Lose one of the first depot's goods, then one of the second's, in one transaction."""

    def act() -> str:
        places = depot_places([first, second])
        loss = area_place(PlaceKind.LOSS, COMMUNITY if first < second else OTHER_STREET_COMMUNITY)
        with transaction.atomic():
            post([Posting(MoveKind.LOSE, [Line(places[first], loss, lot, Decimal(1))])], actor=SYSTEM, now=NOW)
            between()
            post([Posting(MoveKind.LOSE, [Line(places[second], loss, lot, Decimal(1))])], actor=SYSTEM, now=NOW)
        return "moved"

    return act


def test_acts_that_wait_for_each_other_end_in_words_and_whole(pool: ThreadPoolExecutor) -> None:
    (one, other), lot = two_depots()
    met = Barrier(2)

    def meet() -> None:
        with suppress(BrokenBarrierError):
            met.wait(timeout=3)

    answers = at_once(pool, [moves_twice(one, other, lot, between=meet), moves_twice(other, one, lot, between=meet)])

    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert "moved" in answers
    assert all(refusal.code == "books_busy" for refusal in refused)
    assert [level.on_hand for level in levels_of(lot)] == [98 + len(refused)] * 2
    with acting(SYSTEM):
        assert verify_ledger().is_right


def test_acts_that_lock_what_they_know_of_never_refuse_each_other(pool: ThreadPoolExecutor) -> None:
    (one, other), lot = two_depots()
    with acting(SYSTEM):
        item = StockLot.objects.get(pk=lot).item_id

    def locked(first: int, second: int) -> Callable[[], Any]:
        def act() -> Any:
            with transaction.atomic():
                lock_goods([first, second], [item])
                return moves_twice(first, second, lot, between=lambda: None)()

        return act

    answers = [answer for _round in range(6) for answer in at_once(pool, [locked(one, other), locked(other, one)])]

    assert answers == ["moved"] * 12
    assert [level.on_hand for level in levels_of(lot)] == [88, 88]


def levels_of(lot: int) -> list[StockLevel]:
    with acting(SYSTEM):
        return list(StockLevel.objects.filter(item__lots=lot).order_by("depot_id"))
