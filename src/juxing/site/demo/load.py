"""The fictional district into the real tables, by COPY: places, people, organisations, goods, accounts, responders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from secrets import token_urlsafe
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from juxing.access.models import Account, RoleAssignment
from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_rows
from juxing.organisations.models import ActionBranch, Organisation, Team
from juxing.people.models import Resident, SpecialCareProfile
from juxing.people.names import name_parts
from juxing.people.phone_numbers import phone_index
from juxing.places.enums import AreaLevel
from juxing.places.models import Area, AreaBoundary, Building, BuildingUnit, Estate, Household
from juxing.responders.enums import Language, ReportInScope, ReportInStatus
from juxing.responders.models import ReportIn, Responder
from juxing.site.demo.clearances import load_clearances
from juxing.site.demo.ids import take_ids
from juxing.site.demo.organising import organise
from juxing.site.demo.rosters import load_rosters
from juxing.site.demo.talents import load_talents
from juxing.site.demo.trainings import load_trainings
from juxing.site.demo.venues import load_venues
from juxing.supplies.catalogue import catalogue_index, load_seed
from juxing.supplies.commands import Line, Posting, post
from juxing.supplies.commands.accounts import COMMUNITY_LENGTH, area_places, depot_places, lot_key, lots_of
from juxing.supplies.enums import MoveKind, PlaceKind
from juxing.supplies.models import Depot, StockLevel, SupplyItem
from juxing_demo import District

DEMO_PASSWORD: str = settings.DEMO_PASSWORD or token_urlsafe()  # outside the demo nobody can sign in with it
REACH_M = {"foot": 1500, "bicycle": 3000, "electric_bike": 6000, "car": 12000}
SOURCE = "local"
RESPONDER_CAPACITY_MOST = 8


@dataclass(frozen=True, slots=True)
class LoadedDistrict:
    """Where the rows of the generator's tables ended up: row i of a table has id i of its range."""

    buildings: range
    households: range
    residents: range
    accounts: range
    responders: range
    responder_accounts: range


@transaction.atomic
def load_district(district: District, *, now: datetime) -> LoadedDistrict:
    """This function will load the district within the current scope, which must be the whole of it."""
    load_seed()
    buildings, households = _load_places(district)
    residents = _load_people(district, households, now=now)
    organisations = _load_organisations(district)
    load_venues(district, now=now)
    _load_goods(district, now=now)
    password = make_password(DEMO_PASSWORD)
    accounts = _load_staff(district, password=password, now=now)
    organise(district, organisations, accounts, now=now)
    responders, responder_accounts = _load_responders(district, organisations, password=password, now=now)
    load_rosters(responders, now=now)
    load_talents(responders, now=now)
    load_trainings(responders, now=now)
    return LoadedDistrict(buildings, households, residents, accounts, responders, responder_accounts)


def _load_places(district: District) -> tuple[range, range]:
    columns = ("code", "name", "level", "parent_code", "longitude", "latitude")
    areas = [(*row, SOURCE, True) for row in district.areas.rows("code", "name", "level", "parent_code", "lon", "lat")]
    estates, grids = district.estates, district.grids
    areas += [
        (code, name, AreaLevel.ESTATE, parent, lon, lat, SOURCE, True)
        for code, name, parent, lon, lat in estates.rows("code", "name", "community_code", "lon", "lat")
    ]
    areas += [
        (code, name, AreaLevel.GRID, estates.code[row], lon, lat, SOURCE, True)
        for code, name, row, lon, lat in grids.rows("code", "name", "estate_row", "lon", "lat")
    ]
    copy_rows(Area, (*columns, "source", "is_demo"), areas)
    outlines = [*district.areas.rows("code", "polygon"), *estates.rows("code", "polygon")]
    copy_rows(AreaBoundary, ("area", "rings"), [(code, [ring]) for code, ring in outlines if ring])
    estate_ids = take_ids(Estate, len(estates))
    names = ("code", "name", "estate_type", "has_property_company", "lon", "lat")
    copy_rows(
        Estate,
        ("id", "area_code", "name", "estate_type", "has_property_company", "longitude", "latitude"),
        _with_ids(estate_ids, estates.rows(*names)),
    )
    return _load_doors(district, estate_ids)


def _load_doors(district: District, estate_ids: range) -> tuple[range, range]:
    buildings, units, households = district.buildings, district.units, district.households
    building_ids, unit_ids = take_ids(Building, len(buildings)), take_ids(BuildingUnit, len(units))
    household_ids = take_ids(Household, len(households))
    names = ("code", "label", "estate_row", "floors", "has_lift", "lon", "lat")
    copy_rows(
        Building,
        ("id", "area_code", "estate", "label", "number", "floors", "has_lift", "longitude", "latitude"),
        [
            (row_id, code, estate_ids[estate], label, _number(label), floors, lift, lon, lat)
            for row_id, (code, label, estate, floors, lift, lon, lat) in zip(
                building_ids, buildings.rows(*names), strict=True
            )
        ],
    )
    copy_rows(
        BuildingUnit,
        ("id", "area_code", "building", "number"),
        [
            (row_id, code, building_ids[building], _number(label))
            for row_id, (code, label, building) in zip(
                unit_ids, units.rows("code", "label", "building_row"), strict=True
            )
        ],
    )
    copy_rows(
        Household,
        ("id", "area_code", "building", "unit", "door", "floor"),
        [
            (row_id, code, building_ids[building], unit_ids[unit], door, floor)
            for row_id, (code, building, unit, door, floor) in zip(
                household_ids, households.rows("code", "building_row", "unit_row", "door", "floor"), strict=True
            )
        ],
    )
    return building_ids, household_ids


