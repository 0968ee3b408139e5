"""Training sessions (培训): where people meet, what it opens, who signed up, who took part and understood."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.responders.enums import ReportInChannel
from juxing.responders.models.people import Responder
from juxing.responders.roster_enums import Excuse
from juxing.responders.training_enums import SignUpStatus, TrainingStatus, TrainingWord, UnderstandingCheck

MOST_PLACES, LONGEST_DAYS = 500, 1096


class TrainingSession(AreaScoped):
    """
    A training that people come to. ``code`` is its public address, ``area_code`` the place that holds it.

    ``gives`` are the gates it opens to whoever completes it, each as "kind:code" of a clearance, for ``valid_days``
    from its day. ``sequence`` rises with every change of time or place, for calendars.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    code = models.CharField(max_length=12, unique=True, db_collation="C")
    title = models.CharField(max_length=80)
    holder = models.CharField(max_length=80)
    place = models.CharField(max_length=80)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    sign_up_by = models.DateTimeField()
    places = models.PositiveSmallIntegerField()
    gives = ArrayField(models.CharField(max_length=40))
    understanding = models.CharField(max_length=10, choices=UnderstandingCheck)
    valid_days = models.PositiveSmallIntegerField(default=365)
    notice = models.CharField(max_length=400, blank=True, db_default="")
    status = models.CharField(max_length=10, choices=TrainingStatus, default=TrainingStatus.DRAFT)
    why = models.CharField(max_length=200, blank=True, db_default="")
    sequence = models.PositiveIntegerField(default=0, db_default=0)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            RowSecurity(name="responders_trainingsession_scope"),
            models.CheckConstraint(
                condition=models.Q(status__in=TrainingStatus.values), name="responders_training_status"
            ),
            models.CheckConstraint(
                condition=models.Q(understanding__in=UnderstandingCheck.values), name="responders_training_check"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at"), sign_up_by__lte=models.F("starts_at")),
                name="responders_training_order",
            ),
            models.CheckConstraint(
                condition=models.Q(places__gte=1, places__lte=MOST_PLACES, valid_days__gte=1,
                                   valid_days__lte=LONGEST_DAYS),
                name="responders_training_range",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["area_code", "-starts_at", "-id"], name="training_place"),
            models.Index(
                fields=["ends_at"], condition=models.Q(status=TrainingStatus.ANNOUNCED), name="training_to_close"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class TrainingSignUp(AreaScoped):
    """
    One person's place in a training, or their turn on the waiting list; ``area_code`` is the training's.

    ``to_tell`` is what they still have to be told ("" nothing); ``minutes`` is how long they took part. Who did not
    come, was excused or took it back is forgotten a month later.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    session = models.ForeignKey(TrainingSession, on_delete=models.CASCADE, related_name="sign_ups")
    responder = models.ForeignKey(Responder, on_delete=models.CASCADE, related_name="training_sign_ups")
    status = models.CharField(max_length=10, choices=SignUpStatus)
    excuse = models.CharField(max_length=12, choices=Excuse, blank=True, db_default="")
    channel = models.CharField(max_length=20, choices=ReportInChannel)
    signed_up_at = models.DateTimeField()
    checked_in_at = models.DateTimeField(null=True)
    understood_at = models.DateTimeField(null=True)
    minutes = models.PositiveSmallIntegerField(default=0, db_default=0)
    to_tell = models.CharField(max_length=10, choices=TrainingWord, blank=True, default="", db_default="")
    told_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="responders_trainingsignup_scope"),
            models.UniqueConstraint(fields=["session", "responder"], name="responders_signed_up_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=SignUpStatus.values), name="responders_sign_up_status"
            ),
            models.CheckConstraint(
                condition=models.Q(excuse="") | models.Q(status=SignUpStatus.EXCUSED, excuse__in=Excuse.values),
                name="responders_sign_up_excuse",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=SignUpStatus.COMPLETED)
                | models.Q(checked_in_at__isnull=False, understood_at__isnull=False),
                name="responders_completed_came_and_understood",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["session", "status", "signed_up_at"], name="sign_up_of_training"),
            models.Index(fields=["responder", "-signed_up_at"], name="sign_up_of_responder"),
            models.Index(fields=["id"], condition=~models.Q(to_tell=""), name="sign_up_to_tell"),
        ]
