"""Saying that a holder is away or back; the next in order steps in at the same moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from juxing.access.models import Account
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.organisations import policy
from juxing.organisations.commands.backfills import settle_posts
from juxing.organisations.commands.words import require_kind
from juxing.organisations.enums import AbsenceKind
from juxing.organisations.models import Absence, PostHolding, PresenceCheck
from juxing.organisations.waiting import STANDING_IN, look_around

AWAY = journal.declare_action("organisations.post.away", _("Holder is away"))
BACK = journal.declare_action("organisations.post.back", _("Holder is back"))
ASKED = journal.declare_action("organisations.post.ask", _("Sign of life asked for"))
ANSWERED = journal.declare_action("organisations.post.answer", _("Sign of life given"))
MISSED = journal.declare_action("organisations.post.missed", _("No sign of life"))
FARTHEST = timedelta(days=400)
SUBJECT = "organisations.post"


@dataclass(frozen=True, slots=True)
class AwayInput:
    """When somebody is away and what to know meanwhile; without start it is from now on, without end until return."""

    kind: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    handover_note: str = ""


@transaction.atomic
def declare_absence(
    *, actor: Actor, now: datetime, account: Account, given: AwayInput, holdings: Sequence[PostHolding] = ()
) -> list[Absence]:
    """
    Write down that a person is away from these holdings, or from all the actor may speak for.

    Where the absence has begun, the next in order steps in at once and finds the hand-over note.

    Raises:
        NotPermitted: if the actor may speak for none of them.
        InvalidInput: if the times are impossible, or the person is away at that time already.
    """
    start, end = _checked_times(given, now)
    standing = PostHolding.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=start), account=account)
    if holdings:
        standing = standing.filter(pk__in=[holding.pk for holding in holdings])
    mine = [row for row in standing.select_for_update().order_by("id") if policy.can_declare_absence(actor, row)]
    if not mine:
        raise NotPermitted
    overlapping = Q(ends_at__isnull=True) | Q(ends_at__gt=start)
    known = Absence.objects.filter(overlapping, holding__in=mine).exclude(starts_at=F("ends_at"))
    if end is not None:
        known = known.filter(starts_at__lt=end)
    if known.exists():
        raise InvalidInput("away_already", _("This person is down as away at that time already."), field="starts_at")
    made = Absence.objects.bulk_create(
        Absence(holding=row, area_code=row.area_code, kind=given.kind, starts_at=start, ends_at=end,
                handover_note=given.handover_note.strip()[:1000], declared_by_id=actor.account_id, declared_at=now)
        for row in mine
    )  # fmt: skip
    _record(AWAY, mine, actor=actor, now=now, changes={"kind": given.kind, "since": start.isoformat()})
    settle_posts(actor=actor, now=now, post_ids=[row.post_id for row in mine])
    look_around(STANDING_IN, {row.area_code for row in mine}, now=now)
    return made


@transaction.atomic
def declare_return(*, actor: Actor, now: datetime, account: Account) -> int:
    """
    End every absence of the person that the actor may speak for, and return how many; coming ones stay.

    A works again at once.
    """
    running = Absence.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now), holding__account=account, starts_at__lte=now
    ).select_related("holding")
    over = [row for row in running.order_by("id") if policy.can_declare_absence(actor, row.holding)]
    return _end(over, actor=actor, now=now)


@transaction.atomic
def cancel_absence(*, actor: Actor, now: datetime, absence: Absence) -> None:
    """
    End an absence, or strike out one that is still to come.

    Raises:
        NotPermitted: unless the actor is the person or keeps the register there.
    """
    if not policy.can_declare_absence(actor, absence.holding):
        raise NotPermitted
    _end([absence], actor=actor, now=now)


@transaction.atomic
def ask_presence(
    *, actor: Actor, now: datetime, holdings: Sequence[PostHolding], minutes: int | None = None
) -> list[PresenceCheck]:
    """
    Ask holders for a sign of life within minutes (the post's own number unless given).

    Who was asked already is not asked again. Without an answer in time the holder counts as not reachable.
    """
    if minutes is not None and not 1 <= minutes <= 1440:
        raise InvalidInput("minutes_bad", _("Between 1 and 1440 minutes."), field="minutes")
    asked = set(
        PresenceCheck.objects.filter(
            holding__in=holdings, answered_at__isnull=True, missed_at__isnull=True
        ).values_list("holding_id", flat=True)
    )  # fmt: skip
    fresh = [row for row in holdings if row.pk not in asked]
    for row in fresh:
        actor.require(policy.MANAGE, row.area_code)
    made = PresenceCheck.objects.bulk_create(
        PresenceCheck(holding=row, area_code=row.area_code, asked_at=now,
                      due_at=now + timedelta(minutes=minutes or row.post.answer_minutes))
        for row in fresh
    )  # fmt: skip
    _record(ASKED, fresh, actor=actor, now=now, changes={})
    look_around(STANDING_IN, {row.area_code for row in fresh}, now=now)
    return made


@transaction.atomic
def answer_presence(*, actor: Actor, now: datetime) -> int:
    """Say "I am here": answers whatever was asked of the actor, and ends being down as not reachable."""
    if actor.account_id is None:
        raise NotPermitted
    mine = PresenceCheck.objects.filter(holding__account_id=actor.account_id, answered_at__isnull=True)
    asked = list(mine.filter(missed_at__isnull=True).select_related("holding__post"))
    PresenceCheck.objects.filter(pk__in=[row.pk for row in asked]).update(answered_at=now)
    _record(ANSWERED, [row.holding for row in asked], actor=actor, now=now, changes={})
    lost = Absence.objects.filter(
        holding__account_id=actor.account_id, kind=AbsenceKind.UNREACHABLE, ends_at__isnull=True, starts_at__lte=now
    )  # fmt: skip
    back = _end(list(lost.select_related("holding").order_by("id")), actor=actor, now=now)
    look_around(STANDING_IN, {row.area_code for row in asked}, now=now)
    return len(asked) + back


@transaction.atomic
def miss_presence(*, actor: Actor, now: datetime) -> int:
    """Count everyone who was asked and did not answer in time as not reachable, and return how many; set-based."""
    due = PresenceCheck.objects.filter(answered_at__isnull=True, missed_at__isnull=True, due_at__lte=now)
    missed = list(due.select_for_update(skip_locked=True).order_by("id").values_list("id", "holding_id"))
    if not missed:
        return 0
    PresenceCheck.objects.filter(pk__in=[row[0] for row in missed]).update(missed_at=now)
    held = PostHolding.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), pk__in=[row[1] for row in missed])
    away = Absence.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), holding__in=held)
    lost = list(held.exclude(pk__in=away.values("holding_id")).select_related("post").order_by("id"))
    Absence.objects.bulk_create(
        (Absence(holding=row, area_code=row.area_code, kind=AbsenceKind.UNREACHABLE, starts_at=now, declared_at=now)
         for row in lost),
        batch_size=1000,
    )  # fmt: skip
    _record(MISSED, lost, actor=actor, now=now, changes={})
    settle_posts(actor=actor, now=now, post_ids=[row.post_id for row in lost])
    return len(lost)


def _checked_times(given: AwayInput, now: datetime) -> tuple[datetime, datetime | None]:
    require_kind(given.kind, AbsenceKind.values, field="kind")
    start = given.starts_at if given.starts_at is not None and given.starts_at > now else now
    if given.ends_at is not None and given.ends_at <= start:
        raise InvalidInput("away_ends_early", _("The end lies before the start."), field="ends_at")
    if start - now > FARTHEST or (given.ends_at is not None and given.ends_at - now > FARTHEST):
        raise InvalidInput("away_too_far", _("At most 400 days ahead."), field="starts_at")
    return start, given.ends_at


def _end(absences: Sequence[Absence], *, actor: Actor, now: datetime) -> int:
    coming = [row.pk for row in absences if row.starts_at > now]
    running = [row.pk for row in absences if row.starts_at <= now]
    Absence.objects.filter(pk__in=coming).delete()
    Absence.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), pk__in=running).update(ends_at=now)
    holdings = list(
        PostHolding.objects.filter(pk__in=[row.holding_id for row in absences]).select_related("post")
    )  # fmt: skip
    _record(BACK, holdings, actor=actor, now=now, changes={})
    settle_posts(actor=actor, now=now, post_ids=[row.post_id for row in holdings])
    look_around(STANDING_IN, {row.area_code for row in holdings}, now=now)
    return len(absences)


def _record(
    action: str, holdings: Sequence[PostHolding], *, actor: Actor, now: datetime, changes: dict[str, object]
) -> None:
    posts = dict(PostHolding.objects.filter(pk__in=[row.pk for row in holdings]).values_list("id", "post__uuid"))
    journal.record_many(
        journal.Fact(action=action, subject_type=SUBJECT, subject_uuid=posts[row.pk], area_code=row.area_code,
                     changes={**changes, "slot": row.slot, "rank": row.rank})
        for row in holdings
    ).by(actor, happened_at=now)  # fmt: skip
