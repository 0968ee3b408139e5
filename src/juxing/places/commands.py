"""Setting a district up, and adding and naming places below the community; codes are given here, in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotVisible, Refusal
from juxing.places import policy
from juxing.places.codes import SEPARATOR, area_uuid, door_code, highest_number, is_too_long, numbered, unit_code
from juxing.places.door_text import building_number, door_number, estate_key, unit_number
from juxing.places.enums import AreaLevel, EstateType
from juxing.places.models import Area, Building, BuildingUnit, Estate, Household

DISTRICT_SET_UP = journal.declare_action("places.district.set_up", _("District set up"))
ESTATE_ADDED = journal.declare_action("places.estate.add", _("Estate added"))
GRID_ADDED = journal.declare_action("places.grid.add", _("Grid added"))
BUILDING_ADDED = journal.declare_action("places.building.add", _("Building added"))
DOOR_ADDED = journal.declare_action("places.household.add", _("Door added"))
BUILDING_CHANGED = journal.declare_action("places.building.change", _("Building changed"))
DOOR_CHANGED = journal.declare_action("places.household.change", _("Door changed"))
AREA_RENAMED = journal.declare_action("places.area.rename", _("Place renamed"))
Thing = TypeVar("Thing", bound=models.Model)
LOCAL = "local"
HIGHEST_FLOOR = 200


@dataclass(frozen=True, slots=True)
class DistrictSetUp:
    """What setting up found: the district and how much of the tree hangs on it."""

    area: Area
    streets: int
    communities: int


@transaction.atomic
def set_up_district(*, actor: Actor, now: datetime, code: str) -> DistrictSetUp:
    """
    Check that the district is in the tree with its streets and communities, and journal that it begins here.

    Doing it again changes nothing but the journal.

    Raises:
        Refusal: if the tree does not hold it.
    """
    actor.require(policy.SET_UP, code)
    area = Area.objects.filter(code=code, level=AreaLevel.DISTRICT).first()
    if area is None:
        raise Refusal(
            "district_unknown",
            _("No district has this code. Import the area list first (juxing areas import), or look the code up."),
            field="code",
        )
    below = Area.objects.filter(code__gte=code, code__lt=f"{code}~")
    streets = below.filter(level=AreaLevel.STREET).count()
    communities = below.filter(level=AreaLevel.COMMUNITY).count()
    _record_area(DISTRICT_SET_UP, code, actor=actor, now=now, changes={"streets": streets, "communities": communities})
    return DistrictSetUp(area=area, streets=streets, communities=communities)


@transaction.atomic
def rename_area(*, actor: Actor, now: datetime, code: str, name: str) -> Area:
    """Give an estate or grid another name; official names change with the official list only."""
    actor.require(policy.MANAGE, code)
    area = Area.objects.select_for_update().filter(code=code).first()
    if area is None:
        raise NotVisible
    if area.level not in {AreaLevel.ESTATE, AreaLevel.GRID}:
        raise Refusal("name_official", _("This name comes from the official list. Import a newer list to change it."))
    area.name = _name(name)
    area.save(update_fields=["name"])
    if area.level == AreaLevel.ESTATE:
        Estate.objects.filter(area_code=code).update(name=area.name)
    _record_area(AREA_RENAMED, code, actor=actor, now=now, changes={"name": area.name})
    return area


@transaction.atomic
def add_estate(
    *, actor: Actor, now: datetime, community_code: str, name: str, estate_type: str,
    has_property_company: bool = True, longitude: float | None = None, latitude: float | None = None,
) -> Estate:  # fmt: skip
    """
    Add an estate to a community, with its node in the tree.

    Raises:
        InvalidInput: if the community has one of this name, or the type is unknown.
    """
    actor.require(policy.MANAGE, community_code)
    _require_community(community_code)
    if estate_type not in EstateType.values:
        raise InvalidInput("estate_type_unknown", _("Choose a type from the list."), field="estate_type")
    lock_codes(community_code)
    plain, known = _name(name), dict(Estate.objects.within(community_code).values_list("area_code", "name"))
    if estate_key(plain) in map(estate_key, known.values()):
        raise InvalidInput("estate_known", _("The community has an estate of this name already."), field="name")
    code = numbered(community_code, "E", highest_number(community_code, "E", known) + 1, digits=3)
    estate = Estate.objects.create(
        area_code=code, name=plain, estate_type=estate_type, has_property_company=has_property_company,
        longitude=longitude, latitude=latitude,
    )  # fmt: skip
    estate.refresh_from_db(fields=["uuid"])
    Area.objects.create(
        code=code, name=plain, level=AreaLevel.ESTATE, parent_code=community_code, source=LOCAL,
        longitude=longitude, latitude=latitude,
    )  # fmt: skip
    journal.record(ESTATE_ADDED, actor=actor, subject=estate, happened_at=now)
    return estate


@transaction.atomic
def add_grid(*, actor: Actor, now: datetime, estate: Estate, name: str) -> Area:
    """Add a grid to an estate."""
    actor.require(policy.MANAGE, estate.area_code)
    lock_codes(estate.area_code)
    codes = Area.objects.filter(parent_code=estate.area_code).values_list("code", flat=True)
    code = numbered(estate.area_code, "G", highest_number(estate.area_code, "G", codes) + 1, digits=2)
    area = Area.objects.create(
        code=code, name=_name(name), level=AreaLevel.GRID, parent_code=estate.area_code, source=LOCAL
    )
    _record_area(GRID_ADDED, code, actor=actor, now=now)
    return area


@transaction.atomic
def add_building(
    *, actor: Actor, now: datetime, estate: Estate, grid_code: str, label: str, floors: int | None = None,
    has_lift: bool | None = None, longitude: float | None = None, latitude: float | None = None,
) -> Building:  # fmt: skip
    """
    Add a building to a grid of the estate.

    Raises:
        InvalidInput: if the estate has one of this number, or the grid is another estate's.
    """
    actor.require(policy.MANAGE, estate.area_code)
    if not Area.objects.filter(code=grid_code, parent_code=estate.area_code, level=AreaLevel.GRID).exists():
        raise InvalidInput("grid_unknown", _("Choose a grid of this estate."), field="grid_code")
    _require_floors(floors)
    number = building_number(label)
    lock_codes(estate.area_code)
    if not number or Building.objects.filter(estate=estate, number=number).exists():
        raise InvalidInput("building_known", _("The estate has a building of this number already."), field="label")
    codes = Building.objects.within(grid_code).values_list("area_code", flat=True)
    building = Building.objects.create(
        area_code=numbered(grid_code, "B", highest_number(grid_code, "B", codes) + 1, digits=3), estate=estate,
        label=_name(label)[:30], number=number[:12], floors=floors, has_lift=has_lift, longitude=longitude,
        latitude=latitude,
    )  # fmt: skip
    return _recorded(BUILDING_ADDED, building, actor=actor, now=now)


@transaction.atomic
def change_building(
    *, actor: Actor, now: datetime, building: Building, label: str, floors: int | None, has_lift: bool | None
) -> Building:
    """
    Correct a building's number, floors and lift; its code stays, because the codes of its doors begin with it.

    Raises:
        InvalidInput: if the estate has another building of this number.
    """
    actor.require(policy.MANAGE, building.area_code)
    _require_floors(floors)
    lock_codes(building.estate.area_code)
    locked = Building.objects.select_for_update().get(pk=building.pk)
    number = building_number(label)[:12]
    if not number or Building.objects.filter(estate=locked.estate, number=number).exclude(pk=locked.pk).exists():
        raise InvalidInput("building_known", _("The estate has a building of this number already."), field="label")
    locked.label, locked.number, locked.floors, locked.has_lift = _name(label)[:30], number, floors, has_lift
    locked.save(update_fields=["label", "number", "floors", "has_lift"])
    return _recorded(BUILDING_CHANGED, locked, actor=actor, now=now)


@transaction.atomic
def add_household(
    *, actor: Actor, now: datetime, building: Building, door: str, unit: str = "", floor: int | None = None
) -> Household:
    """
    Add a door to a building, and its stairwell unit if that is new.

    Raises:
        InvalidInput: if the door is there already, or cannot be read.
    """
    actor.require(policy.MANAGE, building.area_code)
    lock_codes(building.area_code)
    number, in_unit = door_number(door), _unit(building, unit)
    if not any(character.isascii() and character.isalnum() for character in number) or len(number) > 20:
        raise InvalidInput("door_unreadable", _("Write the door's number, such as 301."), field="door")
    if Household.objects.filter(building=building, unit=in_unit, door=number).exists():
        raise InvalidInput("door_known", _("This door is there already."), field="door")
    code = door_code(in_unit.area_code if in_unit else building.area_code, number)
    if is_too_long(code) or Household.objects.filter(area_code=code).exists():
        raise InvalidInput("door_unreadable", _("Write the door's number, such as 301."), field="door")
    household = Household.objects.create(
        area_code=code, building=building, unit=in_unit, door=number,
        floor=floor if floor is not None else floor_of(number),
    )  # fmt: skip
    return _recorded(DOOR_ADDED, household, actor=actor, now=now)


@transaction.atomic
def change_household(*, actor: Actor, now: datetime, household: Household, door: str, floor: int | None) -> Household:
    """
    Correct how a door is written, and its floor; its number stays, because the door's code tells it.

    Raises:
        InvalidInput: if it would be another door's number.
    """
    actor.require(policy.MANAGE, household.area_code)
    lock_codes(household.building.area_code)
    locked = Household.objects.select_for_update(of=("self",)).get(pk=household.pk)
    number, parent_code = door_number(door), locked.area_code.rpartition(SEPARATOR)[0]
    if door_code(parent_code, number) != locked.area_code:
        raise InvalidInput(
            "door_number_fixed",
            _("The number stays: what was done for this door hangs on it. Add the right door instead."),
            field="door",
        )
    locked.door, locked.floor = number[:20], floor
    locked.save(update_fields=["door", "floor"])
    return _recorded(DOOR_CHANGED, locked, actor=actor, now=now)


def floor_of(door: str) -> int | None:
    """Return the floor a door number tells: 3 for 301, 12 for 1203; None for other numbers."""
    return int(door[:-2]) if door.isdecimal() and len(door) in {3, 4} else None


def lock_codes(parent_code: str) -> None:
    """Let nobody else give codes below this place until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"places:{parent_code}"])


