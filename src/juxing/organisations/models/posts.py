"""Posts, who holds them as A and B, who is away, and who steps in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Func

from juxing.access.roles import KEPT_APART, Role
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.enums import AbsenceKind, AssignmentSlot
from juxing.organisations.models.holding_triggers import holders_keep_apart
from juxing.organisations.models.register import Organisation

ROLES_OF_POSTS = [role for role in Role.values if role not in KEPT_APART]


class Period(Func):
    """The time from start to end, start inclusive, end exclusive; without end it goes on."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


def never_two_at_once(*columns: str, name: str) -> ExclusionConstraint:
    """
    Return the rule that rows with these columns equal do not overlap in time.

    The columns stand before the period: thousands of rows begin at one moment, so an index that looks at the period
    first tells nothing apart.
    """
    period = Period("starts_at", "ends_at", RangeBoundary())
    return ExclusionConstraint(
        name=name, expressions=[*((each, RangeOperators.EQUAL) for each in columns), (period, RangeOperators.OVERLAPS)]
    )


def ends_after_start(name: str) -> models.CheckConstraint:
    """Return the rule that nothing ends before it starts."""
    return models.CheckConstraint(
        condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gte=models.F("starts_at")), name=name
    )


class Post(AreaScoped):
    """
    A post (岗位) of an organisation, for a place: ``area_code`` is the place it answers for.

    Who steps in acts with ``carries_role`` as long as the absent holder has that role there.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(max_length=60)
    duties = models.CharField(max_length=400, blank=True, db_default="")
    carries_role = models.CharField(max_length=30, choices=Role, blank=True, db_default="")
    checklist = models.CharField(max_length=30, blank=True, db_default="")
    standing_note = models.CharField(max_length=1000, blank=True, db_default="")
    answer_minutes = models.PositiveSmallIntegerField(default=30, db_default=30)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_post_scope"),
            models.UniqueConstraint(
                fields=["organisation", "title"], condition=models.Q(closed_at__isnull=True),
                name="organisations_post_once",
            ),
            models.CheckConstraint(
                condition=models.Q(carries_role="") | models.Q(carries_role__in=ROLES_OF_POSTS),
                name="organisations_post_role",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["area_code", "id"], name="post_place")]

    def __str__(self) -> str:
        return self.title


class PostHolding(AreaScoped):
    """
    Who holds a post, as A or as B, in which order and for which time; nobody twice, and no place by two.

    The triggers hold both rules, whoever writes.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="post_holdings")
    slot = models.CharField(max_length=10, choices=AssignmentSlot)
    rank = models.PositiveSmallIntegerField(default=1)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_postholding_scope"),
            ends_after_start("organisations_holding_ends_after"),
            models.CheckConstraint(condition=models.Q(slot__in=AssignmentSlot.values), name="organisations_slot_known"),
            models.CheckConstraint(
                condition=models.Q(slot=AssignmentSlot.ALTERNATE, rank__gte=1, rank__lte=20)
                | models.Q(slot=AssignmentSlot.PRIMARY, rank=1),
                name="organisations_one_primary",
            ),
        ]
        triggers = holders_keep_apart()


class Absence(AreaScoped):
    """
    A holder is away from a post; ``ends_at`` of a planned one is known before, of others it is the return.

    No reason beyond the kind: what somebody is ill with is nobody's affair here.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    holding = models.ForeignKey(PostHolding, on_delete=models.PROTECT, related_name="absences")
    kind = models.CharField(max_length=12, choices=AbsenceKind)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    handover_note = models.CharField(max_length=1000, blank=True, db_default="")
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="organisations_absence_scope"),
            never_two_at_once("holding", name="organisations_absence_once"),
            ends_after_start("organisations_absence_ends_after"),
            models.CheckConstraint(condition=models.Q(kind__in=AbsenceKind.values), name="organisations_absence_kind"),
        ]


class Backfill(AreaScoped):
    """
    A time in which not A works in the post (递补): ``holding`` is who steps in, None while nobody can.

    The database keeps at most one per post and moment, so a post has one acting holder or one visible vacancy.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="backfills")
    holding = models.ForeignKey(PostHolding, null=True, on_delete=models.PROTECT, related_name="+")
    absent_holding = models.ForeignKey(PostHolding, null=True, on_delete=models.PROTECT, related_name="+")
    handover_note = models.CharField(max_length=1000, blank=True, db_default="")
    read_at = models.DateTimeField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_backfill_scope"),
            never_two_at_once("post", name="organisations_one_acting"),
            ends_after_start("organisations_backfill_ends_after"),
        ]
        indexes = [
            models.Index(fields=["post", "-starts_at"], name="backfill_recent"),
            models.Index(fields=["area_code", "id"], name="backfill_open", condition=models.Q(ends_at__isnull=True)),
        ]


class PresenceCheck(AreaScoped):
    """A holder is asked for a sign of life by a time; without it the post counts the holder as not reachable."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    holding = models.ForeignKey(PostHolding, on_delete=models.PROTECT, related_name="presence_checks")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_presencecheck_scope"),
            models.UniqueConstraint(
                fields=["holding"], condition=models.Q(answered_at__isnull=True, missed_at__isnull=True),
                name="organisations_asked_once",
            ),
            models.CheckConstraint(
                condition=models.Q(due_at__gt=models.F("asked_at")), name="organisations_due_after_asked"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["due_at"], name="presence_due",
                condition=models.Q(answered_at__isnull=True, missed_at__isnull=True),
            )
        ]  # fmt: skip
