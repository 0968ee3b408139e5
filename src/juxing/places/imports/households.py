"""
Bulk placing of doors: estates, grids, buildings, units and households of many communities from rows.

What is there is read once into dictionaries, what is new gets its id before it is written by COPY: a hundred thousand
doors cost a few statements, whatever the number of communities, and a second run writes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.copying import copy_rows, new_ids
from juxing.kernel.import_report import ImportReport
from juxing.kernel.refusals import NotPermitted
from juxing.places import policy
from juxing.places.codes import community_of, door_code, highest_number, is_too_long, numbered, unit_code
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


class Home(NamedTuple):
    """The household a row is about."""

    id: int
    code: str


class Placed(NamedTuple):
    """The household of each row (None for a row left out), and the lines that added or changed something."""

    homes: list[Home | None]
    added: set[int]
    changed: set[int]


class _Parent(NamedTuple):
    """What codes are given below, and by what the next level down is known."""

    id: int
    code: str


@transaction.atomic
def place_households(
    *,
    actor: Actor,
    communities: Sequence[str],
    rows: Sequence[PlaceRow],
    report: ImportReport,
    allowed_by: Any = policy.MANAGE,
) -> Placed:
    """
    Bring the register up to these rows, each in the community at its position; nothing is removed.

    ``allowed_by`` is the right under which the caller imports.

    Raises:
        NotPermitted: if the actor does not hold it in every one of the communities.
    """
    within = Areas(communities)
    if not all(actor.may(allowed_by, code) for code in within.prefixes):
        raise NotPermitted
    for code in within.prefixes:
        lock_codes(code)
    changed: set[int] = set()
    estates = _estates(within, communities, rows)
    grids = _grids(within, estates, rows)
    buildings = _buildings(within, estates, rows, grids=grids, changed=changed)
    stairwells = _units(within, buildings, rows)
    homes, added = _households(within, rows, _Ground(buildings, stairwells), report=report)
    return Placed(homes=homes, added=added, changed=changed)


def _estates(within: Areas, communities: Sequence[str], rows: Sequence[PlaceRow]) -> list[_Parent]:
    """Return the estate of each row."""
    found = {
        (community_of(code), estate_key(name)): _Parent(row_id, code)
        for row_id, code, name in Estate.objects.inside(within).values_list("id", "area_code", "name")
    }
    highest: Counter[str] = Counter()
    for (community, _key), estate in found.items():
        highest[community] = max(highest[community], highest_number(community, "E", [estate.code]))
    fresh: dict[tuple[str, str], PlaceRow] = {}
    keys = [(community, estate_key(row.estate)) for community, row in zip(communities, rows, strict=True)]
    for key, row in zip(keys, rows, strict=True):
        if key not in found:
            fresh.setdefault(key, row)
    for row_id, key in zip(new_ids(Estate, len(fresh)), fresh, strict=True):
        highest[key[0]] += 1
        found[key] = _Parent(row_id, numbered(key[0], "E", highest[key[0]], digits=3))
    made = [(found[key], key[0], row) for key, row in fresh.items()]
    columns = ("id", "area_code", "name", "estate_type", "has_property_company", "longitude", "latitude")
    copy_rows(
        Estate, columns,
        [(*new, row.estate, row.estate_type or EstateType.OLD.value, True, row.longitude, row.latitude)
         for new, _community, row in made],
    )  # fmt: skip
    _add_nodes(
        (new.code, row.estate, AreaLevel.ESTATE, community, row.longitude, row.latitude) for new, community, row in made
    )
    return [found[key] for key in keys]


def _grids(within: Areas, estates: Sequence[_Parent], rows: Sequence[PlaceRow]) -> dict[tuple[str, str], str]:
    """Return grid codes by estate code and grid name; "" is the estate's first grid."""
    nodes = Area.objects.filter(within.condition("code"), level=AreaLevel.GRID)
    found: dict[tuple[str, str], str] = {}
    highest: Counter[str] = Counter()
    for code, name, estate_code in nodes.order_by("code").values_list("code", "name", "parent_code"):
        found.setdefault((estate_code, ""), code)
        found[estate_code, name] = code
        highest[estate_code] = max(highest[estate_code], highest_number(estate_code, "G", [code]))
    made: list[tuple[str, str, str, str, None, None]] = []
    for estate, row in zip(estates, rows, strict=True):
        if (estate.code, row.grid) in found:
            continue
        highest[estate.code] += 1
        code = numbered(estate.code, "G", highest[estate.code], digits=2)
        made.append((code, row.grid or row.estate, AreaLevel.GRID, estate.code, None, None))
        found[estate.code, row.grid] = code
        found.setdefault((estate.code, ""), code)
    _add_nodes(made)
    return found


