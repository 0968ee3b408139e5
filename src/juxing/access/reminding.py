"""
Reminding accounts of what waits for them: each matter once, journalled, gone when it is settled.

A room above declares what it can remind of (``declare_reminder``) and a source that says what waits now
(``declare_source``). ``look_at`` compares a source's answer with what was told before: what is new is told, what no
longer waits is settled. The clock does so for every source; a command does so for its own place, so that nobody waits
for the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from juxing.access.models import Account, Reminder
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import AFTER_EVERY_CODE_CHARACTER
from juxing.kernel.refusals import NotVisible, Words
from juxing.kernel.registry import Registry
from juxing.kernel.scope import acting

TOLD = journal.declare_action("access.reminder.tell", _("Somebody was reminded"))
PROCESS = Actor.system("reminders")
FORGOTTEN_AFTER = timedelta(days=90)
MOST_SHOWN = 100
AT_ONCE = 1000
Key = tuple[int, str, UUID, str]


@dataclass(frozen=True, slots=True)
class ReminderKind:
    """
    Something one can be reminded of.

    ``words`` take the facts by name; ``address`` leads to where it is dealt with. What is
    ``by_phone`` also goes to the phone of who has one: it cannot wait until the next sign-in.
    """

    code: str
    words: Words
    icon: str
    address: Callable[[UUID, Mapping[str, str]], str]
    by_phone: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """One matter that waits for one account; ``subject`` is the thing's model label and uuid, for the journal."""

    kind: str
    account_id: int
    area_code: str
    subject_type: str
    subject_uuid: UUID
    occasion: str = ""
    due_at: datetime | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """What makes it the same matter as one told before."""
        return self.account_id, self.kind, self.subject_uuid, self.occasion


Source = Callable[[datetime, str], Iterable[Waiting]]
"""Asked with the moment and a place ("" is everywhere), in the system's scope."""
Carrier = Callable[[Sequence[tuple[int, Words]]], None]
"""Brings words to accounts by telephone, as far as it knows theirs."""
kinds: Registry[ReminderKind] = Registry("reminder")
sources: Registry[Source] = Registry("source of reminders")
urgent: set[str] = set()
"""Sources that are looked at every minute, the others every hour."""
carriers: Registry[Carrier] = Registry("carrier of reminders")


def declare_reminder(
    code: str, words: Words, *, icon: str, address: Callable[[UUID, Mapping[str, str]], str], by_phone: bool = False
) -> str:
    """Register something one can be reminded of, and return its code."""
    kinds.add(code, ReminderKind(code, words, icon, address, by_phone))
    return code


def declare_source(code: str, source: Source, *, is_urgent: bool = False) -> str:
    """Register what says what waits; its kinds are its own. Return its code."""
    sources.add(code, source)
    if is_urgent:
        urgent.add(code)
    return code


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look changed."""

    told: int
    settled: int


@transaction.atomic
def look_at(code: str, *, now: datetime, within: str = "") -> Looked:
    """
    Tell what is new of a source at a place, and settle what no longer waits there.

    Two at the same moment wait for each other, so nothing is told twice. A fixed number of statements.
    """
    with acting(PROCESS):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"reminders {code}"])
        found = {one.key: one for one in sources[code](now, within)}
        open_rows = Reminder.objects.filter(source=code, settled_at__isnull=True)
        if within:
            open_rows = open_rows.filter(area_code__gte=within, area_code__lt=within + AFTER_EVERY_CODE_CHARACTER)
        known = {(row.account_id, row.kind, row.subject_uuid, row.occasion): row for row in open_rows}
        active = _active({one.account_id for key, one in found.items() if key not in known})
        new = [one for key, one in found.items() if key not in known and one.account_id in active]
        gone = [row.pk for key, row in known.items() if key not in found]
        Reminder.objects.filter(pk__in=gone).update(settled_at=now)
        _refresh(known, found)
        _tell(new, source=code, now=now)
    return Looked(told=len(new), settled=len(gone))


def look_everywhere(*, now: datetime, only_urgent: bool) -> None:
    """Look at every source of the clock's turn; each in a transaction of its own."""
    for code, _source in sources:
        if (code in urgent) == only_urgent:
            look_at(code, now=now)


@transaction.atomic
def set_aside(*, actor: Actor, now: datetime, uuid: UUID) -> None:
    """
    Put one of the own reminders away; it stays told and is not told again.

    Raises:
        NotVisible: if it is not the actor's own.
    """
    rows = Reminder.objects.filter(uuid=uuid, account_id=actor.account_id or 0)
    if not rows.exists():
        raise NotVisible
    rows.filter(set_aside_at__isnull=True).update(set_aside_at=now)


@transaction.atomic
def forget_reminders(*, now: datetime) -> int:
    """Drop what was settled a quarter of a year ago; the journal keeps that it was told."""
    return Reminder.objects.filter(settled_at__lte=now - FORGOTTEN_AFTER).delete()[0]


def own_reminders(actor: Actor, *, most: int = MOST_SHOWN) -> list[Reminder]:
    """Return what waits for the actor, what is due first, with ``words``, ``icon`` and ``url`` to show; one query."""
    rows = Reminder.objects.filter(
        account_id=actor.account_id or 0, settled_at__isnull=True, set_aside_at__isnull=True, kind__in=dict(kinds)
    )
    found = list(rows.order_by("due_at", "-told_at", "id")[:most])
    for row in found:
        kind = kinds[row.kind]
        row.words = said(kind, row.facts)  # type: ignore[attr-defined]
        row.icon = kind.icon  # type: ignore[attr-defined]
        row.url = kind.address(row.subject_uuid, row.facts)  # type: ignore[attr-defined]
    return found


def said(kind: ReminderKind, facts: Mapping[str, str]) -> str:
    """Return the words of a reminder in the reader's language."""
    return str(kind.words) % facts


def _active(account_ids: set[int]) -> set[int]:
    return set(Account.objects.filter(pk__in=account_ids, is_active=True).values_list("pk", flat=True))


def _refresh(known: Mapping[Key, Reminder], found: Mapping[Key, Waiting]) -> None:
    """Keep the words of what still waits true: four posts without B may have become three."""
    changed = []
    for key, row in known.items():
        one = found.get(key)
        if one is not None and (dict(one.facts), one.due_at) != (row.facts, row.due_at):
            row.facts, row.due_at = dict(one.facts), one.due_at
            changed.append(row)
    Reminder.objects.bulk_update(changed, ["facts", "due_at"], batch_size=AT_ONCE)


def _tell(new: Sequence[Waiting], *, source: str, now: datetime) -> None:
    Reminder.objects.bulk_create(
        [
            Reminder(account_id=one.account_id, source=source, kind=one.kind, area_code=one.area_code,
                     subject_uuid=one.subject_uuid, occasion=one.occasion, facts=dict(one.facts), due_at=one.due_at,
                     told_at=now)
            for one in new
        ],
        batch_size=AT_ONCE,
    )  # fmt: skip
    names = dict(Account.objects.filter(pk__in={one.account_id for one in new}).values_list("pk", "uuid"))
    journal.record_many(
        journal.Fact(TOLD, one.subject_type, one.subject_uuid, one.area_code,
                     changes={"kind": one.kind, "account": str(names[one.account_id])})
        for one in new
    ).by(PROCESS, happened_at=now)  # fmt: skip
    carried = [(one.account_id, said(kinds[one.kind], one.facts)) for one in new if kinds[one.kind].by_phone]
    if carried:
        for _code, carrier in carriers:
            carrier(carried)
