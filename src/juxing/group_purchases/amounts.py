"""What households owe, have paid and get back, and what must be in hand: reckoned in fen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


def due_fen(counts: Iterable[tuple[int, int]], *, fee_fen: int) -> int:
    """Return what (how many, fen for one) come to; the delivery fee is owed only by whoever gets something."""
    goods = [(count, each) for count, each in counts if count]
    return sum(count * each for count, each in goods) + (fee_fen if goods else 0)


@dataclass(frozen=True, slots=True)
class Balance:
    """One household's account, in fen."""

    due: int
    paid: int
    refunded: int

    @property
    def open_fen(self) -> int:
        """What is still open: above zero the household owes it, below zero it gets it back."""
        return self.due - self.paid + self.refunded

    @property
    def owed(self) -> int:
        """What the household still has to pay."""
        return max(0, self.open_fen)

    @property
    def to_refund(self) -> int:
        """What the household has to get back."""
        return max(0, -self.open_fen)


@dataclass(frozen=True, slots=True)
class Books:
    """
    The whole purchase's money, in fen.

    ``in_hand`` is what the organiser must hold. It equals what is still to be paid to the supplier, plus what is to go
    back to households, less what households owe, plus what is left over: ``explained``.
    """

    balances: Sequence[Balance]
    supplier_paid: int
    supplier_returned: int
    bill: int | None

    @property
    def collected(self) -> int:
        """What households paid."""
        return sum(one.paid for one in self.balances)

    @property
    def refunded(self) -> int:
        """What households got back."""
        return sum(one.refunded for one in self.balances)

    @property
    def to_supplier(self) -> int:
        """What the supplier has, after what came back."""
        return self.supplier_paid - self.supplier_returned

    @property
    def in_hand(self) -> int:
        """What must be in hand; below zero the organiser has laid it out."""
        return self.collected - self.refunded - self.to_supplier

    @property
    def due(self) -> int:
        """What all households owe for what they ordered or got."""
        return sum(one.due for one in self.balances)

    @property
    def owed(self) -> int:
        """What households have not paid yet."""
        return sum(one.owed for one in self.balances)

    @property
    def to_refund(self) -> int:
        """What has to go back to households."""
        return sum(one.to_refund for one in self.balances)

    @property
    def to_pay_supplier(self) -> int:
        """What the bill still leaves to pay; without a bill what households owe for the goods stands for it."""
        return (self.due if self.bill is None else self.bill) - self.to_supplier

    @property
    def left_over(self) -> int:
        """What the bill is below what households pay; below zero it is above."""
        return 0 if self.bill is None else self.due - self.bill

    @property
    def explained(self) -> int:
        """What is in hand, from what is still to happen with it."""
        return self.to_pay_supplier + self.to_refund - self.owed + self.left_over

    @property
    def is_even(self) -> bool:
        """Whether nobody owes anybody anything any more."""
        return not (self.owed or self.to_refund) and self.bill is not None and self.to_pay_supplier == 0
