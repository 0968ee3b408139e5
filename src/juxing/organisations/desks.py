"""Who answers for a place's register: what is counted there waits for the nearest desk that has somebody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from juxing.access.models import RoleAssignment
from juxing.access.reminding import Waiting
from juxing.access.roles import Role
from juxing.places.models import Area

DESKS = ((Role.COMMUNITY_SECRETARY, 12), (Role.STREET_OPERATOR, 9), (Role.DISTRICT_OPERATOR, 6))


def desks_of(places: Iterable[str], *, now: datetime) -> dict[str, set[int]]:
    """Return the accounts that answer for each place: of community, street and district the nearest that has any."""
    wanted = set(places)
    held: dict[tuple[str, str], set[int]] = {}
    codes = {place[:length] for place in wanted for _role, length in DESKS}
    rows = RoleAssignment.objects.in_force(now).filter(role__in=[role for role, _length in DESKS], area_code__in=codes)
    for role, area_code, account in rows.values_list("role", "area_code", "account_id"):
        held.setdefault((role, area_code), set()).add(account)
    found: dict[str, set[int]] = {}
    for place in wanted:
        offered = (held.get((role, place[:length])) for role, length in DESKS if len(place) >= length)
        found[place] = next(filter(None, offered), set())
    return found


def counted_at_desks(kind: str, counts: Mapping[str, int], *, now: datetime) -> Iterator[Waiting]:
    """Return for each place's desk how many of something wait there: facts ``place``, ``count``, ``area``."""
    names = dict(Area.objects.filter(code__in=list(counts)).values_list("code", "name"))
    desks = desks_of(counts, now=now)
    for place, count in sorted(counts.items()):
        for account in sorted(desks[place]):
            facts = {"place": names.get(place, place), "count": str(count), "area": place}
            yield Waiting(kind, account, place, "places.area", uuid5(NAMESPACE_URL, f"juxing:{place}"), facts=facts)
