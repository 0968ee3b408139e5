"""Checklists ticked month by month, and visit programmes with their progress."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.models.posts import Post


class ChecklistSheet(AreaScoped):
    """One person's checklist in one post for a month; ``month`` is its first day, ``checklist`` a code of the data."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="sheets")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="checklist_sheets")
    checklist = models.CharField(max_length=30)
    month = models.DateField()
    items = models.PositiveSmallIntegerField()
    ticked = models.PositiveSmallIntegerField(default=0, db_default=0)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_checklistsheet_scope"),
            models.UniqueConstraint(
                fields=["post", "account", "checklist", "month"], name="organisations_sheet_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ticked__lte=models.F("items")), name="organisations_sheet_not_over"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["month", "area_code"], name="sheet_month")]


class ChecklistTick(AreaScoped):
    """An item that was done, when, and what there is to say about it."""

    sheet = models.ForeignKey(ChecklistSheet, on_delete=models.PROTECT, related_name="ticks")
    item = models.CharField(max_length=40)
    done_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        constraints = [
            RowSecurity(name="organisations_checklisttick_scope"),
            models.UniqueConstraint(fields=["sheet", "item"], name="organisations_tick_once"),
        ]


class WorkProgramme(AreaScoped):
    """A programme such as 五百 or 1+2+5, begun from a template of the data, with targets of its own."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    template = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    starts_on = models.DateField()
    ends_on = models.DateField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_workprogramme_scope"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="organisations_programme_ends_after"
            ),
        ]
        indexes = [models.Index(fields=["area_code", "id"], name="programme_place")]

    def __str__(self) -> str:
        return self.name


class ProgrammeTarget(AreaScoped):
    """What a programme counts, how much of it is meant, and how much was done."""

    programme = models.ForeignKey(WorkProgramme, on_delete=models.PROTECT, related_name="targets")
    item = models.CharField(max_length=40)
    target = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_programmetarget_scope"),
            models.UniqueConstraint(fields=["programme", "item"], name="organisations_target_once"),
        ]


class ProgrammeEntry(AreaScoped):
    """A day's work for a target: a number, never a family's name or story."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    target = models.ForeignKey(ProgrammeTarget, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    count = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            RowSecurity(name="organisations_programmeentry_scope"),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="organisations_entry_something"),
        ]
