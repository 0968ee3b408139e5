"""What written words mean in the catalogue: surely, perhaps, or nothing like it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from juxing.supplies.catalogue import catalogue_index
from juxing.supplies.models import SupplyItem

if TYPE_CHECKING:
    from juxing_text.catalogue import Candidate

SHOWN_CANDIDATES = 3
REASONS: dict[str, Promise] = {
    "exact_name": _("The very name"),
    "normalised_name": _("The name, written a little differently"),
    "contained_name": _("This name stands in the words"),
    "similar_name": _("A similar name"),
    "standard": _("The cited standard belongs to it"),
    "name_and_standard": _("Name and cited standard agree"),
    "standard_conflict": _("The name fits, but the cited standard is of something else"),
    "specification_text": _("Named in the specification"),
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """``item_id`` is None unless the words are sure; ``confidence`` is the first candidate's in any case."""

    item_id: int | None
    confidence: float


@dataclass(frozen=True, slots=True)
class ShownCandidate:
    """An entry of the catalogue the words may mean, and why it is thought of."""

    item: SupplyItem
    confidence: float
    reason: Promise | str
    matched: str

    @property
    def percent(self) -> int:
        """The confidence in whole percent."""
        return round(100 * self.confidence)


def meaning_of(written: str, specification: str, *, item_ids: Mapping[str, int]) -> Meaning:
    """
    Return what the words mean, without asking a person.

    Words that name several things are unsure: one line is one item. ``item_ids`` are the catalogue's ids by code.
    """
    found = catalogue_index().recognise(written, specification)
    first = max((one.candidates[0].confidence for one in found if one.candidates), default=0.0)
    if len(found) == 1 and found[0].is_sure:
        return Meaning(item_ids.get(found[0].candidates[0].code), first)
    return Meaning(None, first)


def candidates_for(written: str, specification: str, *, items: Mapping[str, SupplyItem]) -> list[ShownCandidate]:
    """Return the likeliest entries of the catalogue, best first; one per piece when the words name several things."""
    found = catalogue_index().recognise(written, specification)
    pooled: dict[str, Candidate] = {}
    for one in found:
        for candidate in one.candidates:
            kept = pooled.get(candidate.code)
            if candidate.code in items and (kept is None or kept.confidence < candidate.confidence):
                pooled[candidate.code] = candidate
    best = sorted(pooled.values(), key=lambda one: (-one.confidence, one.code))[:SHOWN_CANDIDATES]
    return [
        ShownCandidate(items[one.code], one.confidence, REASONS.get(one.reason.value, one.reason.value), one.matched)
        for one in best
    ]
