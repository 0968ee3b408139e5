"""Reading rosters, shifts and attendance: for coordinators, and one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.models import Job
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.organisations.enums import AssignmentSlot
from juxing.organisations.models import TemporaryBody
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.responders import policy
from juxing.responders.links import link_digest
from juxing.responders.models import Duty, Responder, Roster, RosterMember, SwapOffer
from juxing.responders.roster_enums import HELD, AttendanceStatus, RosterStatus, SwapStatus

ROSTER_ORDER = ("-id",)
DUE_WITHIN = timedelta(minutes=30)
SHOWN_AFTER = timedelta(hours=4)
LONGEST_TOKEN = 100
READER = Actor.system("rosters")


@dataclass(frozen=True, slots=True)
class Moment:
    """A shift on the board; ``state`` is due, late, missing, here, done, excused or later."""

    duty: Duty
    state: str
    stands_in_for: Duty | None
    is_covered: bool


def rosters_page(*, actor: Actor, status: str = "", cursor: str | None = None) -> Page[Roster]:
    """Return a page of rosters, newest first, with how many shifts are held."""
    rows = policy.visible_rosters(actor).annotate(held=Count("duties", filter=Q(duties__status__in=sorted(HELD))))
    return page_of(rows.filter(status=status) if status else rows, order=ROSTER_ORDER, cursor=cursor)


def roster_of(*, actor: Actor, uuid: UUID) -> Roster:
    """
    Return a roster.

    Raises:
        NotVisible: if there is none for this actor.
    """
    found = policy.visible_rosters(actor).select_related("body").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def duty_of(*, actor: Actor, uuid: UUID) -> Duty:
    """
    Return a shift that the actor coordinates.

    Raises:
        NotVisible: if there is none for this actor.
    """
    with acting(READER):  # who serves here may live where the actor sees nobody
        found = policy.visible_duties(actor).select_related("roster", "responder", "shift", "post").filter(uuid=uuid)
        duty = found.first()
    if duty is None:
        raise NotVisible
    return duty


def swap_of(*, actor: Actor, uuid: UUID) -> SwapOffer:
    """
    Return an offered shift that the actor coordinates.

    Raises:
        NotVisible: if there is none for this actor.
    """
    found = SwapOffer.objects.inside(actor.areas_with(policy.ROSTER)).select_related("duty__roster").filter(uuid=uuid)
    swap = found.first()
    if swap is None:
        raise NotVisible
    return swap


def plan_job(roster: Roster) -> Job | None:
    """Return the planning that runs or ran last."""
    return Job.objects.filter(uuid=roster.job_uuid).first() if roster.job_uuid else None


def swaps_waiting(roster: Roster) -> list[SwapOffer]:
    """Return swaps of a roster that wait for approval or for a taker."""
    with acting(READER):
        rows = SwapOffer.objects.filter(duty__roster=roster, status__in=[SwapStatus.OFFERED, SwapStatus.ACCEPTED])
        return list(rows.select_related("duty__responder", "duty__shift", "duty__post", "taker").order_by("id"))


def places_to_plan(*, actor: Actor) -> list[Area]:
    """Return the streets and communities where the actor plans."""
    areas = actor.areas_with(policy.ROSTER)
    levels = [AreaLevel.STREET, AreaLevel.COMMUNITY]
    return list(Area.objects.filter(areas.condition("code"), level__in=levels).order_by("code"))


def groups_to_plan(*, actor: Actor) -> list[TemporaryBody]:
    """Return the groups and temporary bodies of these places."""
    rows = TemporaryBody.objects.inside(actor.areas_with(policy.ROSTER)).filter(dissolved_at__isnull=True)
    return list(rows.order_by("name")[:200])


def board(*, actor: Actor, now: datetime, roster: Roster | None = None) -> list[Moment]:
    """Return the shifts of now: those that run, begin soon, or ended within four hours; soonest first."""
    with acting(READER):
        rows = policy.visible_duties(actor).filter(
            roster__status=RosterStatus.PUBLISHED, starts_at__lt=now + timedelta(hours=4),
            starts_at__gt=now - timedelta(hours=24), ends_at__gt=now - SHOWN_AFTER,
        )  # fmt: skip
        if roster is not None:
            rows = rows.filter(roster=roster)
        rows = rows.exclude(status=AttendanceStatus.RELIEVED).select_related(
            "responder", "post", "shift", "roster", "stands_in_for__responder", "stood_in_by"
        )
        return [moment_of(duty, now=now) for duty in rows.order_by("starts_at", "roster_id", "post_id", "id")[:600]]


def moment_of(duty: Duty, *, now: datetime) -> Moment:
    """Return how a shift stands at this moment."""
    stood_in_by = getattr(duty, "stood_in_by", None)
    return Moment(duty, _state(duty, now), duty.stands_in_for, stood_in_by is not None)


def _state(duty: Duty, now: datetime) -> str:
    fixed = {
        AttendanceStatus.CHECKED_IN: "here", AttendanceStatus.COMPLETED: "done", AttendanceStatus.EXCUSED: "excused",
        AttendanceStatus.NO_SHOW: "missing",
    }  # fmt: skip
    if duty.status in fixed:
        return fixed[AttendanceStatus(duty.status)]
    if duty.slot == AssignmentSlot.ALTERNATE:
        return "standing_by"
    if duty.starts_at <= now:
        return "late"
    return "due" if duty.starts_at - now <= DUE_WITHIN else "later"


def own_duties(responder: Responder, *, now: datetime, days: int = 45) -> list[Duty]:
    """Return one's own published shifts from a day ago on; call it in the system's scope."""
    rows = Duty.objects.filter(
        responder=responder, roster__status__in=[RosterStatus.PUBLISHED, RosterStatus.CLOSED],
        ends_at__gt=now - timedelta(days=1), starts_at__lt=now + timedelta(days=days),
    )  # fmt: skip
    rows = rows.exclude(status=AttendanceStatus.RELIEVED).select_related("roster", "shift", "post", "responder")
    return list(rows.prefetch_related("swaps").order_by("starts_at"))


def own_duty(responder: Responder, uuid: UUID) -> Duty:
    """
    Return one of one's own shifts; call it in the system's scope.

    Raises:
        NotVisible: if it is another's.
    """
    found = Duty.objects.select_related("roster", "shift", "post", "responder").filter(responder=responder, uuid=uuid)
    duty = found.first()
    if duty is None:
        raise NotVisible
    return duty


def own_rosters(responder: Responder, *, now: datetime) -> list[Roster]:
    """Return the rosters one belongs to that are not over; call it in the system's scope."""
    rows = Roster.objects.filter(members__responder=responder, starts_on__gt=now.date() - timedelta(days=31))
    return list(rows.exclude(status=RosterStatus.CLOSED).order_by("starts_on", "id"))


