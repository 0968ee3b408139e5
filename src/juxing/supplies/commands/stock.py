"""Writing stock: promised, given back, handed out. Set-based; two takers of the last carton get one carton."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import Refusal
from juxing.supplies.models import StockLevel


@dataclass(frozen=True, slots=True)
class StockMovement:
    """A quantity of one item at one depot."""

    depot_id: int
    item_id: int
    quantity: Decimal


class OutOfStock(Refusal):
    """Someone else took it in the meantime; nothing was moved."""


@transaction.atomic
def reserve_stock(movements: Iterable[StockMovement]) -> None:
    """
    This function will promise these quantities, all or none.

    Raises:
        OutOfStock: if any depot has too little left.
    """
    _move(movements, on_hand=0, reserved=1)


@transaction.atomic
def release_stock(movements: Iterable[StockMovement]) -> None:
    """This function will give back what was promised and not handed out."""
    _move(movements, on_hand=0, reserved=-1)


@transaction.atomic
def hand_out_stock(movements: Iterable[StockMovement]) -> None:
    """This function will take promised quantities out of the depots."""
    _move(movements, on_hand=-1, reserved=-1)


def lock_levels(area_code: str) -> list[StockLevel]:
    """Return the place's stock levels, locked in one order for the rest of the transaction."""
    return list(
        StockLevel.objects.within(area_code)
        .select_related("depot")
        .select_for_update(of=("self",))
        .order_by("depot_id", "item_id")
    )


def _move(movements: Iterable[StockMovement], *, on_hand: int, reserved: int) -> None:
    totals: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for movement in movements:
        totals[movement.depot_id, movement.item_id] += movement.quantity
    if not totals:
        return
    keys = sorted(totals)
    depots, items = [key[0] for key in keys], [key[1] for key in keys]
    quantities = [totals[key] for key in keys]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT level.id FROM supplies_stocklevel AS level
            JOIN unnest(%s::bigint[], %s::bigint[]) AS wanted (depot, item)
                ON (level.depot_id, level.item_id) = (wanted.depot, wanted.item)
            ORDER BY level.depot_id, level.item_id FOR UPDATE OF level
            """,
            [depots, items],
        )
        cursor.execute(
            """
            UPDATE supplies_stocklevel AS level
            SET on_hand = on_hand + %s * quantity, reserved = reserved + %s * quantity
            FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS moved (depot, item, quantity)
            WHERE (level.depot_id, level.item_id) = (moved.depot, moved.item)
                AND on_hand + %s * quantity >= reserved + %s * quantity AND reserved + %s * quantity >= 0
            """,
            [on_hand, reserved, depots, items, quantities, on_hand, reserved, reserved],
        )
        if cursor.rowcount != len(keys):
            raise OutOfStock("out_of_stock", _("Not enough is left in stock. Look at the stock page and try again."))
