"""The latest of what was done, gathered: 37 needs recorded in one minute are one fact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models.expressions import RawSQL

from juxing.access.policy import READ_JOURNAL
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry

TOLD = (
    "needs.need.record", "needs.need.fulfil", "needs.need.confirm", "needs.need.reopen", "needs.need.withdraw",
    "needs.need.mark_unmet", "dispatch.run.offer", "dispatch.task.offer", "dispatch.task.accept",
    "dispatch.task.decline", "dispatch.task.expire", "dispatch.task.block", "dispatch.task.check_in",
    "responders.responder.register",
)  # fmt: skip
LOOKED_BACK = 20_000
GATHERED_FROM = 600
MOST_FACTS = 12
NEWEST = RawSQL("(SELECT last_value FROM kernel_journalentry_id_seq)", ())


@dataclass(frozen=True, slots=True)
class Told:
    """What was done how often in a part of the place, within one minute of ``happened_at``."""

    action: str
    area_code: str
    happened_at: datetime
    count: int


def latest_facts(actor: Actor, code: str, *, length: int) -> list[Told]:
    """
    Return the latest facts of a place, newest first, without persons; one query over the newest part of the journal.

    Empty for those who may not read the journal here.
    """
    if not actor.may(READ_JOURNAL, code):
        return []
    rows = (
        JournalEntry.objects.within(code)
        .filter(id__gt=NEWEST - LOOKED_BACK, action__in=TOLD)
        .order_by("-id")
        .values_list("action", "area_code", "happened_at")[:GATHERED_FROM]
    )
    gathered: dict[tuple[str, str, datetime], tuple[datetime, int]] = {}
    for action, area_code, happened_at in rows:
        key = (action, area_code[:length], happened_at.replace(second=0, microsecond=0))
        newest, count = gathered.get(key, (happened_at, 0))
        gathered[key] = (max(newest, happened_at), count + 1)
    facts = [Told(action, part, newest, count) for (action, part, _at), (newest, count) in gathered.items()]
    return sorted(facts, key=lambda told: told.happened_at, reverse=True)[:MOST_FACTS]
