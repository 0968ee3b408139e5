"""
A plan in the form in which it leaves and comes back: one table for each part, a column for each field.

The writer of Word files and the reader of them both go by these columns. The last column is the row's code: a row
that comes back with it takes the place of the row it was, one without it is new.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_origin

from django.utils.translation import override

from juxing.plans.content import PARTS
from juxing.plans.forms import LABELS, SEPARATORS
from juxing.plans.words import LANGUAGES, OF_THE_PLAN, PlanWords, is_coded
from juxing_text.documents.document import Document, Table
from juxing_text.folding import fold
from juxing_text.lexicon import HAN
from juxing_text.plan_text.levels import bare_level_of
from juxing_text.plan_text.proposals import Proposal

CODE, TITLE_EN = "code", "title_en"
TABLED = [name for name in PARTS if name != "sections"]
NOT_UNDERSTOOD = "cell_not_understood"
HAS_HAN = re.compile(f"[{HAN}]")
CODE_FORM = re.compile(r"[a-z][a-z0-9_]{0,39}")


def columns(part: str) -> list[str]:
    """Return the fields of a part in the order of its columns; the English title stands under the title."""
    fields = [name for name in PARTS[part].model_fields if name not in {CODE, TITLE_EN}]
    return [*fields, CODE]


def cells(part: str, row: Mapping[str, Any], words: PlanWords) -> list[str]:
    """Return a row as the text of its cells, in this language."""
    return [_written(name, row, words) for name in columns(part)]


def rows_of(document: Document) -> dict[int, list[Proposal]]:
    """Return the rows of each table that has this form, by the table's place among the blocks."""
    tables = {
        at: (part, fields)
        for at, block in enumerate(document.blocks)
        if isinstance(block, Table) and block.rows and (found := _part_of(block.rows[0])) is not None
        for part, fields in [found]
    }
    own: dict[str, list[dict[str, Any]]] = {"posts": [], "units": []}
    for at, (part, fields) in tables.items():
        if part in own:
            own[part] += [{CODE: "", **row} for row, _doubts in _rows(document, at, fields, part, PlanWords({}))]
    words = PlanWords({part: [row for row in rows if row[CODE]] for part, rows in own.items()})
    return {
        at: [
            Proposal(part, row, at, tuple(doubts), str(row.get("responsible", "")), is_form=True)
            for row, doubts in _rows(document, at, fields, part, words)
        ]
        for at, (part, fields) in tables.items()
    }


def _written(name: str, row: Mapping[str, Any], words: PlanWords) -> str:
    value = row.get(name)
    if value is None or value == "":
        return ""
    if name == "title":
        return f"{value}\n{row[TITLE_EN]}" if row.get(TITLE_EN) else str(value)
    if isinstance(value, bool):
        return words.word(name, str(value).lower())
    if isinstance(value, list | tuple):
        return ", ".join(words.word(name, each) for each in value)
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    return words.word(name, str(value)) if is_coded(name) else str(value)


def _rows(
    document: Document, at: int, fields: Sequence[str | None], part: str, words: PlanWords
) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Yield each row of a table with a title, and what in it was not understood: such a field is left out."""
    table = document.blocks[at]
    for line in table.rows[1:] if isinstance(table, Table) else ():
        row: dict[str, Any] = {}
        doubts: list[str] = []
        for name, cell in zip(fields, line, strict=False):
            if name is None:
                continue
            try:
                row |= _read(part, name, cell.strip(), words)
            except ValueError:
                doubts.append(NOT_UNDERSTOOD)
        if not row.get("title") and (said := next(filter(None, (cell.strip() for cell in line)), "")):
            row, doubts = row | {"title": said[:80]}, [*doubts, NOT_UNDERSTOOD]
        if row.get("title"):
            yield row, sorted(set(doubts))


def _read(part: str, name: str, cell: str, words: PlanWords) -> dict[str, Any]:
    """Return what a cell says of its field; raises ValueError where it is not understood."""
    if name == CODE:
        return {CODE: cell} if CODE_FORM.fullmatch(cell) else {}
    if name == "title":
        return _titles(cell)
    kind = _kind(part, name)
    if kind is not None:
        return {name: _of_kind(kind, name, cell, words)} if cell else {}
    if not is_coded(name):
        return {name: cell}
    if not cell:
        return {name: ""} if PARTS[part].model_fields[name].default == "" else {}
    return {name: _code(name, cell, words)}


def _of_kind(kind: type, name: str, cell: str, words: PlanWords) -> Any:
    if kind is tuple:
        return [_code(name, each.strip(), words) for each in SEPARATORS.split(cell) if each.strip()]
    return _code(name, cell, words) == "true" if kind is bool else _number(cell, kind)


def _titles(cell: str) -> dict[str, str]:
    """Return the title, and the English one where the last line has no Han and another has."""
    lines = [line.strip() for line in cell.split("\n") if line.strip()]
    if len(lines) > 1 and not HAS_HAN.search(lines[-1]):
        return {"title": " ".join(lines[:-1])[:80], TITLE_EN: lines[-1][:80]}
    return {"title": " ".join(lines)[:80]}


def _code(name: str, text: str, words: PlanWords) -> str:
    if name == "from_level" and (level := bare_level_of(text)):
        return level
    found = words.code(name, text)
    if found is None and name in OF_THE_PLAN:
        return text
    if found is None:
        raise ValueError(name)
    return found


def _number(cell: str, kind: type) -> int | float:
    match = re.match(r"\s*(\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?)", fold(cell))
    if match is None:
        raise ValueError(cell)
    number = float(match[1].replace(",", ""))
    return round(number) if kind is int else number


def _kind(part: str, name: str) -> type | None:
    """Return whether a field is a list, a yes or no, or a number; None for text."""
    annotation = PARTS[part].model_fields[name].annotation
    if get_origin(annotation) is tuple:
        return tuple
    return annotation if isinstance(annotation, type) and annotation in {bool, int, float} else None


def _part_of(header: Sequence[str]) -> tuple[str, list[str | None]] | None:
    """Return whose columns a header names, and which each is; None unless it names title and code."""
    plain = [re.sub(r"\s+", "", cell) for cell in header]
    best: tuple[int, str, list[str | None]] | None = None
    for part, heads in _heads():
        fields = [heads.get(cell) for cell in plain]
        if {"title", CODE} <= set(fields):
            others = len(set(fields) - {None}) * 2 - len(heads)
            best = max(best or (others - 1, "", []), (others, part, fields), key=lambda one: one[0])
    return (best[1], best[2]) if best is not None else None


@cache
def _heads() -> list[tuple[str, dict[str, str]]]:
    """Return for each part and language which field a column's head names."""
    found = []
    for language in LANGUAGES:
        with override(language):
            found += [
                (part, {re.sub(r"\s+", "", str(LABELS[name])): name for name in columns(part)}) for part in TABLED
            ]
    return found
