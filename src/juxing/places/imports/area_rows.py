"""Checking the rows of an area list before any of them touches the database."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.kernel.import_report import ImportReport
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.spreadsheets import MAXIMUM_FILE_BYTES, decode_text
from juxing.places.codes import LEVEL_OF_LENGTH

GZIP_SIGNATURE = b"\x1f\x8b"
MAXIMUM_NAME = 80
COLUMNS = ("code", "name", "level")
PARENT_LENGTH = {2: 0, **dict(zip(sorted(LEVEL_OF_LENGTH)[1:], sorted(LEVEL_OF_LENGTH), strict=False))}
LEVEL_WORD = {length: level.value for length, level in LEVEL_OF_LENGTH.items()}


Listed = dict[str, tuple[str, int]]
"""
Good rows: name and line by code; level and parent follow from the code.

Plain tuples, because the garbage collector stops looking at those; half a million objects of a class cost it seconds.
"""


def unpacked(content: bytes) -> bytes:
    """
    Return the file's bytes, unzipped if it was zipped.

    Raises:
        InvalidInput: if it is damaged or grows beyond what any real list is.
    """
    if not content.startswith(GZIP_SIGNATURE):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            plain = packed.read(MAXIMUM_FILE_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise InvalidInput(
            "file_broken", gettext_lazy("The compressed file is damaged. Fetch it again."), field="file"
        ) from None
    if len(plain) > MAXIMUM_FILE_BYTES:
        raise InvalidInput("file_too_large", gettext_lazy("The file is larger than 200 MB."), field="file")
    return plain


def read_areas(content: bytes, report: ImportReport) -> Listed:
    """
    Return the good rows by code, and report the others; the columns may stand in any order, with others between.

    Raises:
        InvalidInput: if there is no header with code and name, or the file is no text.
    """
    reader = csv.reader(io.StringIO(decode_text(unpacked(content)), newline=""))
    try:
        places = _header(next(reader, []))
        return _rows(reader, places, report)
    except csv.Error:
        raise InvalidInput(
            "file_broken",
            gettext_lazy("The file is no table: a quotation mark or a line break is damaged."),
            field="file",
        ) from None


def _header(cells: Sequence[str]) -> tuple[int, int, int | None]:
    names = [cell.strip().casefold() for cell in cells]
    if "code" not in names or "name" not in names:
        raise InvalidInput(
            "header_missing",
            gettext_lazy("The first line must name the columns: code, name and (if known) level."),
            field="file",
        )
    return names.index("code"), names.index("name"), names.index("level") if "level" in names else None


def _rows(rows: Iterable[Sequence[str]], places: tuple[int, int, int | None], report: ImportReport) -> Listed:
    code_place, name_place, level_place = places
    good: Listed = {}
    for line, cells in enumerate(rows, start=2):
        if not cells:
            continue
        report.read += 1
        try:
            code, name = cells[code_place].strip(), cells[name_place].strip()
            level = cells[level_place].strip() if level_place is not None else ""
        except IndexError:
            report.reject(line, column="code", written=",".join(cells), code="columns_missing",
                          message=_("The line has too few columns. Complete it."))  # fmt: skip
            continue
        expected = LEVEL_WORD.get(len(code))
        if expected is None or not (code.isdecimal() and code.isascii()) or (level and level != expected):
            _reject_code(line, code, level, report)
        elif not name or len(name) > MAXIMUM_NAME or _is_broken(name):
            report.reject(
                line, column="name", written=name, code="name_bad",
                message=_("The name is empty, broken or longer than 80 characters. Write the name."),
            )  # fmt: skip
        elif code in good:
            _repeated(code, good[code], line=line, name=name, report=report)
        else:
            good[code] = (name, line)
    return good


def _is_broken(name: str) -> bool:
    """Whether the name holds control characters; rare Han characters outside Unicode's tables are let pass."""
    return not name.isprintable() and any(character < " " or character == "\x7f" for character in name)


def _reject_code(line: int, code: str, level: str, report: ImportReport) -> None:
    expected = LEVEL_WORD.get(len(code))
    if expected is None or not code.isdecimal() or not code.isascii():
        report.reject(line, column="code", written=code, code="code_bad",
                      message=_("A code has 2, 4, 6, 9 or 12 digits. Correct it."))  # fmt: skip
        return
    report.reject(
        line, column="level", written=level, code="level_bad",
        message=_("A code of %(length)d digits is a %(expected)s, not “%(level)s”. Correct the code or the level.")
        % {"length": len(code), "expected": expected, "level": level[:20]},
    )  # fmt: skip


def _repeated(code: str, first: tuple[str, int], *, line: int, name: str, report: ImportReport) -> None:
    first_name, first_line = first
    message = (
        _("The same line stands in line %(first)d already; it was passed over. Remove one.")
        if first_name == name
        else _("Line %(first)d has this code with another name, and was taken. Decide which is right.")
    )
    report.reject(line, column="code", written=code, code="code_repeated", message=message % {"first": first_line})
