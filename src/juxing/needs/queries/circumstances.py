"""What is known of the households behind needs, read for many at once: place, care, age, mobility, languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from juxing.needs.requirements import required_languages
from juxing.people.enums import Mobility
from juxing.people.models import Resident, SpecialCareProfile
from juxing.places.enums import AreaLevel
from juxing.places.models import Area, Household

HARDEST_FIRST = (Mobility.HOUSEBOUND, Mobility.STAIRS_HARD, Mobility.WALKS)


@dataclass(slots=True)
class Person:
    """A resident as triage and matching see one."""

    birth_year: int | None
    mobility: str
    languages: list[str]


@dataclass(slots=True)
class HouseholdFacts:
    """A household as triage and matching see one; ``longitude`` and ``latitude`` are the building's."""

    area_code: str
    longitude: float | None
    latitude: float | None
    care: set[str] = field(default_factory=set)
    residents: dict[int, Person] = field(default_factory=dict)

    def age(self, resident_id: int | None, *, today: date) -> int | None:
        """Return the resident's age; the oldest's when nobody is named."""
        years = [person.birth_year for person in self._concerned(resident_id) if person.birth_year]
        return today.year - min(years) if years else None

    def mobility(self, resident_id: int | None) -> str:
        """Return the resident's mobility; when nobody is named, the best in the household: someone can come down."""
        present = {person.mobility for person in self._concerned(resident_id)}
        return next((level for level in reversed(HARDEST_FIRST) if level in present), Mobility.WALKS)

    def languages(self, resident_id: int | None) -> list[str]:
        """Return the languages one of which the helper must speak; empty when any helper will do."""
        person = self.residents.get(resident_id or 0)
        return required_languages(person.languages) if person else []

    def _concerned(self, resident_id: int | None) -> list[Person]:
        named = self.residents.get(resident_id or 0)
        return [named] if named else list(self.residents.values())


def household_facts(household_ids: Collection[int], *, today: date) -> dict[int, HouseholdFacts]:
    """Return the facts of these households; three queries, whatever their number."""
    ids = list(household_ids)
    if not ids:
        return {}
    places = Household.objects.filter(pk__in=ids).values_list(
        "pk", "area_code", "building__longitude", "building__latitude"
    )
    found = {pk: HouseholdFacts(area_code, longitude, latitude) for pk, area_code, longitude, latitude in places}
    people = Resident.objects.filter(household_id__in=ids).values_list(
        "household_id", "pk", "birth_year", "mobility", "languages"
    )
    for household_id, pk, birth_year, mobility, languages in people:
        if household_id in found:
            found[household_id].residents[pk] = Person(birth_year, mobility, languages)
    profiles = SpecialCareProfile.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=today), resident__household_id__in=ids, starts_on__lte=today
    ).values_list("resident__household_id", "category")
    for household_id, category in profiles:
        if household_id in found:
            found[household_id].care.add(category)
    return found


def locations(area_codes: Collection[str]) -> dict[str, tuple[float, float]]:
    """Return where to look for places without a known door: the nearest area above each code that has a location."""
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for code in set(area_codes):
        for candidate in _codes_above(code):
            wanted[candidate].append(code)
    known = {
        code: (longitude or 0.0, latitude or 0.0)
        for code, longitude, latitude in Area.objects.filter(
            code__in=list(wanted), longitude__isnull=False, latitude__isnull=False
        ).values_list("code", "longitude", "latitude")
    }
    found: dict[str, tuple[float, float]] = {}
    for code in set(area_codes):
        nearest = max((candidate for candidate in _codes_above(code) if candidate in known), key=len, default=None)
        if nearest is not None:
            found[code] = known[nearest]
    return found


def nearest_known_area(area_code: str) -> str:
    """Return the name of the smallest area of the tree that holds this code, "" when none does."""
    row = (
        Area.objects.filter(code__in=_codes_above(area_code), level__in=(AreaLevel.COMMUNITY, AreaLevel.STREET))
        .order_by("-code")
        .values_list("name", flat=True)
        .first()
    )
    return row or ""


def _codes_above(code: str) -> list[str]:
    parts = code.split("-")
    return [code[:length] for length in (6, 9, 12) if len(parts[0]) >= length] + [
        "-".join(parts[: count + 1]) for count in range(1, len(parts))
    ]
