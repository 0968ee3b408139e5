"""Whom goods are counted for: households, residents, responders, communities of some places."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Model
from django.db.models.functions import Left

from juxing.kernel.areas import Areas
from juxing.kernel.scope import ScopedManager
from juxing.people.models import Resident
from juxing.places.enums import AreaLevel
from juxing.places.models import Area, Household
from juxing.responders.enums import SERVING
from juxing.responders.models import Responder
from juxing.supplies.commands.accounts import COMMUNITY_LENGTH
from juxing.supplies.enums import ReservedFor

Counts = dict[str, int]


def counts_by_community(areas: Areas, kinds: Iterable[str]) -> dict[str, Counts]:
    """
    Return by kind how many there are in each community inside these places; one statement a kind.

    A place smaller than a community counts its own part of it, under the community's code.
    """
    found: dict[str, Counts] = {}
    for kind in sorted(set(kinds)):
        if kind == ReservedFor.COMMUNITY:
            found[kind] = dict.fromkeys(communities_in(areas), 1)
            continue
        rows = _rows_of(kind).inside(areas)
        if kind == ReservedFor.RESPONDER:
            rows = rows.filter(status__in=sorted(SERVING))
        # Counting rows, not ids, and in no order: the index of codes answers that alone.
        grouped = rows.annotate(place=Left("area_code", COMMUNITY_LENGTH)).values_list("place").annotate(n=Count("*"))
        found[kind] = {place: number for place, number in grouped.order_by() if len(place) == COMMUNITY_LENGTH}
    return found


def communities_in(areas: Areas) -> list[str]:
    """Return the codes of the communities inside these places, and of those a smaller place is part of."""
    rows = Area.objects.filter(areas.condition("code"), level=AreaLevel.COMMUNITY).values_list("code", flat=True)
    parts = {code[:COMMUNITY_LENGTH] for code in areas.prefixes if len(code) > COMMUNITY_LENGTH}
    return sorted({*rows, *parts})


def counts_of(areas: Areas, kinds: Iterable[str]) -> Counts:
    """Return by kind how many there are in these places altogether."""
    return {kind: sum(by_place.values()) for kind, by_place in counts_by_community(areas, kinds).items()}


def _rows_of(kind: str) -> ScopedManager[Model]:
    models: dict[str, type[Model]] = {
        ReservedFor.HOUSEHOLD: Household, ReservedFor.RESIDENT: Resident, ReservedFor.RESPONDER: Responder,
    }  # fmt: skip
    return models[kind].objects  # type: ignore[attr-defined, no-any-return]
