"""What the operating picture keeps for itself, because counting it anew for every screen would read too many rows."""

from __future__ import annotations

from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped


class HourlyCount(AreaScoped):
    """
    How often something was done in a community in one hour, counted from the journal as it is written.

    ``area_code`` is the community's, or a wider place's own code. ``seen_transaction`` and ``seen_entry`` say where in
    the journal the last entry counted stands, so that an entry handed over twice is counted once.
    """

    action = models.CharField(max_length=80, db_collation="C")
    hour = models.DateTimeField()
    count = models.PositiveIntegerField()
    seen_transaction = models.BigIntegerField()
    seen_entry = models.BigIntegerField()

    class Meta:
        constraints = [
            RowSecurity(name="overview_hourlycount_scope"),
            models.UniqueConstraint(fields=["area_code", "hour", "action"], name="overview_count_once"),
        ]
        indexes = [models.Index(fields=["hour", "area_code"], name="overview_count_hour")]


class AreaSize(AreaScoped):
    """How many households a community has, as last counted; a place without a row is counted when it is looked at."""

    households = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="overview_areasize_scope"),
            models.UniqueConstraint(fields=["area_code"], name="overview_size_once"),
        ]


class AreaTally(AreaScoped):
    """
    What is counted in a community from needs, tasks and responders, kept so that a screen need not count rows.

    ``area_code`` is the community's, or a wider place's own code. Every transaction below ``seen_transaction`` is in
    the figures: a journal entry of such a one asks for no recount.
    """

    figures = models.JSONField()
    as_of = models.DateTimeField()
    seen_transaction = models.BigIntegerField()

    class Meta:
        constraints = [
            RowSecurity(name="overview_areatally_scope"),
            models.UniqueConstraint(fields=["area_code"], name="overview_tally_once"),
        ]
