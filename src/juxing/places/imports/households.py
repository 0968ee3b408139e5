"""
Bulk placing of doors: estates, grids, buildings, units and households of one community from rows.

What is there is read once into dictionaries, what is new is written by COPY: a hundred thousand doors cost a few
statements, and a second run writes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_rows
from juxing.kernel.import_report import ImportReport
from juxing.kernel.refusals import NotPermitted
from juxing.places import policy
from juxing.places.codes import door_code, highest_number, is_too_long, numbered, unit_code
from juxing.places.commands import LOCAL, floor_of, lock_codes
from juxing.places.door_text import estate_key
from juxing.places.enums import AreaLevel, EstateType
from juxing.places.models import Area, Building, BuildingUnit, Estate, Household


class PlaceRow(NamedTuple):
    """A door as a checked row gives it; numbers are normal, unknown parts are "" or None."""

    line: int
    estate: str
    estate_type: str
    grid: str
    building: str
    building_label: str
    unit: str
    door: str
    floors: int | None
    has_lift: bool | None
    longitude: float | None
    latitude: float | None


class Placed(NamedTuple):
    """The household of each row (None for a row left out), and the lines that added or changed something."""

    household_ids: list[int | None]
    codes: dict[int, str]
    added: set[int]
    changed: set[int]


@transaction.atomic
def place_households(
    *,
    actor: Actor,
    community_code: str,
    rows: Sequence[PlaceRow],
    report: ImportReport,
    allowed_by: Any = policy.MANAGE,
) -> Placed:
    """
    Bring the community's register up to these rows; nothing is removed.

    ``allowed_by`` is the right under which the caller imports.

    Raises:
        NotPermitted: if the actor does not hold it here.
    """
    if not actor.may(allowed_by, community_code):
        raise NotPermitted
    lock_codes(community_code)
    added: set[int] = set()
    changed: set[int] = set()
    estates = _estates(community_code, rows)
    grids = _grids(community_code, rows, estates)
    buildings = _buildings(community_code, rows, estates=estates, grids=grids, changed=changed)
    units = _units(community_code, rows, estates=estates, buildings=buildings)
    ids, codes = _households(community_code, rows, _Ground(estates, buildings, units), added=added, report=report)
    return Placed(household_ids=ids, codes=codes, added=added, changed=changed)


Estates = dict[str, tuple[int, str]]
Buildings = dict[tuple[int, str], tuple[int, str]]
Units = dict[tuple[int, str], tuple[int, str]]


class _Ground(NamedTuple):
    estates: Estates
    buildings: Buildings
    units: Units


def _estates(community_code: str, rows: Iterable[PlaceRow]) -> Estates:
    found = _read_estates(community_code)
    fresh: dict[str, PlaceRow] = {}
    for row in rows:
        key = estate_key(row.estate)
        if key not in found:
            fresh.setdefault(key, row)
    if not fresh:
        return found
    first = highest_number(community_code, "E", (code for _id, code in found.values())) + 1
    made = [
        (numbered(community_code, "E", number, digits=3), row) for number, row in enumerate(fresh.values(), start=first)
    ]
    copy_rows(
        Estate, ("area_code", "name", "estate_type", "has_property_company", "longitude", "latitude"),
        [
            (code, row.estate, row.estate_type or EstateType.OLD, True, row.longitude, row.latitude)
            for code, row in made
        ],
    )  # fmt: skip
    _add_nodes((code, row.estate, AreaLevel.ESTATE, community_code, row.longitude, row.latitude) for code, row in made)
    return _read_estates(community_code)


def _read_estates(community_code: str) -> Estates:
    rows = Estate.objects.within(community_code).values_list("name", "id", "area_code")
    return {estate_key(name): (row_id, code) for name, row_id, code in rows}


def _grids(community_code: str, rows: Iterable[PlaceRow], estates: Estates) -> dict[tuple[str, str], str]:
    """Return grid codes by estate code and grid name; "" is the estate's first grid."""
    nodes = Area.objects.filter(code__gte=community_code, code__lt=f"{community_code}~", level=AreaLevel.GRID)
    found: dict[tuple[str, str], str] = {}
    highest: Counter[str] = Counter()
    for code, name, estate_code in nodes.order_by("code").values_list("code", "name", "parent_code"):
        found.setdefault((estate_code, ""), code)
        found[estate_code, name] = code
        highest[estate_code] = max(highest[estate_code], highest_number(estate_code, "G", [code]))
    made: list[tuple[str, str, str, str, None, None]] = []
    for row in rows:
        estate_code = estates[estate_key(row.estate)][1]
        if (estate_code, row.grid) in found:
            continue
        highest[estate_code] += 1
        code = numbered(estate_code, "G", highest[estate_code], digits=2)
        made.append((code, row.grid or row.estate, AreaLevel.GRID, estate_code, None, None))
        found[estate_code, row.grid] = code
        found.setdefault((estate_code, ""), code)
    _add_nodes(made)
    return found


