"""
What a conversion reads of a whole district, loaded by COPY: homes, residents, responders, venues, depots, stock.

Everything is invented and even: each grid has one building with its share of the households, each community three
venues with a room each, a depot with nothing on its shelves, each street a rest point and a station that holds half of
what an epidemic's plan wants of it. Venues are back at once when they are returned, so that each round begins as the
first did. Residents are bare rows: no step reads them, they are there for the size of tables the planner may choose.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db.models import Model

from juxing.dispatch.enums import TaskStatus
from juxing.dispatch.models import Task
from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_rows
from juxing.needs.enums import IntakeChannel, NeedStatus, NeedType
from juxing.needs.models import Need
from juxing.people.models import Resident
from juxing.places.enums import EstateType
from juxing.places.models import Building, Estate, Household
from juxing.responders.enums import ReportInStatus, ResponderKind
from juxing.responders.models import Responder
from juxing.supplies.catalogue import load_seed
from juxing.supplies.commands import receive_stock
from juxing.supplies.enums import DepotKind
from juxing.supplies.models import Depot, SupplyItem
from juxing.venues.enums import VenueFunction
from juxing.venues.models import LayoutRoom, Room, Venue, VenueLayout

STEPS = ["clear", "clean", "mark ways", "tables", "power", "check"]
LONGITUDE, LATITUDE, STEP = 121.2, 31.0, 0.004
GOODS = {"staple_parcel": 20_000, "vegetable_parcel": 20_000, "mask": 25_000, "coverall": 4_000, "disinfectant": 1_500}
FUNCTIONS = (VenueFunction.TESTING_SITE, VenueFunction.TESTING_SITE, VenueFunction.SUPPLY_POINT)
SKILLS: tuple[list[str], ...] = ([], [], [], ["driving"], ["medical"], ["counselling"], ["heavy_loads"])


def load_homes(grids: Sequence[str], households: int, residents: int) -> None:
    """Put an estate into each community, a building into each grid, and the households and residents into these."""
    estates = sorted({grid.rpartition("-")[0] for grid in grids})
    copy_plain(Estate, ("uuid", "area_code", "name", "estate_type", "longitude", "latitude"),
              [(uuid4(), code, code, EstateType.COMMERCIAL, *point(code)) for code in estates])  # fmt: skip
    by_code = dict(Estate.objects.values_list("area_code", "id"))
    copy_plain(
        Building, ("uuid", "area_code", "estate", "label", "number", "floors", "longitude", "latitude"),
        [(uuid4(), f"{grid}-B001", by_code[grid.rpartition("-")[0]], "1", "1", 18, *point(grid)) for grid in grids],
    )  # fmt: skip
    buildings = list(Building.objects.order_by("id").values_list("id", "area_code"))

    def homes() -> Iterator[Sequence[Any]]:
        for number in range(households):
            building, code = buildings[number % len(buildings)]
            door = 1 + number // len(buildings)
            yield uuid4(), f"{code}-H{door:04}", building, str(door)

    copy_plain(Household, ("uuid", "area_code", "building", "door"), homes())
    ids = list(Household.objects.order_by("id").values_list("id", "area_code"))

    def people() -> Iterator[Sequence[Any]]:
        for number in range(residents):
            household, code = ids[number % len(ids)]
            yield uuid4(), code, household, f"R{number}"

    copy_plain(Resident, ("uuid", "area_code", "household", "name"), people())


def load_tasks(count: int, *, now: datetime) -> None:
    """Let so many households have an open need, each with a task that a responder of the community has accepted."""
    helpers: dict[str, list[int]] = {}
    for pk, code in Responder.objects.order_by("id").values_list("id", "area_code"):
        helpers.setdefault(code[:12], []).append(pk)
    homes = list(Household.objects.order_by("id")[:count].values_list("id", "area_code"))
    later = now + timedelta(days=60)
    needs = [
        (uuid4(), code, pk, NeedType.FRESH_FOOD, NeedStatus.ASSIGNED, IntakeChannel.WEB, now, now, later, now)
        for pk, code in homes
    ]  # fmt: skip
    columns = ("uuid", "area_code", "household", "need_type", "status", "channel", "happened_at", "recorded_at",
               "fresh_until", "waiting_since")  # fmt: skip
    copy_plain(Need, columns, needs)
    rows = [
        (uuid4(), code, pk, helpers[code[:12]][number % len(helpers[code[:12]])], TaskStatus.ACCEPTED, now, later, now)
        for number, (pk, code) in enumerate(Need.objects.order_by("id").values_list("id", "area_code"))
    ]  # fmt: skip
    copy_plain(
        Task, ("uuid", "area_code", "need", "responder", "status", "offered_at", "expires_at", "accepted_at"), rows
    )


def load_responders(accounts: Sequence[tuple[int, str]]) -> None:
    """Make a verified responder of each account, at a place in its community."""
    chance = random.Random(7)  # noqa: S311 - even, not secret
    rows = []
    for number, (account, code) in enumerate(accounts):
        longitude, latitude = point(code)
        rows.append((
            uuid4(), code, account, f"B{number}", ResponderKind.VOLUNTEER, SKILLS[number % len(SKILLS)],
            longitude + chance.uniform(-STEP, STEP), latitude + chance.uniform(-STEP, STEP), ReportInStatus.VERIFIED,
        ))  # fmt: skip
    columns = ("uuid", "area_code", "account", "name", "kind", "skills", "longitude", "latitude", "status")
    copy_plain(Responder, columns, rows)


def load_venues(communities: Sequence[str], streets: Sequence[str]) -> None:
    """Put venues with one room and one layout each into the communities, and a rest point into each street."""
    wanted = [(code, number, function) for code in communities for number, function in enumerate(FUNCTIONS)]
    wanted += [(code, 9, VenueFunction.COMMAND_POST) for code in communities]
    wanted += [(code, 9, VenueFunction.MUSTER_AND_REST_POINT) for code in streets]
    copy_plain(
        Venue, ("uuid", "area_code", "name", "kind", "longitude", "latitude"),
        [(uuid4(), code, f"v{number}", "service_station", *point(code)) for code, number, _is in wanted],
    )  # fmt: skip
    venues = {(code, name): pk for code, name, pk in Venue.objects.values_list("area_code", "name", "id")}
    copy_plain(Room, ("uuid", "area_code", "venue", "name", "capacity", "area_m2"),
              [(uuid4(), code, venues[code, f"v{number}"], "r", 200, 400) for code, number, _is in wanted])  # fmt: skip
    rooms = dict(Room.objects.values_list("venue_id", "id"))
    copy_plain(
        VenueLayout, ("uuid", "area_code", "venue", "function", "capacity", "hours_to_convert", "hours_to_return",
         "conversion_steps"),
        [(uuid4(), code, venues[code, f"v{number}"], function, 200, 6, 0, STEPS) for code, number, function in wanted],
    )  # fmt: skip
    copy_plain(LayoutRoom, ("area_code", "layout", "room"),
              [(code, pk, rooms[venue]) for pk, venue, code in
               VenueLayout.objects.values_list("id", "venue_id", "area_code")])  # fmt: skip


def load_goods(communities: Sequence[str], streets: Sequence[str], *, actor: Actor, now: datetime) -> None:
    """Give each community an empty depot and each street a station with goods in the ledger."""
    load_seed()
    copy_plain(Depot, ("uuid", "area_code", "name", "kind"),
              [(uuid4(), code, code, DepotKind.SUPPLY_POINT) for code in communities]
              + [(uuid4(), code, code, DepotKind.TRANSFER_STATION) for code in streets])  # fmt: skip
    items = SupplyItem.objects.in_bulk(GOODS, field_name="code")
    for depot in Depot.objects.filter(kind=DepotKind.TRANSFER_STATION):
        for code, quantity in GOODS.items():
            receive_stock(actor=actor, now=now, depot=depot, item=items[code], quantity=Decimal(quantity),
                          reason="benchmark", is_sure=True)  # fmt: skip


def copy_plain(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Copy rows, columns left out filled as a new model would have them."""
    rest = [
        field for field in model._meta.concrete_fields
        if field.name not in columns and not field.primary_key and not field.null and not field.has_db_default()
    ]  # fmt: skip
    defaults = tuple(field.get_default() for field in rest)
    return copy_rows(model, (*columns, *(field.name for field in rest)), ((*row, *defaults) for row in rows))


def point(code: str) -> tuple[float, float]:
    """Return a place for a code, near those of the codes beside it."""
    street, community = int(code[6:9]) if len(code) > 6 else 0, int(code[9:12]) if len(code) >= 12 else 0
    return LONGITUDE + street * 0.03, LATITUDE + community * STEP
