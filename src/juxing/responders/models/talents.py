"""The talent pool: what somebody can give, with the paper for it (资格证书), verified and running out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.responders.enums import Skill
from juxing.responders.models.people import Responder
from juxing.responders.talent_enums import CredentialStatus, TalentCategory


class Credential(AreaScoped):
    """
    A talent of one person; ``skill`` is what its paper opens for matching, "" for none. The end is inclusive.

    ``paper`` (base64) is sealed, and emptied when it was refused, ran out or was taken back. ``reminded_for`` is the
    number of days before the end of which the person was last reminded.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    responder = models.ForeignKey(Responder, on_delete=models.CASCADE, related_name="credentials")
    category = models.CharField(max_length=30, choices=TalentCategory)
    skill = models.CharField(max_length=30, choices=Skill, blank=True, db_default="")
    title = models.CharField(max_length=80)
    paper = EncryptedTextField(blank=True)
    paper_type = models.CharField(max_length=20, blank=True, db_default="")
    status = models.CharField(max_length=10, choices=CredentialStatus, default=CredentialStatus.SUBMITTED)
    valid_until = models.DateField(null=True)
    submitted_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=200, blank=True, db_default="")
    reminded_for = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="responders_credential_scope"),
            models.CheckConstraint(
                condition=models.Q(status__in=CredentialStatus.values), name="responders_credential_status"
            ),
            models.CheckConstraint(
                condition=models.Q(category__in=TalentCategory.values), name="responders_credential_category"
            ),
            models.CheckConstraint(
                condition=models.Q(skill="") | models.Q(skill__in=Skill.values), name="responders_credential_skill"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=CredentialStatus.REFUSED) | ~models.Q(refusal=""),
                name="responders_credential_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["area_code", "category", "-id"], name="credential_place"),
            models.Index(fields=["responder", "-id"], name="credential_of_responder"),
            models.Index(
                fields=["valid_until"], condition=models.Q(status=CredentialStatus.VERIFIED), name="credential_ending"
            ),
        ]

    def __str__(self) -> str:
        return self.title
