"""
The places and lots that movements name, made when first needed.

What happens here and in ``posting`` is bookkeeping: the command that asks has checked who may do what. It runs in the
ledger's own scope, because a movement has a side in another area as often as not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.supplies.enums import PlaceKind
from juxing.supplies.models import Depot, SupplyItem, Vehicle

LEDGER = Actor.system("supplies ledger")
COMMUNITY_LENGTH = 12
AREA_PLACES = frozenset(
    {PlaceKind.CARRIER, PlaceKind.RESIDENTS, PlaceKind.ORGANISATIONS, PlaceKind.LOSS, PlaceKind.WRITE_OFF,
     PlaceKind.DONOR, PlaceKind.SUPPLIER, PlaceKind.DIFFERENCE, PlaceKind.OPENING}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LotKey:
    """What makes goods of an item alike; see ``StockLot``."""

    item_id: int
    unit: str
    number: str = ""
    expires_on: date | None = None
    donation_line_id: int | None = None
    restricted_area: str = ""


def lot_key(item: SupplyItem, *, number: str = "", expires_on: date | None = None) -> LotKey:
    """Return the key of goods that came without conditions, in the catalogue's unit."""
    return LotKey(item.pk, item.unit, number.strip()[:40], expires_on)


def depot_places(depot_ids: Iterable[int], kind: PlaceKind = PlaceKind.DEPOT) -> dict[int, int]:
    """Return the ledger's place of this kind for each depot."""
    ids = sorted(set(depot_ids))
    with acting(LEDGER), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO supplies_stockplace (area_code, kind, depot_id) SELECT area_code, %s, id FROM supplies_depot "
            "AS depot WHERE id = ANY(%s) AND NOT EXISTS (SELECT FROM supplies_stockplace AS place "
            "WHERE place.depot_id = depot.id AND place.kind = %s) ORDER BY id ON CONFLICT DO NOTHING",
            [kind, ids, kind],
        )
        cursor.execute(
            "SELECT depot_id, id FROM supplies_stockplace WHERE kind = %s AND depot_id = ANY(%s)", [kind, ids]
        )
        return dict(cursor.fetchall())


def depot_place(depot: Depot, kind: PlaceKind = PlaceKind.DEPOT) -> int:
    """Return the ledger's place of this kind for one depot."""
    return depot_places([depot.pk], kind)[depot.pk]


def vehicle_place(vehicle: Vehicle) -> int:
    """Return the ledger's place of a vehicle."""
    with acting(LEDGER), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO supplies_stockplace (area_code, kind, vehicle_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [vehicle.area_code, PlaceKind.VEHICLE, vehicle.pk],
        )
        cursor.execute("SELECT id FROM supplies_stockplace WHERE vehicle_id = %s", [vehicle.pk])
        return int(cursor.fetchone()[0])


def area_places(kind: PlaceKind, area_codes: Iterable[str]) -> dict[str, int]:
    """Return the ledger's place of this kind for each community, or for the wider place where no community is named."""
    codes = sorted({code[:COMMUNITY_LENGTH] for code in area_codes})
    with acting(LEDGER), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO supplies_stockplace (area_code, kind) SELECT code, %s FROM unnest(%s::text[]) AS code "
            "WHERE NOT EXISTS (SELECT FROM supplies_stockplace AS place WHERE place.area_code = code "
            "AND place.kind = %s) ON CONFLICT DO NOTHING",
            [kind, codes, kind],
        )
        cursor.execute(
            "SELECT area_code, id FROM supplies_stockplace WHERE kind = %s AND area_code = ANY(%s)", [kind, codes]
        )
        return dict(cursor.fetchall())


def area_place(kind: PlaceKind, area_code: str) -> int:
    """Return the ledger's place of this kind for one community or wider place."""
    return area_places(kind, [area_code])[area_code[:COMMUNITY_LENGTH]]


def lots_of(keys: Sequence[LotKey]) -> list[int]:
    """Return the lot of each key, in the same order."""
    wanted = sorted(set(keys), key=str)
    columns: list[Any] = [
        [key.item_id for key in wanted], [key.unit for key in wanted], [key.number for key in wanted],
        [key.expires_on for key in wanted], [key.donation_line_id for key in wanted],
        [key.restricted_area for key in wanted],
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO supplies_stocklot (item_id, unit, number, expires_on, donation_line_id, restricted_area) "
            "SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::date[], %s::bigint[], %s::text[]) "
            "ON CONFLICT DO NOTHING",
            columns,
        )
        cursor.execute(
            "SELECT wanted.place, lot.id FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::date[], %s::bigint[]) "
            "WITH ORDINALITY AS wanted (item_id, unit, number, expires_on, donation_line_id, place) "
            "JOIN supplies_stocklot AS lot ON lot.item_id = wanted.item_id AND lot.unit = wanted.unit "
            "AND lot.number = wanted.number AND lot.expires_on IS NOT DISTINCT FROM wanted.expires_on "
            "AND lot.donation_line_id IS NOT DISTINCT FROM wanted.donation_line_id",
            columns[:5],
        )
        found = {wanted[place - 1]: lot for place, lot in cursor.fetchall()}
    return [found[key] for key in keys]


def lot_of(key: LotKey) -> int:
    """Return the lot of one key."""
    return lots_of([key])[0]
