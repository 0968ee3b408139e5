"""What tasks take from the stock: promised, given back, carried to the door, brought back. Set-based."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.supplies.commands.accounts import COMMUNITY_LENGTH, LEDGER, area_places, depot_places
from juxing.supplies.commands.outstanding import outstanding
from juxing.supplies.commands.picking import Wanted, pick
from juxing.supplies.commands.posting import Line, OutOfStock, Posting, or_say_busy, post
from juxing.supplies.enums import MoveKind, PlaceKind
from juxing.supplies.models import StockLevel

TASK = "dispatch.task"


@dataclass(frozen=True, slots=True)
class StockMovement:
    """A quantity of one item at one depot; ``task`` and ``area_code`` say for which task and whither it goes."""

    depot_id: int
    item_id: int
    quantity: Decimal
    task: UUID | None = None
    area_code: str = ""


@transaction.atomic
def reserve_stock(movements: Iterable[StockMovement]) -> None:
    """
    This function will promise these quantities, all or none.

    Raises:
        OutOfStock: if any depot has too little left.
    """
    _promise(movements, sign=1)


@transaction.atomic
def release_stock(movements: Iterable[StockMovement]) -> None:
    """This function will give back what was promised and not handed out."""
    _promise(movements, sign=-1)


@transaction.atomic
def hand_out_stock(movements: Iterable[StockMovement], *, actor: Actor, now: datetime) -> None:
    """
    This function will give promised goods to the helpers who carry them.

    Each movement names its task. First expired, first out; goods restricted to another place are left.

    Raises:
        OutOfStock: if what was promised has expired or is gone.
    """
    taken = list(movements)
    if not taken:
        return
    release_stock(taken)
    places = depot_places(movement.depot_id for movement in taken)
    carriers = area_places(PlaceKind.CARRIER, (movement.area_code for movement in taken))
    wanted = [Wanted(places[one.depot_id], one.item_id, one.quantity, one.area_code) for one in taken]
    lines: defaultdict[UUID | None, list[Line]] = defaultdict(list)
    for movement, parts in zip(taken, pick(wanted, today=localdate(now)), strict=True):
        target = carriers[movement.area_code[:COMMUNITY_LENGTH]]
        lines[movement.task] += [Line(places[movement.depot_id], target, lot, part) for lot, part in parts]
    post(
        [Posting(MoveKind.LOAD, rows, subject=(TASK, task) if task else None) for task, rows in lines.items()],
        actor=actor, now=now,
    )  # fmt: skip


@transaction.atomic
def deliver_carried(tasks: Sequence[UUID], *, actor: Actor, now: datetime) -> int:
    """Post what is with the helpers of these tasks as delivered to the community's residents; return how many tasks."""
    carried = outstanding(tasks, at=PlaceKind.CARRIER)
    homes = area_places(PlaceKind.RESIDENTS, (one.area_code for rows in carried.values() for one in rows))
    postings = [
        Posting(MoveKind.DELIVER, [Line(one.place, homes[one.area_code], one.lot, one.quantity) for one in rows],
                subject=(TASK, task))
        for task, rows in carried.items()
    ]  # fmt: skip
    return post(postings, actor=actor, now=now)


@transaction.atomic
def bring_back_carried(tasks: Sequence[UUID], *, actor: Actor, now: datetime, reason: str = "") -> int:
    """Post what is still with the helpers of these tasks back to the depots it came from; return how many tasks."""
    postings = [
        Posting(MoveKind.UNLOAD, [Line(one.place, one.origin, one.lot, one.quantity) for one in rows],
                subject=(TASK, task), reason=reason)
        for task, rows in outstanding(tasks, at=PlaceKind.CARRIER).items()
    ]  # fmt: skip
    return post(postings, actor=actor, now=now)


def lock_goods(depot_ids: Iterable[int], item_ids: Iterable[int]) -> None:
    """
    Lock these goods of these depots in the ledger's one order, for acts that promise or post several times.

    Whoever does so first never waits for somebody who waits for them.
    """
    with acting(LEDGER), or_say_busy():
        rows = StockLevel.objects.filter(depot__in=set(depot_ids), item__in=set(item_ids))
        list(rows.order_by("depot_id", "item_id").select_for_update(of=("self",)).values_list("pk", flat=True))


def lock_levels(area_code: str) -> list[StockLevel]:
    """Return the place's stock levels, locked in one order for the rest of the transaction."""
    return list(
        StockLevel.objects.within(area_code)
        .select_related("depot")
        .select_for_update(of=("self",))
        .order_by("depot_id", "item_id")
    )


def _promise(movements: Iterable[StockMovement], *, sign: int) -> None:
    totals: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for movement in movements:
        totals[movement.depot_id, movement.item_id] += movement.quantity
    if not totals:
        return
    keys = sorted(totals)
    depots, items = [key[0] for key in keys], [key[1] for key in keys]
    quantities = [totals[key] for key in keys]
    with or_say_busy(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM supplies_stocklevel AS level JOIN unnest(%s::bigint[], %s::bigint[]) AS wanted (depot, item) "
            "ON (level.depot_id, level.item_id) = (wanted.depot, wanted.item) "
            "ORDER BY level.depot_id, level.item_id FOR UPDATE OF level",
            [depots, items],
        )
        cursor.execute(
            "UPDATE supplies_stocklevel AS level SET reserved = reserved + %s * quantity "
            "FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS moved (depot, item, quantity) "
            "WHERE (level.depot_id, level.item_id) = (moved.depot, moved.item) "
            "AND on_hand >= reserved + %s * quantity AND reserved + %s * quantity >= 0",
            [sign, depots, items, quantities, sign, sign],
        )
        if cursor.rowcount != len(keys):
            raise OutOfStock("out_of_stock", _("Not enough is left in stock. Look at the stock page and try again."))