def _unit(building: Building, written: str) -> BuildingUnit | None:
    number = unit_number(written)
    if not number:
        return None
    found = BuildingUnit.objects.filter(building=building, number=number).first()
    if found is not None:
        return found
    codes = set(BuildingUnit.objects.filter(building=building).values_list("area_code", flat=True))
    return BuildingUnit.objects.create(
        area_code=unit_code(building.area_code, number, taken=codes), building=building, number=number[:12]
    )


def _require_floors(floors: int | None) -> None:
    if floors is not None and not 1 <= floors <= HIGHEST_FLOOR:
        raise InvalidInput("floors_out_of_range", _("A building has 1 to 200 floors."), field="floors")


def _require_community(code: str) -> None:
    if not Area.objects.filter(code=code, level=AreaLevel.COMMUNITY).exists():
        raise InvalidInput("community_unknown", _("Choose a community."), field="community_code")


def _name(written: str) -> str:
    plain = " ".join(written.split())
    if not plain or len(plain) > 80:
        raise InvalidInput("name_bad", _("Write a name of up to 80 characters."), field="name")
    return plain


def _recorded(action: str, thing: Thing, *, actor: Actor, now: datetime) -> Thing:
    thing.refresh_from_db(fields=["uuid"])
    journal.record(action, actor=actor, subject=thing, happened_at=now)
    return thing


def _record_area(
    action: str, code: str, *, actor: Actor, now: datetime, changes: dict[str, object] | None = None
) -> None:
    subject: UUID = area_uuid(code)
    fact = journal.Fact(
        action=action, subject_type="places.area", subject_uuid=subject, area_code=code, changes=changes or {}
    )
    journal.record_many([fact]).by(actor, happened_at=now)
