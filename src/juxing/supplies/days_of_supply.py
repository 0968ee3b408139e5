"""How long goods last when so much of them is used every day, first expired first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

DAY = Decimal("0.1")
HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Reach:
    """
    ``days`` of use in tenths, rounded down; ``spoilt`` is what expires before its turn comes.

    ``days`` is None where nothing is used.
    """

    days: Decimal | None
    spoilt: Decimal


def reach_of(lots: Iterable[tuple[date | None, Decimal]], *, per_day: Decimal, today: date) -> Reach:
    """
    Return how long lots (last day of use, quantity) last; a lot may be used on its last day, not after.

    Use is spread evenly over each day. Exact, in one pass over the lots by expiry: nothing lasts longer in another
    order, because a lot that could wait may always be swapped with one that cannot.
    """
    if per_day <= 0:
        return Reach(None, Decimal(0))
    used_until, spoilt = Decimal(0), Decimal(0)
    for expires_on, quantity in sorted(lots, key=lambda lot: (lot[0] is None, lot[0] or today)):
        last = None if expires_on is None else Decimal((expires_on - today).days + 1)
        usable = quantity if last is None else min(quantity, max(Decimal(0), last - used_until) * per_day)
        used_until += usable / per_day
        spoilt += quantity - usable
    return Reach(used_until.quantize(DAY, ROUND_FLOOR), spoilt)


def come_in_time(kept: Iterable[tuple[int, Decimal]], *, after: Reach, per_day: Decimal) -> tuple[Decimal, Decimal]:
    """
    Return how much of what is kept elsewhere (hours until it is here, quantity) comes in time, and how much too late.

    It comes in time if what is here, and what came before it, lasts for the whole days until then. Called off when
    the use begins, so that within the first day everything is in time that comes on that day.
    """
    if after.days is None:
        return sum((quantity for _hours, quantity in kept), Decimal(0)), Decimal(0)
    lasts, in_time, too_late = after.days, Decimal(0), Decimal(0)
    for hours, quantity in sorted(kept):
        if hours // HOURS_A_DAY <= lasts:
            in_time += quantity
            lasts += quantity / per_day
        else:
            too_late += quantity
    return in_time, too_late


def wanted_for(per_day: Decimal, days: int) -> Decimal:
    """Return the whole units that so many days take."""
    return (per_day * days).to_integral_value(ROUND_CEILING)
