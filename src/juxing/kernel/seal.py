"""
The seal of the journal: batches of entries bound into a chain of digests whose heads can be kept elsewhere.

Row security and triggers keep users from the journal; the seal also shows what someone with the database in hand did
to it. Each seal holds the digest of every entry of its batch and the head of the seal before. Who edits an entry
breaks its digest; who mends the digest too breaks the head; who builds the chain anew cannot match the heads that
were printed or sent elsewhere. What is not sealed yet is not protected, hence the short interval.

An entry is digested as the line PostgreSQL's COPY writes for it, with times in UTC.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from juxing.kernel.journal_order import oldest_running
from juxing.kernel.models import JournalEntry, JournalSeal
from juxing.kernel.refusals import InvalidInput, Words
from juxing.kernel.registry import Registry

BATCH_ROWS = 10_000
"""Entries in one seal at most: 400 kB of digests, and what a verifier holds at a time."""

LOCK_KEY = 0x4A58_5345_414C
FORMAT = "juxing journal seal 1"
FIRST_COLUMNS = ("id", "transaction_number")
START = (0, 0)
Position = tuple[int, int]
"""Transaction number and entry id: the order in which entries can be read without missing a slow writer's."""

algorithms: Registry[Callable[[], hashes.HashAlgorithm]] = Registry("digest algorithm")
algorithms.add("sm3", hashes.SM3)
algorithms.add("sha256", hashes.SHA256)


@dataclass(frozen=True, slots=True)
class Broken:
    """What is wrong, in which seal, and with which entry; 0 where the seal itself is at fault."""

    kind: str
    seal: int
    entry_id: int = 0

    @property
    def words(self) -> Words:
        """The fault in words."""
        return FAULTS[self.kind]


