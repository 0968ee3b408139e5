"""
Import of the national area tree: hundreds of thousands of codes in seconds, as often as one likes.

Rows are checked in memory, copied into a temporary table, and merged by one statement that touches only what
differs: a second run writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import EVERYWHERE
from juxing.kernel.import_report import ImportReport
from juxing.kernel.refusals import NotPermitted
from juxing.places import policy
from juxing.places.codes import area_uuid
from juxing.places.imports.area_rows import LEVEL_WORD, PARENT_LENGTH, Listed, read_areas
from juxing.places.models import Area

TREE_IMPORTED = journal.declare_action("places.tree.import", gettext_lazy("Official area list imported"))
BUILT_IN_EDITION = "nbs-2023"
BLOCK_ROWS = 20_000
BACKSLASH = "\\"
COPY = "COPY listed_area (code, name, level, parent_code) FROM STDIN"
MERGE = """
WITH merged AS (
    INSERT INTO places_area (code, name, level, parent_code, source)
    SELECT listed.code, listed.name, listed.level, listed.parent_code, %s
    FROM listed_area AS listed LEFT JOIN places_area AS known USING (code)
    WHERE known.code IS NULL OR (known.name, known.level, known.parent_code, known.source)
        IS DISTINCT FROM (listed.name, listed.level, listed.parent_code, %s)
    ORDER BY listed.code
    ON CONFLICT (code) DO UPDATE
        SET name = excluded.name, level = excluded.level, parent_code = excluded.parent_code, source = excluded.source
    RETURNING (xmax = 0) AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM merged
"""


def built_in_tree() -> bytes:
    """Return the list that comes with Juxing: National Bureau of Statistics, 30 June 2023."""
    return files("juxing.places").joinpath("data/areas-2023.csv.gz").read_bytes()


@transaction.atomic
def import_areas(*, actor: Actor, now: datetime, content: bytes, edition: str = BUILT_IN_EDITION) -> ImportReport:
    """
    Take a list of official areas (code, name, level; CSV, also gzipped) into the tree; nothing is ever removed.

    Good rows go in, bad ones are reported by line. Done or not done, never half: one transaction.

    Raises:
        NotPermitted: unless the actor sets districts up everywhere.
        InvalidInput: if the file is no such list.
    """
    if actor.areas_with(policy.SET_UP) != EVERYWHERE:
        raise NotPermitted
    report = ImportReport()
    good = _with_parents(read_areas(content, report), report)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(
            'CREATE TEMPORARY TABLE listed_area (code text COLLATE "C", name text, level text, parent_code text) '
            "ON COMMIT DROP"
        )
        _copy(good)
        cursor.execute("ANALYZE listed_area")
        cursor.execute(MERGE, [edition, edition])
        report.added, report.changed = cursor.fetchone()
        cursor.execute("DROP TABLE listed_area")
    report.unchanged = len(good) - report.added - report.changed
    if report.added + report.changed:
        fact = journal.Fact(
            action=TREE_IMPORTED, subject_type="places.area", subject_uuid=area_uuid(""), area_code="",
            changes={"edition": edition, "added": report.added, "changed": report.changed, "rejected": report.rejected},
        )  # fmt: skip
        journal.record_many([fact]).by(actor, happened_at=now)
    else:
        report.notes.append(_("Nothing changed: the tree already holds all of this."))
    return report


def _with_parents(good: Listed, report: ImportReport) -> Listed:
    """Return the rows whose parents are in the list or the tree; report the others."""
    missing = {_parent(code) for code in good} - good.keys() - {""}
    if not missing:
        return good
    kept = {""} | set(Area.objects.filter(code__in=missing).values_list("code", flat=True))
    for code in sorted(good, key=len):
        name, line = good[code]
        parent = _parent(code)
        if parent in kept:
            kept.add(code)
            continue
        message = (
            _("Its parent %(parent)s was left out (line %(line)d). Correct that line first.")
            % {"parent": parent, "line": good[parent][1]}
            if parent in good
            else _("Its parent %(parent)s is neither in this file nor in the tree. Add it, or correct the code.")
            % {"parent": parent}
        )
        report.reject(line, column="code", written=f"{code} {name}", code="parent_missing", message=message)
    return {code: row for code, row in good.items() if code in kept}


def _parent(code: str) -> str:
    return code[: PARENT_LENGTH[len(code)]]


def _copy(good: Listed) -> None:
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for codes in _blocks(sorted(good)):
            copy.write("".join(_line(code, good[code][0]) for code in codes))


def _line(code: str, name: str) -> str:
    return f"{code}\t{name.replace(BACKSLASH, BACKSLASH * 2)}\t{LEVEL_WORD[len(code)]}\t{_parent(code)}\n"


def _blocks(codes: list[str]) -> Iterator[list[str]]:
    """Yield runs of codes: whole blocks of COPY's text format go four times as fast as one row at a time."""
    for start in range(0, len(codes), BLOCK_ROWS):
        yield codes[start : start + BLOCK_ROWS]
