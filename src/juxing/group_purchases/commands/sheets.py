"""Orders from a spreadsheet: one row a door, one column a package; the whole wish of a door in its row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.group_purchases import policy
from juxing.group_purchases.commands.ordering import record_orders
from juxing.group_purchases.enums import OrderChannel
from juxing.group_purchases.inputs import OrderInput
from juxing.group_purchases.models import GroupPurchase
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.import_report import ImportReport
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.spreadsheets import TableRow, read_table
from juxing.places.door_queries import DoorFound, find_doors
from juxing.places.door_text import DoorText
from juxing_text.folding import fold

IMPORTED = journal.declare_action("group_purchases.purchase.import", _("Orders brought in by spreadsheet"))
HEADINGS = Path(__file__).resolve().parents[1] / "data" / "headings.csv"
MOST_ROWS = 5000
MOST_BYTES = 5 * 2**20
LETTER = re.compile(r"^\s*([a-zA-Z])(?![a-zA-Z])")


@transaction.atomic
def import_sheet(
    *, actor: Actor, now: datetime, purchase: GroupPurchase, content: bytes, filename: str = ""
) -> ImportReport:
    """
    Take the rows of a table as orders; good rows are in, the others say where and why. Sent again, nothing is doubled.

    Raises:
        NotPermitted: if the actor does not run the purchase.
        InvalidInput: if it is no table, too large, or has no column for the door or for any package.
    """
    policy.require(policy.can_run(actor, purchase))
    if len(content) > MOST_BYTES:
        raise InvalidInput("file_too_large", _("The file is larger than 5 MB."), field="file")
    rows = list(islice(read_table(content, filename=filename), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise InvalidInput("rows_many", _("More than 5,000 rows. Split the file."), field="file")
    packages = {code: pk for pk, code in purchase.packages.values_list("pk", "code")}
    columns = _columns(rows[0].cells if rows else {}, packages)
    report = ImportReport(read=len(rows))
    doors = find_doors(actor=actor, area_code=purchase.area_code, doors=[_door(row, columns) for row in rows])
    taken = list(_inputs(rows, doors, columns, report))
    outcome = record_orders(actor=actor, now=now, purchase=purchase, inputs=[given for _row, given in taken])
    for at, (row, _given) in enumerate(taken):
        if at in outcome.refusals:
            refusal = outcome.refusals[at]
            report.reject(row.line, column=refusal.field or "", written="", code=refusal.code, message=refusal.message)
    report.added, report.changed = len(outcome.added), len(outcome.changed)
    report.unchanged = len(outcome.orders) - len(outcome.added) - len(outcome.changed)
    changes = {"added": report.added, "changed": report.changed, "rejected": report.rejected}
    journal.record(IMPORTED, actor=actor, subject=purchase, happened_at=now, changes=changes)
    return report


def _columns(cells: Mapping[str, str], packages: Mapping[str, int]) -> dict[str, str | int]:
    """Return what each heading of the table stands for: a field's name, or a package's id."""
    found: dict[str, str | int] = {}
    for heading in cells:
        folded = fold(heading).strip().casefold()
        letter = LETTER.match(fold(heading))
        if folded in headings():
            found[heading] = headings()[folded]
        elif letter and letter[1].upper() in packages:
            found[heading] = packages[letter[1].upper()]
    if not {"building", "door"} <= set(found.values()):
        raise InvalidInput(
            "columns_missing", _("The table needs a column for the building and one for the door."), field="file"
        )
    if not any(isinstance(one, int) for one in found.values()):
        raise InvalidInput(
            "columns_missing", _("The table needs a column for each package, such as “A”."), field="file"
        )
    return found


@lru_cache(maxsize=1)
def headings() -> dict[str, str]:
    """Return the field that each heading people use stands for."""
    with HEADINGS.open(encoding="utf-8", newline="") as stream:
        return {
            heading.casefold(): row["field"] for row in csv.DictReader(stream) for heading in row["headings"].split("|")
        }


def means_yes(cell: str) -> bool:
    """Whether a cell ticks something: anything but nothing and a no."""
    return bool(cell) and headings().get(cell) != "no"


def _cell(row: TableRow, columns: Mapping[str, str | int], field: str) -> str:
    return next((row.cells.get(heading, "") for heading, one in columns.items() if one == field), "")


def _door(row: TableRow, columns: Mapping[str, str | int]) -> DoorText:
    return DoorText(
        building=_cell(row, columns, "building"), unit=_cell(row, columns, "unit"), door=_cell(row, columns, "door")
    )


def _inputs(
    rows: Sequence[TableRow], doors: Sequence[DoorFound], columns: Mapping[str, str | int], report: ImportReport
) -> Iterator[tuple[TableRow, OrderInput]]:
    for row, found in zip(rows, doors, strict=True):
        if found.household is None:
            written = " ".join(filter(None, (_cell(row, columns, name) for name in ("building", "unit", "door"))))
            message = _("This door is not in the register, or several doors fit. Write building, unit and door.")
            report.reject(row.line, column="", written=written, code="door_unknown", message=message)
            continue
        counts: dict[int, int] = {}
        wrong = False
        for heading, package in columns.items():
            written = fold(row.cells.get(heading, "")).strip()
            if not isinstance(package, int) or not written:
                continue
            if not re.fullmatch(r"\d{1,5}(\.0+)?", written, re.ASCII):
                message = _("Write a whole number.")
                report.reject(row.line, column=heading, written=written, code="count_unreadable", message=message)
                wrong = True
                break
            counts[package] = int(written.partition(".")[0])
        if not wrong:
            brought = _cell(row, columns, "brought").strip().casefold()
            yield row, OrderInput(
                household_id=found.household.pk, quantities=counts, channel=OrderChannel.SHEET,
                contact_name=_cell(row, columns, "name"), is_brought=True if means_yes(brought) else None,
            )  # fmt: skip
