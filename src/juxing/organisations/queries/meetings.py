"""Reading meetings of joint committees, who comes to them, and what they decided."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.organisations import policy
from juxing.organisations.enums import AttendanceStatus, DecisionStatus, MeetingExcuse, MeetingStatus
from juxing.organisations.models import (
    AgendaItem,
    CommitteeDecision,
    CommitteeMeeting,
    JointCommittee,
    MeetingAttendance,
    Post,
)

LATE = "late"
MOST_SHOWN = 300
EXCUSES = MeetingExcuse.choices


def meetings_page(
    *, actor: Actor, area_code: str = "", status: str = "", cursor: str | None = None
) -> Page[CommitteeMeeting]:
    """Return meetings of committees at a place, the latest first, with how many units come and what is still open."""
    rows = policy.visible_meetings(actor).within(area_code).select_related("committee")
    if status:
        rows = rows.filter(status=status)
    page = page_of(rows, order=("-starts_at", "-id"), cursor=cursor)
    ids = [row.pk for row in page.rows]
    comes = Q(status__in=[AttendanceStatus.COMING, AttendanceStatus.PRESENT])
    people = _counted(MeetingAttendance.objects.filter(meeting_id__in=ids), comes)
    taken = _counted(CommitteeDecision.objects.filter(meeting_id__in=ids), Q(status=DecisionStatus.OPEN))
    for row in page.rows:
        row.units, row.come = people.get(row.pk, (0, 0))  # type: ignore[attr-defined]
        row.taken, row.still_open = taken.get(row.pk, (0, 0))  # type: ignore[attr-defined]
    return page


def meeting(*, actor: Actor, uuid: UUID) -> CommitteeMeeting:
    """Return one meeting the actor sees, with its committee; NotVisible if there is none such."""
    rows = policy.visible_meetings(actor).select_related("committee__convener", "committee__secretary")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def meetings_of(*, actor: Actor, committee: JointCommittee) -> list[CommitteeMeeting]:
    """Return a committee's last ten meetings, the latest first."""
    rows = policy.visible_meetings(actor).filter(committee=committee)
    return list(rows.order_by("-starts_at", "-id")[:10])


def agenda_of(meeting: CommitteeMeeting) -> list[AgendaItem]:
    """Return the points of the agenda in their order."""
    return list(AgendaItem.objects.filter(meeting=meeting).select_related("brought_by").order_by("position"))


def attendance_of(meeting: CommitteeMeeting) -> list[MeetingAttendance]:
    """Return who was invited, by the unit's name, at most 300."""
    rows = MeetingAttendance.objects.filter(meeting=meeting).select_related("member__organisation", "account")
    return list(rows.order_by("member__organisation__name", "id")[:MOST_SHOWN])


def attendance(*, actor: Actor, uuid: UUID) -> MeetingAttendance:
    """Return one invitation the actor may answer or note; NotVisible if there is none such."""
    rows = MeetingAttendance.objects.select_related("meeting__committee", "member__organisation")
    found = rows.filter(uuid=uuid).first()
    if found is None or not policy.can_answer_for(actor, found):
        raise NotVisible
    return found


def own_invitations(*, actor: Actor, meeting: CommitteeMeeting) -> list[MeetingAttendance]:
    """Return the invitations to a meeting that the actor answers for a unit."""
    rows = MeetingAttendance.objects.filter(meeting=meeting, account_id=actor.account_id or 0)
    return list(rows.select_related("member__organisation").order_by("id"))


def item(*, actor: Actor, uuid: UUID) -> AgendaItem:
    """Return one point of the agenda of a meeting the actor runs; NotVisible if there is none such."""
    found = AgendaItem.objects.select_related("meeting__committee").filter(uuid=uuid).first()
    if found is None or not policy.can_run_meeting(actor, found.meeting):
        raise NotVisible
    return found


def decisions_page(
    *, actor: Actor, today: date, area_code: str = "", state: str = "", cursor: str | None = None
) -> Page[CommitteeDecision]:
    """Return decisions at a place, the earliest day first; ``state`` is a step or "late"."""
    rows = policy.visible_decisions(actor).within(area_code)
    if state == LATE:
        rows = rows.filter(status=DecisionStatus.OPEN, due_on__lt=today)
    elif state:
        rows = rows.filter(status=state)
    rows = rows.select_related("meeting__committee", "organisation", "post__organisation")
    return page_of(rows, order=("due_on", "id"), cursor=cursor)


def decisions_of(meeting: CommitteeMeeting) -> list[CommitteeDecision]:
    """Return what a meeting decided, in the order it was written down."""
    rows = CommitteeDecision.objects.filter(meeting=meeting).select_related(
        "organisation", "post__organisation", "item"
    )
    return list(rows.order_by("id")[:MOST_SHOWN])


def open_from_before(meeting: CommitteeMeeting) -> list[CommitteeDecision]:
    """Return what earlier meetings of the committee decided and is still open, the earliest day first."""
    rows = CommitteeDecision.objects.filter(
        meeting__committee_id=meeting.committee_id, meeting__starts_at__lt=meeting.starts_at,
        status=DecisionStatus.OPEN,
    )  # fmt: skip
    return list(rows.select_related("organisation", "post__organisation").order_by("due_on", "id")[:MOST_SHOWN])


def decision(*, actor: Actor, uuid: UUID) -> CommitteeDecision:
    """Return one decision the actor sees; NotVisible if there is none such."""
    rows = policy.visible_decisions(actor).select_related(
        "meeting__committee", "organisation", "post__organisation", "item"
    )
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def decision_sums(
    *, actor: Actor, today: date, area_code: str = "", committee: JointCommittee | None = None
) -> dict[str, Any]:
    """Return how many decisions are open, late and carried out, in one statement."""
    rows = policy.visible_decisions(actor).within(area_code)
    if committee is not None:
        rows = rows.filter(meeting__committee=committee)
    still_open = Q(status=DecisionStatus.OPEN)
    return dict(
        rows.aggregate(
            open=Count("id", filter=still_open), late=Count("id", filter=still_open & Q(due_on__lt=today)),
            done=Count("id", filter=Q(status=DecisionStatus.DONE)),
        )
    )  # fmt: skip


def owners_to_choose(*, actor: Actor, meeting: CommitteeMeeting) -> tuple[list[Any], list[Post]]:
    """Return the units of the committee, and the posts of its place, that can answer for a decision."""
    units = [row.member.organisation for row in attendance_of(meeting)]
    if meeting.committee.convener is not None and meeting.committee.convener not in units:
        units.insert(0, meeting.committee.convener)
    posts = policy.visible_posts(actor).within(meeting.area_code).filter(closed_at__isnull=True)
    return units, list(posts.select_related("organisation").order_by("organisation__name", "title", "id")[:MOST_SHOWN])


def is_open_meeting(meeting: CommitteeMeeting) -> bool:
    """Whether words, time and place can still change."""
    return meeting.status in {MeetingStatus.PLANNED, MeetingStatus.CALLED}


def owner_name(decision: CommitteeDecision) -> str:
    """Return who answers for a decision: the organisation's name, or the post with its organisation."""
    if decision.post is not None:
        return f"{decision.post.organisation.name} · {decision.post.title}"
    return decision.organisation.name if decision.organisation else ""


def _counted(rows: QuerySet[Any], which: Q) -> dict[int, tuple[int, int]]:
    """Return by meeting how many rows there are, and how many of which."""
    found = rows.order_by().values("meeting_id").annotate(whole=Count("id"), some=Count("id", filter=which))
    return {row["meeting_id"]: (row["whole"], row["some"]) for row in found}