def own_membership(responder: Responder, uuid: UUID) -> RosterMember:
    """
    Return one's membership of a roster; call it in the system's scope.

    Raises:
        NotVisible: if one is not of it.
    """
    found = RosterMember.objects.select_related("roster", "responder").filter(
        responder=responder, roster__uuid=uuid, roster__status__in=[RosterStatus.DRAFT, RosterStatus.PUBLISHED]
    )
    member = found.first()
    if member is None:
        raise NotVisible
    return member


def swaps_on_offer(responder: Responder, *, now: datetime) -> list[SwapOffer]:
    """Return the shifts that others of one's rosters would give away; call it in the system's scope."""
    rows = SwapOffer.objects.filter(
        status=SwapStatus.OFFERED, duty__starts_at__gt=now, duty__roster__members__responder=responder
    ).exclude(duty__responder=responder)  # fmt: skip
    return list(rows.select_related("duty__roster", "duty__shift", "duty__post", "duty__responder").order_by("id"))


def roster_by_feed(token: str) -> Roster | None:
    """Return the roster of a calendar's secret link; call it in the system's scope."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    return Roster.objects.filter(feed_digest=link_digest(token)).exclude(status=RosterStatus.DRAFT).first()


def feed_duties(roster: Roster) -> QuerySet[Duty]:
    """Return the shifts of a roster for its calendar, relieved ones too: calendars take them out."""
    rows = Duty.objects.filter(roster=roster).select_related("shift", "post", "roster", "responder")
    return rows.order_by("starts_at", "id")


def duties_by_day(rows: Sequence[Duty]) -> dict[str, list[Duty]]:
    """Return shifts by the day they begin."""
    found: dict[str, list[Duty]] = {}
    for duty in rows:
        found.setdefault(duty.day.isoformat(), []).append(duty)
    return found
