"""
Import of the national area tree: hundreds of thousands of codes in seconds, as often as one likes.

Rows are checked in memory. The first list of a new installation is copied straight into the tree; later ones go into
a temporary table and are merged by one statement that touches only what differs, so that a second run writes nothing.
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
FEW_ROWS = 10_000
"""A tree of so few areas (a demo district, one's own estates) is compared with the list before anything is written."""
COPY_LISTED = "COPY listed_area (code, name, level, parent_code) FROM STDIN"
COPY_NEW = "COPY places_area (code, name, level, parent_code, source) FROM STDIN"
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
    if _are_all_new(good):
        _copy(COPY_NEW, good, edition)
        report.added = len(good)
    else:
        report.added, report.changed = _merged(good, edition)
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


def _are_all_new(good: Listed) -> bool:
    """Whether none of these areas is in the tree; nobody adds one until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE places_area IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SELECT code FROM places_area LIMIT %s", [FEW_ROWS + 1])
        known = cursor.fetchall()
    return len(known) <= FEW_ROWS and not any(code in good for (code,) in known)


def _merged(good: Listed, edition: str) -> tuple[int, int]:
    """Bring the tree up to the list, and return how many areas were added and changed."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(
            'CREATE TEMPORARY TABLE listed_area (code text COLLATE "C", name text, level text, parent_code text) '
            "ON COMMIT DROP"
        )
        _copy(COPY_LISTED, good)
        cursor.execute("ANALYZE listed_area")
        cursor.execute(MERGE, [edition, edition])
        added, changed = cursor.fetchone()
        cursor.execute("DROP TABLE listed_area")
    return added, changed


def _copy(statement: str, good: Listed, *more: str) -> None:
    """Copy the areas in order of their codes, with these further columns the same in each."""
    tail = "".join(f"\t{_escaped(value)}" for value in more) + "\n"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for codes in _blocks(sorted(good)):
            copy.write("".join(f"{_line(code, good[code][0])}{tail}" for code in codes))


def _line(code: str, name: str) -> str:
    return f"{code}\t{_escaped(name)}\t{LEVEL_WORD[len(code)]}\t{_parent(code)}"


def _escaped(text: str) -> str:
    return text.replace(BACKSLASH, BACKSLASH * 2)


def _blocks(codes: list[str]) -> Iterator[list[str]]:
    """Yield runs of codes: whole blocks of COPY's text format go four times as fast as one row at a time."""
    for start in range(0, len(codes), BLOCK_ROWS):
        yield codes[start : start + BLOCK_ROWS]
