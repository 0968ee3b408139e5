"""People called to serve in a response (集结): who, where, why they, until when, and what they said."""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.responders.enums import Skill
from juxing.responders.models.people import Responder
from juxing.responders.muster_enums import COUNTED_ON, MusterStatus


class Muster(AreaScoped):
    """
    One person called to one place for a response; ``area_code`` is the place, ``code`` the row of the plan.

    ``way_m`` is their way on foot, ``next_m`` that of the nearest who could do it and was not called (null: nobody
    else). ``task_type`` is the kind of task whose gates the place has ("" none). It holds until ``ends_at``, whether
    or not anything runs then. Nobody is counted on by two responses.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    responder = models.ForeignKey(Responder, on_delete=models.CASCADE, related_name="musters")
    activation_id = models.BigIntegerField()
    code = models.CharField(max_length=60, db_collation="C")
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True, db_default="")
    skill = models.CharField(max_length=30, choices=Skill, blank=True, db_default="")
    task_type = models.CharField(max_length=30, blank=True, default="", db_default="")
    way_m = models.PositiveIntegerField()
    next_m = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=10, choices=MusterStatus, default=MusterStatus.CALLED)
    called_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="responders_muster_scope"),
            models.CheckConstraint(
                condition=models.Q(status__in=MusterStatus.values), name="responders_muster_status"
            ),
            models.CheckConstraint(
                condition=models.Q(skill="") | models.Q(skill__in=Skill.values), name="responders_muster_skill"
            ),
            models.UniqueConstraint(
                fields=["responder"], condition=models.Q(status__in=sorted(COUNTED_ON)),
                name="responders_mustered_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["activation_id", "area_code", "id"], name="muster_of_response"),
            models.Index(fields=["responder", "-called_at"], name="muster_of_responder"),
        ]
