"""Recording tens of thousands of needs in one transaction: a constant number of queries, rows by COPY."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_rows, new_ids
from juxing.kernel.refusals import Refusal
from juxing.needs.commands.doors import lock_doors
from juxing.needs.commands.preparing import around, prepared, repeat
from juxing.needs.commands.recording import facts_of_recording
from juxing.needs.commands.writing import LINE_COLUMNS, NEED_COLUMNS, line_rows, need_row
from juxing.needs.inputs import NeedInput, cleaned
from juxing.needs.models import Need, NeedLine
from juxing.needs.queries.duplicates import OpenNeed, OpenNeeds, open_needs_around, words_of


@dataclass(slots=True)
class BulkRecorded:
    """
    What became of each input, by its position: the need's id and uuid, the id of the open need it repeats, or why it
    was refused.

    An input that repeats is in ``duplicates``; whether it was also recorded depends on ``skip_duplicates``.
    """

    need_ids: dict[int, int] = field(default_factory=dict)
    uuids: dict[int, UUID] = field(default_factory=dict)
    duplicates: dict[int, int] = field(default_factory=dict)
    refusals: dict[int, Refusal] = field(default_factory=dict)


@transaction.atomic
def record_needs(
    *,
    actor: Actor,
    now: datetime,
    inputs: Sequence[NeedInput],
    skip_duplicates: bool = False,
    is_demo: bool = False,
) -> BulkRecorded:
    """
    Record many needs set-based; good ones are in, the others are told apart by position.

    With ``skip_duplicates`` a repetition is not recorded at all: what imports and grown order chains want, so that
    sending the same file twice, even at the same time, adds nothing. No links are handed out; a household follows
    by number and phone.
    """
    outcome = BulkRecorded()
    clean = _cleaned(inputs, now=now, outcome=outcome)
    known = around(list(clean.values()), now=now)
    lock_doors(list(clean.values()))
    there = open_needs_around(list(clean.values()), now=now)
    needs: dict[int, Need] = {}
    for position, given in clean.items():
        try:
            need = prepared(given, actor=actor, now=now, known=known)
        except Refusal as refusal:
            outcome.refusals[position] = refusal
            continue
        need.is_demo = is_demo
        needs[position] = need
    _number(needs.values())
    recorded = _without_duplicates(needs, clean, there, outcome=outcome, skip=skip_duplicates)
    _write(recorded, clean, actor=actor, now=now)
    outcome.need_ids = {position: need.pk for position, need in recorded.items()}
    outcome.uuids = {position: need.uuid for position, need in recorded.items()}
    return outcome


def _cleaned(inputs: Sequence[NeedInput], *, now: datetime, outcome: BulkRecorded) -> dict[int, NeedInput]:
    clean: dict[int, NeedInput] = {}
    for position, given in enumerate(inputs):
        try:
            clean[position] = cleaned(given, now=now)
        except Refusal as refusal:
            outcome.refusals[position] = refusal
    return clean


def _number(needs: Iterable[Need]) -> None:
    """Give ids before writing, so that lines and duplicates can name them."""
    waiting = list(needs)
    for need, number in zip(waiting, new_ids(Need, len(waiting)), strict=True):
        need.pk, need.uuid = number, uuid4()


def _without_duplicates(
    needs: dict[int, Need], clean: dict[int, NeedInput], there: OpenNeeds, *, outcome: BulkRecorded, skip: bool
) -> dict[int, Need]:
    kept: dict[int, Need] = {}
    for position, need in needs.items():
        given = clean[position]
        same = there.same_as(given, area_code=need.area_code, is_sent_again=skip)
        if same is not None:
            outcome.duplicates[position] = same
            if skip:
                continue
            repeat(need, same)
        else:
            there.add(_as_open(need, given))
        kept[position] = need
    return kept


def _as_open(need: Need, given: NeedInput) -> OpenNeed:
    items = frozenset(line.item_id for line in given.lines if line.item_id is not None)
    return OpenNeed(
        need.pk, need.household_id, need.contact_phone_index, (need.area_code, need.place_text), need.need_type,
        need.resident_id, items, words_of(given, (line.written for line in given.lines)),
    )  # fmt: skip


def _write(needs: dict[int, Need], clean: dict[int, NeedInput], *, actor: Actor, now: datetime) -> None:
    copy_rows(Need, ("id", *NEED_COLUMNS), ((need.pk, *need_row(need)) for need in needs.values()))
    copy_rows(
        NeedLine,
        LINE_COLUMNS,
        (row for position, need in needs.items() for row in line_rows(need, clean[position].lines)),
    )
    journal.record_many(fact for need in needs.values() for fact in facts_of_recording(need)).by(actor, happened_at=now)
