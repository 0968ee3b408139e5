"""Making a roster: its days, posts and demand, its members and what they wish; publishing, closing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.organisations.models import TemporaryBody
from juxing.responders import policy
from juxing.responders.lifecycle import DUTY, ROSTER
from juxing.responders.links import new_link
from juxing.responders.models import (
    Duty,
    Roster,
    RosterDemand,
    RosterMember,
    RosterPost,
    RosterShift,
    RosterWish,
)
from juxing.responders.queries.roster_people import may_join
from juxing.responders.queries.roster_table import roster_table
from juxing.responders.roster_enums import AttendanceStatus, RosterStatus, WishKind
from juxing.responders.roster_inputs import MOST_PEOPLE, RosterInput, require_sound
from juxing.responders.roster_rules import PROTECTING

MADE = journal.declare_action("responders.roster.make", _("Roster made"))
MEMBERS_CHANGED = journal.declare_action("responders.roster.members", _("People of the roster changed"))
DEMAND_CHANGED = journal.declare_action("responders.roster.demand", _("How many are needed changed"))
FEED_GIVEN = journal.declare_action("responders.roster.feed", _("Calendar link given"))
WISHED = journal.declare_action("responders.roster.wish", _("Wish for the roster noted"))


@transaction.atomic
def make_roster(*, actor: Actor, now: datetime, given: RosterInput) -> Roster:
    """
    Make a draft with its shifts and posts, and the same demand every day.

    Raises:
        NotPermitted: if the actor plans nothing there.
        InvalidInput: naming the field that cannot be taken.
    """
    actor.require(policy.ROSTER, given.area_code)
    require_sound(given)
    body = TemporaryBody.objects.filter(pk=given.body_id).first() if given.body_id else None
    roster = Roster.objects.create(
        area_code=given.area_code, name=given.name.strip(), roster_for=given.roster_for, body=body,
        venue_uuid=given.venue_uuid, place=given.place.strip()[:80], starts_on=given.starts_on, days=given.days,
        least_rest_hours=given.least_rest_hours, most_days_in_row=given.most_days_in_row,
        most_shifts=given.most_shifts, activation_id=given.activation_id, created_by_id=actor.account_id,
        created_at=now,
    )  # fmt: skip
    roster.refresh_from_db(fields=["uuid"])
    shifts = RosterShift.objects.bulk_create(
        RosterShift(area_code=roster.area_code, roster=roster, position=at, name=clock_words(starts, ends),
                    starts_minute=starts, ends_minute=ends)
        for at, (starts, ends) in enumerate(given.shifts)
    )  # fmt: skip
    posts = RosterPost.objects.bulk_create(
        RosterPost(area_code=roster.area_code, roster=roster, position=at, title=post.title.strip(), skill=post.skill,
                   task_type=post.task_type)
        for at, post in enumerate(given.posts)
    )  # fmt: skip
    RosterDemand.objects.bulk_create(
        RosterDemand(area_code=roster.area_code, roster=roster, day=given.starts_on + timedelta(days=day),
                     shift=shift, post=post, count=wanted.count, alternates=wanted.alternates)
        for day in range(given.days) for shift in shifts
        for post, wanted in zip(posts, given.posts, strict=True) if wanted.count or wanted.alternates
    )  # fmt: skip
    journal.record(MADE, actor=actor, subject=roster, happened_at=now)
    return roster


@transaction.atomic
def set_demand(
    *, actor: Actor, now: datetime, roster: Roster, wanted: Mapping[tuple[date, int, int], tuple[int, int]]
) -> int:
    """
    Set how many A and B each named day, shift and post needs; return how many cells changed.

    Raises:
        InvalidInput: if a number is out of range or a cell is none of the roster's.
    """
    locked = _open(actor, roster)
    shifts, posts = set(locked.shifts.values_list("pk", flat=True)), set(locked.posts.values_list("pk", flat=True))
    last = locked.starts_on + timedelta(days=locked.days - 1)
    known = {
        (row.day, row.shift_id, row.post_id): (row.count, row.alternates) for row in locked.demands.all()
    }  # fmt: skip
    changed = {cell: numbers for cell, numbers in wanted.items() if known.get(cell, (0, 0)) != numbers}
    for (day, shift, post), numbers in changed.items():
        if shift not in shifts or post not in posts or not locked.starts_on <= day <= last:
            raise InvalidInput("cell_unknown", _("This shift is not part of the roster."))
        if not all(0 <= number <= MOST_PEOPLE for number in numbers):
            raise InvalidInput("count_range", _("A shift needs 0 to 200 people."))
    RosterDemand.objects.bulk_create(
        [
            RosterDemand(area_code=locked.area_code, roster=locked, day=day, shift_id=shift, post_id=post,
                         count=count, alternates=alternates)
            for (day, shift, post), (count, alternates) in changed.items()
        ],
        update_conflicts=True, unique_fields=["roster", "day", "shift", "post"], update_fields=["count", "alternates"],
    )  # fmt: skip
    if changed:
        journal.record(DEMAND_CHANGED, actor=actor, subject=locked, happened_at=now, changes={"cells": len(changed)})
    return len(changed)


@transaction.atomic
def set_members(
    *, actor: Actor, now: datetime, roster: Roster, add: Iterable[int] = (), remove: Iterable[int] = ()
) -> tuple[int, int]:
    """
    Add and remove people by id; return how many were. Only verified people of the roster's place are added, and who
    a signed call placed there.

    Raises:
        Refusal: if someone to be removed still has a shift.
    """
    locked = _open(actor, roster)
    able = may_join(actor=actor, roster=locked, ids=add)
    RosterMember.objects.bulk_create(
        [RosterMember(area_code=locked.area_code, roster=locked, responder_id=pk) for pk in able],
        ignore_conflicts=True,
    )
    gone = locked.members.filter(responder_id__in=list(remove))
    people = list(gone.values_list("responder_id", flat=True))
    if people and locked.duties.filter(responder_id__in=people, status=AttendanceStatus.SCHEDULED).exists():
        raise Refusal("member_has_shifts", _("Take the shifts from this person first."))
    gone.delete()
    if able or people:
        journal.record(MEMBERS_CHANGED, actor=actor, subject=locked, happened_at=now,
                       changes={"added": len(able), "removed": len(people)})  # fmt: skip
    return len(able), len(people)


@transaction.atomic
def set_wish(*, actor: Actor, now: datetime, member: RosterMember, day: date, shift_id: int | None, kind: str) -> None:
    """
    Note that a member cannot come, would rather not, or ("") takes it back. Nothing is asked, nothing follows.

    Raises:
        NotPermitted: if it is neither the member nor the coordinator who says so.
        WrongState: if the roster is published: then a shift is given away or excused instead.
    """
    if not (actor.may(policy.ROSTER, member.area_code) or policy.is_oneself(actor, member.responder)):
        raise NotPermitted
    if member.roster.status != RosterStatus.DRAFT:
        raise WrongState("roster_is_out", _("This roster is published. Offer the shift to others, or be excused."))
    if kind and kind not in WishKind.values:
        raise InvalidInput("wish_unknown", _("Choose one of the list."))
    if shift_id is not None and not member.roster.shifts.filter(pk=shift_id).exists():
        raise InvalidInput("cell_unknown", _("This shift is not part of the roster."))
    RosterWish.objects.filter(member=member, day=day, shift_id=shift_id).delete()
    if kind:
        RosterWish.objects.create(area_code=member.area_code, member=member, day=day, shift_id=shift_id, kind=kind)
    journal.record(WISHED, actor=actor, subject=member.responder, happened_at=now)


@transaction.atomic
def publish_roster(*, actor: Actor, now: datetime, roster: Roster, notice: str = "") -> Roster:
    """
    Publish: from now on it binds, members see their shifts and are told.

    Raises:
        Refusal: while a shift breaks a rule that protects people.
    """
    table = roster_table(roster)
    broken = Counter(defect.rule for defect in table.defects() if defect.rule in PROTECTING)
    if broken:
        raise Refusal(
            "roster_breaks_rules",
            _("%(count)s shifts break a rule that protects people. They are marked in the table.")
            % {"count": sum(broken.values())},
        )
    if not table.held:
        raise Refusal("roster_empty", _("Nobody has a shift yet."))
    return ROSTER.move(
        roster, "publish", actor=actor, now=now, changes={"notice": notice.strip()[:400], "published_at": now}
    )


@transaction.atomic
def reopen_roster(*, actor: Actor, now: datetime, roster: Roster) -> Roster:
    """
    Take a published roster back to draft.

    Raises:
        Refusal: once somebody has checked in: what was worked stays.
    """
    if roster.duties.filter(checked_in_at__isnull=False).exists():
        raise Refusal("roster_has_begun", _("Somebody has checked in already. Change single shifts instead."))
    return ROSTER.move(roster, "reopen", actor=actor, now=now)


@transaction.atomic
def close_roster(*, actor: Actor, now: datetime, roster: Roster) -> Roster:
    """Close it: open shifts end as relieved, hours are reported back to community and home unit."""
    from juxing.responders.commands.reporting_back import report_back

    closed = ROSTER.move(roster, "close", actor=actor, now=now)
    waiting = Duty.objects.filter(roster=closed, status=AttendanceStatus.SCHEDULED)
    DUTY.move_many(list(waiting.values_list("pk", flat=True)), "relieve", actor=actor, now=now)
    report_back(now=now, roster=closed)
    return closed


@transaction.atomic
def give_feed_link(*, actor: Actor, now: datetime, roster: Roster) -> str:
    """Return a new token for the roster's calendar: shown now, kept nowhere; the old one ends."""
    policy.require(policy.can_plan(actor, roster))
    token, digest = new_link()
    Roster.objects.filter(pk=roster.pk).update(feed_digest=digest)
    journal.record(FEED_GIVEN, actor=actor, subject=roster, happened_at=now)
    return token


def clock_words(starts: int, ends: int) -> str:
    """Return "08:00-20:00"; an end past midnight is written as the clock shows it."""
    return f"{starts // 60 % 24:02}:{starts % 60:02}-{ends // 60 % 24:02}:{ends % 60:02}"


def _open(actor: Actor, roster: Roster) -> Roster:
    locked: Roster = Roster._base_manager.select_for_update(of=("self",)).get(pk=roster.pk)
    policy.require(policy.can_plan(actor, locked))
    if locked.status == RosterStatus.CLOSED:
        raise WrongState("roster_closed", _("This roster is closed."))
    return locked
