"""
Reading .docx: every paragraph, table, text box, footnote and margin, in order.

Read from the XML itself. What tracked changes inserted, and what stands in content controls, smart tags and text
boxes, is text like any other here; libraries that offer a document's paragraphs pass over it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from juxing_text.documents.counting import Counting, read_counting
from juxing_text.documents.document import (
    MAXIMUM_CHARACTERS,
    Document,
    Origin,
    Paragraph,
    Table,
    Unreadable,
    UnreadableDocument,
)
from juxing_text.documents.names import FALLBACK, transitional, value_of, w
from juxing_text.documents.zipped import Zipped
from juxing_text.lexicon import alternation, data_table

_PASSED_OVER = frozenset({w("del"), w("moveFrom"), w("pPr"), w("rPr"), w("sectPr"), w("sdtPr"), FALLBACK})
_BREAKS = {w("tab"): "\t", w("br"): "\n", w("cr"): "\n", w("noBreakHyphen"): "-"}
_STYLES = data_table("plan_text.toml")["styles"]
_HEADING = re.compile(rf"{alternation(_STYLES['heading'])}\s*([1-9])", re.IGNORECASE)
_CONTENTS = re.compile(rf"{alternation(_STYLES['contents'])}\s*\d", re.IGNORECASE)
DEEPEST_HEADING = 9


def read_word(content: bytes) -> Document:
    """
    Return what a .docx file says.

    Raises:
        UnreadableDocument: if it is none, is damaged, holds macros, or is too large.
    """
    zipped = Zipped(content)
    main = zipped.part("word/document.xml")
    if main is None:
        raise UnreadableDocument(Unreadable.UNKNOWN)
    if "word/vbaProject.bin" in zipped.names:
        raise UnreadableDocument(Unreadable.MACROS)
    body = transitional(main).find(w("body"))
    if body is None:
        raise UnreadableDocument(Unreadable.DAMAGED)
    reading = _Reading(zipped)
    blocks = [*reading.blocks(body, Origin.BODY), *reading.aside("footnote", Origin.NOTE),
              *reading.aside("endnote", Origin.NOTE), *reading.margins()]  # fmt: skip
    if sum(len(block.text) if isinstance(block, Paragraph) else _size(block) for block in blocks) > MAXIMUM_CHARACTERS:
        raise UnreadableDocument(Unreadable.TOO_LARGE)
    if not any(isinstance(block, Table) or block.origin is Origin.BODY for block in blocks):
        has_pictures = any(name.startswith("word/media/") for name in zipped.names)
        raise UnreadableDocument(Unreadable.SCANNED if has_pictures else Unreadable.NO_TEXT)
    return Document(tuple(blocks))


class _Reading:
    """One pass over a document; lists are counted as they are met."""

    def __init__(self, zipped: Zipped) -> None:
        self._zipped = zipped
        numbering = zipped.part("word/numbering.xml")
        self._counting: Counting = read_counting(None if numbering is None else transitional(numbering))
        styles = zipped.part("word/styles.xml")
        self._styles = {} if styles is None else _styles(transitional(styles))

    def blocks(self, parent: Element, origin: Origin) -> Iterator[Paragraph | Table]:
        """Yield the paragraphs and tables directly in an element or in what only wraps them."""
        for child in parent:
            if child.tag == w("p"):
                yield from self._paragraph(child, origin)
            elif child.tag == w("tbl"):
                table = self._table(child)
                if any(cell for row in table.rows for cell in row):
                    yield table
            elif child.tag not in _PASSED_OVER:
                yield from self.blocks(child, origin)

    def aside(self, kind: str, origin: Origin) -> Iterator[Paragraph | Table]:
        """Yield footnotes or endnotes; the separators that Word keeps among them have no text."""
        part = self._zipped.part(f"word/{kind}s.xml")
        for note in [] if part is None else transitional(part).iter(w(kind)):
            yield from self.blocks(note, origin)

    def margins(self) -> Iterator[Paragraph | Table]:
        """Yield what stands above and below the pages, each text once."""
        seen: set[str] = set()
        for name in sorted(self._zipped.names):
            if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name):
                part = self._zipped.part(name)
                for block in () if part is None else self.blocks(transitional(part), Origin.MARGIN):
                    if isinstance(block, Paragraph) and block.text not in seen:
                        seen.add(block.text)
                        yield block

    def _paragraph(self, element: Element, origin: Origin) -> Iterator[Paragraph | Table]:
        boxes: list[Element] = []
        text = "".join(_words(element, boxes))
        style, outline, number = self._form(element)
        lines = [line.strip() for line in (number + text if text.strip() else "").split("\n")]
        if origin is Origin.BODY and _CONTENTS.match(style):
            origin = Origin.CONTENTS
        for line in filter(None, lines):
            yield Paragraph(line, outline if origin is Origin.BODY else 0, origin)
        for box in boxes:
            yield from self.blocks(box, Origin.BOX if origin is Origin.BODY else origin)

    def _form(self, element: Element) -> tuple[str, int, str]:
        """Return the style's name, the heading level and the counted number of a paragraph."""
        properties = element.find(w("pPr"))
        style_id = value_of(properties, "pStyle") if properties is not None else ""
        style, outline, listed = self._styles.get(style_id, ("", 0, None))
        own = properties.find(w("numPr")) if properties is not None else None
        if properties is not None and (level := value_of(properties, "outlineLvl")).isdecimal():
            outline = int(level) + 1 if int(level) < DEEPEST_HEADING else 0
        marks = own if own is not None else listed
        if marks is None or value_of(marks, "numId") in {"", "0"}:
            return style, outline, ""
        level = value_of(marks, "ilvl") or "0"
        has_text = any(each.text for each in element.iter(w("t")))
        return style, outline, self._counting.number(value_of(marks, "numId"), int(level)) if has_text else ""

    def _table(self, element: Element) -> Table:
        rows: list[tuple[str, ...]] = []
        for row in _below(element, w("tr")):
            cells: list[str] = []
            for cell in _below(row, w("tc")):
                properties = cell.find(w("tcPr"))
                merged = properties.find(w("vMerge")) if properties is not None else None
                if merged is not None and merged.get(w("val")) != "restart" and rows and len(cells) < len(rows[-1]):
                    cells.append(rows[-1][len(cells)])
                else:
                    cells.append("\n".join(_flat(self.blocks(cell, Origin.BODY))))
                span = value_of(properties, "gridSpan") if properties is not None else ""
                cells += [""] * (min(int(span), 60) - 1 if span.isdecimal() else 0)
            rows.append(tuple(cells))
        return Table(tuple(rows))


