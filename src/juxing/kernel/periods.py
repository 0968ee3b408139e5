"""Periods that must not overlap, as an exclusion constraint that needs no extension of PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import F, Func, Value

if TYPE_CHECKING:
    Expressions = list[tuple[Func[Any], str]]


def never_overlap(column: str) -> Expressions:
    """
    Return the expressions of an exclusion over [starts_at, ends_at) for equal values of a foreign key.

    GiST compares ranges of whole numbers by itself, where comparing the numbers would need btree_gist: two ranges
    that hold one key each overlap exactly when the keys are equal. An open end is None.
    """
    key: Func[Any] = Func(F(column), F(column), Value("[]"), function="int8range")
    period: Func[Any] = Func(
        F("starts_at"), F("ends_at"), Value("[)"), function="tstzrange", output_field=DateTimeRangeField()
    )
    return [(key, "&&"), (period, "&&")]
