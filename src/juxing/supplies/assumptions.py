"""
What is taken for a quantity nobody stated, openly: the middle of what others state for the same thing.

A request without a quantity would otherwise get nothing or everything. Offers are never assumed: what nobody promised
cannot be shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median_low

from juxing.supplies.enums import SupplyCategory

STATED_NEEDED = 3
CLASS_ASSUMPTION: dict[str, int] = {
    SupplyCategory.FOOD: 50,
    SupplyCategory.WATER: 50,
    SupplyCategory.INFANT: 20,
    SupplyCategory.MEDICINE: 50,
    SupplyCategory.MEDICAL: 2,
    SupplyCategory.PROTECTION: 1000,
    SupplyCategory.HYGIENE: 100,
    SupplyCategory.SHELTER: 20,
    SupplyCategory.EQUIPMENT: 2,
    SupplyCategory.OTHER: 10,
}
"""Where fewer than three state a quantity; a person sets a better figure for the run."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """The quantity taken, why (``median``, ``class`` or ``person``), and how many quantities were stated."""

    quantity: int
    basis: str
    stated: int

    def as_json(self) -> dict[str, int | str]:
        """Return it as a run keeps it."""
        return {"quantity": self.quantity, "basis": self.basis, "stated": self.stated}


def assumption_for(category: str, stated: Iterable[Decimal]) -> Assumption:
    """Return what to assume for an item of this class, given what organisations stated for it."""
    known = sorted(stated)
    if len(known) >= STATED_NEEDED:
        return Assumption(max(1, int(median_low(known))), "median", len(known))
    return Assumption(CLASS_ASSUMPTION.get(category, 10), "class", len(known))


def with_decisions(found: Mapping[str, Assumption], decided: Mapping[str, int]) -> dict[str, Assumption]:
    """Return the assumptions by item code with a person's figures in place of ours."""
    return {
        code: Assumption(decided[code], "person", one.stated)
        if code in decided and decided[code] != one.quantity
        else one
        for code, one in found.items()
    }
