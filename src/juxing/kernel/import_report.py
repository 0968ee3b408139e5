"""
What became of a file, row by row: the good rows are in, the others say where and why, and can be corrected.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from juxing.kernel.refusals import Words

MAXIMUM_LISTED = 1000
SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong in one row: what was written (shortened) and what to do about it."""

    line: int
    column: str
    written: str
    code: str
    message: str


@dataclass(slots=True)
class ImportReport:
    """Counts of an import, and its problems; only the first thousand are listed, all are counted."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    problem_count: int = 0
    notes: list[str] = field(default_factory=list)

    def reject(self, line: int, *, column: str, written: object, code: str, message: Words) -> None:
        """Count the row as rejected and list why."""
        self.rejected += 1
        self.warn(line, column=column, written=written, code=code, message=message)

    def warn(self, line: int, *, column: str, written: object, code: str, message: Words) -> None:
        """List something about a row that is kept all the same."""
        self.problem_count += 1
        if len(self.problems) < MAXIMUM_LISTED:
            shown = str(written)
            if len(shown) > SHOWN_CHARACTERS:
                shown = shown[:SHOWN_CHARACTERS] + "…"
            self.problems.append(RowProblem(line, column, shown, code, str(message)))

    def as_json(self) -> dict[str, Any]:
        """Return the report as a job's result."""
        return asdict(self)
