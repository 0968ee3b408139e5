"""Money that changed hands outside, written down to the fen; nothing is paid through here."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.group_purchases.enums import OF_HOUSEHOLD, MoneyKind, MoneyMethod
from juxing.group_purchases.models.orders import HouseholdOrder
from juxing.group_purchases.models.purchases import MOST_FEN, GroupPurchase
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped


class MoneyEntry(AreaScoped):
    """
    One amount. Never changed: a mistake is taken back by a second entry of the opposite amount that ``corrects`` it.

    ``order`` is the household's order for what households paid or got back, null for what went between organiser and
    supplier.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    purchase = models.ForeignKey(GroupPurchase, on_delete=models.PROTECT, related_name="money")
    order = models.ForeignKey(HouseholdOrder, null=True, on_delete=models.PROTECT, related_name="money")
    kind = models.CharField(max_length=18, choices=MoneyKind)
    amount_fen = models.BigIntegerField()
    method = models.CharField(max_length=8, choices=MoneyMethod)
    reference = models.CharField(max_length=80, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")

    class Meta:
        constraints = [
            RowSecurity(name="group_purchases_moneyentry_scope"),
            models.CheckConstraint(
                condition=models.Q(kind__in=sorted(OF_HOUSEHOLD), order__isnull=False)
                | models.Q(kind__in=sorted(set(MoneyKind) - OF_HOUSEHOLD), order__isnull=True),
                name="group_purchase_money_of_whom",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0, amount_fen__lte=MOST_FEN, corrects__isnull=True)
                | models.Q(amount_fen__lt=0, amount_fen__gte=-MOST_FEN, corrects__isnull=False),
                name="group_purchase_money_amount",
            ),
        ]
        indexes = [models.Index(fields=["purchase", "-id"], name="group_purchase_money")]
