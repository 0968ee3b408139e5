"""The lines of the project wuhan2020: what hospitals in Hubei asked for in early 2020, and what factories offered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from juxing.kernel.actors import Actor
from juxing.kernel.import_report import ImportReport
from juxing.kernel.scope import acting
from juxing.organisations.enums import OrganisationType
from juxing.supplies.enums import LineKind
from juxing.supplies.imports.lines import LineList, write_lines
from juxing.supplies.imports.place_names import PlaceNames
from juxing.supplies.imports.rows import Reading, SourceRow

SOURCE = "wuhan2020"
FILES = {LineKind.REQUEST: "needs.jsonl", LineKind.OFFER: "offers.jsonl"}
COLLECTED = datetime(2020, 3, 31, tzinfo=UTC)
TYPE_OF = {LineKind.REQUEST: OrganisationType.MEDICAL_INSTITUTION, LineKind.OFFER: OrganisationType.SUPPLIER}
COLUMN_OF = {"org": "organisation"}


def import_wuhan2020(*, actor: Actor, now: datetime) -> dict[LineKind, ImportReport]:
    """Take in both files, each in one transaction; a second time changes nothing."""
    reports = {}
    for kind in LineKind:
        report = ImportReport()
        with acting(actor):
            reading = Reading(
                places=PlaceNames.load(), area_names={}, areas=actor.areas, home="", as_of=COLLECTED,
                is_one_unknown=True,
            )  # fmt: skip
            listed = LineList(kind, SOURCE, TYPE_OF[kind])
            write_lines(list(built_in_rows(kind)), listed, reading, actor=actor, now=now, report=report)
        reports[kind] = report
    return reports


def built_in_rows(kind: LineKind) -> Iterator[SourceRow]:
    """Yield the rows of the file that comes with Juxing; see SOURCE.md beside it."""
    text = files("juxing.supplies").joinpath("data/wuhan2020", FILES[kind]).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield SourceRow(number, _cells(json.loads(line)))


def _cells(values: dict[str, Any]) -> dict[str, str]:
    return {COLUMN_OF.get(name, name): "" if value is None else str(value).strip() for name, value in values.items()}
