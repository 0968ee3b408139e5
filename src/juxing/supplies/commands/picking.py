"""Which lots are taken: first expired, first out; never an expired one, and restricted goods only where they may go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from juxing.kernel.scope import acting
from juxing.supplies.commands.accounts import LEDGER
from juxing.supplies.commands.posting import OutOfStock

EVERYWHERE = None
"""As ``bound_for``: goods that stay within the depots, so that no restriction is touched."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """So much of an item from a place, to be handed out at the area code ``bound_for``; None: moved, not handed out."""

    place: int
    item: int
    quantity: Decimal
    bound_for: str | None = EVERYWHERE


def pick(wanted: Sequence[Wanted], *, today: date) -> list[list[tuple[int, Decimal]]]:
    """
    Return for each wish which lots it takes: (lot, quantity) pairs that add up to it.

    Locks the levels of the depots it looks at: whoever takes from a depot does so, and nobody takes the same goods
    before they are posted. What is packed stays in its box. Balances are locked by the posting alone, so that all are
    locked in one order.
    Restricted goods are taken first where they may be handed out: they can go nowhere else.

    Raises:
        OutOfStock: if what may be taken does not suffice; says whether it is because the rest is expired.
    """
    keys = sorted({(one.place, one.item) for one in wanted})
    lots = _lots(keys)
    left = {(key, lot.lot): lot.quantity for key, rows in lots.items() for lot in rows}
    taken: list[list[tuple[int, Decimal]]] = []
    for one in wanted:
        key, missing, parts = (one.place, one.item), one.quantity, []
        for lot in lots.get(key, ()):
            if not missing:
                break
            if not lot.may_go(one.bound_for, today=today):
                continue
            part = min(missing, left[key, lot.lot])
            if part > 0:
                parts.append((lot.lot, part))
                left[key, lot.lot] -= part
                missing -= part
        if missing:
            raise _too_little(lots.get(key, ()), one, today=today)
        taken.append(parts)
    return taken


@dataclass(frozen=True, slots=True)
class _Lot:
    lot: int
    expires_on: date | None
    restricted_area: str
    quantity: Decimal

    def may_go(self, bound_for: str | None, *, today: date) -> bool:
        if self.expires_on is not None and self.expires_on < today:
            return False
        return bound_for is None or not self.restricted_area or bound_for.startswith(self.restricted_area)


def _lots(keys: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], list[_Lot]]:
    places, items = [key[0] for key in keys], [key[1] for key in keys]
    found: defaultdict[tuple[int, int], list[_Lot]] = defaultdict(list)
    with acting(LEDGER), connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM supplies_stocklevel AS level JOIN supplies_stockplace AS place "
            "ON place.depot_id = level.depot_id AND place.kind = 'depot' "
            "JOIN unnest(%s::bigint[], %s::bigint[]) AS wanted (place_id, item_id) "
            "ON place.id = wanted.place_id AND level.item_id = wanted.item_id "
            "ORDER BY level.depot_id, level.item_id FOR UPDATE OF level",
            [places, items],
        )
        cursor.execute(
            "SELECT balance.place_id, balance.item_id, balance.lot_id, balance.expires_on, lot.restricted_area, "
            "balance.quantity - coalesce(packed.quantity, 0) FROM supplies_stockbalance AS balance "
            "JOIN unnest(%s::bigint[], %s::bigint[]) AS wanted (place_id, item_id) "
            "ON balance.place_id = wanted.place_id AND balance.item_id = wanted.item_id "
            "JOIN supplies_stocklot AS lot ON lot.id = balance.lot_id "
            "LEFT JOIN LATERAL (SELECT sum(content.quantity) AS quantity FROM supplies_containercontent AS content "
            "JOIN supplies_container AS container ON container.id = content.container_id "
            "WHERE content.lot_id = balance.lot_id AND container.place_id = balance.place_id "
            "AND container.status = 'packed') AS packed ON true "
            "WHERE balance.quantity > 0 AND NOT balance.is_frozen "
            "ORDER BY balance.place_id, balance.lot_id",
            [places, items],
        )
        for place, item, *lot in cursor.fetchall():
            found[place, item].append(_Lot(*lot))
    for rows in found.values():
        rows.sort(key=lambda lot: (not lot.restricted_area, lot.expires_on or date.max, lot.lot))
    return found


def _too_little(lots: Sequence[_Lot], wanted: Wanted, *, today: date) -> OutOfStock:
    free = sum((lot.quantity for lot in lots if lot.may_go(wanted.bound_for, today=today)), Decimal(0))
    there = sum((lot.quantity for lot in lots), Decimal(0))
    shown = {"free": f"{free.normalize():,f}" if free else "0", "asked": f"{wanted.quantity.normalize():,f}"}
    if there >= wanted.quantity:
        return OutOfStock(
            "only_expired_or_restricted",
            _("Only %(free)s of %(asked)s may be taken: the rest is expired, or given for another place.") % shown,
        )
    return OutOfStock(
        "out_of_stock", _("Only %(free)s of %(asked)s is left. Look at the stock page and try again.") % shown
    )
