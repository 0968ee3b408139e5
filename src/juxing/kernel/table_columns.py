"""Tables that people fill in: which column is which, under any of the names people give it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from juxing.kernel.refusals import InvalidInput
from juxing.kernel.search_text import folded
from juxing.kernel.spreadsheets import TableRow, read_table, require_few

PASSED_OVER = re.compile(r"[\s*_:]+")
Columns = Mapping[str, Sequence[str]]
"""The names of each column by its field; the first is the one that templates and messages show."""


def rows_by_field(
    content: bytes, *, filename: str, columns: Columns, needed: Sequence[str | tuple[str, ...]], at_most: int
) -> Iterator[TableRow]:
    """
    Yield the rows with their cells by field, "" where the table lacks the column; other columns are passed over.
    Of several fields that stand together in ``needed`` one is enough.

    Width, case, spaces, stars, colons and underscores of a heading do not count. Of two columns with names of one
    field, the name that comes first in ``columns`` is taken.

    Raises:
        InvalidInput: if the file is no table, lacks needed columns, has no row, or more rows than allowed.
    """
    headings: dict[str, str] | None = None
    empty = dict.fromkeys(columns, "")
    count = 0
    for count, row in enumerate(read_table(content, filename=filename), start=1):
        headings = headings or _headings(row, columns, needed)
        require_few(count, at_most)
        cells = empty | {field: row.cells[heading] for field, heading in headings.items()}
        yield TableRow(row.line, cells, has_oversized_cell=row.has_oversized_cell)
    if not count:
        raise InvalidInput("file_without_rows", _("The table has no rows under its headings."), field="file")


def names_by_field(fields: Sequence[str], headings: Callable[[], Sequence[str]]) -> dict[str, list[str]]:
    """Return the names of columns that are translated words: the reader's first, then those of every language."""
    names = {field: [heading] for field, heading in zip(fields, headings(), strict=True)}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for field, heading in zip(fields, headings(), strict=True):
                names[field].append(str(heading))
    return names


def _headings(row: TableRow, columns: Columns, needed: Sequence[str | tuple[str, ...]]) -> dict[str, str]:
    """Return the file's heading for each field it has."""
    written = {_plain(heading): heading for heading in row.cells}
    found: dict[str, str] = {}
    for field, names in columns.items():
        known = next((name for name in map(_plain, (*names, field)) if name in written), None)
        if known is not None:
            found[field] = written[known]
    groups = [(one,) if isinstance(one, str) else one for one in needed]
    missing = [" / ".join(columns[field][0] for field in group) for group in groups if not found.keys() & set(group)]
    if missing:
        raise InvalidInput(
            "columns_missing",
            _("The table lacks the columns: %(missing)s. Use the template.") % {"missing": ", ".join(missing)},
            field="file",
        )
    return found


def _plain(heading: str) -> str:
    return PASSED_OVER.sub("", folded(heading))
