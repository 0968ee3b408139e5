"""What goods weigh, as far as somebody said: grams by exact decimals, and openly what is not known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

GRAMS_IN_A_KILOGRAM = 1000


@dataclass(frozen=True, slots=True)
class Weight:
    """At least so many grams; ``unknown`` counts the boxes in which something weighs nobody knows what."""

    grams: Decimal = Decimal(0)
    unknown: int = 0

    def __add__(self, other: Weight) -> Weight:
        return Weight(self.grams + other.grams, self.unknown + other.unknown)


def weight_of(contents: Iterable[tuple[Decimal | None, Decimal]]) -> Weight:
    """Return what one box weighs with contents of (grams of a unit, None unknown; how many units)."""
    grams, is_known = Decimal(0), True
    for each, quantity in contents:
        if each is None:
            is_known = False
        else:
            grams += each * quantity
    return Weight(grams, 0 if is_known else 1)


def total(weights: Iterable[Weight]) -> Weight:
    """Return what they weigh together."""
    return sum(weights, start=Weight())


def kilograms(grams: Decimal) -> str:
    """Return grams for reading, in kilograms to the next hundred grams; a little that is there is never nothing."""
    rounded = (grams / GRAMS_IN_A_KILOGRAM).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if grams and not rounded:
        rounded = Decimal("0.1")
    return f"{rounded:,f}".removesuffix(".0")
