"""Who is on duty when (值班), what became of it, and shifts that change hands."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.periods import never_overlap
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.enums import AssignmentSlot
from juxing.responders.models.people import Responder
from juxing.responders.models.rosters import Roster, RosterPost, RosterShift
from juxing.responders.roster_enums import BINDING, AttendanceStatus, DutySource, Excuse, SwapStatus


class Duty(AreaScoped):
    """
    One person's shift in one post. Nobody is bound twice at one time, in whatever roster: the database sees to it.

    An alternate (B) who steps in keeps the row and becomes primary; ``stands_in_for`` is the shift of whoever did not
    come. ``sequence`` rises with every change, for calendars. ``due_reminded_at`` says that the person was reminded.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="duties")
    responder = models.ForeignKey(Responder, on_delete=models.PROTECT, related_name="duties")
    day = models.DateField()
    shift = models.ForeignKey(RosterShift, on_delete=models.PROTECT, related_name="duties")
    post = models.ForeignKey(RosterPost, on_delete=models.PROTECT, related_name="duties")
    slot = models.CharField(max_length=10, choices=AssignmentSlot, default=AssignmentSlot.PRIMARY)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=AttendanceStatus, default=AttendanceStatus.SCHEDULED)
    excuse = models.CharField(max_length=12, choices=Excuse, blank=True, db_default="")
    source = models.CharField(max_length=10, choices=DutySource)
    is_fixed = models.BooleanField(default=False, db_default=False)
    checked_in_at = models.DateTimeField(null=True)
    checked_out_at = models.DateTimeField(null=True)
    stepped_in_at = models.DateTimeField(null=True)
    stands_in_for = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="stood_in_by")
    sequence = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            RowSecurity(name="responders_duty_scope"),
            ExclusionConstraint(
                name="responders_nobody_twice_at_once", expressions=never_overlap("responder"),
                condition=models.Q(status__in=sorted(BINDING)),
            ),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="responders_duty_order"),
            models.CheckConstraint(
                condition=models.Q(status__in=AttendanceStatus.values), name="responders_duty_status"
            ),
            models.CheckConstraint(
                condition=models.Q(excuse="") | models.Q(status=AttendanceStatus.EXCUSED, excuse__in=Excuse.values),
                name="responders_duty_excuse",
            ),
            models.CheckConstraint(
                condition=models.Q(checked_out_at__isnull=True)
                | models.Q(checked_out_at__gte=models.F("checked_in_at")),
                name="responders_duty_out_after_in",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["roster", "day", "id"], name="duty_of_roster"),
            models.Index(fields=["responder", "-starts_at"], name="duty_of_responder"),
            models.Index(
                fields=["starts_at"], condition=models.Q(status=AttendanceStatus.SCHEDULED), name="duty_awaited"
            ),
            models.Index(fields=["area_code", "starts_at"], name="duty_place"),
        ]


class SwapOffer(AreaScoped):
    """A shift that its holder would give away; one offer at a time for a shift."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="swaps")
    taker = models.ForeignKey(Responder, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=SwapStatus, default=SwapStatus.OFFERED)
    offered_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="responders_swapoffer_scope"),
            models.UniqueConstraint(
                fields=["duty"], condition=models.Q(status__in=[SwapStatus.OFFERED, SwapStatus.ACCEPTED]),
                name="responders_swap_once",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=SwapStatus.values), name="responders_swap_status"
            ),
        ]  # fmt: skip
