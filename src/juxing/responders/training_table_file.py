"""Those signed up for a training as a spreadsheet: one person a line, out and in again in the same form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from juxing.kernel.import_report import ImportReport
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.table_columns import names_by_field, rows_by_field
from juxing.people.phone_numbers import normal_phone
from juxing.responders.models import TrainingSignUp
from juxing.responders.template import COLUMNS
from juxing.responders.training_enums import TOOK_PART, SignUpStatus

LANGUAGES = ("zh-hans", "en")
CODES = ("person", "phone", "came", "understood", "state")
MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class ReadPerson:
    """One good line; ``came`` and ``understood`` are None where nothing is said."""

    line: int
    name: str
    phone: str
    came: bool | None
    understood: bool | None


def headings() -> list[str]:
    """Return the columns in the reader's language; those of a unit's list are read as well."""
    return [
        pgettext("person", "Name"),
        _("Telephone"),
        pgettext("training", "Took part"),
        pgettext("training", "Understood"),
        _("State"),
    ]


def rows_of(sign_ups: Sequence[tuple[TrainingSignUp, str]]) -> list[list[str]]:
    """Return a line for each with the name as the taker sees it; the telephone stays in the house."""
    yes = pgettext("answer in a table", "yes")
    return [
        [name, "", yes if row.status in TOOK_PART else "", yes if row.status == SignUpStatus.COMPLETED else "",
         str(row.get_status_display())]
        for row, name in sign_ups
    ]  # fmt: skip


def read_people(content: bytes, *, filename: str, report: ImportReport) -> list[ReadPerson]:
    """
    Return the good lines of a table; what is wrong with the others goes into the report.

    Raises:
        InvalidInput: if the file is no table, has no column of persons or telephones, or too many lines.
    """
    good = []
    rows = rows_by_field(
        content, filename=filename, columns=_columns(), needed=[("person", "phone")], at_most=MOST_ROWS
    )
    for row in rows:
        report.read += 1
        cells = row.cells
        name, written = " ".join(cells["person"].split()), cells["phone"]
        try:
            phone = normal_phone(written)
        except InvalidInput as problem:
            report.reject(row.line, column=_("Telephone"), written=written, code=problem.code, message=problem.message)
            continue
        if not name and not phone:
            report.reject(row.line, column=pgettext("person", "Name"), written="", code="person_missing",
                          message=_("Write the name or the telephone."))  # fmt: skip
            continue
        try:
            good.append(ReadPerson(row.line, name, phone, _answer(cells["came"]),
                                   _answer(cells["understood"])))  # fmt: skip
        except InvalidInput as problem:
            shown = f"{cells['came']} {cells['understood']}"
            report.reject(row.line, column=pgettext("training", "Took part"), written=shown, code=problem.code,
                          message=problem.message)  # fmt: skip
    return good


def _answer(written: str) -> bool | None:
    word = written.strip().casefold()
    if not word:
        return None
    for language in LANGUAGES:
        with override(language):
            if word in {pgettext("answer in a table", "yes").casefold(), "1", "x", "√", "✓", "y"}:
                return True
            if word in {pgettext("answer in a table", "no").casefold(), "0", "n"}:
                return False
    raise InvalidInput("answer_unreadable", _("Write yes, no, or nothing."), field="came")


def _columns() -> dict[str, list[str]]:
    """Return the names of each column; those of a unit's list are read as well."""
    names = names_by_field(CODES, headings)
    return names | {"person": [*names["person"], *COLUMNS["name"]], "phone": [*names["phone"], *COLUMNS["phone"]]}
