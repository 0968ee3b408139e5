"""Money of purchases: whole fen, never a fraction in a float."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import InvalidInput

MOST_FEN = 10**12
"""Ten thousand million yuan: more is a slip."""


def line_fen(quantity: Decimal, price_fen: int) -> int:
    """Return what so much costs, rounded to the fen once for the line."""
    return int((quantity * price_fen).quantize(Decimal(1), ROUND_HALF_UP))


def fen_of(yuan: Decimal, *, field: str = "price") -> int:
    """
    Return a price written in yuan in fen.

    Raises:
        InvalidInput: if it is below zero, finer than fen, or beyond belief.
    """
    try:
        fen = yuan * 100
        is_whole = fen == fen.to_integral_value()
    except InvalidOperation:
        is_whole = False
    if not yuan.is_finite() or not is_whole or not 0 <= fen <= MOST_FEN:
        raise InvalidInput("price_bad", _("Write a price in yuan with at most two decimals."), field=field)
    return int(fen)


def yuan(fen: int) -> str:
    """Return an amount for reading: yuan with two decimals, grouped by thousands."""
    return f"¥{fen // 100:,}.{fen % 100:02}"