def _words(element: Element, boxes: list[Element]) -> Iterator[str]:
    for child in element:
        if child.tag == w("t"):
            yield child.text or ""
        elif child.tag == w("txbxContent"):
            boxes.append(child)
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag not in _PASSED_OVER:
            yield from _words(child, boxes)


def _below(element: Element, tag: str) -> Iterator[Element]:
    """Yield the nearest elements of a tag, through whatever wraps them; not those inside another of the same tag."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in _PASSED_OVER:
            yield from _below(child, tag)


def _flat(blocks: Iterable[Paragraph | Table]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from (" ".join(filter(None, row)) for row in block.rows)


def _styles(root: Element) -> dict[str, tuple[str, int, Element | None]]:
    """Return by id each style's name, heading level and list, those of the style it builds on included."""
    found = {style.get(w("styleId"), ""): style for style in root.iter(w("style"))}
    return {style_id: _style(style_id, found) for style_id in found}


def _style(style_id: str, found: dict[str, Element]) -> tuple[str, int, Element | None]:
    name, outline, listed = value_of(found[style_id], "name"), 0, None
    for _step in range(10):
        style = found.get(style_id)
        if style is None:
            break
        heading = _HEADING.fullmatch(value_of(style, "name").strip())
        properties = style.find(w("pPr"))
        level = value_of(properties, "outlineLvl") if properties is not None else ""
        if not outline and heading:
            outline = int(heading[1])
        if not outline and level.isdecimal() and int(level) < DEEPEST_HEADING:
            outline = int(level) + 1
        if listed is None and properties is not None:
            listed = properties.find(w("numPr"))
        style_id = value_of(style, "basedOn")
    return name, outline, listed


def _size(table: Table) -> int:
    return sum(len(cell) for row in table.rows for cell in row)
