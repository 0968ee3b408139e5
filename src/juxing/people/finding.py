"""
Finding residents by what a clerk has: part of a name, initials, a door, a phone.

Every condition is an equality or a range over a plain column, because only such operators may use an index under
row-level security. Measured figures are in docs/people.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.masking import masked_door, masked_name, masked_phone
from juxing.kernel.refusals import InvalidInput
from juxing.people import policy
from juxing.people.models import Resident
from juxing.people.phone_numbers import normal_phone, phone_index
from juxing.places.codes import COMMUNITY_CODE_LENGTH
from juxing.places.door_queries import find_doors
from juxing.places.door_text import DoorText, split_address
from juxing.places.models import Household
from juxing_text.folding import fold

MAXIMUM_FOUND = 50
LAST_CHARACTER = "\U0010ffff"
PHONE = re.compile(r"[\d\s\-+()]{7,}")
INITIALS = re.compile(r"[a-z]{1,20}")


@dataclass(frozen=True, slots=True)
class PersonFound:
    """
    A resident as a list may show them.

    Masked, except for what the searcher wrote in full and so already knows.
    """

    uuid: UUID
    household_uuid: UUID
    area_code: str
    name: str
    phone: str
    estate: str
    building: str
    door: str
    mobility: str
    mobility_label: str
    is_masked: bool


@dataclass(frozen=True, slots=True)
class PeopleFound:
    """Up to fifty people, and whether there were more."""

    people: Sequence[PersonFound] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A search text taken apart."""

    phone: str = ""
    door: DoorText | None = None
    words: tuple[str, ...] = ()


def find_people(actor: Actor, text: str, area_code: str = "") -> PeopleFound:
    """
    Return residents at a place by name part, pinyin initials, building and door, or phone; words are combined.

    Raises:
        InvalidInput: if the text names no building and is only a number too short for a phone.
    """
    areas = actor.areas_with(policy.FIND) & Areas([area_code])
    wanted = _read(text)
    if not areas or not (wanted.phone or wanted.door or wanted.words):
        return PeopleFound()
    _require_a_building(wanted, areas)
    found = _residents(actor, areas, wanted)
    people = [_shown(resident, wanted) for resident in sorted(found[:MAXIMUM_FOUND], key=_order)]
    return PeopleFound(people=people, is_cut=len(found) > MAXIMUM_FOUND)


def residents_with_phone(*, actor: Actor, phone: str, area_code: str = "") -> list[Resident]:
    """Return the residents at a place who gave this number (a family may share one), at most ten."""
    areas = actor.areas_with(policy.FIND) & Areas([area_code])
    rows = Resident.objects.inside(areas).filter(phone_index=phone_index(normal_phone(phone)), left_on__isnull=True)
    return list(rows.select_related("household__building__estate", "household__unit").order_by("pk")[:10])


def residents_of(*, actor: Actor, household: Household) -> list[Resident]:
    """Return the residents of a household, by age."""
    rows = policy.visible_residents(actor).filter(household=household, left_on__isnull=True)
    return list(rows.order_by("birth_year", "pk"))


def _residents(actor: Actor, areas: Areas, wanted: _Wanted) -> list[Resident]:
    """Return one more than are shown, so that a cut is seen."""
    rows = Resident.objects.inside(areas).filter(left_on__isnull=True)
    words = wanted.words
    if wanted.phone:
        rows = rows.filter(phone_index=phone_index(wanted.phone))
    if wanted.door is not None:
        households, words = _households(actor, areas, wanted.door, words)
        rows = rows.filter(household_id__in=households)
        for word in words:
            rows = rows.filter(_named(word))
    elif words:
        return _by_name(rows, sorted(words, key=len, reverse=True))
    return list(rows.select_related("household__building__estate")[: MAXIMUM_FOUND + 1])


def _by_name(rows: QuerySet[Resident], words: Sequence[str]) -> list[Resident]:
    """
    Return residents whose names hold all words, looked for by the first.

    Each column is walked along its own index and left as soon as enough are found. One condition with OR would make
    PostgreSQL gather every 王 of the district before it shows fifty.
    """
    for word in words[1:]:
        rows = rows.filter(_named(word))
    rows = rows.select_related("household__building__estate")
    found: list[Resident] = []
    for column, text in _ranges(words[0]):
        wanted = MAXIMUM_FOUND + 1 - len(found)
        if wanted > 0:
            fresh = rows.filter(_starts(column, text)).exclude(pk__in=[resident.pk for resident in found])
            found += fresh.order_by(column, "area_code")[:wanted]
    return found


def _read(text: str) -> _Wanted:
    plain = " ".join(text.split())[:100]
    if PHONE.fullmatch(fold(plain)) and len(re.sub(r"\D", "", fold(plain))) >= 7:
        return _Wanted(phone=normal_phone(plain))
    door, rest = split_address(plain)
    return _Wanted(door=door, words=tuple(rest.split()))


def _require_a_building(wanted: _Wanted, areas: Areas) -> None:
    """A door number alone is an answer only where there are few buildings."""
    door = wanted.door
    if door is None or door.building or wanted.words:
        return
    if any(len(prefix) <= COMMUNITY_CODE_LENGTH for prefix in areas.prefixes):
        raise InvalidInput(
            "search_number_short",
            _("Write building and door, such as 5-301, or a whole telephone number."),
            field="q",
        )


def _households(
    actor: Actor, areas: Areas, door: DoorText, words: tuple[str, ...]
) -> tuple[list[int], tuple[str, ...]]:
    """Return the households at the door, and the words left over once one of them is understood as the estate."""
    for word in words:
        named = _at_door(actor, areas, DoorText(word, door.building, door.unit, door.door))
        if named:
            return named, tuple(other for other in words if other != word)
    return _at_door(actor, areas, door), words


def _at_door(actor: Actor, areas: Areas, door: DoorText) -> list[int]:
    found: list[int] = []
    for prefix in areas.prefixes:
        [at_door] = find_doors(actor=actor, area_code=prefix, doors=[door])
        if door.door:
            found += [household.pk for household in at_door.households]
        else:
            buildings = [building.pk for building in at_door.buildings]
            found += Household.objects.filter(building_id__in=buildings).values_list("pk", flat=True)
    return found


def _named(word: str) -> Q:
    condition = Q()
    for column, text in _ranges(word):
        condition |= _starts(column, text)
    return condition


def _ranges(word: str) -> list[tuple[str, str]]:
    """Return the columns that may begin with a word, and with what."""
    folded = fold(word)
    if INITIALS.fullmatch(folded):
        return [("name_initials", folded)]
    return [("name", word), ("given_name", word), ("name_tail", word)]


def _starts(column: str, text: str) -> Q:
    return Q(**{f"{column}__gte": text, f"{column}__lt": text + LAST_CHARACTER})


def _order(resident: Resident) -> tuple[str, str, int]:
    return resident.name_pinyin, resident.area_code, resident.pk


def _shown(resident: Resident, wanted: _Wanted) -> PersonFound:
    building = resident.household.building
    knows_name = resident.name in wanted.words
    knows_door = wanted.door is not None and bool(wanted.door.door)
    return PersonFound(
        uuid=resident.uuid,
        household_uuid=resident.household.uuid,
        area_code=resident.area_code,
        name=resident.name if knows_name else masked_name(resident.name),
        phone=resident.phone if wanted.phone else masked_phone(resident.phone),
        estate=building.estate.name,
        building=building.label,
        door=resident.household.door if knows_door else masked_door(resident.household.door),
        mobility=resident.mobility,
        mobility_label=resident.get_mobility_display(),
        is_masked=not (knows_name and wanted.phone),
    )
