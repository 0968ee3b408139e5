"""
One client of the intake benchmark: its own small process, without Django, that sends or inserts until time is up.

Reads what to do as one JSON line, says "ready", starts at the next line, and answers with one JSON line: how many
needs it wrote and how long each call took. The HTTP client is a bare socket, so that it costs the shared processors
little; the plain one is psycopg with prepared statements, as it comes.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Callable
from itertools import cycle
from typing import Any
from uuid import uuid4

import psycopg

TYPES = (
    "fresh_food", "staple_food", "water", "meals", "repair", "personal_hygiene", "infant_supplies", "care_visit",
    "disinfection", "pet_care", "study_support", "transport", "information", "financial_relief",
)  # fmt: skip
Write = Callable[[int], int]
"""Writes the call of this number, and returns how many needs it wrote."""

IDEMPOTENCY = (
    "INSERT INTO kernel_idempotencykey (sender, key, fingerprint, status_code, headers, body) "
    "VALUES ('bench', %s, %s, 201, '{}', %s)"
)
LINE = "INSERT INTO needs_needline (area_code, need_id, written, quantity, unit) VALUES (%s, %s, %s, 1, '')"
ENTRY = (
    "INSERT INTO kernel_journalentry (area_code, action, actor_kind, actor_account_id, actor_name, subject_type, "
    "subject_uuid, happened_at, reason, changes, correlation_uuid) VALUES "
    "(%(area)s, 'needs.need.record', 'account', %(account)s, 'bench', 'needs.need', %(uuid)s, now(), '', "
    "%(recorded)s, %(act)s), (%(area)s, 'needs.need.triage', 'account', %(account)s, 'bench', 'needs.need', "
    "%(uuid)s, now(), '', %(triaged)s, %(act)s)"
)
CHANGES = {
    "recorded": '{"channel": "external_system", "need_type": "fresh_food", "is_proxy": false}',
    "triaged": '{"from": "submitted", "to": "triaged", "score": 250}',
}


def need_of(number: int, homes: list[str]) -> dict[str, Any]:
    """Return the need of this number: every kind at every door once, so that none repeats another."""
    return {
        "need_type": TYPES[number // len(homes) % len(TYPES)], "household": homes[number % len(homes)],
        "lines": [{"written": "\u5927\u7c73", "quantity": "1"}],
    }  # fmt: skip


def over_http(job: dict[str, Any]) -> Write:
    """Return the writer of needs over one kept-alive HTTP connection: one a call, or ``batch`` of them."""
    link = socket.create_connection(("127.0.0.1", job["port"]), timeout=60)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream = link.makefile("rb")
    batch, homes = job["batch"], job["homes"]
    path = "/api/v1/needs/bulk" if batch > 1 else "/api/v1/needs/"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {job['token']}\r\n"
        "Content-Type: application/json\r\n"
    )

    def write(number: int) -> int:
        needs = [need_of(job["first"] + number * batch + place, homes) for place in range(batch)]
        body = json.dumps({"needs": needs} if batch > 1 else needs[0]).encode()
        link.sendall(f"{head}Idempotency-Key: {uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        status, answer = answered(stream)
        if status not in {200, 201}:
            raise SystemExit(f"{status}: {answer[:300]!r}")
        return batch

    return write


def answered(stream: Any) -> tuple[int, bytes]:
    """Return status and body of one answer."""
    status = int(stream.readline().split()[1])
    length = 0
    while (line := stream.readline()) not in {b"\r\n", b""}:
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return status, stream.read(length)


def by_inserts(job: dict[str, Any]) -> Write:
    """Return the writer of the same rows by INSERTs and one COMMIT: one need a transaction, or ``batch`` of them."""
    link = psycopg.connect(job["conninfo"])
    columns, rows, batch = [*job["columns"], "link_digest"], cycle(job["rows"]), job["batch"]
    need = (
        f"INSERT INTO needs_need ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) "
        "RETURNING id, uuid, area_code"
    )

    def write(_number: int) -> int:
        act = str(uuid4())
        with link.cursor() as cursor:
            cursor.execute("SELECT set_config('juxing.scope', '{\"\"}', true)")
            cursor.execute(IDEMPOTENCY, [act, "f" * 64, job["answer"] * batch])
            cursor.executemany(need, [[*next(rows), uuid4().hex * 2] for _ in range(batch)], returning=True)
            made = []
            while True:
                made += cursor.fetchall()
                if not cursor.nextset():
                    break
            cursor.executemany(LINE, [[area, need_id, "\u5927\u7c73"] for need_id, _uuid, area in made])
            entries = [
                {"area": area, "uuid": uuid, "account": job["account"], "act": act, **CHANGES}
                for _id, uuid, area in made
            ]
            cursor.executemany(ENTRY, entries)
        link.commit()
        return batch

    return write


def main() -> None:
    """Prepare, wait for the start, write, answer."""
    job = json.loads(sys.stdin.readline())
    write = over_http(job) if job["way"] == "http" else by_inserts(job)
    print("ready", flush=True)
    sys.stdin.readline()
    written, took, number = 0, [], 0
    ends = time.perf_counter() + job["seconds"]
    while (started := time.perf_counter()) < ends:
        written += write(number)
        took.append(time.perf_counter() - started)
        number += 1
    print(json.dumps({"written": written, "took": took}), flush=True)


if __name__ == "__main__":
    main()
