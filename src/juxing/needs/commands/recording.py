"""Recording one need: duplicates found, triaged at once, a link handed out once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.copying import insert_rows
from juxing.needs.commands.collecting import refuse_while_paused
from juxing.needs.commands.doors import lock_doors
from juxing.needs.commands.preparing import around, prepared, repeat
from juxing.needs.commands.writing import LINE_COLUMNS, NEED_COLUMNS, line_rows, need_row
from juxing.needs.enums import NeedStatus
from juxing.needs.inputs import LineInput, NeedInput, cleaned
from juxing.needs.lifecycle import NEED
from juxing.needs.links import LINK_LASTS, new_link
from juxing.needs.models import Need, NeedLine
from juxing.needs.queries.duplicates import open_needs_around

RECORDED = journal.declare_action("needs.need.record", _("Recorded"))
TRIAGED = f"{NEED.subject}.triage"


@dataclass(frozen=True, slots=True)
class RecordedNeed:
    """The need with its lines as written, and the token of the resident's link: shown now, kept nowhere."""

    need: Need
    link_token: str
    lines: tuple[LineInput, ...]

    @property
    def is_duplicate(self) -> bool:
        """Whether the household already asked for this; help comes once."""
        return self.need.duplicate_of_id is not None


def record_need(*, actor: Actor, now: datetime, given: NeedInput, is_demo: bool = False) -> RecordedNeed:
    """
    Record one need, and triage it at once unless it repeats an open one.

    A repetition is kept with ``duplicate_of`` set and waits for nothing of its own; see ``NeedInput.is_distinct``.
    Two senders for one door are taken one after the other, so that the second finds the first.

    Raises:
        InvalidInput: for what a person must correct.
        NotPermitted: if the actor may not record needs there.
        IntakePaused: for what a resident sends in while intake is paused there, unless life depends on it.
    """
    given = cleaned(given, now=now)
    need = prepared(given, actor=actor, now=now, known=around([given], now=now))
    refuse_while_paused(need, actor=actor, now=now)
    token, need.link_digest = new_link()
    need.link_expires_at = now + LINK_LASTS
    need.is_demo = is_demo
    need.uuid = uuid4()
    with transaction.atomic(savepoint=False):  # nothing below refuses, so nothing has to be undone on its own
        lock_doors([given])
        repeat(need, open_needs_around([given], now=now).same_as(given, area_code=need.area_code))
        [need.pk] = insert_rows(Need, NEED_COLUMNS, [need_row(need)], returning="id")
        insert_rows(NeedLine, LINE_COLUMNS, line_rows(need, given.lines))
        journal.record_many(facts_of_recording(need)).by(actor, happened_at=given.happened_at or now)
    return RecordedNeed(need=need, link_token=token, lines=tuple(given.lines))


def facts_of_recording(need: Need) -> list[journal.Fact]:
    """Return what the journal says of a new need: recorded, and triaged unless it repeats another."""
    recorded = journal.Fact(
        action=RECORDED, subject_type=Need._meta.label_lower, subject_uuid=need.uuid, area_code=need.area_code,
        changes={"channel": need.channel, "need_type": need.need_type, "is_proxy": need.is_proxy},
    )  # fmt: skip
    if need.duplicate_of_id is not None:
        return [replace(recorded, changes={**recorded.changes, "duplicate_of": need.duplicate_of_id})]
    triaged = journal.Fact(
        action=TRIAGED, subject_type=Need._meta.label_lower, subject_uuid=need.uuid, area_code=need.area_code,
        changes={"from": NeedStatus.SUBMITTED.value, "to": NeedStatus.TRIAGED.value, "score": need.priority_score},
    )  # fmt: skip
    return [recorded, triaged]
