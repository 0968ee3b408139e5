"""What of a paper's goods is still somewhere on the way: with a helper, on a vehicle, in transit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from juxing.kernel.scope import acting
from juxing.supplies.commands.accounts import LEDGER
from juxing.supplies.enums import PlaceKind


@dataclass(frozen=True, slots=True)
class Outstanding:
    """So much of a lot at a place on the way, and whence it came."""

    place: int
    area_code: str
    origin: int
    lot: int
    item: int
    expires_on: date | None
    quantity: Decimal


def outstanding(papers: Sequence[UUID], *, at: PlaceKind) -> dict[UUID, list[Outstanding]]:
    """Return by paper what its movements left at places of this kind; earliest expiry first."""
    found: dict[UUID, list[Outstanding]] = {}
    with acting(LEDGER), connection.cursor() as cursor:
        cursor.execute(
            "SELECT move.subject_uuid, entry.place_id, entry.area_code, "
            "min(entry.counterpart_id) FILTER (WHERE entry.quantity > 0), entry.lot_id, lot.item_id, lot.expires_on, "
            "sum(entry.quantity) FROM supplies_stockmove AS move "
            "JOIN supplies_stockentry AS entry ON entry.move_id = move.id "
            "JOIN supplies_stockplace AS place ON place.id = entry.place_id "
            "JOIN supplies_stocklot AS lot ON lot.id = entry.lot_id "
            "WHERE move.subject_uuid = ANY(%s) AND place.kind = %s "
            "GROUP BY move.subject_uuid, entry.place_id, entry.area_code, entry.lot_id, lot.item_id, lot.expires_on "
            "HAVING sum(entry.quantity) > 0 "
            "ORDER BY move.subject_uuid, lot.item_id, lot.expires_on NULLS LAST, entry.lot_id",
            [list(papers), at.value],
        )
        for paper, *row in cursor.fetchall():
            found.setdefault(paper, []).append(Outstanding(*row))
    return found
