"""
What state a place is in: steady, or in an emergency at which level, for which incident, until when.

Answered from rows for any moment, past or present. What is over by the clock is over here, whether or not anything
ran to close it. Nothing anywhere keeps a flag.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from juxing.activations.models import ActivationArea
from juxing.kernel.areas import Areas
from juxing.places.codes import ancestors


@dataclass(frozen=True, slots=True)
class Holding:
    """One activation that holds at a place: through which part of its scope, at which level, from when to when."""

    activation_uuid: UUID
    area_code: str
    level: str
    title: str
    hazard: str
    is_exercise: bool
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Posture:
    """All that holds at a place at one moment, highest level first. Drills are kept apart from what is real."""

    area_code: str
    holdings: tuple[Holding, ...] = ()

    @property
    def real(self) -> tuple[Holding, ...]:
        """What is no drill."""
        return tuple(holding for holding in self.holdings if not holding.is_exercise)

    @property
    def exercises(self) -> tuple[Holding, ...]:
        """The drills."""
        return tuple(holding for holding in self.holdings if holding.is_exercise)

    @property
    def is_emergency(self) -> bool:
        """Whether a real activation holds."""
        return bool(self.real)

    @property
    def level(self) -> str:
        """The highest level of what is real, "" in steady state."""
        return min((holding.level for holding in self.real), default="")


def posture_at(codes: Iterable[str], moment: datetime) -> dict[str, Posture]:
    """Return the posture of each place at the moment, in one query."""
    paths = {code: frozenset(ancestors(code)) for code in codes}
    wanted = {above for path in paths.values() for above in path}
    rows = _rows(Q(area_code__in=sorted(wanted)), moment)
    return {
        code: Posture(code, tuple(holding for holding in rows if holding.area_code in path))
        for code, path in paths.items()
    }


def holdings_touching(areas: Areas, moment: datetime) -> list[Holding]:
    """Return everything that holds anywhere in these places or over them."""
    above = {code for prefix in areas.prefixes for code in ancestors(prefix)}
    return list(_rows(areas.condition() | Q(area_code__in=sorted(above)), moment))


def is_exercise(activation_uuid: UUID) -> bool:
    """Whether the activation is a drill: then nothing of it goes out through any gateway."""
    rows = ActivationArea.objects.filter(activation_uuid=activation_uuid)
    return rows.filter(is_exercise=True).exists()


def _rows(place: Q, moment: datetime) -> tuple[Holding, ...]:
    rows = ActivationArea.objects.filter(place, since__lte=moment, until__gt=moment)
    return tuple(
        Holding(*row)
        for row in rows.order_by("level", "since", "id").values_list(
            "activation_uuid", "area_code", "level", "title", "hazard", "is_exercise", "since", "until"
        )
    )
