"""What the API says of stock and boxes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from juxing.supplies.commands.containers import place_words
from juxing.supplies.models import Container, Depot, StockLevel


class DepotOut(Schema):
    """A place where supplies lie."""

    uuid: UUID
    name: str
    kind: str
    area_code: str


class LevelOut(Schema):
    """How much of an item lies in a depot, in the unit of the catalogue."""

    depot: UUID
    depot_name: str
    item: str
    item_name: str
    unit: str
    on_hand: Decimal
    promised: Decimal
    free: Decimal
    is_low: bool


class ContainerOut(Schema):
    """A box, pallet or truck load, and where the books have it."""

    number: str
    kind: str
    status: str
    where: str
    bound_for: str
    contents: list[dict[str, Any]]


class ScanIn(Schema):
    """Whither: a depot, a vehicle, or neither for the place the box is packed for."""

    depot: UUID | None = None
    vehicle: UUID | None = None
    key: str = Field(default="", max_length=60)


class ScannedOut(Schema):
    """What a scan did; ``is_new`` is false where it had been booked before."""

    number: str
    status: str
    is_new: bool


def depot_out(depot: Depot) -> dict[str, Any]:
    """Return a depot for an answer."""
    return {"uuid": depot.uuid, "name": depot.name, "kind": depot.kind, "area_code": depot.area_code}


def level_out(level: StockLevel) -> dict[str, Any]:
    """Return a stock level for an answer; depot and item are loaded with it."""
    return {
        "depot": level.depot.uuid, "depot_name": level.depot.name, "item": level.item.code,
        "item_name": level.item.name, "unit": level.item.unit, "on_hand": level.on_hand, "promised": level.reserved,
        "free": level.free, "is_low": level.is_low,
    }  # fmt: skip


def container_out(container: Container) -> dict[str, Any]:
    """Return a container for an answer; its place and contents are loaded with it."""
    return {
        "number": container.number, "kind": container.kind, "status": container.status,
        "where": place_words(container.place), "bound_for": container.bound_for,
        "contents": [
            {"item": one.lot.item.code, "quantity": one.quantity, "unit": one.lot.unit}
            for one in container.contents.all()
        ],
    }  # fmt: skip
