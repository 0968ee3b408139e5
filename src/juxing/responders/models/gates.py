"""What a person has shown before a task: training, insurance, equipment, briefing, fitness, age."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.models.people import Responder


class Clearance(AreaScoped):
    """
    One thing a gate asks, shown by one person; ``code`` is the course, the equipment or the level of it.

    It says that something holds, never why or how well: no medical finding, no mark. The end is inclusive.
    """

    responder = models.ForeignKey(Responder, on_delete=models.CASCADE, related_name="clearances")
    kind = models.CharField(max_length=12, choices=ClearanceKind)
    code = models.CharField(max_length=30, blank=True, db_default="")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="responders_clearance_scope"),
            models.UniqueConstraint(fields=["responder", "kind", "code"], name="responders_clearance_once"),
            models.CheckConstraint(condition=models.Q(kind__in=ClearanceKind.values), name="responders_clearance_kind"),
        ]
