"""
Scope of an activation as disjoint parts, each with a level and an end; widened, narrowed and split part by part.

Parts are at most a street, because a street is what one transaction converts. Taking a building out of a street
splits the street into the communities beside it, the community into the estates beside it, and so on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from juxing.activations.models import Activation, ActivationArea
from juxing.kernel.areas import Areas
from juxing.kernel.refusals import InvalidInput
from juxing.places.codes import ancestors
from juxing.places.enums import AreaLevel
from juxing.places.models import Area, Building

STREET_LENGTH = 9


class Scope(NamedTuple):
    """One part of the scope."""

    area_code: str
    level: str
    until: datetime


@dataclass(frozen=True, slots=True)
class StreetOrder:
    """The parts of one street that share a level and an end."""

    street: str
    codes: tuple[str, ...]
    level: str
    until: datetime


def street_of(code: str) -> str:
    """Return the street a place lies in."""
    return code[:STREET_LENGTH]


def expanded(codes: Iterable[str]) -> list[str]:
    """
    Return known places as disjoint parts of at most a street each, sorted.

    Raises:
        InvalidInput: if a place is unknown, or a wide place has no street registered.
    """
    parts: list[str] = []
    for code in Areas(code.strip() for code in codes).prefixes:
        if len(code) < STREET_LENGTH:
            below = Area.objects.filter(code__gte=code, code__lt=f"{code}~", level=AreaLevel.STREET)
            parts += below.order_by("code").values_list("code", flat=True)
        elif _is_known(code):
            parts.append(code)
        else:
            raise InvalidInput("area_unknown", _("No place has this code."), field="areas")
    if not parts:
        raise InvalidInput("area_unknown", _("Choose at least one street, community or smaller place."), field="areas")
    return parts


def common_place(codes: Sequence[str]) -> str:
    """Return the smallest official place that holds all of these."""
    paths = [ancestors(code) for code in codes]
    common = [code for code in paths[0] if all(code in path for path in paths)]
    return common[-1] if common else ""


def open_parts(activation: Activation, now: datetime) -> list[ActivationArea]:
    """Return the parts in force now, by place."""
    rows = ActivationArea.objects.filter(activation_uuid=activation.uuid, until__gt=now, closed_by=None)
    return list(rows.order_by("area_code"))


def open_part(activation: Activation, scope: Scope, *, now: datetime) -> None:
    """Begin a part."""
    ActivationArea.objects.create(
        activation_uuid=activation.uuid, area_code=scope.area_code, level=scope.level, until=scope.until, since=now,
        title=activation.incident.title, hazard=activation.incident.hazard, is_exercise=activation.is_exercise,
    )  # fmt: skip


def close_parts(parts: Iterable[ActivationArea], *, number: int, now: datetime) -> None:
    """End parts now; one that began in this very moment never was."""
    ids = [part.pk for part in parts]
    rows = ActivationArea.objects.filter(pk__in=ids)
    rows.filter(since__gte=now).delete()
    rows.update(until=now, closed_by=number)


def cut_out(activation: Activation, codes: Sequence[str], *, number: int, now: datetime) -> list[Scope]:
    """
    Take places out of the open parts, splitting what is wider, and return what was taken with its level and end.

    Raises:
        InvalidInput: if a place is not in scope, or cannot be cut out because nothing is registered beside it.
    """
    taken: list[Scope] = []
    for code in Areas(codes).prefixes:
        parts = open_parts(activation, now)
        wider = next((part for part in parts if code.startswith(part.area_code) and part.area_code != code), None)
        if wider is not None:
            close_parts([wider], number=number, now=now)
            for beside in _beside(wider.area_code, code):
                open_part(activation, Scope(beside, wider.level, wider.until), now=now)
            taken.append(Scope(code, wider.level, wider.until))
            continue
        inside = [part for part in parts if part.area_code.startswith(code)]
        if not inside:
            raise InvalidInput("area_not_in_scope", _("This place is not in the activation's scope."), field="areas")
        close_parts(inside, number=number, now=now)
        taken += [Scope(part.area_code, part.level, part.until) for part in inside]
    return taken


def street_orders(scopes: Iterable[Scope]) -> list[StreetOrder]:
    """Return the parts by street, level and end, in the order of streets."""
    ordered = sorted(scopes, key=lambda scope: (street_of(scope.area_code), scope.level, scope.until, scope.area_code))
    return [
        StreetOrder(street, tuple(scope.area_code for scope in group), level, until)
        for (street, level, until), group in groupby(
            ordered, key=lambda scope: (street_of(scope.area_code), scope.level, scope.until)
        )
    ]


def as_data(scopes: Iterable[Scope]) -> list[list[str]]:
    """Return parts as they are stored and signed."""
    return [[scope.area_code, str(scope.level), scope.until.isoformat()] for scope in sorted(scopes)]


def from_data(rows: Iterable[Sequence[str]]) -> list[Scope]:
    """Return stored parts."""
    return [Scope(code, level, datetime.fromisoformat(until)) for code, level, until in rows]


def _is_known(code: str) -> bool:
    return Area.objects.filter(code=code).exists() or Building.objects.filter(area_code=code).exists()


def _beside(wide: str, code: str) -> list[str]:
    """Return the parts of the wide place that are left when the code is cut out of it."""
    path = [step for step in ancestors(code) if len(step) > len(wide)]
    left: list[str] = []
    above = wide
    for step in path:
        children = _children(above)
        if step not in children:
            raise InvalidInput(
                "area_not_registered", _("This place cannot be taken by itself: the places beside it are not known."),
                field="areas",
            )  # fmt: skip
        left += [child for child in children if child != step]
        above = step
    return left


def _children(code: str) -> list[str]:
    named = list(Area.objects.filter(parent_code=code).order_by("code").values_list("code", flat=True))
    if named:
        return named
    inside: models.QuerySet[Building] = Building.objects.within(code)
    return list(inside.order_by("area_code").values_list("area_code", flat=True))
