"""The spreadsheet template of report-in lists: its columns under both names, and how their cells are read."""

from __future__ import annotations

import io
import re
import tomllib
from pathlib import Path

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import override

from juxing.kernel.refusals import InvalidInput
from juxing.responders.enums import Language, ResponderKind, Skill, Transport

COLUMNS: dict[str, tuple[str, ...]] = {
    code: tuple(names)
    for code, names in tomllib.loads(Path(__file__).with_name("columns.toml").read_text(encoding="utf-8")).items()
}
SEPARATORS = re.compile(r"[,;/|\u3001\uff0c\uff1b\n]+")
LANGUAGES = ("zh-hans", "en")
CHOICES: dict[str, type[TextChoices]] = {
    "kind": ResponderKind, "skills": Skill, "languages": Language, "transport": Transport,
}  # fmt: skip


def read_choice(choices: type[TextChoices], written: str, *, field: str, default: str) -> str:
    """
    Return the value meant by a code or a label in either language; the default for an empty cell.

    Raises:
        InvalidInput: if it is none of them.
    """
    if not written.strip():
        return default
    found = _by_word(choices).get(written.strip().casefold())
    if found is None:
        raise InvalidInput(
            "choice_unknown",
            _("Write one of: %(choices)s.") % {"choices": ", ".join(str(label) for label in choices.labels)},
            field=field,
        )
    return found


def read_choices(choices: type[TextChoices], written: str, *, field: str) -> list[str]:
    """Return the values meant by words apart by commas, semicolons or slashes of either width."""
    words = [word for word in SEPARATORS.split(written) if word.strip()]
    return [read_choice(choices, word, field=field, default="") for word in words]


def read_number(written: str, *, field: str, default: int) -> int:
    """
    Return a whole number; the default for an empty cell.

    Raises:
        InvalidInput: if it is none.
    """
    if not written:
        return default
    if not re.fullmatch(r"\d{1,6}", written):
        raise InvalidInput("number_unreadable", _("Write a whole number."), field=field)
    return int(written)


def template_file() -> bytes:
    """Return the template as .xlsx, with a second sheet that lists what may be written."""
    import xlsxwriter

    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#e6f0f2"})
        sheet = book.add_worksheet(_("Report-in list"))
        with override(LANGUAGES[0]):
            for column, names in enumerate(COLUMNS.values()):
                sheet.write_string(0, column, names[0], bold)
                sheet.set_column(column, column, 16)
        sheet.freeze_panes(1, 0)
        words = book.add_worksheet(_("What to write"))
        for column, (code, choices) in enumerate(CHOICES.items()):
            words.write_string(0, column, COLUMNS[code][0], bold)
            words.set_column(column, column, 22)
            for row, label in enumerate(choices.labels, start=1):
                words.write_string(row, column, str(label))
    return written.getvalue()


def _by_word(choices: type[TextChoices]) -> dict[str, str]:
    words = {value.casefold(): value for value in choices.values}
    for language in LANGUAGES:
        with override(language):
            words |= {str(label).casefold(): value for value, label in choices.choices}
    return words