def _load_people(district: District, households: range, *, now: datetime) -> range:
    residents = district.residents
    ids = take_ids(Resident, len(residents))
    columns = (
        "id", "area_code", "household", "name", "given_name", "name_tail", "name_initials", "name_pinyin", "phone",
        "phone_index", "birth_year", "mobility", "languages", "has_smartphone", "is_demo",
    )  # fmt: skip
    names = ("household_row", "name", "phone", "birth_year", "mobility", "speaks_dialect_only", "has_smartphone")
    codes = district.households.code

    def rows() -> Sequence[tuple[Any, ...]]:
        made = []
        for row_id, row in zip(ids, residents.rows(*names), strict=True):
            home, name, phone, birth_year, mobility, dialect, smartphone = row
            parts = name_parts(name)
            languages = [Language.LOCAL_DIALECT] if dialect else []
            made.append(
                (row_id, codes[home], households[home], parts.name, parts.given_name, parts.name_tail,
                 parts.name_initials, parts.name_pinyin, phone, phone_index(phone), birth_year, mobility, languages,
                 smartphone, True)
            )  # fmt: skip
        return made

    copy_rows(Resident, columns, rows())
    cares = district.special_care.rows("resident_row", "category", "note")
    home_of = residents.plain("household_row")
    copy_rows(
        SpecialCareProfile,
        ("area_code", "resident", "category", "note", "contact_every_hours", "starts_on"),
        [(codes[home_of[row]], ids[row], category, note, 48, now.date()) for row, category, note in cares],
    )
    return ids


def _load_organisations(district: District) -> range:
    organisations = district.organisations
    ids = take_ids(Organisation, len(organisations))
    names = ("area_code", "name", "organisation_type", "lon", "lat")
    copy_rows(
        Organisation,
        ("id", "area_code", "name", "organisation_type", "longitude", "latitude", "is_demo"),
        [(row_id, *row, True) for row_id, row in zip(ids, organisations.rows(*names), strict=True)],
    )
    branches = organisations.rows("area_code", "name", "branch_type")
    copy_rows(
        ActionBranch,
        ("area_code", "organisation", "name", "branch_type", "objective"),
        [(code, ids[row], name, kind, "") for row, (code, name, kind) in enumerate(branches) if kind],
    )
    teams = district.teams.rows("area_code", "organisation_row", "name", "team_type")
    copy_rows(
        Team,
        ("area_code", "organisation", "name", "team_type"),
        [(code, ids[row], name, kind) for code, row, name, kind in teams if row >= 0],
    )
    return ids


def _load_goods(district: District, *, now: datetime) -> None:
    item_of = items_of(district)
    venues = [
        (row, *values) for row, values in enumerate(district.venues.rows("area_code", "name", "lon", "lat", "is_depot"))
    ]
    depots = [venue for venue in venues if venue[-1]]
    ids = dict(zip((depot[0] for depot in depots), take_ids(Depot, len(depots)), strict=True))
    copy_rows(
        Depot,
        ("id", "area_code", "name", "longitude", "latitude"),
        [(ids[row], code, name, lon, lat) for row, code, name, lon, lat, _is_depot in depots],
    )
    totals: dict[tuple[int, int], int] = {}
    least: dict[tuple[int, int], int] = {}
    for venue, item, quantity, minimum in district.stock.rows("venue_row", "item_row", "quantity", "min_quantity"):
        if venue in ids:
            key = (venue, item_of[item])
            totals[key] = totals.get(key, 0) + quantity
            least[key] = minimum
    areas = district.venues.area_code
    copy_rows(
        StockLevel,
        ("area_code", "depot", "item", "on_hand", "reserved", "min_quantity"),
        [(areas[venue], ids[venue], item_id, 0, 0, least[venue, item_id]) for venue, item_id in totals],
    )
    _open_stock({(ids[venue], item_id): quantity for (venue, item_id), quantity in totals.items()}, now=now)


