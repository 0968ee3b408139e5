"""Writing the read lines: new ones by COPY, corrected ones where nobody works on them yet, the others untouched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_rows
from juxing.kernel.import_report import ImportReport
from juxing.organisations.naming import name_organisations
from juxing.supplies.enums import LineKind, SupplyRequestStatus
from juxing.supplies.imports.rows import Reading, ReadLine, SourceRow, column_name, read_line
from juxing.supplies.meanings import Meaning, meaning_of
from juxing.supplies.models import SupplyItem, SupplyOffer, SupplyRequest
from juxing.supplies.quantities import MAXIMUM_QUANTITY
from juxing.supplies.queries.packs import sizes_in_use

MODEL_OF: dict[LineKind, type[SupplyRequest | SupplyOffer]] = {
    LineKind.REQUEST: SupplyRequest,
    LineKind.OFFER: SupplyOffer,
}
DATE_OF = {LineKind.REQUEST: "requested_on", LineKind.OFFER: "offered_on"}
RECORDED = {
    LineKind.REQUEST: journal.declare_action("supplies.request.import", _("Request taken from a list")),
    LineKind.OFFER: journal.declare_action("supplies.offer.import", _("Offer taken from a list")),
}
CORRECTED = {
    LineKind.REQUEST: journal.declare_action("supplies.request.correct", _("Request corrected from its list")),
    LineKind.OFFER: journal.declare_action("supplies.offer.correct", _("Offer corrected from its list")),
}
ONE_THING = frozenset({"single", "piece", "article"})
"""Words that count one thing each; all other units are never converted silently."""
COMPARED = ("organisation_id", "area_code", "written_item", "specification", "quantity", "written_quantity")
COPIED = (
    "uuid", "area_code", "organisation", "written_item", "specification", "item", "mapping_confidence",
    "is_mapping_confirmed", "quantity", "written_quantity", "source", "source_line",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineList:
    """Which list the lines are of: its kind, the name under which they are known again, and who writes such lists."""

    kind: LineKind
    source: str
    organisation_type: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The items by code, and how many units are in a pack by item and the pack's unit."""

    items: Mapping[str, SupplyItem]
    packs: Mapping[tuple[int, str], Decimal]


