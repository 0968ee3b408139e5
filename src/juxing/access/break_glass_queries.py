"""Reading who opened which place in an emergency, and what was done there meanwhile."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from juxing.access import policy
from juxing.access.models import BreakGlassAccess
from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import NotVisible

DEEDS_SHOWN = 200


def open_break_glass(actor: Actor, *, now: datetime) -> BreakGlassAccess | None:
    """Return the place the actor has open now, if there is one."""
    if actor.account_id is None:
        return None
    return BreakGlassAccess.objects.filter(account_id=actor.account_id, starts_at__lte=now, ends_at__gt=now).first()


def own_break_glass(*, actor: Actor, uuid: UUID) -> BreakGlassAccess:
    """
    Return one the actor took.

    Raises:
        NotVisible: if it is another's or none.
    """
    found = BreakGlassAccess.objects.filter(account_id=actor.account_id or 0, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def break_glass_page(*, actor: Actor, unreviewed: bool, cursor: str | None = None) -> Page[BreakGlassAccess]:
    """Return what the actor reviews, the latest first; only what waits for review when asked so."""
    rows = policy.visible_break_glass(actor).select_related("account", "reviewed_by")
    if unreviewed:
        rows = rows.filter(reviewed_at__isnull=True)
    return page_of(rows, order=("-starts_at", "-id"), cursor=cursor)


def break_glass_access(*, actor: Actor, uuid: UUID) -> BreakGlassAccess:
    """
    Return one the actor reviews.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    found = policy.visible_break_glass(actor).select_related("account", "reviewed_by").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def deeds_during(access: BreakGlassAccess) -> list[JournalEntry]:
    """Return what the account did at the place while it was open, in order; looks at personal data are among it."""
    return list(
        JournalEntry.objects.within(access.area_code)
        .filter(
            actor_account_id=access.account_id,
            recorded_at__gte=access.starts_at, recorded_at__lt=access.ends_at,
        )
        .order_by("id")[:DEEDS_SHOWN]
    )  # fmt: skip
