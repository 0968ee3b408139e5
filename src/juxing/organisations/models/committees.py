"""Joint committees (大工委, 大党委), their member units, and what these pledge."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.enums import CommitteeLevel, PledgeKind, PledgeStatus
from juxing.organisations.models.register import Organisation


class JointCommittee(AreaScoped):
    """The committee that joins the units of a street or community, one a place; ``secretary`` runs its meetings."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    name = models.CharField(max_length=80)
    level = models.CharField(max_length=10, choices=CommitteeLevel)
    convener = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="convened_committees")
    secretary = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="secretary_of_committees"
    )

    class Meta:
        constraints = [
            RowSecurity(name="organisations_jointcommittee_scope"),
            models.UniqueConstraint(fields=["area_code"], name="organisations_committee_once"),
            models.CheckConstraint(
                condition=models.Q(level__in=CommitteeLevel.values), name="organisations_committee_level"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CommitteeMember(AreaScoped):
    """A unit that takes part; ``liaison`` speaks for it and may pledge in its name."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    committee = models.ForeignKey(JointCommittee, on_delete=models.PROTECT, related_name="members")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="committee_seats")
    liaison = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="committee_seats"
    )
    joined_on = models.DateField()
    left_on = models.DateField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_committeemember_scope"),
            models.UniqueConstraint(
                fields=["committee", "organisation"], condition=models.Q(left_on__isnull=True),
                name="organisations_member_unit_once",
            ),
        ]  # fmt: skip


class Pledge(AreaScoped):
    """People, places, goods or skills that a member unit holds ready, and how much of it came."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    member = models.ForeignKey(CommitteeMember, on_delete=models.PROTECT, related_name="pledges")
    kind = models.CharField(max_length=10, choices=PledgeKind)
    subject = models.CharField(max_length=120)
    quantity = models.PositiveIntegerField()
    unit = models.CharField(max_length=12, blank=True, db_default="")
    delivered = models.PositiveIntegerField(default=0, db_default=0)
    status = models.CharField(max_length=12, choices=PledgeStatus, default=PledgeStatus.OFFERED)
    valid_until = models.DateField(null=True)
    called_for = models.CharField(max_length=200, blank=True, db_default="")
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="organisations_pledge_scope"),
            models.CheckConstraint(condition=models.Q(kind__in=PledgeKind.values), name="organisations_pledge_kind"),
            models.CheckConstraint(
                condition=models.Q(status__in=PledgeStatus.values), name="organisations_pledge_status"
            ),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="organisations_pledge_something"),
            models.CheckConstraint(
                condition=models.Q(delivered__lte=models.F("quantity")), name="organisations_pledge_not_over"
            ),
        ]
        indexes = [models.Index(fields=["area_code", "id"], name="pledge_place")]
