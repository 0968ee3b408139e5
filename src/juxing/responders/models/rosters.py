"""Rosters (值班表): the days, shifts and posts of a group or venue, how many are needed, and who may be asked."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.models import TemporaryBody
from juxing.responders.enums import Skill
from juxing.responders.models.people import Responder
from juxing.responders.roster_enums import RosterFor, RosterStatus, WishKind

MINUTES_OF_A_DAY = 1440


class Roster(AreaScoped):
    """
    A roster over some days at one place.

    ``venue_uuid`` names a venue of the room above; ``place`` is what people read. ``plan`` is what the last planning
    proved: cost, bound, seconds and what stayed short, as plain data. ``feed_digest`` is kept of the secret link of
    its calendar. ``activation_id`` names the activation that called for it, and with which it ends.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    name = models.CharField(max_length=80)
    roster_for = models.CharField(max_length=10, choices=RosterFor)
    body = models.ForeignKey(TemporaryBody, null=True, on_delete=models.PROTECT, related_name="rosters")
    venue_uuid = models.UUIDField(null=True)
    place = models.CharField(max_length=80, blank=True, db_default="")
    starts_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    least_rest_hours = models.PositiveSmallIntegerField(default=11)
    most_days_in_row = models.PositiveSmallIntegerField(default=5)
    most_shifts = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=10, choices=RosterStatus, default=RosterStatus.DRAFT)
    notice = models.CharField(max_length=400, blank=True, db_default="")
    published_at = models.DateTimeField(null=True)
    job_uuid = models.UUIDField(null=True)
    plan = models.JSONField(default=dict)
    feed_digest = models.CharField(max_length=64, blank=True, default="", db_default="", db_collation="C")
    activation_id = models.BigIntegerField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            RowSecurity(name="responders_roster_scope"),
            models.CheckConstraint(condition=models.Q(status__in=RosterStatus.values), name="responders_roster_status"),
            models.CheckConstraint(condition=models.Q(days__gte=1, days__lte=31), name="responders_roster_days"),
            models.CheckConstraint(
                condition=models.Q(least_rest_hours__gte=8, least_rest_hours__lte=48)
                & models.Q(most_days_in_row__gte=1, most_days_in_row__lte=7),
                name="responders_roster_humane",
            ),
        ]
        indexes = [
            models.Index(fields=["area_code", "-id"], name="roster_place"),
            models.Index(fields=["feed_digest"], condition=~models.Q(feed_digest=""), name="roster_feed"),
        ]

    def __str__(self) -> str:
        return self.name


class RosterShift(AreaScoped):
    """A shift of every day; minutes count from the day's midnight, so a night shift ends after 1440."""

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="shifts")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=20)
    starts_minute = models.PositiveSmallIntegerField()
    ends_minute = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            RowSecurity(name="responders_rostershift_scope"),
            models.UniqueConstraint(fields=["roster", "position"], name="responders_shift_once"),
            models.CheckConstraint(
                condition=models.Q(starts_minute__lt=MINUTES_OF_A_DAY, ends_minute__gt=models.F("starts_minute"))
                & models.Q(ends_minute__lte=models.F("starts_minute") + MINUTES_OF_A_DAY),
                name="responders_shift_order",
            ),
        ]


class RosterPost(AreaScoped):
    """A post of the roster: what skill it takes ("" for none), and the kind of task whose gates it has."""

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="posts")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=40)
    skill = models.CharField(max_length=30, choices=Skill, blank=True, db_default="")
    task_type = models.CharField(max_length=30, blank=True, db_default="")

    class Meta:
        constraints = [
            RowSecurity(name="responders_rosterpost_scope"),
            models.UniqueConstraint(fields=["roster", "position"], name="responders_roster_post_once"),
            models.CheckConstraint(
                condition=models.Q(skill="") | models.Q(skill__in=Skill.values), name="responders_roster_post_skill"
            ),
        ]


class RosterDemand(AreaScoped):
    """How many a post needs in one shift of one day, and how many alternates (B) stand by for them."""

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="demands")
    day = models.DateField()
    shift = models.ForeignKey(RosterShift, on_delete=models.CASCADE, related_name="demands")
    post = models.ForeignKey(RosterPost, on_delete=models.CASCADE, related_name="demands")
    count = models.PositiveSmallIntegerField()
    alternates = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            RowSecurity(name="responders_rosterdemand_scope"),
            models.UniqueConstraint(fields=["roster", "day", "shift", "post"], name="responders_demand_once"),
            models.CheckConstraint(
                condition=models.Q(count__lte=200, alternates__lte=200), name="responders_demand_range"
            ),
        ]


class RosterMember(AreaScoped):
    """Someone who may be placed in the roster; ``most_shifts`` is what they said they can take, at most."""

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="members")
    responder = models.ForeignKey(Responder, on_delete=models.PROTECT, related_name="roster_memberships")
    most_shifts = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="responders_rostermember_scope"),
            models.UniqueConstraint(fields=["roster", "responder"], name="responders_member_once"),
        ]


class RosterWish(AreaScoped):
    """A day, or one shift of it, on which a member cannot come or would rather not; no reason is asked."""

    member = models.ForeignKey(RosterMember, on_delete=models.CASCADE, related_name="wishes")
    day = models.DateField()
    shift = models.ForeignKey(RosterShift, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=WishKind)

    class Meta:
        constraints = [
            RowSecurity(name="responders_rosterwish_scope"),
            models.UniqueConstraint(
                fields=["member", "day", "shift"], nulls_distinct=False, name="responders_wish_once"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=WishKind.values), name="responders_wish_kind"),
        ]