@transaction.atomic
def write_lines(
    rows: Sequence[SourceRow], listed: LineList, reading: Reading, *, actor: Actor, now: datetime, report: ImportReport
) -> None:
    """
    Check these rows and write the good ones; call within the scope that may write them.

    A line known already is changed only while nobody has confirmed, decided or committed anything about it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"supplies:{listed.source}"])
    read = [line for row in rows if (line := read_line(row, reading, report)) is not None]
    named = ((line.area_code, line.organisation) for line in read)
    organisations = name_organisations(actor=actor, now=now, named=named, organisation_type=listed.organisation_type)
    catalogue = Catalogue({item.code: item for item in SupplyItem.objects.all()}, sizes_in_use())
    made = [_made(line, listed, organisations, catalogue, report) for line in read]
    model = MODEL_OF[listed.kind]
    there = {
        row.source_line: row
        for row in model.objects.filter(source=listed.source, source_line__in=[line.line for line in read])
    }
    _copy([row for row in made if row.source_line not in there], listed, actor=actor, now=now, report=report)
    again = [(there[row.source_line], row) for row in made if row.source_line in there]
    _correct(again, listed, actor=actor, now=now, report=report)


def _made(
    line: ReadLine,
    listed: LineList,
    organisations: dict[tuple[str, str], int],
    catalogue: Catalogue,
    report: ImportReport,
) -> SupplyRequest | SupplyOffer:
    meaning = meaning_of(
        line.item, line.specification, item_ids={code: item.pk for code, item in catalogue.items.items()}
    )
    row = MODEL_OF[listed.kind](
        uuid=uuid4(), area_code=line.area_code, organisation_id=organisations[line.area_code, line.organisation],
        written_item=line.item, specification=line.specification, item_id=meaning.item_id,
        mapping_confidence=meaning.confidence, is_mapping_confirmed=False,
        quantity=_in_unit(line, meaning, catalogue, report), source=listed.source, source_line=line.line,
        written_quantity=f"{line.written_quantity} {line.unit or ''}".strip()[:40],
    )  # fmt: skip
    setattr(row, DATE_OF[listed.kind], line.written_on)
    return row


def _in_unit(line: ReadLine, meaning: Meaning, catalogue: Catalogue, report: ImportReport) -> Decimal | None:
    """
    Return the quantity in the catalogue's unit: written in it, or in a pack of which somebody said how much it holds.

    In any other unit it is not known to us yet.
    """
    if line.quantity is None or not line.unit:
        return line.quantity
    wanted = next((item.unit for item in catalogue.items.values() if item.pk == meaning.item_id), None)
    if line.unit == wanted or {line.unit, wanted} <= ONE_THING:
        return line.quantity
    size = catalogue.packs.get((meaning.item_id or 0, line.unit))
    if size is not None and line.quantity * size <= MAXIMUM_QUANTITY:
        return line.quantity * size
    report.warn(
        line.line, column=column_name("quantity"), written=f"{line.written_quantity} {line.unit}",
        code="unit_differs",
        message=_("Not in the unit of the catalogue: kept as unknown until someone states the quantity."),
    )  # fmt: skip
    return None


def _copy(
    fresh: Sequence[SupplyRequest | SupplyOffer], listed: LineList, *, actor: Actor, now: datetime, report: ImportReport
) -> None:
    columns = (*COPIED, DATE_OF[listed.kind], *(("status",) if listed.kind == LineKind.REQUEST else ()))
    names = [f"{name}_id" if name in {"organisation", "item"} else name for name in columns]
    copy_rows(MODEL_OF[listed.kind], columns, ([getattr(row, name) for name in names] for row in fresh))
    _record(RECORDED[listed.kind], fresh, actor=actor, now=now)
    report.added += len(fresh)


def _correct(
    again: Sequence[tuple[Any, Any]], listed: LineList, *, actor: Actor, now: datetime, report: ImportReport
) -> None:
    compared = (*COMPARED, DATE_OF[listed.kind])
    changed = []
    for held, read in again:
        if all(getattr(held, name) == getattr(read, name) for name in compared):
            report.unchanged += 1
        elif held.organisation_id != read.organisation_id:
            report.reject(read.source_line, column=column_name("organisation"), written=read.written_item,
                          code="other_list", message=_("This line of the list was another organisation's. If this is "
                                                       "another list, give it another name."))  # fmt: skip
        elif not _is_untouched(held):
            report.unchanged += 1
            report.warn(read.source_line, column=column_name("item"), written=read.written_item, code="in_work",
                        message=_("Someone works on this line already; it was not changed."))  # fmt: skip
        else:
            for name in (*compared, "item_id", "mapping_confidence"):
                setattr(held, name, getattr(read, name))
            changed.append(held)
    if changed:
        fields = [*compared, "item_id", "mapping_confidence"]
        MODEL_OF[listed.kind].objects.bulk_update(changed, [name.removesuffix("_id") for name in fields])
        _record(CORRECTED[listed.kind], changed, actor=actor, now=now)
        report.changed += len(changed)


def _is_untouched(held: Any) -> bool:
    return (
        not held.is_mapping_confirmed
        and not held.committed_quantity
        and getattr(held, "status", SupplyRequestStatus.REQUESTED) == SupplyRequestStatus.REQUESTED
    )


def _record(action: str, rows: Sequence[SupplyRequest | SupplyOffer], *, actor: Actor, now: datetime) -> None:
    journal.record_many(
        journal.Fact(action, row._meta.label_lower, row.uuid, row.area_code, changes={"line": row.source_line})
        for row in rows
    ).by(actor, happened_at=now)