FAULTS: Mapping[str, Words] = {
    "edited": _("This entry was changed after it was sealed."),
    "missing": _("This entry was removed after it was sealed."),
    "inserted": _("This entry was put among sealed ones."),
    "forged": _("This seal was changed: its head does not fit what it holds."),
    "torn": _("The chain is torn here: the seal before is missing or another one."),
    "unknown_head": _("The head kept elsewhere is not the head of this seal."),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look over the whole chain found; entries not sealed yet are counted, not judged."""

    seals: int
    entries: int
    unsealed: int
    broken: tuple[Broken, ...]

    @property
    def is_intact(self) -> bool:
        """Whether nothing sealed was touched."""
        return not self.broken


def seal_journal(*, now: datetime) -> int:
    """
    Seal what no running transaction can add to any more, batch by batch, and return how many entries that was.

    Only one process seals at a time; another that comes meanwhile has nothing to do.
    """
    sealed = 0
    while True:
        count = _seal_batch(now)
        sealed += count
        if count < BATCH_ROWS:
            return sealed


def verify_journal(
    *, anchors: Mapping[int, str] | None = None, report: Callable[[int, int], None] = lambda _done, _total: None
) -> Verdict:
    """
    Compare every seal with the journal as it stands, and return what does not fit.

    ``anchors`` are heads kept elsewhere, by number; with one of them also a chain built anew is found out.
    ``report`` is told after each seal how many of how many were looked at.
    """
    broken: list[Broken] = []
    anchors = dict(anchors or {})
    total = JournalSeal.objects.count()
    number, head, position, entries = 0, "", START, 0
    for seal in JournalSeal.objects.order_by("number").iterator(chunk_size=10):
        if seal.number != number + 1 or seal.previous_head != head:
            broken.append(Broken("torn", seal.number))
        if _head(seal) != seal.head:
            broken.append(Broken("forged", seal.number))
        if anchors.pop(seal.number, seal.head) != seal.head:
            broken.append(Broken("unknown_head", seal.number))
        until = (seal.last_transaction_number, seal.last_entry_id)
        broken.extend(_compare(seal, position, until))
        number, head, position, entries = seal.number, seal.head, until, entries + seal.entry_count
        report(number, total)
    broken.extend(Broken("unknown_head", missing) for missing in sorted(anchors))
    return Verdict(seals=total, entries=entries, unsealed=_count_after(position), broken=tuple(broken))


@transaction.atomic
def _seal_batch(now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])
    last = JournalSeal.objects.order_by("-number").first()
    after = (last.last_transaction_number, last.last_entry_id) if last else START
    algorithm: str = settings.SEAL_ALGORITHM
    columns = _columns()
    ids: list[int] = []
    digests: list[bytes] = []
    position = after
    for position, digest in _digested(columns, algorithm, after, (oldest_running(), 0), limit=BATCH_ROWS):
        ids.append(position[1])
        digests.append(digest)
    if not ids:
        return 0
    seal = JournalSeal(
        number=last.number + 1 if last else 1, algorithm=algorithm, columns=columns,
        previous_head=last.head if last else "", sealed_at=now, last_transaction_number=position[0],
        last_entry_id=position[1], entry_count=len(ids), entry_ids=struct.pack(f"<{len(ids)}q", *ids),
        digests=b"".join(digests),
    )  # fmt: skip
    seal.head = _head(seal)
    seal.save(force_insert=True)
    return len(ids)


def _columns() -> list[str]:
    """Name the journal's columns; each seal keeps its own list, so that a later release can add one."""
    names = [str(field.column) for field in JournalEntry._meta.local_concrete_fields]
    return [*FIRST_COLUMNS, *sorted(set(names) - set(FIRST_COLUMNS))]


def _head(seal: JournalSeal) -> str:
    told = {
        "format": FORMAT, "number": seal.number, "algorithm": seal.algorithm, "columns": seal.columns,
        "previous_head": seal.previous_head, "sealed_at": seal.sealed_at.astimezone(UTC).isoformat(),
        "last": [seal.last_transaction_number, seal.last_entry_id], "entry_count": seal.entry_count,
    }  # fmt: skip
    preamble = json.dumps(told, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    return _digest(algorithms[seal.algorithm](), preamble, bytes(seal.entry_ids), bytes(seal.digests)).hex()


def _digest(algorithm: hashes.HashAlgorithm, *parts: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    for part in parts:
        digest.update(part)
    return digest.finalize()


def _digested(
    columns: Sequence[str], algorithm: str, after: Position, before: Position, *, limit: int | None = None
) -> Iterator[tuple[Position, bytes]]:
    """Yield place and digest of the entries after one place and before another, in their order."""
    made = algorithms[algorithm]()
    statement = sql.SQL(
        "COPY (SELECT {columns} FROM {table} WHERE (transaction_number, id) > ({after}) "
        "AND (transaction_number, id) < ({before}) ORDER BY transaction_number, id LIMIT {limit}) TO STDOUT"
    ).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        table=sql.Identifier(JournalEntry._meta.db_table),
        after=sql.SQL(", ").join(map(sql.Literal, after)),
        before=sql.SQL(", ").join(map(sql.Literal, before)),
        limit=sql.Literal(limit),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true)")
        with cursor.copy(statement) as lines:
            for line in lines:
                text = bytes(line)
                entry_id, transaction_number, _rest = text.split(b"\t", 2)
                yield (int(transaction_number), int(entry_id)), _digest(made, text)


def _compare(seal: JournalSeal, after: Position, until: Position) -> Iterator[Broken]:
    content, packed = bytes(seal.digests), bytes(seal.entry_ids)
    size = algorithms[seal.algorithm]().digest_size
    if len(packed) != 8 * seal.entry_count or len(content) != size * seal.entry_count:
        yield Broken("forged", seal.number)
        return
    ids = struct.unpack(f"<{seal.entry_count}q", packed)
    sealed = {entry_id: content[size * place : size * (place + 1)] for place, entry_id in enumerate(ids)}
    with transaction.atomic():
        present = [
            (place[1], digest)
            for place, digest in _digested(seal.columns, seal.algorithm, after, (until[0], until[1] + 1))
        ]
    for entry_id, digest in present:
        expected = sealed.pop(entry_id, None)
        if expected is None:
            yield Broken("inserted", seal.number, entry_id)
        elif expected != digest:
            yield Broken("edited", seal.number, entry_id)
    for entry_id in sealed:
        yield Broken("missing", seal.number, entry_id)


def _count_after(position: Position) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM kernel_journalentry WHERE (transaction_number, id) > (%s, %s)", list(position)
        )
        return int(cursor.fetchone()[0])


def read_anchors(text: str) -> dict[int, str]:
    """
    Read heads as ``juxing audit heads`` prints them: a number and a head on each line.

    Raises:
        InvalidInput: naming the line that is not one.
    """
    anchors: dict[int, str] = {}
    for place, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        if len(words) < 2 or not words[0].isdecimal():
            raise InvalidInput("anchors", _("Line %(line)s is not a number and a head.") % {"line": place})
        anchors[int(words[0])] = words[-1].lower()
    return anchors
