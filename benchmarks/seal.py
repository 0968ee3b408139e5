"""
Sealing and verifying the journal, beside only reading it, per million entries in the same run.

    python3 run.py bench seal [--entries 200000]

The baseline reads the same entries out by one COPY and does nothing with them: what any seal has to do at least.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from uuid import UUID

import django

django.setup()

from django.conf import settings  # noqa: E402 - settings first
from django.db import connection  # noqa: E402 - settings first

from benchmarks._report import report  # noqa: E402 - settings first
from juxing.kernel import clock, journal  # noqa: E402 - settings first
from juxing.kernel.actors import Actor  # noqa: E402 - settings first
from juxing.kernel.models import JournalSeal  # noqa: E402 - settings first
from juxing.kernel.scope import acting  # noqa: E402 - settings first
from juxing.kernel.seal import seal_journal, verify_journal  # noqa: E402 - settings first

SYSTEM = Actor.system("benchmark")
BLOCK = 50_000


def facts(count: int) -> Iterator[journal.Fact]:
    for number in range(count):
        yield journal.Fact(
            action="access.role.give", subject_type="access.roleassignment", subject_uuid=UUID(int=number),
            area_code=f"990117{number % 44:03d}", reason="", changes={"from": "triaged", "to": "matched"},
        )  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    with acting(SYSTEM):
        work()
    return time.perf_counter() - started


def read_only() -> None:
    with connection.cursor() as cursor, cursor.copy("COPY (SELECT * FROM kernel_journalentry) TO STDOUT") as lines:
        for _line in lines:
            pass


def main() -> None:
    """Write entries, then read, seal and verify them."""
    parser = argparse.ArgumentParser(prog="run.py bench seal")
    parser.add_argument("--entries", type=int, default=200_000)
    count: int = parser.parse_args().entries
    for _start in range(0, count, BLOCK):
        with acting(SYSTEM):
            journal.record_many(facts(min(BLOCK, count))).by(SYSTEM, happened_at=clock.now())
    reading = seconds(read_only)
    sealing = seconds(lambda: seal_journal(now=clock.now()))
    verifying = seconds(verify_journal)
    with acting(SYSTEM):
        sealed = sum(JournalSeal.objects.values_list("entry_count", flat=True))
    per_million = 1_000_000 / sealed
    rows = [
        {"part": "read only (COPY)", "s_per_million": reading * per_million, "ratio": 1.0},
        {
            "part": f"seal ({settings.SEAL_ALGORITHM})",
            "s_per_million": sealing * per_million,
            "ratio": sealing / reading,
        },
        {"part": "verify", "s_per_million": verifying * per_million, "ratio": verifying / reading},
    ]
    report("seal", rows, entries=sealed)


if __name__ == "__main__":
    main()
