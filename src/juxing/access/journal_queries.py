"""Reading the journal as an auditor does: by place, action, person and time, within scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from juxing.access import policy
from juxing.kernel.actors import Actor
from juxing.kernel.areas import within
from juxing.kernel.journal import actions
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.models import JournalEntry, JournalSeal
from juxing.kernel.refusals import NotVisible, Words

SEALS_ON_PAPER = 300


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """What to look for; empty parts do not narrow. Times are those of recording, half-open."""

    area_code: str = ""
    action: str = ""
    actor_name: str = ""
    since: datetime | None = None
    until: datetime | None = None


def journal_page(*, actor: Actor, wanted: JournalFilter, cursor: str | None = None) -> Page[JournalEntry]:
    """Return entries of the places whose journal the actor reads, newest first."""
    rows = policy.visible_entries(actor).filter(within(wanted.area_code))
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.actor_name:
        rows = rows.filter(actor_name=wanted.actor_name)
    if wanted.since is not None:
        rows = rows.filter(recorded_at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(recorded_at__lt=wanted.until)
    return page_of(rows, order=("-id",), cursor=cursor)


def entry(*, actor: Actor, entry_id: int) -> JournalEntry:
    """
    Return one entry.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    found = policy.visible_entries(actor).filter(pk=entry_id).first()
    if found is None:
        raise NotVisible
    return found


def entries_of_the_same_act(*, actor: Actor, entry: JournalEntry) -> list[JournalEntry]:
    """Return up to fifty other entries that one request or job wrote together with this one."""
    if entry.correlation_uuid is None:
        return []
    near = policy.visible_entries(actor).filter(id__gt=entry.pk - 1000, id__lt=entry.pk + 1000)
    return list(near.filter(correlation_uuid=entry.correlation_uuid).exclude(pk=entry.pk).order_by("id")[:50])


def seals_page(*, cursor: str | None = None) -> Page[JournalSeal]:
    """Return the seals, newest first; they name no place and no person, so everyone who reads a journal sees them."""
    return page_of(JournalSeal.objects.defer("entry_ids", "digests"), order=("-number",), cursor=cursor)


def latest_seals() -> list[JournalSeal]:
    """Return the seals a sheet of heads holds, newest first: the last binds all before it."""
    return list(JournalSeal.objects.defer("entry_ids", "digests").order_by("-number")[:SEALS_ON_PAPER])


def action_label(code: str) -> Words:
    """Return the words for an action, the code itself for one that no room declares any more."""
    try:
        return actions[code]
    except LookupError:
        return code
