"""
Need intake over HTTP, durable, beside the same rows written by plain psycopg from as many connections.

    python3 run.py bench intake [--clients 8] [--seconds 5] [--rounds 3] [--batch 200]

Ours: granian as the product runs it, POST /api/v1/needs/ with a token and an idempotency key, one request at a time per
kept-alive connection. Each request checks the token, finds the household and what is known of it, looks for
duplicates, triages, writes idempotency key, need, line and two journal entries, and commits. "Bulk" is the same
through POST /api/v1/needs/bulk, many needs a request.

The baseline: the same five rows (in the same tables, with their indexes, checks and row security) by INSERTs and one
COMMIT per need, or per batch; nothing is looked up, checked or answered. Its rows are those ours wrote last, and are
taken out again after each round: otherwise ours would find them as repetitions at the same doors. Server, clients and
database share the machine in both cases. The two ways take turns, so that a busy machine is busy for both; the round
with the worst ratio is shown. The server must be durable (fsync and synchronous_commit on), or nothing is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 - settings first

from benchmarks._report import report  # noqa: E402 - settings first
from juxing.access import commands as access  # noqa: E402 - settings first
from juxing.access.models import Account  # noqa: E402 - settings first
from juxing.access.roles import Role  # noqa: E402 - settings first
from juxing.kernel import clock  # noqa: E402 - settings first
from juxing.kernel.actors import Actor  # noqa: E402 - settings first
from juxing.kernel.scope import acting  # noqa: E402 - settings first
from juxing.needs.models import Need  # noqa: E402 - settings first
from juxing.places.models import Area, Household  # noqa: E402 - settings first
from juxing.site.demo.load import load_district  # noqa: E402 - settings first
from juxing_demo import generate_district  # noqa: E402 - settings first
from juxing_runtime.application import MOST_WEB_WORKERS, WEB_THREADS  # noqa: E402 - settings first

SYSTEM = Actor.system("benchmark")
WEB = "juxing.site.wsgi:application"
LEFT_OUT = {"id", "uuid", "link_digest"}
ROWS_OF_BASELINE = 8000


@contextmanager
def web(port: int, *, workers: int, threads: int) -> Iterator[None]:
    """Run the product's web server on the loopback for the block."""
    command = [
        sys.executable, "-m", "juxing_runtime.granian_process", "wsgi", WEB, "--port", str(port),
        "--workers", str(workers), "--threads", str(threads),
    ]  # fmt: skip
    process = subprocess.Popen(command, env=os.environ | {"JUXING_DATABASE_POOL": "1"})
    try:
        wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int) -> None:
    """Return once something listens."""
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The web server did not come up.")


def together(jobs: list[dict[str, Any]]) -> tuple[int, list[float]]:
    """Run the clients at once; return how many needs were written, and every call's seconds, sorted."""
    command = [sys.executable, "-m", "benchmarks._intake_load"]
    clients = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in jobs]
    for client, job in zip(clients, jobs, strict=True):
        tell(client, json.dumps(job))
    for client in clients:
        heard(client)
    for client in clients:
        tell(client, "start")
    answers = [json.loads(heard(client)) for client in clients]
    for client in clients:
        client.communicate()
    return sum(each["written"] for each in answers), sorted(second for each in answers for second in each["took"])


def tell(client: subprocess.Popen[str], line: str) -> None:
    """Send a client one line."""
    assert client.stdin is not None
    client.stdin.write(line + "\n")
    client.stdin.flush()


def heard(client: subprocess.Popen[str]) -> str:
    """Return a client's next line; a client that has died ends the benchmark."""
    assert client.stdout is not None
    line = client.stdout.readline()
    if not line:
        raise SystemExit(f"A client ended with status {client.wait()}.")
    return line


def prepare() -> tuple[Account, str, list[str]]:
    """Load the M district unless it is there; return an operator of it, a token of theirs and its doors."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        if cursor.fetchone() != ("on", "on"):
            raise SystemExit("This PostgreSQL is not durable; intake is measured on one that is.")
    if not Area.objects.filter(code="990117").exists():
        with acting(SYSTEM):
            load_district(generate_district("M"), now=clock.now())
    with connection.cursor() as cursor:  # needs of an earlier run would make this one's repetitions
        cursor.execute("TRUNCATE needs_need, kernel_idempotencykey CASCADE")
        cursor.execute("ANALYZE")
    with acting(SYSTEM):
        operator = Account.objects.filter(role_assignments__role=Role.DISTRICT_OPERATOR).order_by("id")[0]
        token = access.issue_token(actor=SYSTEM, now=clock.now(), account=operator, label="benchmark", days=1)
        district = operator.role_assignments.get().area_code
        doors = Household.objects.within(district).order_by("id").values_list("area_code", flat=True)
        return operator, token, list(doors)


def written_needs() -> tuple[list[str], list[list[Any]], str]:
    """Return columns and values of the newest needs as they stand in the table, and the answer kept for the newest."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM needs_need ORDER BY id DESC LIMIT %s", [ROWS_OF_BASELINE])
        columns = [column.name for column in cursor.description or ()]
        kept = [place for place, name in enumerate(columns) if name not in LEFT_OUT]
        rows = [[plain(row[place]) for place in kept] for row in cursor.fetchall()]
        cursor.execute("SELECT body FROM kernel_idempotencykey ORDER BY id DESC LIMIT 1")
        return [columns[place] for place in kept], rows, str(cursor.fetchone()[0])


