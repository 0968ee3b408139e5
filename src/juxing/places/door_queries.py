"""Finding the household a piece of text means: the register is asked, nothing is guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from juxing.kernel.actors import Actor
from juxing.places import policy
from juxing.places.codes import COMMUNITY_CODE_LENGTH
from juxing.places.door_text import DoorText, building_number, door_number, estate_key, unit_number
from juxing.places.models import Building, Household
from juxing_text.doors import KnownDoors

MAXIMUM_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class DoorFound:
    """
    What the register holds for a written door.

    Several buildings mean that the estate was not said or not clear; several households that the unit was not.
    """

    buildings: tuple[Building, ...] = ()
    households: tuple[Household, ...] = ()

    @property
    def household(self) -> Household | None:
        """The household meant, if there is exactly one."""
        return self.households[0] if len(self.households) == 1 else None

    @property
    def building(self) -> Building | None:
        """The building meant, if there is exactly one."""
        if self.household is not None:
            return self.household.building
        return self.buildings[0] if len(self.buildings) == 1 else None


def find_door(
    *, actor: Actor, area_code: str, building: str, door: str = "", estate: str = "", unit: str = ""
) -> DoorFound:
    """Return what the register holds, at a place, for a door as it was written (5号楼, 五号楼, 5#; 301, 301室)."""
    written = DoorText(estate=estate, building=building, unit=unit, door=door)
    return find_doors(actor=actor, area_code=area_code, doors=[written])[0]


def find_doors(*, actor: Actor, area_code: str, doors: Sequence[DoorText]) -> list[DoorFound]:
    """
    Return one answer per written door, in three queries however many there are.

    Without a building only an area or estate that leaves few buildings is searched; otherwise nothing is found.
    """
    read = [_read(written) for written in doors]
    estates = _estates(actor, area_code, {written.estate for written in read})
    wanted = {written.building for written in read if written.building}
    is_small_area = len(area_code) > COMMUNITY_CODE_LENGTH
    all_of = {key for written in read if not written.building for key in estates.get(written.estate, ())}
    buildings = _buildings(actor, area_code, wanted, estate_ids=None if is_small_area else all_of)
    by_number: dict[str, list[Building]] = defaultdict(list)
    for building in buildings:
        by_number[building.number].append(building)
    chosen = [_choose(written, buildings, by_number, estates) for written in read]
    households = _households(actor, chosen, {written.door for written in read if written.door})
    return [
        DoorFound(
            buildings=tuple(candidates[:MAXIMUM_CANDIDATES]),
            households=tuple(_at(written, candidates, households)[:MAXIMUM_CANDIDATES]),
        )
        for written, candidates in zip(read, chosen, strict=True)
    ]


def known_doors(*, actor: Actor, area_code: str) -> KnownDoors:
    """Return the doors of an estate, building or community as the order-chain reader wants them."""
    rows = policy.visible_households(actor).within(area_code).values_list("building__number", "unit__number", "door")
    return KnownDoors(rows)


def _read(written: DoorText) -> DoorText:
    return DoorText(
        estate=estate_key(written.estate),
        building=building_number(written.building) if written.building.strip() else "",
        unit=unit_number(written.unit),
        door=door_number(written.door) if written.door.strip() else "",
    )


def _estates(actor: Actor, area_code: str, wanted: Iterable[str]) -> dict[str, set[int]]:
    """Return the ids of the estates each written name may mean; an exact name excludes all others."""
    named = {name for name in wanted if name}
    if not named:
        return {}
    community = area_code[:COMMUNITY_CODE_LENGTH]
    rows = policy.visible_estates(actor).within(community).values_list("id", "name")
    keys = [(row_id, estate_key(name)) for row_id, name in rows]
    found: dict[str, set[int]] = {}
    for name in named:
        exact = {row_id for row_id, key in keys if key == name}
        found[name] = exact or {row_id for row_id, key in keys if key and (name in key or key in name)}
    return found


def _buildings(actor: Actor, area_code: str, numbers: set[str], *, estate_ids: set[int] | None) -> list[Building]:
    rows = policy.visible_buildings(actor).within(area_code).select_related("estate").order_by("area_code")
    if estate_ids is None:
        return list(rows)
    if estate_ids:
        return list(rows.filter(number__in=numbers) | rows.filter(estate_id__in=estate_ids))
    return list(rows.filter(number__in=numbers)) if numbers else []


def _choose(
    written: DoorText,
    buildings: Sequence[Building],
    by_number: Mapping[str, list[Building]],
    estates: Mapping[str, set[int]],
) -> list[Building]:
    candidates = by_number.get(written.building, []) if written.building else buildings
    if written.estate:
        named = estates.get(written.estate, set())
        return [building for building in candidates if building.estate_id in named]
    return list(candidates)


def _households(
    actor: Actor, chosen: Iterable[Sequence[Building]], doors: set[str]
) -> dict[tuple[int, str], list[Household]]:
    building_ids = {building.pk for candidates in chosen for building in candidates}
    found: dict[tuple[int, str], list[Household]] = defaultdict(list)
    if building_ids and doors:
        rows = policy.visible_households(actor).filter(building_id__in=building_ids, door__in=doors)
        for household in rows.select_related("building__estate", "unit").order_by("area_code"):
            found[household.building_id, household.door].append(household)
    return found


def _at(
    written: DoorText, candidates: Iterable[Building], households: Mapping[tuple[int, str], list[Household]]
) -> list[Household]:
    if not written.door:
        return []
    found = [household for building in candidates for household in households.get((building.pk, written.door), [])]
    if not written.unit:
        return found
    return [household for household in found if household.unit is None or household.unit.number == written.unit]
