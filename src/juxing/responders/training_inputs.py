"""What is said about a training session, checked once for pages and tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import InvalidInput
from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.gates import EQUIPMENT, Missing
from juxing.responders.lessons import lessons
from juxing.responders.models.trainings import LONGEST_DAYS, MOST_PLACES
from juxing.responders.training_enums import UnderstandingCheck

LONGEST = timedelta(hours=12)
FARTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class TrainingInput:
    """A training as it is written; ``gives`` are clearances as "kind:code"."""

    area_code: str
    title: str
    holder: str
    place: str
    starts_at: datetime
    ends_at: datetime
    places: int
    gives: Sequence[str]
    understanding: str = UnderstandingCheck.QUESTIONS
    sign_up_by: datetime | None = None
    valid_days: int = 365
    notice: str = ""


def can_give() -> list[tuple[str, str]]:
    """Return what a training can open, for a form: courses, the safety briefing, equipment one learns to wear."""
    pairs = [(ClearanceKind.TRAINING, code) for code in lessons()]
    pairs += [(ClearanceKind.BRIEFING, ""), *((ClearanceKind.EQUIPMENT, code) for code in EQUIPMENT)]
    return [(f"{kind}:{code}", Missing(kind, code).label) for kind, code in pairs]


def courses_of(gives: Sequence[str]) -> list[str]:
    """Return the lessons among what a training gives."""
    pairs = (one.partition(":") for one in gives)
    return [code for kind, _sep, code in pairs if kind == ClearanceKind.TRAINING and code in lessons()]


def labels_of(gives: Sequence[str]) -> list[str]:
    """Return what a training gives, in words."""
    pairs = (one.partition(":") for one in gives)
    return [Missing(kind, code).label for kind, _sep, code in pairs if kind in ClearanceKind.values]


def cleaned(given: TrainingInput, *, now: datetime) -> TrainingInput:
    """
    Return the training in the form that is kept; without a last moment to sign up it is the beginning.

    Raises:
        InvalidInput: naming the field that cannot be taken.
    """
    texts = {name: " ".join(getattr(given, name).split()) for name in ("title", "holder", "place")}
    for name, text in texts.items():
        if not 1 <= len(text) <= 80:
            raise InvalidInput("training_incomplete", _("Write this, at most 80 characters."), field=name)
    _require_times(given, now=now)
    if not 1 <= given.places <= MOST_PLACES:
        raise InvalidInput("places_range", _("Between 1 and 500 places."), field="places")
    if not 1 <= given.valid_days <= LONGEST_DAYS:
        raise InvalidInput("valid_days_range", _("Between one day and three years."), field="valid_days")
    known = [code for code, _label in can_give()]
    if not given.gives or not set(given.gives) <= set(known):
        raise InvalidInput("gives_unknown", _("Choose what it trains for."), field="gives")
    if given.understanding not in UnderstandingCheck.values:
        raise InvalidInput("check_unknown", _("Choose one of the list."), field="understanding")
    if given.understanding == UnderstandingCheck.QUESTIONS and not courses_of(given.gives):
        raise InvalidInput(
            "check_without_lesson",
            _("There is no lesson to ask about: let it be shown on the spot."),
            field="understanding",
        )
    return replace(given, title=texts["title"], holder=texts["holder"], place=texts["place"],
                   gives=[code for code in known if code in given.gives],
                   sign_up_by=given.sign_up_by or given.starts_at, notice=given.notice.strip()[:400])  # fmt: skip


def _require_times(given: TrainingInput, *, now: datetime) -> None:
    if given.ends_at <= given.starts_at or given.ends_at - given.starts_at > LONGEST:
        raise InvalidInput(
            "training_order", _("The end comes after the beginning, at most twelve hours later."), field="ends_at"
        )
    if not now < given.starts_at <= now + FARTHEST:
        raise InvalidInput("training_over", _("Choose a time from now on, within a year."), field="starts_at")
    if given.sign_up_by is not None and given.sign_up_by > given.starts_at:
        raise InvalidInput("sign_up_late", _("People can sign up at most until it begins."), field="sign_up_by")
