"""Service hours from attendance (志愿服务时长), certificates, thanks, and reports back to community and home unit."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.models import Organisation
from juxing.responders.enums import ReportInScope
from juxing.responders.models.duties import Duty
from juxing.responders.models.people import Responder
from juxing.responders.models.rosters import Roster


class ServiceRecord(AreaScoped):
    """
    The minutes of one shift, from check-in to check-out; nobody types them.

    ``corrected_minutes`` stands instead when a coordinator corrected them, with the reason.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    responder = models.ForeignKey(Responder, on_delete=models.PROTECT, related_name="service_records")
    duty = models.OneToOneField(Duty, on_delete=models.PROTECT, related_name="service_record")
    served_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    corrected_minutes = models.PositiveSmallIntegerField(null=True)
    correction_reason = models.CharField(max_length=200, blank=True, db_default="")
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            RowSecurity(name="responders_servicerecord_scope"),
            models.CheckConstraint(
                condition=models.Q(corrected_minutes__isnull=True) | ~models.Q(correction_reason=""),
                name="responders_correction_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["responder", "-served_on"], name="service_of_responder")]


class ServiceCertificate(AreaScoped):
    """
    A certificate as it was printed (志愿服务证明): what the verification page tells is what stands here, no more.

    ``code_digest`` is kept of the code on the paper. Trainings stand beside the service and are never added to it.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    responder = models.ForeignKey(Responder, null=True, on_delete=models.SET_NULL, related_name="certificates")
    printed_name = EncryptedTextField()
    issuer = models.CharField(max_length=80)
    served_from = models.DateField()
    served_until = models.DateField()
    shifts = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    trainings = models.PositiveIntegerField(default=0, db_default=0)
    training_minutes = models.PositiveIntegerField(default=0, db_default=0)
    code_digest = models.CharField(max_length=64, unique=True, db_collation="C")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [RowSecurity(name="responders_servicecertificate_scope")]
        indexes = [models.Index(fields=["responder", "-issued_at"], name="certificate_of_responder")]


class Commendation(AreaScoped):
    """Thanks to a person (表彰); published only while the person has agreed to it, and never compared."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    responder = models.ForeignKey(Responder, on_delete=models.CASCADE, related_name="commendations")
    text = models.CharField(max_length=400)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="responders_commendation_scope"),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True) | models.Q(agreed_at__isnull=False),
                name="responders_published_with_consent",
            ),
        ]


class ReportBack(AreaScoped):
    """What a person did in a roster, reported back (双报告) to the community and, if there is one, to the home unit."""

    responder = models.ForeignKey(Responder, on_delete=models.CASCADE, related_name="report_backs")
    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="report_backs")
    scope = models.CharField(max_length=12, choices=ReportInScope)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    shifts = models.PositiveSmallIntegerField()
    minutes = models.PositiveIntegerField()
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="responders_reportback_scope"),
            models.UniqueConstraint(fields=["responder", "roster", "scope"], name="responders_reported_back_once"),
            models.CheckConstraint(
                condition=models.Q(scope__in=ReportInScope.values), name="responders_report_back_scope"
            ),
        ]
