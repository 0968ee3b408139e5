"""
Posting: the only way goods move.

A posting is one act with lines from place to place. Both sides of every line are written by one statement, in one
transaction; the database keeps the balances and refuses what would take a lot below zero. A posting with a key may be
sent again and again: it is done once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection
from django.utils.translation import gettext_lazy as _
from psycopg import sql
from psycopg.errors import DeadlockDetected

from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_rows, copy_values, insert_rows, new_ids, stage_like
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.supplies.commands.accounts import LEDGER
from juxing.supplies.enums import MoveKind
from juxing.supplies.models import StockEntry, StockMove

MOVE_COLUMNS = (
    "id", "area_code", "kind", "happened_at", "actor_account_id", "actor_name", "reason", "subject_type",
    "subject_uuid", "key", "digest",
)  # fmt: skip
ENTRY_COLUMNS = ("area_code", "move", "place", "counterpart", "lot", "quantity", "kind", "happened_at")
BULK_FROM = 50


class OutOfStock(Refusal):
    """Someone else took it in the meantime; nothing was moved."""


@dataclass(frozen=True, slots=True)
class Line:
    """So much of a lot from one place to another."""

    source: int
    target: int
    lot: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Posting:
    """
    One act: its lines are moved all together or not at all.

    ``key`` (up to 120 characters) names the act for repeats; ``subject`` the kind and uuid of the paper behind it.
    """

    kind: MoveKind
    lines: Sequence[Line]
    key: str | None = None
    reason: str = ""
    subject: tuple[str, UUID] | None = None

    @property
    def digest(self) -> str:
        """What the act says, in short: a repeat must say the same."""
        said = sorted((line.source, line.target, line.lot, f"{line.quantity:.3f}") for line in self.lines)
        return hashlib.sha256(repr((str(self.kind), said)).encode()).hexdigest()[:32]


def post(postings: Sequence[Posting], *, actor: Actor, now: datetime) -> int:
    """
    Write these acts as ``actor``'s and return how many were new; those posted before are passed over.

    Raises:
        OutOfStock: if a place has too little of a lot, or what is left is promised to others. Nothing is written.
        Refusal: if a line is being counted, a key was used for something else, or two acts waited for each other.
        ValueError: for a line that moves nothing or nowhere.
    """
    for posting in postings:
        if not posting.lines or any(line.quantity <= 0 or line.source == line.target for line in posting.lines):
            raise ValueError(f"A {posting.kind} that moves nothing.")
    if not postings:
        return 0
    try:
        with acting(LEDGER), or_say_busy():
            return _write(postings, actor=actor, now=now)
    except IntegrityError as error:
        raise _refusal(error) from error


@contextmanager
def or_say_busy() -> Iterator[None]:
    """
    Turn the database's choice of a victim among acts that wait for each other into words; the act is undone whole.

    Locks are taken in one order within an act. Acts that move several times in one transaction lock what they know of
    beforehand (``stock.lock_goods``); what remains is told to send again.
    """
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, DeadlockDetected):
            raise Refusal(
                "books_busy",
                _("Somebody booked the same goods at the same moment. Nothing of yours was booked: send it again."),
            ) from error
        raise


def _write(postings: Sequence[Posting], *, actor: Actor, now: datetime) -> int:
    areas = _areas_of({place for posting in postings for line in posting.lines for place in (line.source, line.target)})
    ids = new_ids(StockMove, len(postings))
    moves = [
        (row_id, areas[posting.lines[0].source], posting.kind.value, now, actor.account_id, actor.name,
         posting.reason[:400], posting.subject[0] if posting.subject else "",
         posting.subject[1] if posting.subject else None, posting.key, posting.digest if posting.key else "")
        for row_id, posting in zip(ids, postings, strict=True)
    ]  # fmt: skip
    fresh = _write_moves(moves)
    if len(fresh) < len(moves):
        _same_as_before([move for move in moves if move[0] not in fresh])
    entries: list[tuple[Any, ...]] = []
    for row_id, posting in zip(ids, postings, strict=True):
        if row_id not in fresh:
            continue
        kind = posting.kind.value
        for line in posting.lines:
            source, target = line.source, line.target
            entries.append((areas[source], row_id, source, target, line.lot, -line.quantity, kind, now))
            entries.append((areas[target], row_id, target, source, line.lot, line.quantity, kind, now))
    if len(entries) < BULK_FROM:
        insert_rows(StockEntry, ENTRY_COLUMNS, entries)
    else:
        copy_rows(StockEntry, ENTRY_COLUMNS, entries)
    return len(fresh)


def _write_moves(moves: Sequence[tuple[Any, ...]]) -> set[int]:
    table, listed = StockMove._meta.db_table, ", ".join(MOVE_COLUMNS)
    with connection.cursor() as cursor:
        if len(moves) < BULK_FROM:
            one = f"({', '.join(['%s'] * len(MOVE_COLUMNS))})"
            cursor.execute(
                f"INSERT INTO {table} ({listed}) VALUES {', '.join([one] * len(moves))} "  # noqa: S608 - names of columns
                "ON CONFLICT (key) DO NOTHING RETURNING id",
                [value for move in moves for value in move],
            )
            return {row[0] for row in cursor.fetchall()}
        stage = stage_like(table, MOVE_COLUMNS)
        copy_values(stage, MOVE_COLUMNS, moves)
        columns = sql.SQL(listed)  # names of columns
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT (key) DO NOTHING RETURNING id").format(
                sql.Identifier(table), columns, columns, sql.Identifier(stage)
            )
        )
        return {row[0] for row in cursor.fetchall()}


def _same_as_before(moves: Sequence[tuple[Any, ...]]) -> None:
    """Refuse a key that named another act before, or two acts of these."""
    said = {move[-2]: move[-1] for move in moves}
    kept = dict(StockMove._base_manager.filter(key__in=list(said)).values_list("key", "digest"))
    if any(kept[key] != digest for key, digest in said.items()):
        raise Refusal(
            "posting_key_reused",
            _("This was sent before with other contents. Look at the stock card, then begin anew."),
        )


def _areas_of(places: set[int]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, area_code FROM supplies_stockplace WHERE id = ANY(%s)", [list(places)])
        return dict(cursor.fetchall())


def _refusal(error: IntegrityError) -> Refusal | IntegrityError:
    diagnosis = getattr(error.__cause__, "diag", None)
    rule = getattr(diagnosis, "constraint_name", None)
    if rule == "supplies_balance_frozen":
        return Refusal("being_counted", _("This is being counted just now. Post the count or give it up first."))
    if rule == "supplies_level_never_short":
        return OutOfStock("out_of_stock", _("What is left here is promised to others. Release promises first."))
    if rule == "supplies_balance_not_negative":
        return OutOfStock("out_of_stock", _("Not enough is left in stock. Look at the stock page and try again."))
    return error
