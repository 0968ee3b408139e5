"""
A matching run from end to end, with the share of each part: read, solve, explain, write.

    python3 run.py bench dispatch [--needs 20000] [--responders 5000]

Beside it, the floor: what remains when only the same rows are written by COPY (matches, tasks, journal entries) and
the needs' states by one UPDATE, without reading, solving, checking or explaining anything.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - settings first

from benchmarks._report import report  # noqa: E402 - settings first
from juxing.dispatch.commands import run_matching  # noqa: E402 - settings first
from juxing.kernel import clock  # noqa: E402 - settings first
from juxing.kernel.actors import Actor  # noqa: E402 - settings first
from juxing.kernel.copying import copy_values  # noqa: E402 - settings first
from juxing.kernel.scope import acting  # noqa: E402 - settings first
from juxing.needs import commands as needs  # noqa: E402 - settings first
from juxing.needs.commands import NeedInput  # noqa: E402 - settings first
from juxing.needs.enums import NeedType  # noqa: E402 - settings first
from juxing.places.models import Household  # noqa: E402 - settings first
from juxing.responders.enums import SERVING  # noqa: E402 - settings first
from juxing.responders.models import Responder  # noqa: E402 - settings first
from juxing.site.demo.load import load_district  # noqa: E402 - settings first
from juxing_demo import generate_district  # noqa: E402 - settings first

SYSTEM = Actor.system("benchmark")
DISTRICT = "990117"
TYPES = (NeedType.FRESH_FOOD, NeedType.MEDICINE, NeedType.CARE_VISIT, NeedType.REPAIR, NeedType.STAPLE_FOOD)
TABLES = ("dispatch_match", "dispatch_task")


class Undo(Exception):
    """Ends the measurement without keeping its rows."""


def prepare(need_count: int, responder_count: int) -> None:
    """Load a district of size L within the current transaction, with this many waiting needs and responders."""
    now = clock.now()
    load_district(generate_district("L"), now=now)
    serving = Responder.objects.filter(status__in=sorted(SERVING), is_available=True).order_by("id")
    too_many = list(serving.values_list("id", flat=True)[responder_count:])
    Responder.objects.filter(pk__in=too_many).update(is_available=False)
    homes = list(Household.objects.order_by("id").values_list("id", flat=True))
    step = max(1, len(homes) // need_count)
    inputs = [
        NeedInput(need_type=TYPES[number % len(TYPES)], channel="web", household_id=home, is_distinct=True)
        for number, home in enumerate(homes[::step][:need_count])
    ]
    needs.record_needs(actor=SYSTEM, now=now, inputs=inputs)


def floor_s() -> float:
    """Return the seconds of writing the run's rows again by bare COPY, and the states by one UPDATE."""
    contents: dict[str, tuple[list[str], list[Any]]] = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table}")
            contents[table] = [column.name for column in cursor.description or ()], cursor.fetchall()
            cursor.execute(f"CREATE TABLE twin_{table} (LIKE {table} INCLUDING ALL)")
        started = time.perf_counter()
        for table, (columns, rows) in contents.items():
            copy_values(f"twin_{table}", columns, ([_plain(value) for value in row] for row in rows))
        cursor.execute("UPDATE needs_need SET status = status")
        return time.perf_counter() - started


def _plain(value: Any) -> Any:
    import json

    return json.dumps(value) if isinstance(value, dict | list) else value


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=int, default=20_000)
    parser.add_argument("--responders", type=int, default=5_000)
    options = parser.parse_args()
    try:
        with transaction.atomic(), acting(SYSTEM):
            prepare(options.needs, options.responders)
            started = time.perf_counter()
            run = run_matching(actor=SYSTEM, now=clock.now(), area_code=DISTRICT)
            total = time.perf_counter() - started
            floor = floor_s()
            rows = [
                {"part": part, "seconds": float(seconds), "share": float(seconds) / total}
                for part, seconds in run.seconds.items()
            ]
            rows.append({"part": "whole run", "seconds": total, "share": 1.0, "ratio_to_floor": total / floor})
            rows.append({"part": "floor: the same rows by COPY", "seconds": floor, "share": floor / total})
            report(
                "dispatch", rows, needs=run.need_count, responders=run.responder_count, offers=run.matched_count,
                unserved=run.unserved_count, objective=run.objective, bound=run.bound,
                proven=run.objective == run.bound,
            )  # fmt: skip
            raise Undo
    except Undo:
        pass


if __name__ == "__main__":
    main()