def _open_stock(totals: Mapping[tuple[int, int], int], *, now: datetime) -> None:
    """Post what lies in the depots when the district begins: one act for each depot."""
    area_of = dict(Depot.objects.filter(pk__in={depot for depot, _item in totals}).values_list("id", "area_code"))
    shelves, sources = depot_places(area_of), area_places(PlaceKind.OPENING, area_of.values())
    items = SupplyItem.objects.in_bulk({item for _depot, item in totals})
    held = [(depot, item, quantity) for (depot, item), quantity in totals.items() if quantity]
    lots = lots_of([lot_key(items[item]) for _depot, item, _quantity in held])
    lines: dict[int, list[Line]] = {}
    for (depot, _item, quantity), lot in zip(held, lots, strict=True):
        source = sources[area_of[depot][:COMMUNITY_LENGTH]]
        lines.setdefault(depot, []).append(Line(source, shelves[depot], lot, Decimal(quantity)))
    post([Posting(MoveKind.OPEN, rows) for rows in lines.values()], actor=Actor.system("demo"), now=now)


def items_of(district: District) -> list[int]:
    """Return the catalogue's id for each of the generator's items, found by the words people use for it."""
    ids = dict(SupplyItem.objects.values_list("code", "id"))
    index = catalogue_index()
    found = []
    for names in district.supply_items.names:
        code = (
            next((code for name in names if (code := index.exact(name))), None)
            or index.best(names[0]).candidates[0].code
        )
        found.append(ids[code])
    return found


def _load_staff(district: District, *, password: str, now: datetime) -> range:
    staff = district.staff
    ids = _load_accounts(staff.rows("username", "name"), len(staff), password=password, now=now)
    since = now - timedelta(days=30)
    copy_rows(
        RoleAssignment,
        ("uuid", "account", "role", "area_code", "starts_at"),
        [
            (uuid4(), row_id, role, code, since)
            for row_id, (role, code) in zip(ids, staff.rows("role", "area_code"), strict=True)
        ],
    )
    return ids


def _load_accounts(rows: Iterable[tuple[str, str]], count: int, *, password: str, now: datetime) -> range:
    ids = take_ids(Account, count)
    copy_rows(
        Account,
        ("id", "uuid", "sign_in_name", "display_name", "password", "is_active", "is_demo", "created_at"),
        [
            (row_id, uuid4(), name.casefold(), shown, password, True, True, now)
            for row_id, (name, shown) in zip(ids, rows, strict=True)
        ],
    )
    return ids


def _load_responders(district: District, organisations: range, *, password: str, now: datetime) -> tuple[range, range]:
    responders, residents = district.responders, district.residents
    names_of, phones_of = residents.name, residents.phone
    accounts = _load_accounts(
        [(f"responder-{row:05}", names_of[resident]) for row, resident in enumerate(responders.plain("resident_row"))],
        len(responders), password=password, now=now,
    )  # fmt: skip
    ids = take_ids(Responder, len(responders))
    names = (
        "resident_row", "household_row", "kind", "is_verified", "home_unit_row", "skills", "languages", "transport",
        "capacity", "reported_in_channel",
    )  # fmt: skip
    building_of, codes = district.households.plain("building_row"), district.households.code
    longitude, latitude = district.buildings.plain("lon"), district.buildings.plain("lat")
    rows, roles, report_ins, seen = [], [], [], set()
    for row_id, account_id, row in zip(ids, accounts, responders.rows(*names), strict=True):
        resident, home, kind, verified, unit, skills, languages, transport, capacity, channel = row
        community, building = codes[home][:12], building_of[home]
        phone = phones_of[resident] if phones_of[resident] not in seen else ""
        seen.add(phone)
        unit_id = organisations[unit] if unit >= 0 else None
        status = ReportInStatus.VERIFIED if verified else ReportInStatus.SUBMITTED
        rows.append(
            (row_id, account_id, community, names_of[resident], phone, phone_index(phone), kind, list(skills),
             list(languages),
             transport, min(capacity, RESPONDER_CAPACITY_MOST), REACH_M[transport], longitude[building],
             latitude[building], unit_id, status, True, True)
        )  # fmt: skip
        roles.append((uuid4(), account_id, Role.RESPONDER, community, now - timedelta(days=30)))
        report_ins.append((community, row_id, ReportInScope.RESIDENCE, None, channel, now - timedelta(days=2)))
        if unit_id is not None:
            report_ins.append((community, row_id, ReportInScope.HOME_UNIT, unit_id, channel, now - timedelta(days=3)))
    copy_rows(Responder, RESPONDER_COLUMNS, rows)
    load_clearances(ids, [row[2] for row in rows], now=now)
    copy_rows(RoleAssignment, ("uuid", "account", "role", "area_code", "starts_at"), roles)
    copy_rows(ReportIn, ("area_code", "responder", "scope", "organisation", "channel", "reported_at"), report_ins)
    return ids, accounts


RESPONDER_COLUMNS = (
    "id", "account", "area_code", "name", "phone", "phone_index", "kind", "skills", "languages", "transport",
    "capacity", "reach_m", "longitude", "latitude", "home_unit", "status", "is_available", "is_demo",
)  # fmt: skip


def _with_ids(ids: range, rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(row_id, *row) for row_id, row in zip(ids, rows, strict=True)]


def _number(label: str) -> str:
    return "".join(character for character in label if character.isdigit())[:12] or label[:12]
