"""
The one place through which tables leave the house.

A room declares what can be taken out and under which right; asking for the purpose, counting persons, the second
person's word, the mark in the file and the journal are done here for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.access import policy
from juxing.access.models import Export
from juxing.access.purposes import require_purpose
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible, Refusal, Words
from juxing.kernel.registry import Registry
from juxing.kernel.rights import Right

if TYPE_CHECKING:
    from juxing.access.export_files import Mark

APPROVAL_LASTS, FILE_LASTS = timedelta(days=3), timedelta(hours=24)
MOST_ROWS = 200_000
TAKEN = journal.declare_action("access.export.take", _("Table taken out as a file"))
ASKED = journal.declare_action("access.export.ask", _("Export of many persons asked for"))
APPROVED = journal.declare_action("access.export.approve", _("Export of many persons approved"))
REFUSED = journal.declare_action("access.export.refuse", _("Export of many persons refused"))


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows of a file, and the residents who stand in it."""

    headings: Sequence[str]
    rows: Sequence[Sequence[object]]
    person_uuids: Sequence[UUID] = field(default=())


Gather = Callable[[Actor, Areas, Mapping[str, Any], str], Table]
"""Asked with the actor, the places the right reaches within what was asked for, the arguments and the purpose."""


@dataclass(frozen=True, slots=True)
class FileForm:
    """A form of file that a kind has of its own; ``write`` makes it of what was gathered, with the mark in it."""

    code: str
    label: Words
    content_type: str
    write: Callable[[Table, Mark], bytes]


@dataclass(frozen=True, slots=True)
class ExportKind:
    """Something that can be taken out; as Excel or CSV unless it has ``forms`` of its own."""

    code: str
    label: Words
    right: Right
    gather: Gather
    file_name: str
    forms: tuple[FileForm, ...] = ()

    @property
    def choices(self) -> list[tuple[str, Words]]:
        """The forms of file it can be taken out in."""
        return [(one.code, one.label) for one in self.forms] or [("xlsx", "Excel"), ("csv", "CSV")]


export_kinds: Registry[ExportKind] = Registry("export")


def declare_export(
    code: str, label: Words, *, right: Right, gather: Gather, file_name: str, forms: tuple[FileForm, ...] = ()
) -> ExportKind:
    """Register something that can be taken out."""
    return export_kinds.add(code, ExportKind(code, label, right, gather, file_name, forms))


@transaction.atomic
def ask(
    *, actor: Actor, now: datetime, kind: ExportKind, purpose: str, area_code: str = "", reason: str = "",
    arguments: Mapping[str, Any] | None = None, file_format: str = "xlsx",
) -> tuple[Export, Table | None]:  # fmt: skip
    """
    Write an export down, and return it with its table; without one if a second person must approve it first.

    Raises:
        NotPermitted: without the right, or the purpose, at the place.
        InvalidInput: for a purpose or format that is none, a reason that is missing, or too many rows.
    """
    areas = actor.areas_with(kind.right) & Areas([area_code])
    if not areas or actor.account_id is None:
        raise NotPermitted
    place = min(areas.prefixes, key=len)
    require_purpose(actor, purpose, area_code=place, lists=True)
    if file_format not in dict(kind.choices):
        raise InvalidInput("format_unknown", _("Choose the form of the file from the list."), field="file_format")
    table = _gathered(kind, actor, areas, arguments or {}, purpose)
    is_mass = len(table.person_uuids) > settings.MASS_EXPORT_PERSONS
    if is_mass and len(reason.strip()) < 10:
        raise InvalidInput("reason_short", _("Say in a sentence what the list is needed for."), field="reason")
    export = Export.objects.create(
        area_code=place, kind=kind.code, account_id=actor.account_id, arguments=dict(arguments or {}), purpose=purpose,
        reason=reason.strip()[:400], file_format=file_format, persons=len(table.person_uuids), rows=len(table.rows),
        person_uuids=[] if is_mass else list(table.person_uuids), asked_at=now, needs_approval=is_mass,
        expires_at=now + APPROVAL_LASTS if is_mass else now, taken_at=None if is_mass else now,
    )  # fmt: skip
    _record(ASKED if is_mass else TAKEN, export, actor=actor, now=now)
    return export, None if is_mass else table


