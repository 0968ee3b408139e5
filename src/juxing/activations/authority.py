"""Who may decide what: ranks of roles and what each response level demands, from ``data/authority.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas

DATA = Path(__file__).with_name("data") / "authority.toml"


@dataclass(frozen=True, slots=True)
class LevelRule:
    """What a response level demands: least ranks, number of different people who sign, longest time in days."""

    issuer: int
    approver: int
    second: int
    approvals: int
    maximum_days: int


@cache
def _data() -> dict[str, Any]:
    with DATA.open("rb") as file:
        return tomllib.load(file)


@cache
def rule_of(level: str) -> LevelRule:
    """Return what the level demands."""
    return LevelRule(**_data()["levels"][level])


@cache
def ranks() -> dict[str, int]:
    """Return the ranks of authorities by name, lowest first."""
    return dict(_data()["ranks"])


def rank_of(actor: Actor, areas: Areas) -> int:
    """Return the highest rank with which the actor speaks for all of these places; 0 without one."""
    by_role: dict[str, int] = _data()["roles"]
    best = 0
    for grant in actor.grants:
        held = Areas([grant.area_code])
        if all(prefix in held for prefix in areas.prefixes):
            best = max(best, by_role.get(grant.role, 0))
    return best


def undo_time() -> timedelta:
    """Return how long after the start a mistaken activation may be undone."""
    return timedelta(minutes=_data()["times"]["undo_minutes"])


def preview_time() -> timedelta:
    """Return how long a preview may be signed after it was made."""
    return timedelta(hours=_data()["times"]["preview_hours"])


def reminder_hours() -> tuple[int, ...]:
    """Return how many hours before the end commanders are reminded, earliest first."""
    return tuple(_data()["times"]["reminder_hours"])


def measure_rank() -> int:
    """Return the least rank that may restrict what people do."""
    return int(_data()["times"]["measure_minimum_rank"])
