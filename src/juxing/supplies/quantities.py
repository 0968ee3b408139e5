"""Quantities as people write them in lists, and the bounds within which one is believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import InvalidInput
from juxing.kernel.search_text import folded

MAXIMUM_QUANTITY = Decimal(100_000_000)
"""More of anything than a hundred million is a slip of the unit or of the finger."""
STEP = Decimal("0.001")
UNUSUAL_FACTOR = 200
"""A thousand times too much or too little is a slip of the unit; two hundred times is asked about."""
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


def plain(quantity: Decimal) -> str:
    """Return a quantity as one writes it into a field: no exponent, no empty decimals, no grouping."""
    return f"{quantity.normalize():f}"


def asked_if_unusual(quantity: Decimal, *, usual: Decimal | None, unit: str, field: str = "quantity") -> None:
    """
    Do nothing if the quantity is of the order of what usually comes, or nothing is known of that.

    Raises:
        InvalidInput: ``quantity_unusual``: to be asked about, not forbidden.
    """
    if usual is None or (quantity < usual * UNUSUAL_FACTOR and quantity * UNUSUAL_FACTOR > usual):
        return
    raise InvalidInput(
        "quantity_unusual",
        _("%(quantity)s %(unit)s? Usually about %(usual)s come at once. Check unit and zeros; if it is right, say so "
          "below and send it again.")
        % {"quantity": f"{quantity.normalize():,f}", "usual": f"{usual.normalize():,f}", "unit": unit},
        field=field,
    )  # fmt: skip


def asked_if_it_keeps_too_long(
    expires_on: date | None, *, shelf_life_days: int | None, today: date, item: str, field: str = "expires_on"
) -> None:
    """
    Do nothing if the goods may be as young as their use-by date says, or nobody said how long they keep.

    Raises:
        InvalidInput: ``keeps_too_long``: to be asked about, not forbidden.
    """
    if expires_on is None or shelf_life_days is None or (expires_on - today).days <= shelf_life_days:
        return
    raise InvalidInput(
        "keeps_too_long",
        _("%(item)s keeps %(days)d days, so a use-by date of %(date)s would lie too far ahead. Read the package "
          "again; if it is right, say so below and send it again.")
        % {"item": item, "days": shelf_life_days, "date": expires_on.isoformat()},
        field=field,
    )  # fmt: skip


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
