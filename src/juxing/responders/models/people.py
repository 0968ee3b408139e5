"""Responders: anyone who serves, what they can do, where and when. No history of attendance decides anything."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.models import Organisation
from juxing.responders.enums import ReportInScope, ReportInStatus, ResponderKind, Transport


class Responder(AreaScoped):
    """
    A person who serves (响应人员); ``area_code`` is the community they serve in, the point where they start from.

    ``capacity`` is how many tasks they take in one day, ``reach_m`` how far they go. Political affiliation is not
    here: it plays no part in service. ``link_digest`` is kept of the link by which someone without an account opens
    the own report-in.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="responder"
    )
    name = models.CharField(max_length=60)
    phone = EncryptedTextField(blank=True)
    phone_index = models.CharField(max_length=32, blank=True, db_collation="C")
    kind = models.CharField(max_length=30, choices=ResponderKind)
    skills = ArrayField(models.CharField(max_length=30), default=list)
    languages = ArrayField(models.CharField(max_length=20), default=list)
    transport = models.CharField(max_length=20, choices=Transport, default=Transport.FOOT)
    capacity = models.PositiveSmallIntegerField(default=3)
    reach_m = models.PositiveIntegerField(default=3000)
    longitude = models.FloatField()
    latitude = models.FloatField()
    home_unit = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="responders")
    status = models.CharField(max_length=12, choices=ReportInStatus, default=ReportInStatus.SUBMITTED)
    is_available = models.BooleanField(default=True)
    link_digest = models.CharField(max_length=64, blank=True, default="", db_default="", db_collation="C")
    link_expires_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            RowSecurity(name="responders_responder_scope"),
            models.CheckConstraint(condition=models.Q(kind__in=ResponderKind.values), name="responders_kind_known"),
            models.CheckConstraint(
                condition=models.Q(status__in=ReportInStatus.values), name="responders_status_known"
            ),
            models.CheckConstraint(condition=models.Q(capacity__lte=50), name="responders_capacity_humane"),
            models.UniqueConstraint(
                fields=["phone_index"], condition=~models.Q(phone_index=""), name="responders_phone_once"
            ),
        ]
        indexes = [
            models.Index(fields=["area_code", "status", "id"], name="responder_area"),
            models.Index(fields=["link_digest"], condition=~models.Q(link_digest=""), name="responder_link"),
        ]


class ReportIn(AreaScoped):
    """One registration of availability (报到), to a home unit or to the community of residence."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    responder = models.ForeignKey(Responder, on_delete=models.PROTECT, related_name="report_ins")
    scope = models.CharField(max_length=12, choices=ReportInScope)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="responders_reportin_scope"),
            models.CheckConstraint(condition=models.Q(scope__in=ReportInScope.values), name="responders_scope_known"),
            models.UniqueConstraint(
                fields=["responder", "scope", "organisation"],
                nulls_distinct=False,
                name="responders_report_in_once",
            ),
        ]


class Availability(AreaScoped):
    """A period in which a responder can be offered tasks (start inclusive, end exclusive)."""

    responder = models.ForeignKey(Responder, on_delete=models.CASCADE, related_name="availabilities")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="responders_availability_scope"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="responders_availability_order"
            ),
        ]
        indexes = [models.Index(fields=["responder", "ends_at"], name="availability_of_responder")]


class ReportInList(AreaScoped):
    """
    A list of people that a unit sent, between upload and import; ``content`` (base64) is sealed and emptied after.

    ``report`` is the import's outcome, row by row. ``call_uuid`` names the recruitment call that all in it answer.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    file_name = models.CharField(max_length=120)
    content = EncryptedTextField(blank=True)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    job_uuid = models.UUIDField(null=True)
    call_uuid = models.UUIDField(null=True)
    report = models.JSONField(default=dict)

    class Meta:
        constraints = [RowSecurity(name="responders_reportinlist_scope")]
        indexes = [models.Index(fields=["area_code", "-uploaded_at"], name="report_in_list_recent")]
