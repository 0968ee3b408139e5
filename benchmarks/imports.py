"""
Imports beside a bare COPY of the same rows into tables of the same shape, in the same run.

    python3 run.py bench imports [--size S|M|L] [--repeat 3] [--only areas|households]

Areas: the national tree of 665,276 codes into an empty table, and once more (nothing changes). Households: the demo
district's household list (a door and its contact person a line), as CSV, into an empty district, and once more. The
baseline writes exactly the rows the import wrote, already prepared, by one COPY per table into a copy of the table with
the same columns, indexes, checks and foreign keys, but without row security (which refuses COPY): it reads no file,
checks nothing else and answers nothing. Both write into files that the transaction made, and foreign keys are checked
in both.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - settings first

from benchmarks._report import report  # noqa: E402 - settings first
from juxing.kernel import clock  # noqa: E402 - settings first
from juxing.kernel.actors import Actor  # noqa: E402 - settings first
from juxing.kernel.copying import copy_rows  # noqa: E402 - settings first
from juxing.kernel.import_report import ImportReport  # noqa: E402 - settings first
from juxing.kernel.scope import acting  # noqa: E402 - settings first
from juxing.people.imports import import_households  # noqa: E402 - settings first
from juxing.people.models import Resident  # noqa: E402 - settings first
from juxing.places.imports.areas import built_in_tree, import_areas  # noqa: E402 - settings first
from juxing.places.models import Area, Household  # noqa: E402 - settings first
from juxing_demo import generate_district  # noqa: E402 - settings first
from juxing_demo.writers import write_household_csv  # noqa: E402 - settings first

SYSTEM = Actor.system("benchmark")
HOUSEHOLD_TABLES = (
    "places_estate", "places_building", "places_buildingunit", "places_household", "people_resident",
)  # fmt: skip


class Undo(Exception):
    """Ends a measurement without keeping its rows."""


def measured(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds of the work, commit aside, and what it returned."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def bare_copy(table: str) -> tuple[float, int]:
    """Return the seconds a COPY of the table's own rows takes into an empty twin, and their number."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        count = int(cursor.fetchone()[0])
        make_twin(cursor, table)
        with cursor.copy(f"COPY (SELECT * FROM {table}) TO STDOUT") as out:
            content = b"".join(bytes(piece) for piece in out)
        started = time.perf_counter()
        with cursor.copy(f"COPY twin_{table} FROM STDIN") as copy:
            copy.write(content)
        check_references(cursor)
        seconds = time.perf_counter() - started
        cursor.execute(f"DROP TABLE twin_{table}")
    return seconds, count


def make_twin(cursor: Any, table: str) -> None:
    """Make an empty table of the same shape, foreign keys included, without row security."""
    cursor.execute(f"CREATE TABLE twin_{table} (LIKE {table} INCLUDING ALL)")
    cursor.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'", [table]
    )
    for (definition,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE twin_{table} ADD {definition}")


def check_references(cursor: Any) -> None:
    """Check the foreign keys as the commit would, which these measurements never reach."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def emptied(*tables: str) -> None:
    """Give the tables new files for this transaction: rows of undone measurements would slow the next one's indexes."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")


def areas_once() -> dict[str, float]:
    """Measure the national tree into an empty table, again, and the bare COPY; nothing is kept."""
    content = built_in_tree()
    figures: dict[str, float] = {}
    try:
        with acting(SYSTEM):
            emptied("places_area")
            figures["first"], first = measured(lambda: import_areas(actor=SYSTEM, now=clock.now(), content=content))
            figures["again"], again = measured(lambda: import_areas(actor=SYSTEM, now=clock.now(), content=content))
            assert (first.added, again.added + again.changed) == (665_276, 0), (first.added, again.added)
            figures["bare"], figures["rows"] = bare_copy("places_area")
            raise Undo
    except Undo:
        return figures


def households_in(content: bytes) -> ImportReport:
    """Import the list, references checked."""
    outcome = import_households(actor=SYSTEM, now=clock.now(), content=content, filename="households.csv")
    with connection.cursor() as cursor:
        check_references(cursor)
    return outcome


def households_once(size: str) -> dict[str, float]:
    """Measure the household list of a district into an empty one, and the bare COPY; nothing is kept."""
    district = generate_district(size)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "households.csv"
        write_household_csv(district, path)
        content = path.read_bytes()
    figures: dict[str, float] = {}
    try:
        with transaction.atomic(), acting(SYSTEM):
            emptied("places_area", *HOUSEHOLD_TABLES)
            columns = ("code", "name", "level", "parent_code")
            copy_rows(Area, (*columns, "source"), [(*row, "local") for row in district.areas.rows(*columns)])
            figures["first"], outcome = measured(lambda: households_in(content))
            figures["again"], again = measured(lambda: households_in(content))
            assert (outcome.rejected, again.added + again.changed) == (0, 0), (outcome.problems[:3], again.added)
            expected = (len(district.households), outcome.read, outcome.added)
            assert (Household.objects.count(), Resident.objects.count(), outcome.read) == expected, expected
            copies = [bare_copy(table) for table in HOUSEHOLD_TABLES]
            figures["bare"] = sum(seconds for seconds, _count in copies)
            figures["rows"] = sum(count for _seconds, count in copies)
            figures["lines"] = outcome.read
            raise Undo
    except Undo:
        return figures


def main() -> None:
    """Run and report; the worst of the repetitions is shown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=["S", "M", "L"], default="M")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", choices=["areas", "households"])
    options = parser.parse_args()
    rows = []
    for name, once in (("areas", areas_once), ("households", lambda: households_once(options.size))):
        if options.only not in {None, name}:
            continue
        runs = [once() for _ in range(options.repeat)]
        worst = max(runs, key=lambda run: run["first"] / run["bare"])
        rows.append(
            {
                "import": name, "lines": int(worst.get("lines", worst["rows"])), "rows": int(worst["rows"]),
                "import_s": worst["first"], "bare_copy_s": worst["bare"], "ratio": worst["first"] / worst["bare"],
                "ratios": " ".join(f"{run['first'] / run['bare']:.2f}" for run in runs), "again_s": worst["again"],
                "goal": "<= 3",
            }
        )  # fmt: skip
    report("imports", rows, size=options.size, shown="worst of the repetitions")


if __name__ == "__main__":
    main()