def _buildings(
    community_code: str, rows: Iterable[PlaceRow], *, estates: Estates, grids: dict[tuple[str, str], str],
    changed: set[int],
) -> Buildings:  # fmt: skip
    known = {(building.estate_id, building.number): building for building in Building.objects.within(community_code)}
    highest: Counter[str] = Counter()
    for building in known.values():
        grid_code = building.area_code.rpartition("-")[0]
        highest[grid_code] = max(highest[grid_code], highest_number(grid_code, "B", [building.area_code]))
    fresh: dict[tuple[int, str], tuple[Any, ...]] = {}
    touched: dict[int, Building] = {}
    for row in rows:
        estate_id, estate_code = estates[estate_key(row.estate)]
        key = (estate_id, row.building)
        if key in known:
            if _update(known[key], row):
                touched[known[key].pk] = known[key]
                changed.add(row.line)
        elif key not in fresh:
            grid_code = grids[estate_code, row.grid]
            highest[grid_code] += 1
            fresh[key] = (
                numbered(grid_code, "B", highest[grid_code], digits=3), estate_id, row.building_label, row.building,
                row.floors, row.has_lift, row.longitude, row.latitude,
            )  # fmt: skip
    columns = ("area_code", "estate", "label", "number", "floors", "has_lift", "longitude", "latitude")
    if fresh:
        copy_rows(Building, columns, fresh.values())
    if touched:
        Building.objects.bulk_update(touched.values(), ["floors", "has_lift", "longitude", "latitude"], batch_size=1000)
    read = Building.objects.within(community_code).values_list("estate_id", "number", "id", "area_code")
    return {(estate_id, number): (row_id, code) for estate_id, number, row_id, code in read}


def _update(building: Building, row: PlaceRow) -> bool:
    """Take what the row says and the register does not; whether anything differed."""
    is_changed = False
    for name in ("floors", "has_lift", "longitude", "latitude"):
        said = getattr(row, name)
        if said is not None and said != getattr(building, name):
            setattr(building, name, said)
            is_changed = True
    return is_changed


def _units(community_code: str, rows: Iterable[PlaceRow], *, estates: Estates, buildings: Buildings) -> Units:
    found = _read_units(community_code)
    codes = {code for _id, code in found.values()}
    fresh: dict[tuple[int, str], tuple[Any, ...]] = {}
    for row in rows:
        if not row.unit:
            continue
        building_id, building_code = buildings[estates[estate_key(row.estate)][0], row.building]
        if (building_id, row.unit) in found or (building_id, row.unit) in fresh:
            continue
        code = unit_code(building_code, row.unit, taken=codes)
        codes.add(code)
        fresh[building_id, row.unit] = (code, building_id, row.unit)
    if fresh:
        copy_rows(BuildingUnit, ("area_code", "building", "number"), fresh.values())
        return _read_units(community_code)
    return found


def _read_units(community_code: str) -> Units:
    rows = BuildingUnit.objects.within(community_code).values_list("building_id", "number", "id", "area_code")
    return {(building_id, number): (row_id, code) for building_id, number, row_id, code in rows}


def _households(
    community_code: str, rows: Sequence[PlaceRow], ground: _Ground, *, added: set[int], report: ImportReport
) -> tuple[list[int | None], dict[int, str]]:
    known: dict[str, int] = {}
    doors: dict[str, str] = {}
    for code, row_id, door in Household.objects.within(community_code).values_list("area_code", "id", "door"):
        known[code], doors[code] = row_id, door
    fresh: dict[str, tuple[Any, ...]] = {}
    codes: list[str | None] = []
    for row in rows:
        building_id, building_code = ground.buildings[ground.estates[estate_key(row.estate)][0], row.building]
        unit_id, parent_code = ground.units[building_id, row.unit] if row.unit else (None, building_code)
        code = door_code(parent_code, row.door)
        if is_too_long(code):
            report.reject(row.line, column="door", written=row.door, code="door_too_long",
                          message=_("This is no door number. Write it as 301."))  # fmt: skip
            codes.append(None)
            continue
        if doors.setdefault(code, row.door) != row.door:
            report.reject(
                row.line, column="door", written=row.door, code="door_unclear",
                message=_("Another door of this stairwell has the same digits. Write the door as it stands there."),
            )  # fmt: skip
            codes.append(None)
            continue
        codes.append(code)
        if code not in known and code not in fresh:
            fresh[code] = (code, building_id, unit_id, row.door, floor_of(row.door))
            added.add(row.line)
    if fresh:
        copy_rows(Household, ("area_code", "building", "unit", "door", "floor"), fresh.values())
        known = dict(Household.objects.within(community_code).values_list("area_code", "id"))
    ids = [None if code is None else known[code] for code in codes]
    return ids, {row_id: code for code, row_id in known.items()}


def _add_nodes(nodes: Iterable[tuple[str, str, str, str, float | None, float | None]]) -> None:
    Area.objects.bulk_create(
        [
            Area(code=code, name=name, level=level, parent_code=parent_code, source=LOCAL, longitude=longitude,
                 latitude=latitude)
            for code, name, level, parent_code, longitude, latitude in nodes
        ],
        batch_size=1000,
    )  # fmt: skip
