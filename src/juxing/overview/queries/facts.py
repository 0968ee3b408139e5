"""The latest of what was done, gathered: 37 needs recorded in one minute are one fact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Min
from django.db.models.functions import Left, TruncMinute

from juxing.access.policy import READ_JOURNAL
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry

TOLD = (
    "needs.need.record", "needs.need.fulfil", "needs.need.confirm", "needs.need.reopen", "needs.need.withdraw",
    "needs.need.mark_unmet", "dispatch.run.offer", "dispatch.task.offer", "dispatch.task.accept",
    "dispatch.task.decline", "dispatch.task.expire", "dispatch.task.block", "dispatch.task.check_in",
    "responders.responder.register",
)  # fmt: skip
LOOKED_BACK = 5_000
MOST_FACTS = 12
NEWEST = "SELECT last_value FROM kernel_journalentry_id_seq"


@dataclass(frozen=True, slots=True)
class Told:
    """What was done how often within one minute, and in how many parts of the place; ``area_code`` is one of them."""

    action: str
    happened_at: datetime
    count: int
    parts: int
    area_code: str


def latest_facts(actor: Actor, code: str, *, length: int) -> list[Told] | None:
    """
    Return the latest facts of a place, newest first, without persons, from the newest part of the journal; two queries.

    None for those who may not read the journal here.
    """
    if not actor.may(READ_JOURNAL, code):
        return None
    with connection.cursor() as cursor:
        # Asked for first: the planner cannot tell how few rows a sub-select leaves, and would read the whole journal.
        cursor.execute(NEWEST)
        (newest,) = cursor.fetchone()
    rows = (
        JournalEntry.objects.within(code)
        .filter(id__gt=newest - LOOKED_BACK, action__in=TOLD)
        .annotate(minute=TruncMinute("happened_at"), part=Left("area_code", length))
        .values_list("action", "minute")
        .annotate(count=Count("id"), parts=Count("part", distinct=True), one_part=Min("part"))
        .order_by("-minute", "action")[:MOST_FACTS]
    )
    return [Told(*row) for row in rows]
