"""
The journal: one append-only table that is audit log, event stream, timeline and after-action replay.

Entries are written in the command's own transaction, so there is no act without an entry and no entry without its
act. They name personal fields that changed, never their values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID, uuid4

from django.db import connection, models, transaction

from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_rows, insert_rows
from juxing.kernel.journal_order import oldest_running
from juxing.kernel.models import JournalCursor, JournalEntry
from juxing.kernel.refusals import Words
from juxing.kernel.registry import Registry

actions: Registry[Words] = Registry("journal action")
reasons: Registry[Words] = Registry("journal reason")
_correlation: ContextVar[UUID | None] = ContextVar("juxing_correlation", default=None)
ENTRY_COLUMNS = (
    "action", "actor_kind", "actor_account", "actor_name", "subject_type", "subject_uuid", "area_code",
    "happened_at", "reason", "changes", "correlation_uuid",
)  # fmt: skip
BULK_FROM = 20
ACTING_FOR = "acting_for"
TELL: LiteralString = (
    "INSERT INTO kernel_journalentry (action, actor_kind, actor_account_id, actor_name, subject_type, subject_uuid, "
    "area_code, happened_at, reason, changes, correlation_uuid) "
    "SELECT %(_action)s, %(_kind)s, %(_account)s, %(_name)s, %(_subject)s, written.uuid, written.area_code, "
    "%(_happened)s, %(_reason)s, written.changes, %(_correlation)s FROM written"
)


def declare_action(code: str, label: Words) -> str:
    """Register an action such as ``needs.need.triage`` with the words a timeline shows for it."""
    actions.add(code, label)
    return code


def declare_reason(text: str, label: Words) -> str:
    """Register a reason that Juxing itself writes, with the words shown for it; what people write stands as it is."""
    reasons.add(text, label)
    return text


def reason_label(reason: str) -> str:
    """Return a reason in the reader's language, as far as it is one of Juxing's own."""
    return str(reasons[reason]) if reason in reasons else reason


@contextmanager
def correlated(uuid: UUID | None = None) -> Iterator[UUID]:
    """Mark all entries of the block as one act of one request or job."""
    token = _correlation.set(uuid or uuid4())
    try:
        yield _correlation.get() or uuid4()
    finally:
        _correlation.reset(token)


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened to what and where; who and when are added by the writer."""

    action: str
    subject_type: str
    subject_uuid: UUID
    area_code: str
    reason: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts that wait for their actor; see ``record_many``."""

    facts: tuple[Fact, ...]

    def by(self, actor: Actor, *, happened_at: datetime) -> int:
        """Write them as this actor's, and return how many."""
        correlation = _correlation.get()
        for action in {fact.action for fact in self.facts}:
            actions[action]
        rows = [
            (
                fact.action, actor.kind.value, actor.account_id, actor.name, fact.subject_type, fact.subject_uuid,
                fact.area_code, happened_at, fact.reason, _attributed(fact, actor), correlation,
            )
            for fact in self.facts
        ]  # fmt: skip
        if len(rows) >= BULK_FROM:
            return copy_rows(JournalEntry, ENTRY_COLUMNS, rows)
        insert_rows(JournalEntry, ENTRY_COLUMNS, rows)
        return len(rows)


def _attributed(fact: Fact, actor: Actor) -> dict[str, Any]:
    """What changed, and for whom the actor stood in: in ``changes``, so that seal, export and pages carry it along."""
    stands = actor.acts_for(fact.area_code)
    if not stands:
        return dict(fact.changes)
    return {**fact.changes, ACTING_FOR: [{"post": stand.post, "holder": stand.holder} for stand in stands]}


def record_many(facts: Iterable[Fact]) -> Facts:
    """Gather facts to be written at once: ``record_many(...).by(actor, happened_at=now)``."""
    return Facts(tuple(facts))


def record(
    action: str,
    *,
    actor: Actor,
    subject: models.Model,
    happened_at: datetime,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
) -> None:
    """
    Write one entry about a row that has ``uuid`` and ``area_code``.

    Raises:
        LookupError: if no room registered the action.
    """
    fact = Fact(
        action=action, subject_type=subject._meta.label_lower, subject_uuid=subject.uuid,  # type: ignore[attr-defined]
        area_code=subject.area_code, reason=reason, changes=changes or {},  # type: ignore[attr-defined]
    )  # fmt: skip
    record_many([fact]).by(actor, happened_at=happened_at)


def write_and_record(
    writing: str, values: Mapping[str, Any], *, action: str, subject_type: str, actor: Actor, happened_at: datetime,
    reason: str = "", answer: LiteralString = "id",
) -> list[Any]:  # fmt: skip
    """
    Write rows and their entries by one statement, and return a column of what was written.

    ``writing`` are the queries of a WITH, the last of them named ``written``: a row for each thing with ``uuid``,
    ``area_code``, ``changes`` (jsonb) and the column ``answer``. Nothing travels but the answer, so it is for
    thousands. What somebody does who stands in for another is told row by row, as ever.
    """
    actions[action]
    if actor.acting_for:
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {writing} SELECT {answer}, uuid, area_code, changes FROM written", values)  # noqa: S608 - as below
            rows = cursor.fetchall()
        facts = [Fact(action, subject_type, uuid, area_code, reason, json.loads(changes))
                 for _answer, uuid, area_code, changes in rows]  # fmt: skip
        record_many(facts).by(actor, happened_at=happened_at)
        return [row[0] for row in rows]
    told = {
        "_action": action, "_kind": actor.kind.value, "_account": actor.account_id, "_name": actor.name,
        "_subject": subject_type, "_happened": happened_at, "_reason": reason, "_correlation": _correlation.get(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {writing}, told AS ({TELL}) SELECT {answer} FROM written", {**values, **told})  # noqa: S608 - the callers' own words
        return [row[0] for row in cursor.fetchall()]


def entries_about(subject_type: str, subject_uuid: UUID) -> models.QuerySet[JournalEntry]:
    """Return a thing's timeline, newest first."""
    return JournalEntry.objects.filter(subject_type=subject_type, subject_uuid=subject_uuid).order_by("-id")


def read_new(reader: str, *, limit: int = 1000) -> list[JournalEntry]:
    """
    Return entries this reader has not had, and move its cursor; call inside the transaction that handles them.

    At least once, in commit-safe order: entries of transactions still running are left for the next call, so a slow
    writer's entry is never skipped.
    """
    with transaction.atomic():
        cursor_row, _created = JournalCursor.objects.select_for_update().get_or_create(reader=reader)
        settled = oldest_running()
        seen = models.Q(transaction_number__gt=cursor_row.transaction_number) | models.Q(
            transaction_number=cursor_row.transaction_number, id__gt=cursor_row.entry_id
        )
        fresh = list(
            JournalEntry.objects.filter(
                seen,
                transaction_number__gte=cursor_row.transaction_number,
                transaction_number__lt=settled,
            ).order_by("transaction_number", "id")[:limit]
        )
        if fresh:
            cursor_row.transaction_number = fresh[-1].transaction_number
            cursor_row.entry_id = fresh[-1].pk
            cursor_row.save(update_fields=["transaction_number", "entry_id"])
    return fresh
