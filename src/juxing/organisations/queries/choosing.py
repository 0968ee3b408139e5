"""Whom and what the forms of this room offer while somebody types: people, organisations, places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from juxing.access.models import Account, RoleAssignment
from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.picking import Choice, Search
from juxing.kernel.search_text import folded, meant_by
from juxing.organisations import policy
from juxing.organisations.models import Organisation
from juxing.places.models import Area, Building

BETWEEN = " · "
LETTERS = re.compile(r"[a-z0-9_.\- ]{1,30}")
MOST_READ = 20_000
"""Names whose pinyin is looked at in one search: a district's accounts."""


def people_working_in(areas: Areas, *, now: datetime) -> Search[Account]:
    """
    Return a search among who has a role somewhere in these places; of others nothing is said.

    Found by part of the name, its pinyin or initials, or the sign-in name; shown with role and place.
    """

    def search(text: str, most: int) -> Sequence[Choice[Account]]:
        here = RoleAssignment.objects.in_force(now).filter(areas.condition())
        people = Account.objects.filter(is_active=True, pk__in=here.values("account_id"))
        exact = list(people.filter(sign_in_name=_told_apart(text).casefold()))
        found = exact or _by_name(people, text, most)
        notes = _roles_of(found, here)
        return [
            Choice(one, f"{one.display_name}{BETWEEN}{one.sign_in_name}", notes.get(one.pk, "")) for one in found
        ]  # fmt: skip

    return search


def organisations_seen(actor: Actor, *, area_code: str = "") -> Search[Organisation]:
    """Return a search among organisations the actor sees, in the district of a place; by part of the name."""

    def search(text: str, most: int) -> Sequence[Choice[Organisation]]:
        rows = policy.visible_organisations(actor).within(area_code[:6])
        name, _sep, code = text.rpartition(BETWEEN)
        exact = list(rows.filter(name=name, area_code=code)) if name else _of_uuid(rows, text)
        found = exact or list(rows.filter(name__contains=text).order_by("name", "id")[:most])
        places = dict(Area.objects.filter(code__in={one.area_code for one in found}).values_list("code", "name"))
        return [
            Choice(one, f"{one.name}{BETWEEN}{one.area_code}",
                   f"{places.get(one.area_code, '')} {one.get_organisation_type_display()}".strip())
            for one in found
        ]  # fmt: skip

    return search


def places_known(actor: Actor) -> Search[str]:
    """Return a search for codes of areas and buildings of the actor's own places, by part of the name or the code."""

    def search(text: str, most: int) -> Sequence[Choice[str]]:
        code = _told_apart(text)
        areas = Area.objects.filter(actor.areas.condition("code"))
        rows = list(areas.filter(code=code)) or list(areas.filter(name__contains=text).order_by("code")[:most])
        found = [Choice(row.code, f"{row.name}{BETWEEN}{row.code}", str(row.get_level_display())) for row in rows]
        if len(found) < most and not any(one.thing == code for one in found):
            buildings = Building.objects.inside(actor.areas).select_related("estate")
            named = buildings.filter(label__contains=text).order_by("area_code")
            houses = list(buildings.filter(area_code=code)) or list(named[: most - len(found)])
            found += [Choice(row.area_code, f"{row.label}{BETWEEN}{row.area_code}", row.estate.name) for row in houses]
        return found

    return search


def _of_uuid(rows: QuerySet[Organisation], text: str) -> list[Organisation]:
    try:
        return list(rows.filter(uuid=UUID(text)))
    except ValueError:
        return []


def _told_apart(text: str) -> str:
    """Return what stands behind the last dot of an offered text, else the text itself."""
    return text.rpartition(BETWEEN)[2].strip()


def _by_name(people: QuerySet[Account], text: str, most: int) -> list[Account]:
    said = folded(text.strip())
    if not said:
        return []
    if not LETTERS.fullmatch(said):
        return list(people.filter(display_name__contains=text.strip()).order_by("display_name", "id")[:most])
    means = meant_by(said)
    rows = people.order_by("display_name", "id").values_list("pk", "display_name", "sign_in_name")[:MOST_READ]
    ids = [pk for pk, name, sign_in in rows if sign_in.startswith(said) or means(name)][:most]
    return sorted(people.filter(pk__in=ids), key=lambda one: (one.display_name, one.pk))


def _roles_of(people: Iterable[Account], here: QuerySet[RoleAssignment]) -> dict[int, str]:
    """Return for each of these people one of their roles here with its place, in words."""
    held = list(here.filter(account__in=list(people)).order_by("account_id", "area_code", "id"))
    names = dict(Area.objects.filter(code__in={row.area_code for row in held}).values_list("code", "name"))
    return {
        row.account_id: f"{Role(row.role).label} {names.get(row.area_code, row.area_code)}".strip()
        for row in reversed(held)
    }
