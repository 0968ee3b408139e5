"""
What a kind of need asks of its helper, what task it makes, and how long it stays true unasked.

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
    """
    Skills the helper must have, and after how many hours the household is asked whether it still needs this.

    ``task`` is the kind of task it makes, whose gate the helper must have passed (``responders/gates.toml``).
    """

    skills: tuple[Skill, ...] = ()
    fresh_hours: int = 72
    task: str = "general"


REQUIREMENTS: dict[str, Requirements] = {
    NeedType.STAPLE_FOOD: Requirements(fresh_hours=48, task="delivery"),
    NeedType.FRESH_FOOD: Requirements(fresh_hours=24, task="delivery"),
    NeedType.WATER: Requirements(fresh_hours=24, task="delivery"),
    NeedType.MEALS: Requirements(fresh_hours=12, task="delivery"),
    NeedType.INFANT_SUPPLIES: Requirements(fresh_hours=24, task="delivery"),
    # fetching ordered medicine takes no licence; advice does
    NeedType.MEDICINE: Requirements(fresh_hours=24, task="delivery"),
    NeedType.MEDICAL_TRIP: Requirements((Skill.DRIVING,), fresh_hours=24, task="medical_trip"),
    NeedType.CONSULTATION: Requirements((Skill.MEDICAL,), fresh_hours=48),
    # care skill is welcome, not required: a visit must not fail for want of a certificate
    NeedType.CARE_VISIT: Requirements(fresh_hours=48, task="care_visit"),
    NeedType.PSYCHOLOGICAL_SUPPORT: Requirements((Skill.COUNSELLING,), task="counselling"),
    NeedType.PERSONAL_HYGIENE: Requirements(task="delivery"),
    NeedType.DISINFECTION: Requirements(task="disinfection"),
    NeedType.REPAIR: Requirements((Skill.ELECTRICAL_MECHANICAL,)),
    NeedType.PET_CARE: Requirements(fresh_hours=48, task="delivery"),
    NeedType.STUDY_SUPPORT: Requirements((Skill.TEACHING,)),
    NeedType.TRANSPORT: Requirements((Skill.DRIVING,), fresh_hours=24, task="medical_trip"),
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


def task_of(need_type: str, skills: Iterable[str]) -> str:
    """Return the kind of task a need makes: who carries heavy loads to a door is asked what heavy loads ask."""
    task = REQUIREMENTS[need_type].task
    return "heavy_delivery" if task == "delivery" and Skill.HEAVY_LOADS in skills else task
