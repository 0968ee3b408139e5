"""
Triage: an open formula that says who waits least. A pure function of circumstances of the household, never of worth.

Political affiliation, household registration, past behaviour and who recorded the need are not in it. The score is a
sum of terms; each is kept with the need and shown in words, so that anyone may ask why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import Words
from juxing.needs.enums import NeedType, Priority
from juxing.people.enums import CareCategory, Mobility

BASE: dict[str, int] = {
    NeedType.MEDICAL_TRIP: 450,
    NeedType.MEDICINE: 400,
    NeedType.INFANT_SUPPLIES: 400,
    NeedType.WATER: 400,
    NeedType.PSYCHOLOGICAL_SUPPORT: 350,
    NeedType.MEALS: 350,
    NeedType.STAPLE_FOOD: 300,
    NeedType.CONSULTATION: 300,
    NeedType.CARE_VISIT: 300,
    NeedType.FRESH_FOOD: 250,
    NeedType.PERSONAL_HYGIENE: 250,
    NeedType.TRANSPORT: 250,
    NeedType.REPAIR: 200,
    NeedType.DISINFECTION: 200,
    NeedType.FINANCIAL_RELIEF: 200,
    NeedType.OTHER: 200,
    NeedType.PET_CARE: 150,
    NeedType.STUDY_SUPPORT: 120,
    NeedType.INFORMATION: 120,
}
CARE: dict[str, int] = {
    CareCategory.LIFE_SUSTAINING_TREATMENT: 150,
    CareCategory.ELDER_WITHOUT_KIN: 120,
    CareCategory.ELDER_LIVING_ALONE: 100,
    CareCategory.DISABILITY: 100,
    CareCategory.LONG_TERM_ILLNESS: 100,
    CareCategory.PREGNANT_POSTNATAL: 100,
    CareCategory.INFANT: 100,
    CareCategory.CHILD_IN_HARDSHIP: 80,
    CareCategory.LOW_INCOME: 50,
}
CARE_AT_MOST = 250
MEDICAL = frozenset({NeedType.MEDICINE, NeedType.MEDICAL_TRIP})
TREATMENT_AT_RISK = 400
AGE_80, AGE_70 = 60, 30
MOBILITY: dict[str, int] = {Mobility.HOUSEBOUND: 60, Mobility.STAIRS_HARD: 30}
SAID_URGENT = 150
DANGER_TO_LIFE = 800
REOPENED_EACH, REOPENED_AT_MOST = 100, 200
WAITING_EACH_HOUR, WAITING_AT_MOST = 10, 240
LIFE_CRITICAL_FROM, URGENT_FROM, NORMAL_FROM = 800, 500, 200

TERM_WORDS: dict[str, Words] = {
    "base": _("Kind of need"),
    "treatment": _("A treatment that keeps someone alive depends on it"),
    "care": _("Special care in the household"),
    "age": _("Age"),
    "mobility": _("Cannot easily leave home"),
    "urgent": _("Said to be urgent"),
    "danger": _("Someone's life is in danger"),
    "reopened": _("Was not put right the first time"),
    "waiting": _("Waiting time"),
}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All that triage knows. ``care`` are the household's categories that are in force."""

    need_type: str
    care: frozenset[str] = frozenset()
    age: int | None = None
    mobility: str = Mobility.WALKS
    is_urgent: bool = False
    is_danger_to_life: bool = False
    reopened_count: int = 0
    waiting_hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Triage:
    """Priority, score, and the terms that make the score, in the order they are shown."""

    priority: str
    score: int
    terms: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what is kept with the need; ``fixed`` is the score without waiting."""
        return {"terms": dict(self.terms), "fixed": self.score - self.terms.get("waiting", 0)}


def triage(known: Circumstances) -> Triage:
    """
    Return priority and score of a need.

    Waiting lifts a need up to urgent; only circumstances make it life-critical, so that those stay few and real.
    """
    terms = {name: points for name, points in _fixed_terms(known) if points}
    fixed = sum(terms.values())
    waiting = waiting_points(known.waiting_hours)
    if waiting:
        terms["waiting"] = waiting
    return Triage(priority=priority_of(fixed, waiting), score=fixed + waiting, terms=terms)


def waiting_points(hours: float) -> int:
    """Return the points of waiting: ten for each full hour, up to a day's."""
    return min(WAITING_AT_MOST, WAITING_EACH_HOUR * max(0, int(hours)))


def priority_of(fixed: int, waiting: int) -> str:
    """Return the priority of a score; see the thresholds above."""
    if fixed >= LIFE_CRITICAL_FROM:
        return Priority.LIFE_CRITICAL
    if fixed + waiting >= URGENT_FROM:
        return Priority.URGENT
    return Priority.NORMAL if fixed + waiting >= NORMAL_FROM else Priority.LOW


def explained(kept: Mapping[str, Any]) -> list[tuple[Words, int]]:
    """Return the terms of a kept triage in words, largest first."""
    terms: Mapping[str, int] = kept.get("terms", {})
    return [(TERM_WORDS[name], points) for name, points in sorted(terms.items(), key=lambda term: -term[1])]


def _fixed_terms(known: Circumstances) -> list[tuple[str, int]]:
    is_treated = CareCategory.LIFE_SUSTAINING_TREATMENT in known.care
    return [
        ("base", BASE[known.need_type]),
        ("danger", DANGER_TO_LIFE if known.is_danger_to_life else 0),
        ("treatment", TREATMENT_AT_RISK if is_treated and known.need_type in MEDICAL else 0),
        ("care", min(CARE_AT_MOST, sum(CARE.get(category, 0) for category in known.care))),
        ("age", _age_points(known.age)),
        ("mobility", MOBILITY.get(known.mobility, 0)),
        ("urgent", SAID_URGENT if known.is_urgent else 0),
        ("reopened", min(REOPENED_AT_MOST, REOPENED_EACH * known.reopened_count)),
    ]


def _age_points(age: int | None) -> int:
    if age is None or age < 70:
        return 0
    return AGE_80 if age >= 80 else AGE_70
