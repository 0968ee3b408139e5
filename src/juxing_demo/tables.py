"""The base of every demo table: named columns of one length, read by row for bulk loading."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = list[str]
Ring = list[tuple[float, float]]
"""
A closed ring of (longitude, latitude), WGS84, first point repeated at the end; empty where there is none.
"""


@dataclass(frozen=True, eq=False)
class Table:
    """
    Columns of equal length; a subclass declares them, in loading order.

    A column is a list or a one- or two-dimensional numpy array whose first axis is the row. Columns
    ending in ``_row`` hold the zero-based row of another table, -1 for none.
    """

    def __post_init__(self) -> None:
        lengths = {name: len(getattr(self, name)) for name in self.columns()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"Columns of {type(self).__name__} differ in length: {lengths}.")

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Names of the columns, in declared order."""
        return tuple(each.name for each in fields(cls))

    @classmethod
    def from_rows(cls, rows: Sequence[tuple[Any, ...]]) -> Self:
        """A table of the given rows, each a value per column in declared order."""
        columns = list(zip(*rows, strict=True)) or [()] * len(cls.columns())
        kinds = {"Ints": np.int32, "Floats": np.float64, "Flags": np.bool_}
        built: Iterator[Any] = (
            np.array(column, dtype=kinds[str(each.type)]) if each.type in kinds else list(column)
            for each, column in zip(fields(cls), columns, strict=True)
        )
        return cls(*built)

    def __len__(self) -> int:
        return len(getattr(self, self.columns()[0]))

    def rows(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Rows of the named columns (all if none is named) as plain Python values, ready for COPY."""
        return zip(*(self.plain(name) for name in names or self.columns()), strict=True)

    def plain(self, name: str) -> list[Any]:
        """One column as Python values, without numpy types."""
        column = getattr(self, name)
        return column.tolist() if isinstance(column, np.ndarray) else column  # type: ignore[no-any-return]

    def digest(self) -> str:
        """SHA-256 over all columns: equal exactly when two tables hold the same values."""
        sha = hashlib.sha256()
        for name in self.columns():
            column = getattr(self, name)
            sha.update(name.encode())
            if isinstance(column, np.ndarray):
                little = column.dtype.newbyteorder("<")
                sha.update(np.ascontiguousarray(column, dtype=little).tobytes())
            else:
                sha.update(repr(column).encode())
        return sha.hexdigest()
