"""What is known of the households behind needs, read for many at once: place, care, age, mobility, languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from juxing.kernel.statements import planned_once
from juxing.needs.requirements import required_languages
from juxing.people.enums import Mobility
from juxing.places.enums import AreaLevel
from juxing.places.models import Area

HARDEST_FIRST = (Mobility.HOUSEBOUND, Mobility.STAIRS_HARD, Mobility.WALKS)
FACTS = """
SELECT household.id, household.area_code, building.longitude, building.latitude,
       resident.id, resident.birth_year, resident.mobility, resident.languages,
       ARRAY(SELECT profile.category FROM people_specialcareprofile AS profile
             WHERE profile.resident_id = resident.id AND profile.starts_on <= %(today)s
               AND (profile.ends_on IS NULL OR profile.ends_on > %(today)s))
FROM places_household AS household
JOIN places_building AS building ON building.id = household.building_id
LEFT JOIN people_resident AS resident ON resident.household_id = household.id
WHERE household.id = ANY(%(households)s)
"""


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


def households_with_codes(codes: Collection[str]) -> dict[str, int]:
    """Return the ids of the households in scope that have these codes."""
    if not codes:
        return {}
    return dict(planned_once("SELECT area_code, id FROM places_household WHERE area_code = ANY(%s)", [list(codes)]))


def household_facts(household_ids: Collection[int], *, today: date) -> dict[int, HouseholdFacts]:
    """Return the facts of these households; one plain query, because every need that comes in asks it."""
    found: dict[int, HouseholdFacts] = {}
    if not household_ids:
        return found
    rows = planned_once(FACTS, {"households": list(household_ids), "today": today})
    for household_id, area_code, longitude, latitude, resident_id, *of_person, care in rows:
        facts = found.setdefault(household_id, HouseholdFacts(area_code, longitude, latitude))
        if resident_id is not None:
            facts.residents[resident_id] = Person(*of_person)
            facts.care.update(care)
    return found


def locations(area_codes: Collection[str]) -> dict[str, tuple[float, float]]:
    """Return where to look for places without a known door: the nearest area above each code that has a location."""
    if not area_codes:
        return {}
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
