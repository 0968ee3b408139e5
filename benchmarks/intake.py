"""
Need intake over HTTP, durable, beside the same rows written by plain psycopg from as many connections.

    python3 run.py bench intake [--clients 8] [--seconds 15]

Ours: granian with the product's own settings, the API's POST /needs/ with a token and an idempotency key, one request
at a time per client, kept-alive connections, clients in processes of their own. Each request looks the household up,
finds duplicates, triages, writes need, line, two journal entries and the idempotency key, and commits.
The baseline: the same four rows by plain INSERTs and a COMMIT per need, from as many connections; no lookup, no check,
no HTTP. Client and server share the machine in both cases.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import django

django.setup()

import psycopg  # noqa: E402 - settings first
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

SYSTEM = Actor.system("benchmark")
TYPES = ("fresh_food", "staple_food", "water", "meals", "repair", "personal_hygiene")


@contextmanager
def web(port: int, workers: int) -> Iterator[None]:
    """Run the product's web server on the loopback for the block."""
    environment = os.environ | {"JUXING_DATABASE_POOL": "1"}
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "juxing.site.wsgi:application", "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment)
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(20)


def send(port: int, token: str, homes: Sequence[str], seconds: float, results: Any) -> None:
    """Post needs one after another until the time is up; report how many were taken and how long each took."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    taken, slow, ends = 0, [], time.perf_counter() + seconds
    for number in range(10**9):
        if time.perf_counter() >= ends:
            break
        body = {
            "need_type": TYPES[number // len(homes) % len(TYPES)], "household": homes[number % len(homes)],
            "is_distinct": True, "lines": [{"written": "大米", "quantity": "1"}],
        }  # fmt: skip
        started = time.perf_counter()
        link.request("POST", "/api/v1/needs/", json.dumps(body), headers | {"Idempotency-Key": str(uuid4())})
        answer = link.getresponse()
        answer.read()
        slow.append(time.perf_counter() - started)
        taken += answer.status == 201
    results.put((taken, sorted(slow)))


def insert(conninfo: str, columns: list[str], row: list[Any], seconds: float, results: Any) -> None:
    """Write the same rows by plain INSERTs until the time is up."""
    written, ends = 0, time.perf_counter() + seconds
    names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    with psycopg.connect(conninfo) as link:
        while time.perf_counter() < ends:
            with link.cursor() as cursor:
                cursor.execute("SELECT set_config('juxing.scope', '{\"\"}', true)")
                cursor.execute(f"INSERT INTO needs_need ({names}) VALUES ({places}) RETURNING id, uuid, area_code", row)
                need_id, uuid, area_code = cursor.fetchone()  # type: ignore[misc]
                cursor.execute(
                    "INSERT INTO needs_needline (area_code, need_id, written, unit) VALUES (%s, %s, 'rice', '')",
                    [area_code, need_id],
                )
                for action in ("needs.need.record", "needs.need.triage"):
                    cursor.execute(
                        "INSERT INTO kernel_journalentry (area_code, action, actor_kind, actor_name, subject_type, "
                        "subject_uuid, happened_at, reason, changes) "
                        "VALUES (%s, %s, 'system', 'bench', 'needs.need', %s, now(), '', '{}')",
                        [area_code, action, uuid],
                    )
            link.commit()
            written += 1
    results.put((written, []))


def together(work: Any, arguments: list[tuple[Any, ...]]) -> tuple[int, list[float]]:
    """Run the work in processes at once; return how many needs were written and every request's seconds, sorted."""
    results: Any = multiprocessing.get_context("spawn").Queue()
    processes = [multiprocessing.get_context("spawn").Process(target=work, args=(*each, results)) for each in arguments]
    for process in processes:
        process.start()
    answers = [results.get() for _ in processes]
    for process in processes:
        process.join()
    return sum(count for count, _slow in answers), sorted(second for _count, slow in answers for second in slow)


def prepare() -> tuple[str, list[str]]:
    """Load the S district unless it is there; return an operator's token and the doors of one street."""
    if not Area.objects.filter(code="990117").exists():
        with acting(SYSTEM):
            load_district(generate_district("S"), now=clock.now())
    with acting(SYSTEM):
        operator = Account.objects.filter(role_assignments__role=Role.STREET_OPERATOR).order_by("id")[0]
        token = access.issue_token(actor=SYSTEM, now=clock.now(), account=operator, label="benchmark", days=1)
        street = operator.role_assignments.get().area_code
        return token, list(Household.objects.within(street).order_by("id").values_list("area_code", flat=True))


def baseline_row() -> tuple[list[str], list[Any]]:
    """Return the columns and values of a need as it stands in the table, to be written again."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM needs_need ORDER BY id DESC LIMIT 1")
        columns = [column.name for column in cursor.description or ()]
        row = [json.dumps(value) if isinstance(value, dict) else value for value in cursor.fetchone()]
    kept = [number for number, name in enumerate(columns) if name not in {"id", "uuid", "link_digest"}]
    return [columns[number] for number in kept] + ["link_digest"], [row[number] for number in kept] + [""]


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    options = parser.parse_args()
    token, homes = prepare()
    share = max(1, len(homes) // options.clients)
    with web(options.port, options.workers):
        arguments = [
            (options.port, token, homes[client * share : (client + 1) * share], options.seconds)
            for client in range(options.clients)
        ]
        together(send, [(*each[:3], 2.0) for each in arguments[:2]])
        taken, slow = together(send, arguments)
    columns, row = baseline_row()
    plain = [(os.environ["DATABASE_URL"], columns, row, options.seconds)] * options.clients
    written, _none = together(insert, plain)
    with acting(SYSTEM):
        recorded = Need.objects.count()
    rows = [
        {"way": "HTTP intake, durable", "needs_per_s": taken / options.seconds, "p50_ms": 1000 * slow[len(slow) // 2],
         "p99_ms": 1000 * slow[int(len(slow) * 0.99)]},
        {"way": "plain psycopg INSERTs", "needs_per_s": written / options.seconds},
    ]  # fmt: skip
    report("intake", rows, ratio=taken / written, goal=">= 0.5", clients=options.clients, needs_in_table=recorded)


if __name__ == "__main__":
    main()
