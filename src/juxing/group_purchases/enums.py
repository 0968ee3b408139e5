"""States and kinds of group purchases; stable codes, words in translations."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class PurchaseStatus(models.TextChoices):
    """Where a group purchase stands."""

    DRAFT = "draft", pgettext_lazy("group purchase", "Being prepared")
    OPEN = "open", pgettext_lazy("group purchase", "Taking orders")
    CLOSED = "closed", pgettext_lazy("group purchase", "Cut off, ordered")
    ARRIVED = "arrived", pgettext_lazy("group purchase", "Arrived, being handed out")
    SETTLED = "settled", pgettext_lazy("group purchase", "Settled")
    CANCELLED = "cancelled", pgettext_lazy("group purchase", "Cancelled")


class CancelCause(models.TextChoices):
    """Why a purchase does not take place; a person's own words stand beside the first."""

    BY_HAND = "by_hand", pgettext_lazy("group purchase", "Cancelled by the organiser")
    MINIMUM = "minimum", pgettext_lazy("group purchase", "The supplier's smallest order was not reached")
    NOTHING = "nothing", pgettext_lazy("group purchase", "Nothing was ordered, or no package reached its minimum")


class ShareMethod(models.TextChoices):
    """Who gets when fewer arrive than were ordered."""

    BY_ORDER = "by_order", pgettext_lazy("group purchase", "Whoever ordered first gets all of the order")
    EVENLY = "evenly", pgettext_lazy("group purchase", "One each in turn, until nothing is left")


class OrderStatus(models.TextChoices):
    """Where one household's order stands."""

    PLACED = "placed", pgettext_lazy("household order", "Ordered")
    WITHDRAWN = "withdrawn", pgettext_lazy("household order", "Withdrawn")
    HANDED_OVER = "handed_over", pgettext_lazy("household order", "Handed over")


class OrderChannel(models.TextChoices):
    """How an order came in."""

    PHONE = "phone", pgettext_lazy("household order", "Own phone")
    STAFF = "staff", pgettext_lazy("household order", "Entered for the household")
    CHAIN = "chain", pgettext_lazy("household order", "Order chain")
    SHEET = "sheet", pgettext_lazy("household order", "Spreadsheet")


class MoneyKind(models.TextChoices):
    """What an amount was for. No payment is made here: what happened elsewhere is written down."""

    PAID = "paid", pgettext_lazy("group purchase money", "Household paid")
    REFUNDED = "refunded", pgettext_lazy("group purchase money", "Paid back to household")
    SUPPLIER_PAID = "supplier_paid", pgettext_lazy("group purchase money", "Supplier paid")
    SUPPLIER_RETURNED = "supplier_returned", pgettext_lazy("group purchase money", "Supplier paid back")


class MoneyMethod(models.TextChoices):
    """How an amount changed hands."""

    WECHAT = "wechat", pgettext_lazy("group purchase money", "WeChat")
    ALIPAY = "alipay", pgettext_lazy("group purchase money", "Alipay")
    CASH = "cash", pgettext_lazy("group purchase money", "Cash")
    BANK = "bank", pgettext_lazy("group purchase money", "Bank transfer")
    OTHER = "other", pgettext_lazy("group purchase money", "Otherwise")


class ChainLineStatus(models.TextChoices):
    """What became of a line of a pasted chain."""

    DRAFT = "draft", pgettext_lazy("chain of a purchase", "To be confirmed")
    TAKEN = "taken", pgettext_lazy("chain of a purchase", "Taken over")
    KNOWN = "known", pgettext_lazy("chain of a purchase", "Known already")
    LEFT_OUT = "left_out", pgettext_lazy("chain of a purchase", "Left out")


OF_HOUSEHOLD = frozenset({MoneyKind.PAID, MoneyKind.REFUNDED})
ENDED = frozenset({PurchaseStatus.SETTLED, PurchaseStatus.CANCELLED})
COUNTING = frozenset({OrderStatus.PLACED, OrderStatus.HANDED_OVER})
"""Orders that ask for goods."""
