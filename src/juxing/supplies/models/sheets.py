"""Stock lists that were sent in: what stood in them, what a person answered, what was taken over."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.supplies.models.places import Depot


class StockSheet(AreaScoped):
    """
    A stock list (库存表) as it was read: ``rows`` of goods, ``report`` of what was left out while reading.

    The same file for the same depot is the same sheet, by its ``digest``. ``answers`` are a person's: meanings by
    text, pack sizes by item and unit, lines whose unusual quantity is right. ``posted_lines`` are taken over.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="sheets")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    rows = models.JSONField(default=list)
    report = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    posted_lines = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)
    posted_by_name = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_stocksheet_scope"),
            models.UniqueConstraint(fields=["depot", "digest"], name="supplies_sheet_once"),
        ]
        indexes = [models.Index(fields=["area_code", "-id"], name="stock_sheet_here")]
