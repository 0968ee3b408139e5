"""
Reading a stock list as storekeepers really keep it: titles above, cells merged, totals between, units mixed.

Nothing is decided here that a person has to decide: words stay words, quantities stay in the units they were written
in. Columns nobody asked for, such as who keeps the key, are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from juxing.kernel.import_report import ImportReport
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.search_text import folded
from juxing.kernel.spreadsheets import GridRow, read_grid
from juxing.supplies.imports.stock_cells import (
    COLUMNS,
    WORDS,
    Parts,
    day_after,
    read_day,
    read_parts,
    says_how_long,
    unit_of,
)
from juxing.supplies.quantities import plain

MAXIMUM_ROWS = 5000
HEADER_WITHIN = 15
LONGEST = {"item": 200, "specification": 400, "depot": 80, "lot": 40, "unit": 12}
SHORTEST_SECTION = 1
BRACKETED = re.compile(r"[(\[]([^)\]]*)[)\]]")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """
    One row of goods; ``parts`` are amounts as text with the code of their unit ("" where none is written).

    ``expires_on`` is an ISO date or "". ``depot`` is the place as written, "" where the list is of one place.
    """

    line: int
    item: str
    specification: str
    written: str
    parts: list[tuple[str, str]]
    depot: str = ""
    lot: str = ""
    expires_on: str = ""

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> SheetRow:
        """Return the row as it was kept."""
        return cls(**{**kept, "parts": [(amount, unit) for amount, unit in kept["parts"]]})

    @property
    def amounts(self) -> Parts:
        """The amounts as numbers."""
        return [(Decimal(amount), unit or None) for amount, unit in self.parts]

    def as_json(self) -> dict[str, Any]:
        """Return the row to keep."""
        return asdict(self)


@dataclass(slots=True)
class ReadSheet:
    """The rows of a list, and what of it was left out and why."""

    rows: list[SheetRow] = field(default_factory=list)
    report: ImportReport = field(default_factory=ImportReport)


@dataclass(frozen=True, slots=True)
class _Header:
    """Where what stands: columns by what they hold, and the quantity columns with the unit their heads name."""

    places: Mapping[str, int]
    quantities: Sequence[tuple[int, str | None]]
    below: int


@dataclass(slots=True)
class _Sums:
    """What the rows add up to as bare numbers, since the last total and in all; None once a row is not one number."""

    since_total: Decimal | None = Decimal(0)
    everything: Decimal | None = Decimal(0)

    def add(self, row: SheetRow | None) -> None:
        if row is None or len(row.parts) != 1:
            self.since_total = self.everything = None
            return
        amount = Decimal(row.parts[0][0])
        self.since_total = None if self.since_total is None else self.since_total + amount
        self.everything = None if self.everything is None else self.everything + amount


def read_stock_sheet(content: bytes, *, filename: str = "") -> ReadSheet:
    """
    Read a stock list.

    Raises:
        InvalidInput: if the file cannot be read, is too long, or has no columns for goods and quantity.
    """
    grid = read_grid(content, filename=filename, maximum_rows=MAXIMUM_ROWS + HEADER_WITHIN)
    header = _header(grid)
    read, passed, sums = ReadSheet(), 0, _Sums()
    for row in grid[header.below :]:
        cells = _cells(row, header)
        if _is_total(cells, row):
            _compare_total(row, header, sums, read.report)
            sums.since_total = Decimal(0)
        elif _holds_no_goods(cells, row, header):
            passed += 1
        else:
            found = _row(row, cells, header, read.report)
            sums.add(found)
            read.rows += [found] if found else []
    if passed:
        said = ngettext(
            "%(count)d row holds no goods (title, heading, signature) and was passed over.",
            "%(count)d rows hold no goods (titles, headings, signatures) and were passed over.", passed,
        )  # fmt: skip
        read.report.notes.append(said % {"count": passed})
    return read


def _header(grid: Sequence[GridRow]) -> _Header:
    best: _Header | None = None
    for number, row in enumerate(grid[:HEADER_WITHIN]):
        found = _header_at(number, row, grid)
        if found and (best is None or len(found.places) > len(best.places)):
            best = found
    if best is None:
        raise InvalidInput(
            "columns_missing",
            _("No row names the columns. One has to say which column is the item and which the quantity."),
            field="file",
        )
    return best


def _header_at(number: int, row: GridRow, grid: Sequence[GridRow]) -> _Header | None:
    """Return the header that this row is, with the row below it where that divides the quantity by units."""
    heads = [_plain_head(cell) for cell in row.cells]
    places: dict[str, int] = {}
    for code, names in COLUMNS.items():
        if (at := next((heads.index(name) for name in names if name in heads), None)) is not None:
            places[code] = at
    quantities = [
        (at, _unit_in_brackets(row.cells[at])) for at, head in enumerate(heads) if head in COLUMNS["quantity"]
    ]
    below = number + 1
    lower = grid[below].cells if below < len(grid) else []
    divided = [(at, unit_of(lower[at])) for at, _unit in quantities if at < len(lower) and unit_of(lower[at])]
    if divided:
        quantities, below = divided, below + 1
    elif not quantities:
        quantities = [(at, unit_of(head)) for at, head in enumerate(heads) if head and unit_of(head)]
    else:
        quantities = quantities[:1]
    if "item" not in places or not quantities:
        return None
    return _Header(places, quantities, below)


def _plain_head(cell: str) -> str:
    return "".join(BRACKETED.sub("", folded(cell)).split()).strip("*:")


def _unit_in_brackets(cell: str) -> str | None:
    found = BRACKETED.search(folded(cell))
    return unit_of(found[1].split(":")[-1]) if found else None


def _cells(row: GridRow, header: _Header) -> dict[str, str]:
    return {code: " ".join(row.cells[at].split()) if at < len(row.cells) else "" for code, at in header.places.items()}


def _is_total(cells: Mapping[str, str], row: GridRow) -> bool:
    first = next((cell for cell in row.cells if cell), "")
    names = {"".join(folded(text).split()).strip(":") for text in (first, cells["item"])}
    return any(name.startswith(WORDS["totals"]) for name in names if name)


def _holds_no_goods(cells: Mapping[str, str], row: GridRow, header: _Header) -> bool:
    """Whether the row is a heading, the header repeated on a new page, or a signature."""
    distinct = {cell for cell in row.cells if cell}
    if len(distinct) <= SHORTEST_SECTION or _plain_head(cells["item"]) in COLUMNS["item"]:
        return True
    first = "".join(next(cell for cell in row.cells if cell).split())
    has_amount = any(at < len(row.cells) and row.cells[at] for at, _unit in header.quantities)
    return first.startswith(WORDS["sheet_ends"]) and not (has_amount and cells["item"])


def _row(row: GridRow, cells: Mapping[str, str], header: _Header, report: ImportReport) -> SheetRow | None:
    report.read += 1
    try:
        if not cells["item"]:
            raise InvalidInput("item_missing", _("The row does not name the goods."), field="item")
        for code, longest in LONGEST.items():
            if len(cells.get(code, "")) > longest:
                raise InvalidInput("cell_too_long", _("This cell is far too long."), field=code)
        parts, written = _parts(row, cells, header)
        expires = _expires(cells)
    except InvalidInput as refusal:
        column = refusal.field or "item"
        at = header.places.get(column, header.quantities[0][0] if column == "quantity" else header.places["item"])
        report.reject(
            row.line, column=_head_words(column), written=row.cells[at] if at < len(row.cells) else "",
            code=refusal.code, message=refusal.message,
        )  # fmt: skip
        return None
    return SheetRow(
        line=row.line, item=cells["item"], specification=cells.get("specification", ""), written=written[:80],
        parts=[(f"{amount:f}", unit or "") for amount, unit in parts], depot=cells.get("depot", ""),
        lot=cells.get("lot", ""), expires_on=expires.isoformat() if expires else "",
    )  # fmt: skip


def _parts(row: GridRow, cells: Mapping[str, str], header: _Header) -> tuple[Parts, str]:
    parts: Parts = []
    written = []
    unit = unit_of(cells.get("unit", "")) or cells.get("unit") or None  # a word that is no unit is asked about
    for at, head_unit in header.quantities:
        text = row.cells[at] if at < len(row.cells) else ""
        if not text:
            continue
        if at in row.shared:
            raise InvalidInput(
                "quantity_shared", _("One cell holds the quantity of several rows. Write each row's own."),
                field="quantity",
            )  # fmt: skip
        parts += read_parts(text, unit=head_unit or unit)
        written.append(text)
    if not parts:
        raise InvalidInput(
            "quantity_missing", _("No quantity stands here. Write 0 where nothing is left."), field="quantity"
        )
    return parts, " ".join(written)


def _expires(cells: Mapping[str, str]) -> date | None:
    text, lasts = cells.get("expires", ""), cells.get("lasts", "")
    if says_how_long(text):
        text, lasts = "", text
    if text or not (cells.get("produced") and lasts):
        return read_day(text)
    produced = read_day(cells["produced"])
    return day_after(produced, lasts) if produced else None


def _compare_total(row: GridRow, header: _Header, sums: _Sums, report: ImportReport) -> None:
    """Say where the list's own total is not what its rows add up to; totals of nothing readable say nothing."""
    try:
        written = sum(
            (amount for at, _unit in header.quantities if at < len(row.cells) and row.cells[at]
             for amount, _said in read_parts(row.cells[at], unit=None)), Decimal(0),
        )  # fmt: skip
    except InvalidInput:
        return
    if None in (sums.since_total, sums.everything) or written in (sums.since_total, sums.everything):
        return
    if written and sums.since_total is not None:
        report.warn(
            row.line, column=_head_words("quantity"), written=plain(written), code="total_differs",
            message=_("The rows above add up to %(sum)s. Look whether a row is missing or was changed later.")
            % {"sum": plain(sums.since_total)},
        )  # fmt: skip


def _head_words(code: str) -> str:
    return COLUMNS[code][0]


def rows_of(kept: Sequence[Mapping[str, Any]]) -> Iterator[SheetRow]:
    """Yield the rows of a list that was kept."""
    return (SheetRow.from_json(row) for row in kept)
