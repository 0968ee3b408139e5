"""
What of this room waits for whom: meetings and decisions, pledges, posts, checklists, the register of staff.

Each source is one or two statements for any number of places. What is counted at a place (posts without B) waits for
the desks that answer for it: the nearest of community, street and district that has somebody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Left
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from juxing.access.reminding import Waiting, declare_reminder, declare_source
from juxing.organisations.checklists import CHECKLISTS
from juxing.organisations.desks import counted_at_desks, desks_of
from juxing.organisations.enums import AssignmentSlot, AttendanceStatus, DecisionStatus, MeetingStatus, PledgeStatus
from juxing.organisations.models import (
    Backfill,
    ChecklistSheet,
    CommitteeDecision,
    CommitteeMember,
    JointCommittee,
    MeetingAttendance,
    Pledge,
    Post,
    PostHolding,
    PresenceCheck,
    StaffTraining,
)
from juxing.organisations.waiting import DECISIONS, DUTIES, MEETINGS, PLEDGES, POSTS, STANDING_IN

SOON, DECISION_SOON, PLEDGE_ENDS, TRAINING_ENDS = (
    timedelta(hours=24), timedelta(days=3), timedelta(days=14), timedelta(days=30),
)  # fmt: skip
COMMUNITY = 12
_Address = Callable[[UUID, Mapping[str, str]], str]


def _to(name: str) -> _Address:
    return lambda uuid, _facts: reverse(name, args=[uuid])


def _list(name: str, **chosen: str) -> _Address:
    return lambda _uuid, facts: f"{reverse(name)}?{urlencode({'area': facts['area'], **chosen})}"


class _Kinds:
    """The kinds of reminders of this room."""

    CALLED = declare_reminder(
        "organisations.meeting_called", _("“%(title)s”, %(at)s, %(venue)s: say whether your unit comes."),
        icon="calendar-event", address=_to("organisations:meeting"), by_phone=True,
    )  # fmt: skip
    SOON = declare_reminder(
        "organisations.meeting_soon", _("“%(title)s” begins %(at)s, %(venue)s."), icon="calendar-event",
        address=_to("organisations:meeting"),
    )  # fmt: skip
    CANCELLED = declare_reminder(
        "organisations.meeting_cancelled", _("“%(title)s” of %(at)s does not take place: %(why)s"), icon="x",
        address=_to("organisations:meeting"), by_phone=True,
    )  # fmt: skip
    DECISION = declare_reminder(
        "organisations.decision_due", _("Due %(due)s: %(words)s"), icon="gavel",
        address=_to("organisations:decision"),
    )  # fmt: skip
    DECISION_LATE = declare_reminder(
        "organisations.decision_late", _("Overdue since %(due)s (%(owner)s): %(words)s"), icon="alert-triangle",
        address=_to("organisations:decision"),
    )  # fmt: skip
    PLEDGE_ENDS = declare_reminder(
        "organisations.pledge_ends", _("The pledge “%(subject)s” of %(unit)s ends on %(until)s."),
        icon="heart-handshake", address=_to("organisations:pledge"),
    )  # fmt: skip
    PLEDGE_CALLED = declare_reminder(
        "organisations.pledge_called", _("Your unit is called on for “%(subject)s”: %(what)s"),
        icon="heart-handshake", address=_to("organisations:pledge"), by_phone=True,
    )  # fmt: skip
    PLEDGE_LATE = declare_reminder(
        "organisations.pledge_late", _("“%(subject)s” of %(unit)s was needed by %(due)s and has not all come."),
        icon="alert-triangle", address=_to("organisations:pledge"),
    )  # fmt: skip
    PLEDGE_OFFERED = declare_reminder(
        "organisations.pledge_offered", _("%(unit)s pledges “%(subject)s”: accept it, or say no."),
        icon="heart-handshake", address=_to("organisations:pledge"),
    )  # fmt: skip
    WITHOUT_B = declare_reminder(
        "organisations.posts_without_b", _("%(place)s: %(count)s posts have nobody behind A."), icon="user-off",
        address=_list("organisations:board", state="without_alternate"),
    )  # fmt: skip
    VACANT = declare_reminder(
        "organisations.posts_vacant", _("%(place)s: %(count)s posts are vacant."), icon="alert-triangle",
        address=_list("organisations:board", state="vacant"),
    )  # fmt: skip
    CHECKLIST = declare_reminder(
        "organisations.checklist_open", _("%(checklist)s (%(post)s) is not finished this month: %(left)s to go."),
        icon="checklist", address=_to("organisations:sheet"),
    )  # fmt: skip
    TRAINING = declare_reminder(
        "organisations.training_ends", _("Your training “%(course)s” is valid until %(until)s."), icon="school",
        address=_to("organisations:staff_member"),
    )  # fmt: skip
    TRAININGS = declare_reminder(
        "organisations.trainings_end", _("%(place)s: %(count)s trainings of staff run out within thirty days."),
        icon="school", address=_list("organisations:staff"),
    )  # fmt: skip
    PRESENCE = declare_reminder(
        "organisations.presence_asked", _("%(post)s: are you there? Please answer by %(due)s."), icon="bell",
        address=lambda _uuid, _facts: reverse("organisations:own_posts"), by_phone=True,
    )  # fmt: skip
    STEPPED_IN = declare_reminder(
        "organisations.stepped_in", _("You stand in: %(post)s. Read the hand-over note."), icon="switch-horizontal",
        address=lambda _uuid, _facts: reverse("organisations:own_posts"), by_phone=True,
    )  # fmt: skip


def _meetings(now: datetime, within: str) -> Iterator[Waiting]:
    """Return who has not answered, whose meeting begins soon, and who must hear that it does not take place."""
    rows = MeetingAttendance.objects.within(within).filter(meeting__starts_at__gt=now, account__isnull=False)
    waits = Q(status__in=[AttendanceStatus.INVITED, AttendanceStatus.COMING], meeting__status=MeetingStatus.CALLED)
    gone = Q(meeting__status=MeetingStatus.CANCELLED) & ~Q(status=AttendanceStatus.EXCUSED)
    for row in rows.filter(waits | gone).select_related("meeting"):
        meeting = row.meeting
        facts = {"title": meeting.title, "at": _moment(meeting.starts_at), "venue": meeting.venue, "why": meeting.why}
        kind, due_at = _Kinds.CALLED, meeting.starts_at
        if meeting.status == MeetingStatus.CANCELLED:
            kind = _Kinds.CANCELLED
        elif row.status == AttendanceStatus.COMING:
            if meeting.starts_at > now + SOON:
                continue
            kind = _Kinds.SOON
        yield Waiting(kind, row.account_id or 0, row.area_code, "organisations.committeemeeting", meeting.uuid,
                      str(meeting.sequence), due_at, facts)  # fmt: skip


def _decisions(now: datetime, within: str) -> Iterator[Waiting]:
    """Return decisions due within three days for who answers for them; late ones for the secretary, too."""
    today = timezone.localdate(now)
    rows = list(
        CommitteeDecision.objects.within(within).filter(
            status=DecisionStatus.OPEN, due_on__lte=today + DECISION_SOON
        ).select_related("meeting__committee", "organisation", "post")
    )  # fmt: skip
    holders = _by_key(
        PostHolding.objects.filter(post_id__in=[row.post_id for row in rows if row.post_id], ends_at__isnull=True)
        .values_list("post_id", "account_id")
    )  # fmt: skip
    liaisons = _by_key(
        ((committee, unit), account)
        for committee, unit, account in CommitteeMember.objects.filter(
            committee_id__in={row.meeting.committee_id for row in rows}, left_on__isnull=True, liaison__isnull=False
        ).values_list("committee_id", "organisation_id", "liaison_id")
    )  # fmt: skip
    secretaries = _secretaries({row.meeting.committee for row in rows}, now=now)
    for row in rows:
        owner = row.organisation.name if row.organisation else str(row.post)
        facts = {"words": row.words, "due": row.due_on.isoformat(), "owner": owner}
        is_late = row.is_late(today)
        kind = _Kinds.DECISION_LATE if is_late else _Kinds.DECISION
        owners = holders.get(row.post_id, set()) if row.post_id else liaisons.get(
            (row.meeting.committee_id, row.organisation_id), set()
        )  # fmt: skip
        told = owners | secretaries[row.meeting.committee_id] if is_late or not owners else owners
        for account in sorted(told):
            yield Waiting(kind, account, row.area_code, "organisations.committeedecision", row.uuid,
                          row.due_on.isoformat(), _end_of(row.due_on), facts)  # fmt: skip


def _pledges(now: datetime, within: str) -> Iterator[Waiting]:
    """Return pledges to answer, called on, late or ending, for who speaks for the unit and for the committee."""
    today = timezone.localdate(now)
    ends = Q(valid_until__gte=today, valid_until__lte=today + PLEDGE_ENDS, status=PledgeStatus.ACCEPTED)
    rows = list(
        Pledge.objects.within(within).filter(ends | Q(status__in=[PledgeStatus.CALLED, PledgeStatus.OFFERED]))
        .select_related("member__organisation", "member__committee")
    )  # fmt: skip
    secretaries = _secretaries({row.member.committee for row in rows}, now=now)
    for row in rows:
        desk, liaison = secretaries[row.member.committee_id], {row.member.liaison_id} - {None}
        facts = {
            "subject": row.subject, "unit": row.member.organisation.name, "what": row.called_for,
            "until": row.valid_until.isoformat() if row.valid_until else "",
            "due": _moment(row.due_at) if row.due_at else "",
        }  # fmt: skip
        for kind, accounts, due_at in _of_pledge(row, desk, liaison, now=now):
            for account in sorted(filter(None, accounts)):
                yield Waiting(kind, account, row.area_code, "organisations.pledge", row.uuid, facts["until"], due_at,
                              facts)  # fmt: skip


def _of_pledge(
    row: Pledge, desk: set[int], liaison: set[int | None], *, now: datetime
) -> list[tuple[str, Iterable[int | None], datetime | None]]:
    if row.status == PledgeStatus.OFFERED:
        return [(_Kinds.PLEDGE_OFFERED, desk, None)]
    if row.status == PledgeStatus.ACCEPTED:
        return [(_Kinds.PLEDGE_ENDS, desk | liaison, _end_of(row.valid_until) if row.valid_until else None)]
    if row.due_at is not None and row.due_at <= now:
        return [(_Kinds.PLEDGE_LATE, desk | liaison, row.due_at)]
    return [(_Kinds.PLEDGE_CALLED, liaison, row.due_at)]


def _posts(now: datetime, within: str) -> Iterator[Waiting]:
    """Return for each community how many posts nobody works in, and how many have no B."""
    posts = Post.objects.within(within).filter(closed_at__isnull=True)
    behind = PostHolding.objects.filter(post=OuterRef("pk"), slot=AssignmentSlot.ALTERNATE, ends_at__isnull=True)
    vacant = Backfill.objects.filter(post=OuterRef("pk"), ends_at__isnull=True, holding__isnull=True)
    for kind, rows in (
        (_Kinds.WITHOUT_B, posts.filter(~Exists(behind))),
        (_Kinds.VACANT, posts.filter(Exists(vacant))),
    ):
        counted = rows.values_list(Left("area_code", COMMUNITY)).annotate(count=Count("id")).order_by()
        yield from counted_at_desks(kind, dict(counted), now=now)


def _duties(now: datetime, within: str) -> Iterator[Waiting]:
    """Return checklists whose day has come and that are unfinished, and trainings of staff that run out."""
    today = timezone.localdate(now)
    due_codes = [code for code, listing in CHECKLISTS.items() if listing.day <= today.day]
    sheets = ChecklistSheet.objects.within(within).filter(
        month=today.replace(day=1), ticked__lt=F("items"), checklist__in=due_codes
    )  # fmt: skip
    for sheet in sheets.select_related("post").iterator(chunk_size=5000):
        facts = {"checklist": str(CHECKLISTS[sheet.checklist].name), "post": sheet.post.title,
                 "left": str(sheet.items - sheet.ticked)}  # fmt: skip
        yield Waiting(_Kinds.CHECKLIST, sheet.account_id, sheet.area_code, "organisations.checklistsheet", sheet.uuid,
                      facts=facts)  # fmt: skip
    later = StaffTraining.objects.filter(
        member=OuterRef("member"), course=OuterRef("course"), valid_until__gt=OuterRef("valid_until")
    )
    ending = StaffTraining.objects.within(within).filter(
        ~Exists(later), valid_until__gte=today, valid_until__lte=today + TRAINING_ENDS, member__left_on__isnull=True
    )
    counts: dict[str, int] = {}
    for row in ending.select_related("member"):
        place = row.area_code[:COMMUNITY]
        counts[place] = counts.get(place, 0) + 1
        until = row.valid_until.isoformat() if row.valid_until else ""
        yield Waiting(_Kinds.TRAINING, row.member.account_id, row.area_code, "organisations.staffmember",
                      row.member.uuid, f"{row.pk}", None, {"course": row.course, "until": until})  # fmt: skip
    yield from counted_at_desks(_Kinds.TRAININGS, counts, now=now)


def _standing_in(now: datetime, within: str) -> Iterator[Waiting]:
    """Return who is asked for a sign of life, and who stepped in and has not read the note."""
    asked = PresenceCheck.objects.within(within).filter(
        answered_at__isnull=True, missed_at__isnull=True, due_at__gt=now
    )  # fmt: skip
    for check in asked.select_related("holding__post"):
        facts = {"post": check.holding.post.title, "due": f"{timezone.localtime(check.due_at):%H:%M}"}
        yield Waiting(_Kinds.PRESENCE, check.holding.account_id, check.area_code, "organisations.post",
                      check.holding.post.uuid, check.asked_at.isoformat()[:40], check.due_at, facts)  # fmt: skip
    steps = Backfill.objects.within(within).filter(ends_at__isnull=True, read_at__isnull=True, holding__isnull=False)
    for step in steps.select_related("post", "holding"):
        if step.holding is not None:
            yield Waiting(_Kinds.STEPPED_IN, step.holding.account_id, step.area_code, "organisations.post",
                          step.post.uuid, str(step.pk), None, {"post": step.post.title})  # fmt: skip


def _secretaries(committees: Iterable[JointCommittee], *, now: datetime) -> dict[int, set[int]]:
    """Return by committee its secretary, else who answers for its place."""
    found = list(committees)
    desks = desks_of({one.area_code for one in found}, now=now)
    return {one.pk: {one.secretary_id} if one.secretary_id else desks[one.area_code] for one in found}


def _by_key(pairs: Iterable[tuple[object, int | None]]) -> dict[object, set[int]]:
    found: dict[object, set[int]] = {}
    for key, account in pairs:
        if account is not None:
            found.setdefault(key, set()).add(account)
    return found


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%m-%d %H:%M}"


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_default_timezone())


declare_source(MEETINGS, _meetings, is_urgent=True)
declare_source(STANDING_IN, _standing_in, is_urgent=True)
declare_source(DECISIONS, _decisions)
declare_source(PLEDGES, _pledges)
declare_source(POSTS, _posts)
declare_source(DUTIES, _duties)
