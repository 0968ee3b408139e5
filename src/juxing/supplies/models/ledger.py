"""
The ledger: every movement of goods, and what follows from it.

Movements are written once and never changed; balances and levels are kept by the database from them, in the same
transaction, and written by nobody else. Adding all movements up from zero gives every balance.
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Now

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.supplies.enums import MoveKind
from juxing.supplies.models.catalogue import SupplyItem
from juxing.supplies.models.fields import QuantityField
from juxing.supplies.models.ledger_triggers import append_only, keeps_balances, kept_by_the_ledger
from juxing.supplies.models.places import Depot, StockPlace


class StockLot(models.Model):
    """
    Goods of one item that are alike: same unit, number, expiry, and same donation with its restrictions.

    ``unit`` is the item's when the lot came in and stays: a later change of the catalogue converts nothing. Goods of
    a lot with ``restricted_area`` may be handed out there only. It has no place: a lot lies in many.
    """

    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, related_name="lots")
    unit = models.CharField(max_length=12)
    number = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)
    donation_line = models.ForeignKey("supplies.DonationLine", null=True, on_delete=models.PROTECT, related_name="lots")
    restricted_area = models.CharField(max_length=40, blank=True, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "unit", "number", "expires_on", "donation_line"], name="supplies_lot_once",
                nulls_distinct=False,
            )
        ]  # fmt: skip
        triggers = [append_only("lot_stays")]


class StockMove(AreaScoped):
    """
    One act that moved goods; its sides are ``StockEntry`` rows. ``area_code`` is where the goods came from.

    ``key`` makes it safe to send twice: the same key is the same act, ``digest`` tells whether it says the same.
    ``subject_type`` and ``subject_uuid`` name the paper behind it, such as a donation or a task.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), editable=False)
    kind = models.CharField(max_length=12, choices=MoveKind)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    actor_account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=400, blank=True)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_uuid = models.UUIDField(null=True)
    key = models.CharField(max_length=120, null=True)
    digest = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_stockmove_scope"),
            models.UniqueConstraint(fields=["key"], name="supplies_move_key_once"),
            models.CheckConstraint(condition=models.Q(kind__in=MoveKind.values), name="supplies_move_kind"),
        ]
        indexes = [
            models.Index(
                fields=["subject_uuid", "id"], condition=models.Q(subject_uuid__isnull=False), name="move_of_subject"
            )
        ]
        triggers = [append_only("move_append_only")]


class StockEntry(AreaScoped):
    """
    One side of a movement: so much of a lot came to a place (positive) or left it (negative).

    ``counterpart`` is the other side's place; ``kind`` and ``happened_at`` are the movement's, so that a place's
    stock card needs no other area's rows.
    """

    move = models.ForeignKey(StockMove, on_delete=models.PROTECT, related_name="entries")
    place = models.ForeignKey(StockPlace, on_delete=models.PROTECT, related_name="+", db_index=False)
    counterpart = models.ForeignKey(StockPlace, on_delete=models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey(StockLot, on_delete=models.PROTECT, related_name="entries", db_index=False)
    quantity = QuantityField()
    kind = models.CharField(max_length=12, choices=MoveKind)
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="supplies_stockentry_scope"),
            models.CheckConstraint(condition=~models.Q(quantity=0), name="supplies_entry_not_nothing"),
        ]
        indexes = [
            models.Index(fields=["place", "-id"], name="entry_of_place"),
            models.Index(fields=["lot", "id"], name="entry_of_lot"),
        ]
        triggers = [append_only("entry_append_only"), keeps_balances()]


class StockBalance(AreaScoped):
    """How much of a lot is at a place; ``item`` and ``expires_on`` are the lot's. Frozen while it is counted."""

    place = models.ForeignKey(StockPlace, on_delete=models.PROTECT, related_name="balances", db_index=False)
    lot = models.ForeignKey(StockLot, on_delete=models.PROTECT, related_name="balances")
    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, related_name="+", db_index=False)
    expires_on = models.DateField(null=True)
    is_source = models.BooleanField(default=False)
    is_frozen = models.BooleanField(default=False, db_default=False)
    quantity = QuantityField()

    class Meta:
        constraints = [
            RowSecurity(name="supplies_stockbalance_scope"),
            models.UniqueConstraint(fields=["place", "lot"], name="supplies_balance_once"),
            models.CheckConstraint(
                condition=models.Q(is_source=True) | models.Q(quantity__gte=0), name="supplies_balance_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["place", "item"], name="balance_of_item"),
            models.Index(
                fields=["expires_on", "id"], name="balance_expiring",
                condition=models.Q(quantity__gt=0, expires_on__isnull=False),
            ),
        ]  # fmt: skip
        triggers = kept_by_the_ledger("balance", "quantity")


class StockLevel(AreaScoped):
    """How much of an item lies on a depot's shelves, over all lots, and how much of that is promised."""

    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="stock_levels", db_index=False)
    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, related_name="+")
    on_hand = QuantityField(default=0)
    reserved = QuantityField(default=0)
    min_quantity = QuantityField(default=0, db_default=0)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_stocklevel_scope"),
            models.UniqueConstraint(fields=["depot", "item"], name="supplies_level_once"),
            models.CheckConstraint(
                condition=models.Q(reserved__gte=0) & models.Q(on_hand__gte=models.F("reserved")),
                name="supplies_level_never_short",
            ),
            models.CheckConstraint(condition=models.Q(min_quantity__gte=0), name="supplies_level_minimum"),
        ]
        triggers = kept_by_the_ledger("level", "on_hand")

    @property
    def free(self) -> Decimal:
        """What is neither promised nor handed out."""
        return Decimal(self.on_hand - self.reserved)

    @property
    def is_low(self) -> bool:
        """Whether no more is free than the minimum kept here (最低储备)."""
        return bool(self.free <= self.min_quantity)
