"""Needs from a spreadsheet: header and rows as people write them, good rows in, bad rows named by line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice

import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from juxing.kernel.actors import Actor
from juxing.kernel.import_report import ImportReport
from juxing.kernel.search_text import folded
from juxing.kernel.table_columns import rows_by_field
from juxing.needs.enums import IntakeChannel, NeedType
from juxing.needs.goods import lines_of_words
from juxing.needs.inputs import NeedInput
from juxing.places.door_queries import DoorFound, find_doors
from juxing.places.door_text import DoorText

CHUNK_ROWS = 2000
YES = re.compile(r"\s*(y|yes|1|true|\u662f|\u6025|\u7d27\u6025|\u52a0\u6025)\s*", re.IGNORECASE)
SEPARATORS = re.compile(r"[;\uff1b\n]")
PREVIEW_ROWS = 12
MAXIMUM_ROWS = 500_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the template, and the other names people give it."""

    field: str
    headers: Mapping[str, str]
    aliases: tuple[str, ...]
    examples: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One row as it was written, by field; ``line`` is where its author finds it."""

    line: int
    values: Mapping[str, str]
    is_oversized: bool = False


@cache
def columns() -> tuple[Column, ...]:
    """Return the columns of the template."""
    text = files("juxing.needs").joinpath("data/import_columns.csv").read_text(encoding="utf-8")
    return tuple(
        Column(
            row["field"], {"zh-hans": row["header_zh"], "en": row["header_en"]}, tuple(row["aliases"].split("|")),
            {"zh-hans": row["example_zh"], "en": row["example_en"]},
        )
        for row in csv.DictReader(io.StringIO(text))
    )  # fmt: skip


def template() -> bytes:
    """Return the empty template as a spreadsheet, in the reader's language, with one example row."""
    language = _language()
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "bg_color": "#E3F1F3", "border": 1})
    text = book.add_format({"num_format": "@"})
    for place, column in enumerate(columns()):
        sheet.set_column(place, place, 18, text)
        sheet.write_string(0, place, column.headers[language], bold)
        sheet.write_string(1, place, column.examples[language], text)
    kinds = _template_kinds(language)
    place = [column.field for column in columns()].index("need_type")
    hidden = book.add_worksheet("kinds")
    hidden.write_column(0, 0, kinds)
    hidden.hide()
    sheet.data_validation(1, place, 20_000, place, {"validate": "list", "source": f"=kinds!$A$1:$A${len(kinds)}"})
    sheet.freeze_panes(1, 0)
    book.close()
    return stream.getvalue()


def _template_kinds(language: str) -> list[str]:
    """Return one name of each kind, the first or the last English one, for the template's list of choices."""
    place = -1 if language == "en" else 0
    names: dict[str, list[str]] = {}
    for name, kind in _kinds().items():
        names.setdefault(kind, []).append(name)
    return [[one for one in listed if one not in NeedType.values or one == "other"][place] for listed in names.values()]


def read_needs(content: bytes, *, filename: str) -> Iterator[NeedRow]:
    """
    Yield the rows with their values by field.

    Raises:
        InvalidInput: if the file cannot be read, or has no column that says where.
    """
    language = _language()
    names = {
        column.field: (column.headers[language], *column.headers.values(), *column.aliases) for column in columns()
    }
    for row in rows_by_field(
        content, filename=filename, columns=names, needed=[("door", "building")], at_most=MAXIMUM_ROWS
    ):
        yield NeedRow(row.line, row.cells, row.has_oversized_cell)


def preview(content: bytes, *, filename: str) -> tuple[list[NeedRow], int]:
    """Return the first rows, and how many there are in all."""
    rows = read_needs(content, filename=filename)
    first = list(islice(rows, PREVIEW_ROWS))
    return first, len(first) + sum(1 for _row in rows)


def inputs_of(
    rows: Sequence[NeedRow], *, actor: Actor, area_code: str, report: ImportReport
) -> list[tuple[NeedRow, NeedInput]]:
    """Return what can be recorded of these rows; the others go into the report. Doors cost three queries in all."""
    doors = [DoorText(*(row.values.get(name, "") for name in ("estate", "building", "unit", "door"))) for row in rows]
    found = find_doors(actor=actor, area_code=area_code, doors=doors)
    kept: list[tuple[NeedRow, NeedInput]] = []
    for row, written, door in zip(rows, doors, found, strict=True):
        report.read += 1
        problem = _problem(row, written)
        if problem is not None:
            field, code, message = problem
            report.reject(
                row.line, column=_header(field), written=row.values.get(field, ""), code=code, message=message
            )
            continue
        if door.household is None:
            report.warn(
                row.line, column=_header("door"), written=" ".join(filter(None, (written.building, written.door))),
                code="door_unknown", message=_("This door is not in the register. The need was taken as written."),
            )  # fmt: skip
        kept.append((row, _input(row, written, door, area_code)))
    return kept


def _problem(row: NeedRow, written: DoorText) -> tuple[str, str, str] | None:
    if row.is_oversized:
        return "details", "cell_too_long", _("A cell is longer than 4,000 characters. Shorten it.")
    if not any((written.building, written.door, written.estate)):
        return "door", "place_missing", _("Write estate, building and door.")
    if _kind_of(row.values.get("need_type", "")) is None:
        return "need_type", "need_type_unknown", _("Write one of the kinds in the template, such as fresh food.")
    return None


def _input(row: NeedRow, written: DoorText, door: DoorFound, area_code: str) -> NeedInput:
    household = door.household
    code = door.building.area_code if door.building is not None else area_code
    place = " ".join(part for part in (written.estate, written.building, written.unit, written.door) if part)
    return NeedInput(
        need_type=_kind_of(row.values.get("need_type", "")) or NeedType.OTHER,
        channel=IntakeChannel.PAPER,
        household_id=household.pk if household else None,
        area_code=household.area_code if household else code,
        place_text="" if household else place,
        details=row.values.get("details", ""),
        lines=tuple(lines_of_words(SEPARATORS.sub("\n", row.values.get("things", "")))),
        contact_name=row.values.get("name", ""),
        contact_phone=row.values.get("phone", ""),
        is_urgent=bool(YES.fullmatch(row.values.get("urgent", ""))),
    )


def _header(field: str) -> str:
    return next(column.headers[_language()] for column in columns() if column.field == field)


def _language() -> str:
    return "en" if get_language() == "en" else "zh-hans"


def _kind_of(written: str) -> str | None:
    return _kinds().get(folded(written).strip())


@cache
def _kinds() -> dict[str, str]:
    """Return the kinds by every name they are written under; a file of names, so that no language setting matters."""
    text = files("juxing.needs").joinpath("data/need_type_names.csv").read_text(encoding="utf-8")
    named = {
        folded(name): row["need_type"] for row in csv.DictReader(io.StringIO(text)) for name in row["names"].split("|")
    }
    return named | {kind.value: kind.value for kind in NeedType}