def _buildings(
    within: Areas, estates: Sequence[_Parent], rows: Sequence[PlaceRow], *, grids: dict[tuple[str, str], str],
    changed: set[int],
) -> list[_Parent]:  # fmt: skip
    """Return the building of each row; what a row says of a known one is taken over, its line joins ``changed``."""
    known = {(building.estate_id, building.number): building for building in Building.objects.inside(within)}
    found = {key: _Parent(building.pk, building.area_code) for key, building in known.items()}
    highest: Counter[str] = Counter()
    for building in known.values():
        grid_code = building.area_code.rpartition("-")[0]
        highest[grid_code] = max(highest[grid_code], highest_number(grid_code, "B", [building.area_code]))
    fresh: dict[tuple[int, str], tuple[Any, ...]] = {}
    touched: dict[int, Building] = {}
    for estate, row in zip(estates, rows, strict=True):
        key = (estate.id, row.building)
        if key in known:
            if _update(known[key], row):
                touched[known[key].pk] = known[key]
                changed.add(row.line)
        elif key not in fresh:
            grid_code = grids[estate.code, row.grid]
            highest[grid_code] += 1
            fresh[key] = (
                numbered(grid_code, "B", highest[grid_code], digits=3), estate.id, row.building_label, row.building,
                row.floors, row.has_lift, row.longitude, row.latitude,
            )  # fmt: skip
    for row_id, (key, values) in zip(new_ids(Building, len(fresh)), fresh.items(), strict=True):
        found[key] = _Parent(row_id, values[0])
    columns = ("id", "area_code", "estate", "label", "number", "floors", "has_lift", "longitude", "latitude")
    copy_rows(Building, columns, [(found[key].id, *values) for key, values in fresh.items()])
    if touched:
        Building.objects.bulk_update(touched.values(), ["floors", "has_lift", "longitude", "latitude"], batch_size=1000)
    return [found[estate.id, row.building] for estate, row in zip(estates, rows, strict=True)]


def _update(building: Building, row: PlaceRow) -> bool:
    """Take what the row says and the register does not; whether anything differed."""
    is_changed = False
    for name in ("floors", "has_lift", "longitude", "latitude"):
        said = getattr(row, name)
        if said is not None and said != getattr(building, name):
            setattr(building, name, said)
            is_changed = True
    return is_changed


def _units(within: Areas, buildings: Sequence[_Parent], rows: Sequence[PlaceRow]) -> list[_Parent | None]:
    """Return the stairwell unit of each row, None where none is written."""
    read = BuildingUnit.objects.inside(within).values_list("building_id", "number", "id", "area_code")
    found = {(building_id, number): _Parent(row_id, code) for building_id, number, row_id, code in read}
    taken = {unit.code for unit in found.values()}
    fresh: dict[tuple[int, str], str] = {}
    for building, row in zip(buildings, rows, strict=True):
        key = (building.id, row.unit)
        if row.unit and key not in found and key not in fresh:
            fresh[key] = unit_code(building.code, row.unit, taken=taken)
            taken.add(fresh[key])
    for row_id, (key, code) in zip(new_ids(BuildingUnit, len(fresh)), fresh.items(), strict=True):
        found[key] = _Parent(row_id, code)
    columns = ("id", "area_code", "building", "number")
    copy_rows(BuildingUnit, columns, [(found[key].id, code, *key) for key, code in fresh.items()])
    return [found.get((building.id, row.unit)) for building, row in zip(buildings, rows, strict=True)]


class _Ground(NamedTuple):
    """Building and stairwell unit of each row."""

    buildings: Sequence[_Parent]
    units: Sequence[_Parent | None]


def _households(
    within: Areas, rows: Sequence[PlaceRow], ground: _Ground, *, report: ImportReport
) -> tuple[list[Home | None], set[int]]:
    """Return the household of each row, and the lines that added one."""
    found: dict[str, Home] = {}
    doors: dict[str, str] = {}
    for row_id, code, door in Household.objects.inside(within).values_list("id", "area_code", "door"):
        found[code], doors[code] = Home(row_id, code), door
    fresh: dict[str, tuple[Any, ...]] = {}
    codes: list[str | None] = []
    added: set[int] = set()
    for row, building, unit in zip(rows, ground.buildings, ground.units, strict=True):
        code = door_code((unit or building).code, row.door)
        if _is_unclear(code, row, doors, report):
            codes.append(None)
            continue
        codes.append(code)
        if code not in found and code not in fresh:
            fresh[code] = (code, building.id, unit.id if unit else None, row.door, floor_of(row.door))
            added.add(row.line)
    for row_id, code in zip(new_ids(Household, len(fresh)), fresh, strict=True):
        found[code] = Home(row_id, code)
    columns = ("id", "area_code", "building", "unit", "door", "floor")
    copy_rows(Household, columns, [(found[code].id, *values) for code, values in fresh.items()])
    return [None if code is None else found[code] for code in codes], added


def _is_unclear(code: str, row: PlaceRow, doors: dict[str, str], report: ImportReport) -> bool:
    """Whether the door cannot be told from another's, and was reported; a door first met here is remembered."""
    if is_too_long(code):
        report.reject(row.line, column="door", written=row.door, code="door_too_long",
                      message=_("This is no door number. Write it as 301."))  # fmt: skip
        return True
    if doors.setdefault(code, row.door) != row.door:
        report.reject(
            row.line, column="door", written=row.door, code="door_unclear",
            message=_("Another door of this stairwell has the same digits. Write the door as it stands there."),
        )  # fmt: skip
        return True
    return False


def _add_nodes(nodes: Iterable[tuple[str, str, str, str, float | None, float | None]]) -> None:
    Area.objects.bulk_create(
        [
            Area(code=code, name=name, level=level, parent_code=parent_code, source=LOCAL, longitude=longitude,
                 latitude=latitude)
            for code, name, level, parent_code, longitude, latitude in nodes
        ],
        batch_size=1000,
    )  # fmt: skip
