"""
What was gathered about people because of an emergency, room by room: it is used for the response only, and destroyed
after it (Emergency Response Law, article 85).

A room declares its part: how to count it, what figures stay when the persons are gone, and how to destroy it. The room
that runs responses knows none of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.refusals import Words
from juxing.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class EndedResponse:
    """A response that is over: which, where, from when until when."""

    activation_uuid: UUID
    activation_id: int
    areas: Areas
    since: datetime
    until: datetime
    is_exercise: bool


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What was destroyed: how many rows, and the SHA-256 over their keys, sorted, one a line."""

    count: int
    digest: str


@dataclass(frozen=True, slots=True)
class EmergencyData:
    """
    One room's emergency data.

    ``destroy`` removes persons and words for good and may be called again; what is not over yet (a need still open) it
    leaves. ``statistics`` is what stays: counts, no person.
    """

    code: str
    label: Words
    purpose: Words
    count: Callable[[EndedResponse], int]
    statistics: Callable[[EndedResponse], Mapping[str, int]]
    destroy: Callable[[EndedResponse, Actor, datetime], Destroyed]


emergency_data: Registry[EmergencyData] = Registry("emergency data")


def declare_emergency_data(data: EmergencyData) -> EmergencyData:
    """Register a room's part under its code."""
    return emergency_data.add(data.code, data)


def destroyed(keys: Iterable[object]) -> Destroyed:
    """Return how many rows were destroyed, with the digest of their keys."""
    written = sorted(str(key) for key in keys)
    return Destroyed(len(written), hashlib.sha256("\n".join(written).encode()).hexdigest())
