"""Meetings of joint committees (联席会议): what is on the agenda, who comes for which unit, what was decided."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.enums import AttendanceStatus, DecisionStatus, MeetingExcuse, MeetingStatus
from juxing.organisations.models.committees import CommitteeMember, JointCommittee
from juxing.organisations.models.posts import Post
from juxing.organisations.models.register import Organisation


class CommitteeMeeting(AreaScoped):
    """One meeting of a joint committee. ``sequence`` rises with every change of time or place, for calendars."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    committee = models.ForeignKey(JointCommittee, on_delete=models.PROTECT, related_name="meetings")
    title = models.CharField(max_length=80)
    venue = models.CharField(max_length=80)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=MeetingStatus, default=MeetingStatus.PLANNED)
    why = models.CharField(max_length=200, blank=True, db_default="")
    sequence = models.PositiveSmallIntegerField(default=0, db_default=0)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_committeemeeting_scope"),
            models.CheckConstraint(
                condition=models.Q(status__in=MeetingStatus.values), name="organisations_meeting_status"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="organisations_meeting_order"
            ),
        ]
        indexes = [
            models.Index(fields=["area_code", "-starts_at", "-id"], name="meeting_place"),
            models.Index(
                fields=["starts_at"], condition=models.Q(status=MeetingStatus.CALLED), name="meeting_to_come"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class AgendaItem(AreaScoped):
    """A point of the agenda, in its order; ``outcome`` is what the minutes say of it."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    meeting = models.ForeignKey(CommitteeMeeting, on_delete=models.PROTECT, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=160)
    brought_by = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=1000, blank=True, db_default="")

    class Meta:
        constraints = [
            RowSecurity(name="organisations_agendaitem_scope"),
            models.UniqueConstraint(
                fields=["meeting", "position"], name="organisations_agenda_order", deferrable=models.Deferrable.DEFERRED
            ),
        ]  # fmt: skip


class MeetingAttendance(AreaScoped):
    """
    Whether a member unit comes, and who for it: ``account`` who speaks for it, ``stands_in`` somebody it sends instead.

    Excused is a state like the others and says no more than its kind. ``told_at`` is when they were told of the
    meeting as it stands now; None is somebody who still has to be told by voice.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    meeting = models.ForeignKey(CommitteeMeeting, on_delete=models.PROTECT, related_name="attendance")
    member = models.ForeignKey(CommitteeMember, on_delete=models.PROTECT, related_name="attendance")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    stands_in = models.CharField(max_length=40, blank=True, db_default="")
    status = models.CharField(max_length=10, choices=AttendanceStatus, default=AttendanceStatus.INVITED)
    excuse = models.CharField(max_length=12, choices=MeetingExcuse, blank=True, db_default="")
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_meetingattendance_scope"),
            models.UniqueConstraint(fields=["meeting", "member"], name="organisations_invited_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=AttendanceStatus.values), name="organisations_attendance_status"
            ),
            models.CheckConstraint(
                condition=models.Q(excuse="")
                | models.Q(status=AttendanceStatus.EXCUSED, excuse__in=MeetingExcuse.values),
                name="organisations_attendance_excuse",
            ),
        ]
        indexes = [models.Index(fields=["account", "meeting"], name="attendance_of_account")]


class CommitteeDecision(AreaScoped):
    """
    What a meeting decided: who answers for it (an organisation or a post), until when, and how far it is.

    ``progress`` is the last word about it; every earlier one stands in the journal.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    meeting = models.ForeignKey(CommitteeMeeting, on_delete=models.PROTECT, related_name="decisions")
    item = models.ForeignKey(AgendaItem, null=True, on_delete=models.PROTECT, related_name="decisions")
    words = models.CharField(max_length=300)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="decisions")
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="decisions")
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=DecisionStatus, default=DecisionStatus.OPEN)
    progress = models.CharField(max_length=300, blank=True, db_default="")
    progress_on = models.DateField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_committeedecision_scope"),
            models.CheckConstraint(
                condition=models.Q(status__in=DecisionStatus.values), name="organisations_decision_status"
            ),
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False, post__isnull=True)
                | models.Q(organisation__isnull=True, post__isnull=False),
                name="organisations_decision_owner",
            ),
        ]
        indexes = [
            models.Index(fields=["area_code", "due_on", "id"], name="decision_place"),
            models.Index(
                fields=["due_on"], condition=models.Q(status=DecisionStatus.OPEN), name="decision_open"
            ),
        ]  # fmt: skip

    def is_late(self, today: date) -> bool:
        """Whether it is open past its day."""
        return self.status == DecisionStatus.OPEN and self.due_on < today
