"""
Pages of long lists by key, not by number: page 10,000 costs what page 1 costs, and nothing is shown twice.

The cursor is signed, so a reader cannot make one that asks for rows in an order the list does not offer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import InvalidInput

Row = TypeVar("Row", bound=Model)
SALT = "juxing.keyset"
DEFAULT_PAGE_ROWS = 50
MAXIMUM_PAGE_ROWS = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page, and the cursors of its neighbours (None at an end)."""

    rows: Sequence[Row]
    next_cursor: str | None
    previous_cursor: str | None


def page_of(
    rows: QuerySet[Row], *, order: Sequence[str], cursor: str | None = None, size: int = DEFAULT_PAGE_ROWS
) -> Page[Row]:
    """
    Return the page at the cursor.

    ``order`` names not-null columns, "-" for descending, the last of them unique; an index must serve it.

    Raises:
        InvalidInput: if the cursor was not made by this list.
    """
    size = max(1, min(size, MAXIMUM_PAGE_ROWS))
    backwards, key = _read(cursor, order)
    names = [_reversed(name) for name in order] if backwards else list(order)
    if key is not None:
        rows = rows.filter(_after(names, key))
    found = list(rows.order_by(*names)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next, has_previous = (key is not None, more) if backwards else (more, key is not None)
    return Page(
        rows=found,
        next_cursor=_cursor(found[-1], order, backwards=False) if found and has_next else None,
        previous_cursor=_cursor(found[0], order, backwards=True) if found and has_previous else None,
    )


def _reversed(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _after(names: Sequence[str], key: Sequence[Any]) -> Q:
    condition, equal = Q(), Q()
    for name, value in zip(names, key, strict=True):
        column = name.lstrip("-")
        comparison = "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{column}__{comparison}": value})
        equal &= Q(**{column: value})
    first = names[0].lstrip("-")
    bound = "lte" if names[0].startswith("-") else "gte"
    return Q(**{f"{first}__{bound}": key[0]}) & condition


def _cursor(row: Model, order: Sequence[str], *, backwards: bool) -> str:
    values = [getattr(row, name.lstrip("-")) for name in order]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return signing.dumps([backwards, [name.lstrip("-") for name in order], plain], salt=SALT)


def _read(cursor: str | None, order: Sequence[str]) -> tuple[bool, list[Any] | None]:
    if not cursor:
        return False, None
    try:
        backwards, names, key = signing.loads(cursor, salt=SALT)
    except signing.BadSignature:
        raise InvalidInput("bad_cursor", _("This page link is broken. Start again from the first page.")) from None
    if names != [name.lstrip("-") for name in order]:
        raise InvalidInput("bad_cursor", _("This page link belongs to another list. Start again from the first page."))
    return bool(backwards), list(key)
