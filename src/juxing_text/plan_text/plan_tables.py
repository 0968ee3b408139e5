"""Tables of a plan: bodies with duties, goods held, levels with conditions and measures, shelters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache

from juxing_text.catalogue import CatalogueIndex, load_catalogue
from juxing_text.documents.document import Table
from juxing_text.numerals import read_numeral
from juxing_text.plan_text.actions import post, step, trigger
from juxing_text.plan_text.levels import FROM_COLOUR, bare_level_of, level_of
from juxing_text.plan_text.marks import without_mark
from juxing_text.plan_text.proposals import TITLE, TITLE_CUT, Doubts, Proposal
from juxing_text.plan_text.words import any_word, has_any, words
from juxing_text.quantities import unit_code

ITEM_UNKNOWN, ITEM_UNSURE, QUANTITY_MISSING, UNIT_DIFFERS = (
    "item_unknown", "item_unsure", "quantity_missing", "unit_differs",
)  # fmt: skip
WHOLE_PLACE, HEADER_UNKNOWN = "quantity_for_whole_place", "header_unknown"
UNKNOWN_ITEM = "unknown"
MOST_GOODS = 10_000
LONGEST_CAPTION = 24


def rows_of(table: Table, *, at: int, title: str) -> list[Proposal]:
    """Return what a table proposes; nothing where its header is not understood. ``title`` stands above it."""
    if len(table.rows) < 2:
        return []
    header, body = table.rows[0], table.rows[1:]
    readers = (
        (_goods, ("item", "quantity")), (_shelters, ("place", "capacity")), (_shelters, ("place", "area")),
        (_levels, ("level", "condition")), (_levels, ("level", "measure")), (_duties, ("body", "duty")),
    )  # fmt: skip
    for reader, needed in readers:
        columns = _columns(header, needed)
        if columns is not None:
            return list(reader(header, body, columns, at, title))
    return []


def header_is_understood(table: Table) -> bool:
    """Whether the first row names something this reader or the taking out of persons knows."""
    told = words("tables")
    return bool(table.rows) and any(has_any(cell, listed) for cell in table.rows[0] for listed in told.values())


def _columns(header: Sequence[str], needed: Sequence[str]) -> list[int] | None:
    """Return the column of each kind needed, no column twice; None if one is missing."""
    found: list[int] = []
    for kind in needed:
        column = next(
            (at for at, cell in enumerate(header) if at not in found and has_any(cell, words("tables")[kind])), None
        )
        if column is None:
            return None
        found.append(column)
    return found


def _duties(
    _header: Sequence[str], body: Sequence[Sequence[str]], columns: Sequence[int], at: int, _title: str
) -> Iterator[Proposal]:
    for row in body:
        name, duties = _cell(row, columns[0]), _cell(row, columns[1])
        found = post(name.replace("\n", ""), duties, at=at) if name else None
        if found is not None:
            yield found


def _levels(
    header: Sequence[str], body: Sequence[Sequence[str]], columns: Sequence[int], at: int, _title: str
) -> Iterator[Proposal]:
    told = words("tables")
    for row in body:
        written = _cell(row, columns[0])
        level = bare_level_of(written)
        for column, name in enumerate(header):
            text = _cell(row, column)
            if not level or not text or column == columns[0]:
                continue
            is_colour = not level_of(written) and words("levels")["colour"] in written
            for part in filter(None, (part.strip() for part in re.split(r"\n|(?<=[。；;])", text))):
                if has_any(name, told["condition"]):
                    source = written if is_colour else ""
                    yield trigger(part, at=at, level=level, source=source, is_colour=is_colour)
                elif has_any(name, told["measure"]):
                    found = step(part, at=at, level=level)
                    extra = (FROM_COLOUR,) if is_colour else ()
                    yield Proposal("playbook", found.row, at, (*found.doubts, *extra), found.responsible)


def _goods(
    header: Sequence[str], body: Sequence[Sequence[str]], columns: Sequence[int], at: int, _title: str
) -> Iterator[Proposal]:
    units = [column for column, cell in enumerate(header)
             if column not in columns and has_any(cell, words("tables")["unit"])]  # fmt: skip
    for row in body:
        name, written = _cell(row, columns[0]), _cell(row, columns[1])
        if not name:
            continue
        doubts = Doubts([WHOLE_PLACE])
        code, catalogue_unit = _item(name, doubts)
        quantity, unit = _quantity(written, _cell(row, units[0]) if units else "")
        doubts.when(quantity is None, QUANTITY_MISSING)
        doubts.when(unit and catalogue_unit and unit != catalogue_unit, UNIT_DIFFERS)
        amount = float(min(quantity or Decimal(1), Decimal(MOST_GOODS)))
        row_found = {"title": doubts.cut(name, TITLE, TITLE_CUT), "item": code, "for_each": "community",
                     "quantity": amount, "days": 1}  # fmt: skip
        is_offered = not {ITEM_UNKNOWN, ITEM_UNSURE, QUANTITY_MISSING} & set(doubts.codes)
        yield Proposal("goods", row_found, at, tuple(doubts.codes), is_offered=is_offered)


def _shelters(
    header: Sequence[str], body: Sequence[Sequence[str]], _columns_found: Sequence[int], at: int, title: str
) -> Iterator[Proposal]:
    """Yield one venue to be wanted for all the shelters listed: a plan says how many, the register which."""
    listed = [row for row in body if any(row)]
    if not listed or not has_any(title + " ".join(header), words("tables")["shelter"]):
        return
    area_column = next((column for column, cell in enumerate(header) if has_any(cell, words("tables")["area"])), None)
    areas = [_quantity(_cell(row, area_column), "")[0] for row in listed] if area_column is not None else []
    least = min((area for area in areas if area), default=Decimal(0))
    doubts = Doubts()
    named = title if 0 < len(title) <= LONGEST_CAPTION else header[0]
    named = re.sub(rf"{any_word('tables', 'name_ends')}$", "", without_mark(named)) or header[0]
    row = {"title": doubts.cut(named, TITLE, TITLE_CUT), "function": "shelter", "count": len(listed),
           "minimum_area_m2": int(min(least, Decimal(100_000)))}  # fmt: skip
    yield Proposal("venues", row, at, tuple(doubts.codes))


def _item(name: str, doubts: Doubts) -> tuple[str, str]:
    """Return the catalogue's code and unit for a name as written."""
    found = _index().best(name)
    if not found.candidates:
        doubts.codes.append(ITEM_UNKNOWN)
        return UNKNOWN_ITEM, ""
    doubts.when(not found.is_sure, ITEM_UNSURE)
    code = found.candidates[0].code
    return code, _units()[code]


def _quantity(written: str, unit: str) -> tuple[Decimal | None, str]:
    match = re.match(r"\s*(\d[\d,，]*(?:\.\d+)?|[^\d\s]{1,4}?)\s*([^\d\s（(]{0,4})", written)
    if match is None:
        return None, ""
    read = read_numeral(re.sub("[,，]", "", match[1]))
    amount = read.low if read is not None and read.is_exact and read.low else None
    return amount, unit_code(unit or match[2]) or ""


def _cell(row: Sequence[str], column: int) -> str:
    return row[column].strip() if column < len(row) else ""


@cache
def _index() -> CatalogueIndex:
    return CatalogueIndex(load_catalogue())


@cache
def _units() -> dict[str, str]:
    return {item.code: item.unit for item in load_catalogue()}
