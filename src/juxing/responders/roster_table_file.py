"""Rosters as spreadsheets: one shift a line, out and in again in the same form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from juxing.kernel.import_report import ImportReport
from juxing.kernel.masking import masked_name
from juxing.kernel.spreadsheets import TableRow
from juxing.kernel.table_columns import names_by_field, rows_by_field
from juxing.organisations.enums import AssignmentSlot
from juxing.responders.models import Duty, Responder
from juxing.responders.queries.roster_table import RosterTable, shift_times

CODES = ("person", "phone", "day", "shift", "post", "slot")
MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class ReadShift:
    """One good line: who, when, which post."""

    line: int
    person: int
    day: date
    shift_id: int
    post_id: int
    slot: str


def headings() -> list[str]:
    """Return the columns in the reader's language."""
    return [
        pgettext("responders", "Person"),
        _("Telephone"),
        _("Date"),
        _("Shift"),
        _("Post of the roster"),
        _("A or B"),
    ]


def rows_of(table: RosterTable, name: Callable[[Responder], str]) -> list[list[str]]:
    """Return a line for each shift, in the form in which it comes in; the telephone stays in the house."""
    shifts, posts = {row.pk: row.name for row in table.shifts}, {row.pk: row.title for row in table.posts}
    return [
        [name(duty.responder), "", duty.day.isoformat(), shifts[duty.shift_id], posts[duty.post_id],
         "B" if duty.slot == AssignmentSlot.ALTERNATE else "A"]
        for duty in table.held
    ]  # fmt: skip


def read_roster(content: bytes, *, filename: str, table: RosterTable, report: ImportReport) -> list[ReadShift]:
    """
    Return the good lines of a table; what is wrong with the others goes into the report, line by line.

    Overlaps are found among the lines themselves and against what stands fixed in the roster or elsewhere.

    Raises:
        InvalidInput: if the file is no table, lacks columns, or has no or too many lines.
    """
    reader = _Reader(table, report)
    good: list[ReadShift] = []
    rows = rows_by_field(
        content, filename=filename, columns=names_by_field(CODES, headings), needed=("person", "day", "shift", "post"),
        at_most=MOST_ROWS,
    )  # fmt: skip
    for row in rows:
        report.read += 1
        read = reader.read(row, row.cells)
        if read is not None:
            good.append(read)
    return good


class _Reader:
    """Reads lines one by one and remembers who is taken when."""

    def __init__(self, table: RosterTable, report: ImportReport) -> None:
        self.table, self.report = table, report
        self.shift = {row.name: row for row in table.shifts}
        self.post = {row.title: row for row in table.posts}
        self.people: defaultdict[str, list[int]] = defaultdict(list)
        for member in table.members:
            self.people[member.responder.name].append(member.responder_id)
            masked = masked_name(member.responder.name)
            if masked != member.responder.name:
                self.people[masked].append(member.responder_id)
            if member.responder.phone:
                self.people[member.responder.phone].append(member.responder_id)
        self.taken: defaultdict[int, list[tuple[object, object, int]]] = defaultdict(list)
        for other in table.elsewhere:
            self.taken[other.person].append((other.starts_at, other.ends_at, 0))

    def read(self, row: TableRow, cells: dict[str, str]) -> ReadShift | None:
        """Return what the line says, or None after reporting what is wrong."""
        found = self.people.get(cells["phone"] or cells["person"], [])
        if len(found) != 1:
            said = _("Two people of this roster have this name: write the telephone.") if found else (
                _("Nobody of this roster has this name. Choose the people first.")
            )  # fmt: skip
            return self._reject(row, pgettext("responders", "Person"), cells["person"], "person_unknown", said)
        try:
            day = date.fromisoformat(cells["day"][:10].replace("/", "-"))
        except ValueError:
            return self._reject(row, _("Date"), cells["day"], "day_unreadable", _("Write the date as 2026-11-23."))
        if day not in self.table.days:
            return self._reject(row, _("Date"), cells["day"], "day_outside", _("This day is not in the roster."))
        shift, post = self.shift.get(cells["shift"]), self.post.get(cells["post"])
        if shift is None:
            return self._reject(row, _("Shift"), cells["shift"], "shift_unknown", _one_of(self.shift))
        if post is None:
            return self._reject(row, _("Post of the roster"), cells["post"], "post_unknown", _one_of(self.post))
        [person] = found
        lacks = self.table.lacks(person, post)
        if lacks:
            return self._reject(
                row, pgettext("responders", "Person"), cells["person"], "gate", "; ".join(one.words for one in lacks)
            )
        starts_at, ends_at = shift_times(day, shift)
        for start, end, line in self.taken[person]:
            if starts_at < end and start < ends_at:  # type: ignore[operator]
                where = _("line %(line)s") % {"line": line} if line else _("another roster")
                return self._reject(
                    row, _("Shift"), f"{cells['day']} {shift.name}", "overlap",
                    _("This shift overlaps with %(where)s. One person works one shift at a time.") % {"where": where},
                )  # fmt: skip
        self.taken[person].append((starts_at, ends_at, row.line))
        slot = AssignmentSlot.ALTERNATE if cells["slot"].upper() == "B" else AssignmentSlot.PRIMARY
        return ReadShift(row.line, person, day, shift.pk, post.pk, slot)

    def _reject(self, row: TableRow, column: str, written: str, code: str, message: str) -> ReadShift | None:
        """Report the line, and return that there is no shift in it."""
        self.report.reject(row.line, column=column, written=written, code=code, message=message)
        return None


def _one_of(choices: Iterable[str]) -> str:
    return _("Write one of: %(choices)s.") % {"choices": ", ".join(choices)}


def same_as(duty: Duty, read: ReadShift) -> bool:
    """Whether a line says what stands already."""
    return (duty.responder_id, duty.day, duty.shift_id, duty.post_id, duty.slot) == (
        read.person, read.day, read.shift_id, read.post_id, read.slot,
    )  # fmt: skip
