"""Recruitment calls (招募令): what is to be done and risked, how many are wanted, who answered, who goes where."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.responders.enums import ReportInChannel, Skill
from juxing.responders.models.people import Responder
from juxing.responders.recruitment_enums import RecruitmentStatus


class RecruitmentCall(AreaScoped):
    """
    A call for people. ``code`` is its public address. It states the risks truly, as the law asks of whoever recruits.

    It is answered until ``answer_by``, whether or not anybody closes it. Service is from ``starts_at`` to ``ends_at``.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    code = models.CharField(max_length=12, unique=True, db_collation="C")
    title = models.CharField(max_length=80)
    work = models.TextField(max_length=1000)
    risks = models.TextField(max_length=1000)
    provided = models.TextField(max_length=1000, blank=True, db_default="")
    place = models.CharField(max_length=80)
    enquiries = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    status = models.CharField(max_length=10, choices=RecruitmentStatus, default=RecruitmentStatus.DRAFT)
    closing_note = models.CharField(max_length=400, blank=True, db_default="")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="responders_recruitmentcall_scope"),
            models.CheckConstraint(
                condition=models.Q(status__in=RecruitmentStatus.values), name="responders_recruitment_status"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at"), answer_by__lte=models.F("ends_at")),
                name="responders_recruitment_order",
            ),
            models.CheckConstraint(condition=~models.Q(risks=""), name="responders_recruitment_states_risks"),
        ]
        indexes = [models.Index(fields=["area_code", "-id"], name="recruitment_place")]

    def __str__(self) -> str:
        return self.title


class RecruitmentNeed(AreaScoped):
    """How many a call wants for one work in one community (``area_code``); ``skill`` "" is any."""

    call = models.ForeignKey(RecruitmentCall, on_delete=models.CASCADE, related_name="needs")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=40)
    skill = models.CharField(max_length=30, choices=Skill, blank=True, db_default="")
    count = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            RowSecurity(name="responders_recruitmentneed_scope"),
            models.UniqueConstraint(fields=["call", "position", "area_code"], name="responders_recruitment_need_once"),
            models.CheckConstraint(
                condition=models.Q(skill="") | models.Q(skill__in=Skill.values), name="responders_recruitment_skill"
            ),
            models.CheckConstraint(
                condition=models.Q(count__gte=1, count__lte=1000), name="responders_recruitment_count"
            ),
        ]  # fmt: skip


class RecruitmentAnswer(AreaScoped):
    """
    Someone who answered a call; ``wish`` is the position of the work they chose, null for any.

    When a placement is signed, ``need`` says where they go, ``way_m`` their way on foot and ``next_m`` that of the
    nearest who could have and is placed nowhere. ``area_code`` is the call's.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    call = models.ForeignKey(RecruitmentCall, on_delete=models.CASCADE, related_name="answers")
    responder = models.ForeignKey(Responder, on_delete=models.CASCADE, related_name="recruitment_answers")
    wish = models.PositiveSmallIntegerField(null=True)
    channel = models.CharField(max_length=20, choices=ReportInChannel)
    answered_at = models.DateTimeField()
    need = models.ForeignKey(RecruitmentNeed, null=True, on_delete=models.PROTECT, related_name="placed")
    way_m = models.PositiveIntegerField(null=True)
    next_m = models.PositiveIntegerField(null=True)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="responders_recruitmentanswer_scope"),
            models.UniqueConstraint(fields=["call", "responder"], name="responders_answered_once"),
            models.CheckConstraint(
                condition=models.Q(need__isnull=True, placed_at__isnull=True)
                | models.Q(need__isnull=False, placed_at__isnull=False, way_m__isnull=False),
                name="responders_placed_is_signed",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["call", "-id"], name="answer_of_call"),
            models.Index(fields=["responder", "-answered_at"], name="answer_of_responder"),
        ]
