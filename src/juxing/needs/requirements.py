"""
What a kind of need asks of its helper, and how long it stays true unasked.

The table is data: change a row, and the documentation in ``docs/needs.md`` with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from juxing.needs.enums import NeedType, Priority
from juxing.responders.enums import Language, Skill


@dataclass(frozen=True, slots=True)
class Requirements:
    """Skills the helper must have, and after how many hours the household is asked whether it still needs this."""

    skills: tuple[Skill, ...] = ()
    fresh_hours: int = 72


REQUIREMENTS: dict[str, Requirements] = {
    NeedType.STAPLE_FOOD: Requirements(fresh_hours=48),
    NeedType.FRESH_FOOD: Requirements(fresh_hours=24),
    NeedType.WATER: Requirements(fresh_hours=24),
    NeedType.MEALS: Requirements(fresh_hours=12),
    NeedType.INFANT_SUPPLIES: Requirements(fresh_hours=24),
    # fetching ordered medicine takes no licence; advice does
    NeedType.MEDICINE: Requirements(fresh_hours=24),
    NeedType.MEDICAL_TRIP: Requirements((Skill.DRIVING,), fresh_hours=24),
    NeedType.CONSULTATION: Requirements((Skill.MEDICAL,), fresh_hours=48),
    # care skill is welcome, not required: a visit must not fail for want of a certificate
    NeedType.CARE_VISIT: Requirements(fresh_hours=48),
    NeedType.PSYCHOLOGICAL_SUPPORT: Requirements((Skill.COUNSELLING,)),
    NeedType.PERSONAL_HYGIENE: Requirements(),
    NeedType.DISINFECTION: Requirements(),
    NeedType.REPAIR: Requirements((Skill.ELECTRICAL_MECHANICAL,)),
    NeedType.PET_CARE: Requirements(fresh_hours=48),
    NeedType.STUDY_SUPPORT: Requirements((Skill.TEACHING,)),
    NeedType.TRANSPORT: Requirements((Skill.DRIVING,), fresh_hours=24),
    NeedType.INFORMATION: Requirements(),
    NeedType.FINANCIAL_RELIEF: Requirements(),
    NeedType.OTHER: Requirements(),
}

DUE_WITHIN: dict[str, timedelta] = {
    Priority.LIFE_CRITICAL: timedelta(hours=1),
    Priority.URGENT: timedelta(hours=6),
    Priority.NORMAL: timedelta(hours=24),
    Priority.LOW: timedelta(hours=72),
}


def required_skills(need_type: str) -> list[str]:
    """Return the skills without which a helper is not asked."""
    return [skill.value for skill in REQUIREMENTS[need_type].skills]


def required_languages(spoken: Iterable[str]) -> list[str]:
    """
    Return the languages of which the helper must speak one; empty when any helper will do.

    A resident of whom nothing is known, or who speaks Mandarin, is spoken to by anyone.
    """
    known = list(spoken)
    return [] if Language.MANDARIN in known else known


def fresh_for(need_type: str) -> timedelta:
    """Return how long a need of this kind is taken as true without asking again."""
    return timedelta(hours=REQUIREMENTS[need_type].fresh_hours)
