"""Keeping written down who steps in: opened, changed and closed whenever the acting holder of a post changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_rows
from juxing.kernel.refusals import NotPermitted
from juxing.organisations.models import Backfill
from juxing.organisations.standing_in import ACTING
from juxing.organisations.waiting import STANDING_IN, look_around

STEPPED_IN = journal.declare_action("organisations.post.step_in", _("B stepped in"))
VACANT = journal.declare_action("organisations.post.vacant", _("Post is vacant"))
RETURNED = journal.declare_action("organisations.post.return", _("A is back"))
NOTE_READ = journal.declare_action("organisations.backfill.read", _("Hand-over note read"))

CHANGED = f"""
    SELECT post.id, post.uuid, post.area_code, post.closed_at IS NOT NULL, works.id, works.slot, works.rank, a.id,
      coalesce(nullif(away.handover_note, ''), post.standing_note), open.id
    FROM organisations_post post
    LEFT JOIN LATERAL ({ACTING}) works ON true
    LEFT JOIN organisations_postholding a ON a.post_id = post.id AND a.slot = 'primary'
      AND a.starts_at <= %(now)s AND (a.ends_at IS NULL OR a.ends_at > %(now)s)
    LEFT JOIN LATERAL (
      SELECT handover_note FROM organisations_absence WHERE holding_id = a.id AND starts_at <= %(now)s
      AND (ends_at IS NULL OR ends_at > %(now)s) LIMIT 1) away ON true
    LEFT JOIN organisations_backfill open ON open.post_id = post.id AND open.ends_at IS NULL
    WHERE {{which}} AND (
      (post.closed_at IS NOT NULL AND open.id IS NOT NULL)
      OR (post.closed_at IS NULL AND (
        (works.slot = 'primary' AND open.id IS NOT NULL)
        OR (works.slot IS DISTINCT FROM 'primary' AND (open.id IS NULL
          OR open.holding_id IS DISTINCT FROM works.id OR open.absent_holding_id IS DISTINCT FROM a.id)))))
    ORDER BY post.id
"""  # noqa: S608 - the text is a constant
"""Open posts whose acting holder is another than the one written down, and closed ones still written down."""


class _Change(NamedTuple):
    post_id: int
    post_uuid: UUID
    area_code: str
    is_closed: bool
    acting_id: int | None
    slot: str | None
    rank: int | None
    primary_id: int | None
    note: str | None
    open_id: int | None


@transaction.atomic
def settle_posts(*, actor: Actor, now: datetime, post_ids: Sequence[int]) -> int:
    """Write down who acts in these posts now, and return in how many that changed. Called by every command here."""
    return _settle("post.id = ANY(%(posts)s)", {"posts": list(post_ids)}, actor, now)


@transaction.atomic
def settle_all(*, actor: Actor, now: datetime) -> int:
    """
    Write down who acts in every post of the scope, and return in how many that changed.

    One statement looks at all of them: a third of a second for 20,000 posts, so every minute is no burden.
    """
    return _settle("true", {}, actor, now)


@transaction.atomic
def read_note(*, actor: Actor, now: datetime, backfill: Backfill) -> None:
    """Confirm that the hand-over note was read; only who steps in can. Reading twice changes nothing."""
    if backfill.holding is None or backfill.holding.account_id != actor.account_id:
        raise NotPermitted
    if Backfill.objects.filter(pk=backfill.pk, read_at__isnull=True).update(read_at=now):
        journal.record(NOTE_READ, actor=actor, subject=backfill, happened_at=now)
        look_around(STANDING_IN, {backfill.area_code}, now=now)


def _settle(which: str, parameters: dict[str, Any], actor: Actor, now: datetime) -> int:
    values = parameters | {"now": now}
    with connection.cursor() as cursor:
        if "posts" in parameters:
            cursor.execute(
                "SELECT id FROM organisations_post WHERE id = ANY(%(posts)s) ORDER BY id FOR UPDATE", parameters
            )
        cursor.execute(CHANGED.replace("{which}", which), values)
        changes = [_Change(*row) for row in cursor.fetchall()]
        ended = [change.open_id for change in changes if change.open_id is not None]
        if ended:
            cursor.execute(
                "UPDATE organisations_backfill SET ends_at = greatest(starts_at, %s) WHERE id = ANY(%s)", [now, ended]
            )
    begun = [change for change in changes if change.slot != "primary" and not change.is_closed]
    copy_rows(
        Backfill, ("area_code", "post", "holding", "absent_holding", "handover_note", "starts_at"),
        [
            (change.area_code, change.post_id, change.acting_id, change.primary_id, change.note or "", now)
            for change in begun
        ],
    )  # fmt: skip
    journal.record_many(_fact(change) for change in changes if not change.is_closed).by(actor, happened_at=now)
    return len(changes)


def _fact(change: _Change) -> journal.Fact:
    changes: dict[str, Any] = {}
    if change.slot == "primary":
        action = RETURNED
    elif change.acting_id is None:
        action = VACANT
    else:
        action, changes = STEPPED_IN, {"slot": change.slot, "rank": change.rank}
    return journal.Fact(
        action=action, subject_type="organisations.post", subject_uuid=change.post_uuid, area_code=change.area_code,
        changes=changes,
    )  # fmt: skip