@contextmanager
def taken_out_afterwards() -> Iterator[None]:
    """Take the needs the block writes out of the tables again."""
    with acting(SYSTEM):
        newest = Need.objects.order_by("-id").values_list("id", flat=True)[0]
    yield
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("DELETE FROM needs_needline WHERE need_id > %s", [newest])
        cursor.execute("DELETE FROM needs_need WHERE id > %s", [newest])
        cursor.execute("DELETE FROM kernel_idempotencykey WHERE sender = 'bench'")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE needs_need, needs_needline, kernel_idempotencykey, kernel_journalentry")


def plain(value: Any) -> Any:
    """Return a value as JSON can carry it to a client, and PostgreSQL take it from one."""
    if isinstance(value, dict):
        return json.dumps(value)
    return value if value is None or isinstance(value, bool | int | float | str | list) else str(value)


class Intake:
    """Both ways to write, and how far the doors are used up."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.account, self.token, self.homes = prepare()
        self.used = 0

    def over_http(self, seconds: float, batch: int = 1) -> tuple[int, list[float]]:
        """Measure ours."""
        clients = self.options.clients
        share = len(self.homes) // clients
        jobs = [
            {
                "way": "http", "port": self.options.port, "token": self.token, "seconds": seconds, "batch": batch,
                "homes": self.homes[client * share : (client + 1) * share], "first": self.used,
            }
            for client in range(clients)
        ]  # fmt: skip
        written, took = together(jobs)
        self.used += batch * (1 + len(took) * 2 // clients)
        return written, took

    def by_inserts(self, seconds: float, batch: int = 1) -> tuple[int, list[float]]:
        """Measure the baseline."""
        columns, rows, answer = written_needs()
        job = {
            "way": "inserts", "conninfo": os.environ["DATABASE_URL"], "seconds": seconds, "batch": batch,
            "columns": columns, "answer": answer if batch == 1 else answer[: len(answer) // batch],
            "account": self.account.pk,
        }  # fmt: skip
        clients = self.options.clients  # each with doors of its own: at the same ones they would wait for each other
        with taken_out_afterwards():
            return together([{**job, "rows": rows[client::clients]} for client in range(clients)])

    def compared(self, name: str, batch: int = 1) -> list[dict[str, Any]]:
        """Measure both in turns, and return the two rows of the round with the worst ratio."""
        seconds, rounds = self.options.seconds, []
        self.over_http(min(2.0, seconds), batch)
        for _ in range(self.options.rounds):
            ours, plainly = self.over_http(seconds, batch), self.by_inserts(seconds, batch)
            rounds.append((ours[0] / plainly[0], ours, plainly))
        ratio, ours, plainly = min(rounds, key=lambda each: each[0])
        return [
            self.row(f"{name} over HTTP", ours, ratio=ratio, ratios=" ".join(f"{each[0]:.2f}" for each in rounds)),
            self.row(f"{name} by INSERTs", plainly),
        ]

    def row(self, way: str, measured: tuple[int, list[float]], **more: Any) -> dict[str, Any]:
        """Return one row of the report."""
        written, took = measured
        return {
            "way": way, "needs_per_s": written / self.options.seconds, "p50_ms": 1000 * took[len(took) // 2],
            "p99_ms": 1000 * took[int(len(took) * 0.99)], **more,
        }  # fmt: skip


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=200)
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--workers", type=int, default=min(MOST_WEB_WORKERS, os.cpu_count() or 1))
    parser.add_argument("--threads", type=int, default=WEB_THREADS)
    options = parser.parse_args()
    intake = Intake(options)
    with web(options.port, workers=options.workers, threads=options.threads):
        rows = intake.compared("one need")
        if options.batch > 1:
            rows += intake.compared(f"{options.batch} needs", options.batch)
    with acting(SYSTEM):
        repeated = Need.objects.filter(duplicate_of__isnull=False).count()
        report(
            "intake", rows, goal="ratio >= 0.5 in the worst round", clients=options.clients, workers=options.workers,
            threads=options.threads, needs_in_table=Need.objects.count(), taken_for_repetitions=repeated,
        )  # fmt: skip


if __name__ == "__main__":
    main()
