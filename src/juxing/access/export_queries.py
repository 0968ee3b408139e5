"""Reading what was taken out: one's own, and what one approves or oversees."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from juxing.access import policy
from juxing.access.models import Export
from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible, Words


def exports_page(*, actor: Actor, cursor: str | None = None) -> Page[Export]:
    """Return exports the actor may know of, newest first."""
    rows = policy.visible_exports(actor).select_related("account").defer("person_uuids")
    return page_of(rows, order=("-id",), cursor=cursor)


def export(*, actor: Actor, uuid: UUID) -> Export:
    """
    Return one export.

    Raises:
        NotVisible: if there is none for the actor.
    """
    rows = policy.visible_exports(actor).select_related("account", "decided_by").defer("person_uuids")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def state_of(export: Export, *, now: datetime) -> tuple[Words, str]:
    """Return how an export stands, in a word and a tone."""
    if export.taken_at is not None:
        return _("taken"), "done"
    if export.is_approved is False:
        return _("refused"), "ended"
    if export.expires_at <= now:
        return _("lapsed"), "ended"
    return (_("approved"), "moving") if export.is_approved else (_("waits for approval"), "waiting")
