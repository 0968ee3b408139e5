"""
What a matching run counts, in metres: the open formula of who helps whom.

Everything is expressed as a way on foot, so that a person can judge it: "speaks another language" weighs like 800
metres. People come before metres: no saving of distance ever leaves a need of a higher priority unserved.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from juxing.needs.enums import Priority

TIER = {Priority.LIFE_CRITICAL: 3, Priority.URGENT: 2, Priority.NORMAL: 1, Priority.LOW: 0}


@dataclass(frozen=True, slots=True)
class Weights:
    """
    The weights of one run; stored with it, so that its answer can be repeated.

    ``load_step_m`` is what each further task of one helper costs more than the one before: it spreads the load.
    ``stability_m`` is what taking an unanswered offer back from someone counts: a better plan must be worth it.
    """

    detour_factor: float = 1.3
    language_m: int = 800
    load_step_m: int = 120
    stability_m: int = 300
    metre_of_life_critical: int = 4
    metre_of_urgent: int = 2
    metre_of_normal: int = 1
    metre_of_low: int = 1
    offer_minutes_life_critical: int = 5
    offer_minutes_urgent: int = 15
    offer_minutes_normal: int = 60
    offer_minutes_low: int = 120

    def metre_weight(self, priority: str) -> int:
        """Return what a metre to a need of this priority counts."""
        return int(getattr(self, f"metre_of_{priority}"))

    def offer_minutes(self, priority: str) -> int:
        """Return how long an offer for a need of this priority waits for its answer."""
        return int(getattr(self, f"offer_minutes_{priority}"))

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Weights:
        """Return the weights stored with a run; what a later version added takes its default."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})

    def as_json(self) -> dict[str, Any]:
        """Return the weights as stored with the run."""
        return asdict(self)


DEFAULT_WEIGHTS = Weights()
