"""Money as whole fen, and as people write and read it: exact, never a fraction in a float."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import InvalidInput
from juxing.kernel.search_text import folded

MOST_FEN = 10**12
"""Ten thousand million yuan: more is a slip."""
WRITTEN = re.compile(r"[\u00a5\uffe5]?\s*(\d{1,11})(?:\.(\d{1,9}))?\s*[\u5143\u5706\u5713]?", re.ASCII)


def fen_of(yuan: Decimal, *, field: str = "price", most: int = MOST_FEN) -> int:
    """
    Return an amount in yuan in fen.

    Raises:
        InvalidInput: if it is below zero, finer than fen, or above ``most`` fen.
    """
    try:
        fen = yuan * 100
        is_whole = fen == fen.to_integral_value()
    except InvalidOperation:
        is_whole = False
    if not yuan.is_finite() or not is_whole or yuan < 0:
        raise InvalidInput("amount_bad", _("Write an amount in yuan with at most two decimals."), field=field)
    if fen > most:
        raise InvalidInput("amount_huge", _("That is more money than anybody means here."), field=field)
    return int(fen)


def fen_written(words: str, *, field: str, most: int = MOST_FEN) -> int:
    """
    Return the fen of an amount as people write it, such as ``58``, ``32.5`` or ``\u00a51,200.00``.

    Raises:
        InvalidInput: if it is no amount, has parts of a fen, or is above ``most`` fen.
    """
    found = WRITTEN.fullmatch(folded(words).strip().replace(",", ""))
    if found is None:
        raise InvalidInput("amount_unreadable", _("Write an amount in yuan, such as 32.50."), field=field)
    return fen_of(Decimal(f"{found[1]}.{found[2] or 0}"), field=field, most=most)


def line_fen(quantity: Decimal, price_fen: int) -> int:
    """Return what so much costs at a price for one, rounded to the fen once for the line."""
    return int((quantity * price_fen).quantize(Decimal(1), ROUND_HALF_UP))


class YuanField(forms.CharField):
    """An amount in yuan as people write it; what comes out is fen, None where nothing was written."""

    def __init__(self, *, least: int = 0, most: int = MOST_FEN, **options: Any) -> None:
        self.least, self.most = least, most
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"max_length": 20, "widget": widget, **options})

    def clean(self, value: Any) -> Any:
        """Read the amount."""
        written = super().clean(value)
        if not written:
            return None
        try:
            fen = fen_written(written, field="", most=self.most)
        except InvalidInput as unreadable:
            raise forms.ValidationError(str(unreadable.message)) from None
        if fen < self.least:
            raise forms.ValidationError(_("Write an amount above zero."))
        return fen


def yuan(fen: int) -> str:
    """Return fen as yuan, such as ``1,200.05`` or ``-3.00``; the sign of the currency is the page's."""
    sign, amount = "-" if fen < 0 else "", abs(fen)
    return f"{sign}{amount // 100:,}.{amount % 100:02}"


def exact_yuan(fen: int) -> Decimal:
    """Return fen as a number of yuan, for the cell of a spreadsheet that is to be added up."""
    return Decimal(fen).scaleb(-2)


def with_sign(fen: int) -> str:
    """Return fen as yuan with the sign of the currency."""
    return f"{'-' if fen < 0 else ''}\u00a5{yuan(abs(fen))}"