@transaction.atomic
def decide(*, actor: Actor, now: datetime, export: Export, approve: bool, note: str = "") -> None:
    """
    Approve or refuse an export of many persons; somebody else's, once, in time.

    Raises:
        NotPermitted: without the right there, and for the own request.
        Refusal: if it is decided or over.
        InvalidInput: if it is refused without a word why.
    """
    held = Export.objects.select_for_update().get(pk=export.pk)
    if not policy.can_approve_export(actor, held):
        raise NotPermitted
    if held.decided_at is not None or not held.needs_approval:
        raise Refusal("export_decided", _("This is decided already."))
    if held.expires_at <= now:
        raise Refusal("export_over", _("Nobody decided in time. It must be asked for again."))
    if not approve and not note.strip():
        raise InvalidInput("note_missing", _("Say why not."), field="note")
    held.decided_by_id, held.decided_at, held.is_approved = actor.account_id, now, approve
    held.decision_note, held.expires_at = note.strip()[:400], now + FILE_LASTS
    held.save(update_fields=["decided_by", "decided_at", "is_approved", "decision_note", "expires_at"])
    _record(APPROVED if approve else REFUSED, held, actor=actor, now=now, reason=held.decision_note)


@transaction.atomic
def take(*, actor: Actor, now: datetime, export: Export) -> tuple[Export, Table]:
    """
    Return the table of an approved export, once, to whoever asked for it, with the rights they have now.

    Raises:
        NotVisible: for somebody else's.
        NotPermitted: if right or purpose are no longer held.
        Refusal: unless it is approved, fresh, not taken yet, and not of more persons than were approved.
    """
    held = Export.objects.select_for_update().get(pk=export.pk)
    if held.account_id != actor.account_id:
        raise NotVisible
    if not held.is_approved:
        raise Refusal("export_not_approved", _("A second person must approve this first."))
    if held.taken_at is not None:
        raise Refusal("export_taken", _("This was taken out already. Each approval is good for one file."))
    if held.expires_at <= now:
        raise Refusal("export_over", _("The approval is over. It must be asked for again."))
    kind = export_kinds[held.kind]
    areas = actor.areas_with(kind.right) & Areas([held.area_code])
    if not areas:
        raise NotPermitted
    require_purpose(actor, held.purpose, area_code=held.area_code, lists=True)
    table = _gathered(kind, actor, areas, held.arguments, held.purpose)
    if len(table.person_uuids) > held.persons:
        raise Refusal("export_grew", _("More persons stand in it now than were approved. Ask again."))
    held.taken_at, held.person_uuids, held.rows = now, list(table.person_uuids), len(table.rows)
    held.save(update_fields=["taken_at", "person_uuids", "rows"])
    _record(TAKEN, held, actor=actor, now=now)
    return held, table


def _gathered(kind: ExportKind, actor: Actor, areas: Areas, arguments: Mapping[str, Any], purpose: str) -> Table:
    table = kind.gather(actor, areas, arguments, purpose)
    if len(table.rows) > MOST_ROWS:
        raise InvalidInput("too_many_rows", _("More than 200,000 rows. Choose a smaller place."), field="area")
    return table


def _record(action: str, export: Export, *, actor: Actor, now: datetime, reason: str = "") -> None:
    journal.record(
        action, actor=actor, subject=export, happened_at=now, reason=reason or export.reason,
        changes={"export": export.kind, "number": export.number, "purpose": export.purpose, "rows": export.rows,
                 "persons": export.persons},
    )  # fmt: skip
