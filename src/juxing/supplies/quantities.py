"""Quantities as people write them in lists, and the bounds within which one is believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import InvalidInput
from juxing.kernel.search_text import folded

MAXIMUM_QUANTITY = Decimal(100_000_000)
"""More of anything than a hundred million is a slip of the unit or of the finger."""
STEP = Decimal("0.001")
PLAIN = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class WrittenQuantity:
    """What a cell says: how much (None when it does not say), and the unit's code when one stands there."""

    amount: Decimal | None
    unit: str | None


def checked_quantity(amount: Decimal, *, field: str = "quantity", is_zero_allowed: bool = False) -> Decimal:
    """
    Return the amount in thousandths.

    Raises:
        InvalidInput: if it is not positive, not a number, finer than thousandths, or beyond belief.
    """
    if not amount.is_finite() or amount < 0 or (amount == 0 and not is_zero_allowed):
        raise InvalidInput("quantity_not_positive", _("Write a quantity above zero."), field=field)
    if amount > MAXIMUM_QUANTITY:
        raise InvalidInput(
            "quantity_huge", _("More than 100,000,000 is surely a slip. Check the unit and the zeros."), field=field
        )
    exact = amount.quantize(STEP)
    if exact != amount:
        raise InvalidInput("quantity_too_fine", _("Write at most three decimals."), field=field)
    return exact


def read_written(text: str) -> WrittenQuantity:
    """
    Return what a quantity cell says; words such as "a lot" say nothing and give None.

    Raises:
        InvalidInput: for a formula, a range, a negative, zero or unbelievable number.
    """
    from juxing_text.quantities import read_quantity

    plain = folded(text).replace(" ", "")
    if not plain:
        return WrittenQuantity(None, None)
    if PLAIN.fullmatch(plain):
        return WrittenQuantity(checked_quantity(Decimal(plain.replace(",", ""))), None)
    if plain[0] in "=@+-":
        raise InvalidInput("quantity_unreadable", _("Write a plain number, not a formula."), field="quantity")
    found = read_quantity(plain)
    if found is None or found.amount is None:
        return WrittenQuantity(None, found.unit if found else None)
    if found.high is not None and found.high != found.amount:
        raise InvalidInput("quantity_range", _("Write one number, not a range."), field="quantity")
    return WrittenQuantity(checked_quantity(found.amount), found.unit)
