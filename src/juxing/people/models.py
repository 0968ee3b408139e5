"""People: residents, what care they need, and what they agreed to. No movements, no contacts, no scores."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.numbers import paper_number
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.people.enums import CareCategory, ConsentKind, Mobility, RequestKind
from juxing.places.models import Household


class Resident(AreaScoped):
    """
    Someone who lives in a household; ``area_code`` is the household's.

    ``given_name`` and ``name_tail`` repeat the name from its second and third character: prefix ranges over the
    three find any part of a name, with operators that PostgreSQL may index under row security. The phone is sealed;
    ``phone_index`` finds it. From ``left_on`` the person no longer lives here and is not found any more.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="residents")
    name = models.CharField(max_length=60, db_collation="C")
    given_name = models.CharField(max_length=60, db_collation="C", blank=True)
    name_tail = models.CharField(max_length=60, db_collation="C", blank=True)
    name_initials = models.CharField(max_length=60, db_collation="C", blank=True)
    name_pinyin = models.CharField(max_length=200, db_collation="C", blank=True)
    phone = EncryptedTextField(blank=True)
    phone_index = models.CharField(max_length=32, blank=True, db_collation="C")
    birth_year = models.PositiveSmallIntegerField(null=True)
    mobility = models.CharField(max_length=20, choices=Mobility, default=Mobility.WALKS)
    languages = ArrayField(models.CharField(max_length=20), default=list)
    has_smartphone = models.BooleanField(null=True)
    left_on = models.DateField(null=True)
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            RowSecurity(name="people_resident_scope"),
            models.CheckConstraint(condition=models.Q(mobility__in=Mobility.values), name="people_mobility_known"),
            models.CheckConstraint(
                condition=models.Q(birth_year__isnull=True) | models.Q(birth_year__range=(1890, 2200)),
                name="people_birth_year_plausible",
            ),
        ]
        indexes = [
            models.Index(fields=["name", "area_code"], name="resident_name"),
            models.Index(fields=["given_name", "area_code"], name="resident_given_name"),
            models.Index(fields=["name_tail", "area_code"], name="resident_name_tail"),
            models.Index(fields=["name_initials", "area_code"], name="resident_initials"),
            models.Index(fields=["phone_index"], name="resident_phone"),
            models.Index(fields=["area_code", "id"], name="resident_area"),
        ]


class SpecialCareProfile(AreaScoped):
    """Why a resident is visited first (重点关爱对象), for the purpose of care only."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="special_care_profiles")
    category = models.CharField(max_length=30, choices=CareCategory)
    note = EncryptedTextField(blank=True)
    contact_every_hours = models.PositiveSmallIntegerField(default=48)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="people_specialcareprofile_scope"),
            models.UniqueConstraint(fields=["resident", "category"], name="people_care_category_once"),
            models.CheckConstraint(condition=models.Q(category__in=CareCategory.values), name="people_care_category"),
        ]
        indexes = [models.Index(fields=["area_code", "category"], name="care_area")]


class Consent(AreaScoped):
    """What a resident agreed to, for which purpose, and whether that still stands."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=ConsentKind, default=ConsentKind.ORDINARY)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            RowSecurity(name="people_consent_scope"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(withdrawn_at__gte=models.F("given_at")),
                name="people_consent_order",
            ),
        ]
        indexes = [models.Index(fields=["resident", "purpose"], name="consent_purpose")]


class DataSubjectRequest(AreaScoped):
    """
    What a resident asks about the own data; ``objection`` is the purpose of the field registry it is against.

    An objection stands from the moment it is made until it is refused with a reason: a doubt is the resident's.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="data_requests")
    kind = models.CharField(max_length=20, choices=RequestKind)
    objection = models.CharField(max_length=60, blank=True)
    written = EncryptedTextField(blank=True)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    is_granted = models.BooleanField(null=True)
    answer_note = EncryptedTextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="people_datasubjectrequest_scope"),
            models.CheckConstraint(condition=models.Q(kind__in=RequestKind.values), name="people_request_kind"),
            models.CheckConstraint(
                condition=models.Q(kind="objection") ^ models.Q(objection=""), name="people_objection_names_a_purpose"
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, is_granted__isnull=True)
                | models.Q(answered_at__isnull=False, is_granted__isnull=False),
                name="people_request_answer_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["resident", "-asked_at"], name="data_request_of"),
            models.Index(
                fields=["area_code", "due_at"], name="data_request_open", condition=models.Q(answered_at__isnull=True)
            ),
        ]

    @property
    def number(self) -> str:
        """The number read out over the telephone."""
        return paper_number("Q", self.pk)


class HouseholdFile(AreaScoped):
    """A spreadsheet of households on its way in: sealed, and deleted by the job that has read it."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    filename = models.CharField(max_length=120)
    content = EncryptedTextField()
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [RowSecurity(name="people_householdfile_scope")]


class VerificationCode(models.Model):
    """
    A one-time code sent to a phone; only digests are kept, five tries, ten minutes.

    ``asked_from`` is a keyed digest of the network address that asked, for limits.
    """

    phone_index = models.CharField(max_length=32, db_collation="C")
    asked_from = models.CharField(max_length=32, db_collation="C", blank=True)
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone_index", "-sent_at"], name="code_of_phone"),
            models.Index(fields=["asked_from", "-sent_at"], name="code_asked_from"),
        ]
