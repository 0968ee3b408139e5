"""
Opening the Excel files people send without letting one of them take the whole server down.

The reader lays out the rectangle from the first filled cell to the last before it gives out a row: one forgotten cell
in the bottom right corner would ask for 512 GB of memory and end the process. So the corners are looked up first.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from posixpath import join, normpath
from xml.etree import ElementTree

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from juxing.kernel.refusals import InvalidInput

ZIP_SIGNATURE, COMPOUND_SIGNATURE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
EXCEL_SIGNATURES = (ZIP_SIGNATURE, COMPOUND_SIGNATURE)
MAXIMUM_UNPACKED_BYTES = 2 * 2**30
MAXIMUM_RECTANGLE = 32_000_000
"""Cells from the first to the last filled one: a full sheet of 1,048,576 rows with 30 columns, about a gigabyte."""
PART_BYTES = 2**20
FILLED_CELL = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*\s)?r=["']([A-Z]{1,3})([0-9]{1,7})["'](?:\s[^>]*)?(?<!/)>""")
NAMELESS_CELL = re.compile(rb"""<(?:\w+:)?c(?![^>]*\sr=["'])(?:\s[^>]*)?(?<!/)>""")
BROKEN = (
    CalamineError, zipfile.BadZipFile, zlib.error, ElementTree.ParseError, LookupError, RuntimeError, ValueError,
    EOFError,
)  # fmt: skip


def open_first_sheet(content: bytes) -> CalamineSheet:
    """
    Return the first sheet of an .xlsx or .xls file.

    Raises:
        InvalidInput: if the file is damaged, of another kind, or fills a cell so far away that it cannot be laid out.
    """
    try:
        if content.startswith(ZIP_SIGNATURE):
            _require_room(content)
        return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    except BROKEN:
        raise InvalidInput(
            "file_broken",
            _("This Excel file cannot be read. Open it in Excel, save it again as .xlsx and upload that."),
            field="file",
        ) from None


def _require_room(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if sum(part.file_size for part in package.infolist()) > MAXIMUM_UNPACKED_BYTES:
            raise InvalidInput("file_too_large", _("The file is larger than 2 GB unpacked. Split it."), field="file")
        columns, rows = _extent(_parts(package, _first_sheet(package)))
    if columns * rows > MAXIMUM_RECTANGLE:
        raise InvalidInput(
            "cell_far_away",
            _(
                "A cell far away from the table is filled: the sheet reaches to column %(column)s, row %(row)s. "
                "Press Ctrl+End in Excel to find it, delete those rows or columns, and save."
            )
            % {"column": _letters(columns), "row": rows},
            field="file",
        )


def _first_sheet(package: zipfile.ZipFile) -> str:
    """Return the name of the first sheet's part."""
    sheets = [sheet for sheet in _parsed(package, "xl/workbook.xml").iter() if sheet.tag.endswith("}sheet")]
    [relation] = [value for name, value in sheets[0].attrib.items() if name.endswith("}id")]
    targets = _parsed(package, "xl/_rels/workbook.xml.rels")
    [target] = [found.attrib["Target"] for found in targets if found.attrib["Id"] == relation]
    return normpath(join("xl", target)).lstrip("/")


def _parsed(package: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """Return a small part's tree; Python's parser itself refuses entities that grow beyond measure."""
    return ElementTree.fromstring(package.read(name))  # noqa: S314


def _parts(package: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Yield a part's text piece by piece, never ending within a tag."""
    text = b""
    with package.open(name) as part:
        while read := part.read(PART_BYTES):
            text += read
            end = text.rfind(b">") + 1
            yield text[:end]
            text = text[end:]


def _extent(parts: Iterator[bytes]) -> tuple[int, int]:
    """Return the last filled column and row; cells that do not say where they stand could be anywhere."""
    columns, last_row = {b"A"}, 1
    for text in parts:
        cells = FILLED_CELL.findall(text)
        columns |= {column for column, _row in cells}
        last_row = max((last_row, *{int(row) for _column, row in cells}))
        if NAMELESS_CELL.search(text):
            raise ValueError
    return max(map(_number, columns)), last_row


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
