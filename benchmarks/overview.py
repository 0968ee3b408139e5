"""
The operating picture and the longest lists at district size: server time, number of queries, longest query.

Requests go through the whole stack in this process, so the time is the server's, without the network. "Counted" is the
picture when the kept figures are missing or old, which happens only while the background processes stand still.

    python run.py bench overview [--size L] [--days 3] [--rounds 40] [--every-page]

With ``--every-page`` it opens, instead, each address that each role reaches by links, once, and prints the slowest.
An empty database is filled first: the district and its days, through the rooms' own commands (about ten minutes at L).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - settings first
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from benchmarks._emergency_days import load_days  # noqa: E402
from benchmarks._every_page import every_page  # noqa: E402
from juxing.access.models import Account, RoleAssignment  # noqa: E402
from juxing.access.roles import Role  # noqa: E402
from juxing.access.signing_in import TWO_STEPS  # noqa: E402
from juxing.kernel import clock  # noqa: E402
from juxing.kernel.actors import Actor  # noqa: E402
from juxing.kernel.scope import acting  # noqa: E402
from juxing.kernel.subscribers import deliver, subscribers  # noqa: E402
from juxing.needs.enums import OPEN  # noqa: E402
from juxing.needs.models import Need  # noqa: E402
from juxing.overview.commands import count_households, recount_everything  # noqa: E402
from juxing.overview.models import AreaTally  # noqa: E402
from juxing.people.models import Resident  # noqa: E402
from juxing.responders.models import Responder  # noqa: E402

RESULT = Path(__file__).with_name("results") / "overview.json"
PROCESS = Actor.system("benchmark")
DISTRICT, STREET, COMMUNITY = "990117", "990117001", "990117001001"
LIMIT_MS = 200


def main(argv: list[str] | None = None) -> int:
    """Measure, print a table, write the result; 1 when the picture of the district is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=["S", "M", "L"], default="L", help="size of the district, if it is not there")
    parser.add_argument("--days", type=int, default=3, help="emergency days, if there are none")
    parser.add_argument("--rounds", type=int, default=40, help="requests per page")
    parser.add_argument("--every-page", action="store_true", help="open each address as each role, print the slowest")
    options = parser.parse_args(argv)
    fill(options.size, days=options.days)
    if options.every_page:
        return show_slowest(list(every_page(dict(readers()))))
    rows = [measured(name, ask, rounds=options.rounds) for name, ask in pages().items()]
    with not_kept():
        rows.append(measured("picture, district, counted", asking(DISTRICT, "picture_of"), rounds=10))
    result: dict[str, Any] = {"machine": machine(), "data": amounts(), "rounds": options.rounds, "pages": rows}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    show(result)
    return int(rows[0]["p95_ms"] > LIMIT_MS)


def fill(size: str, *, days: int) -> None:
    """Load what is missing, and let the followers of the journal catch up."""
    with acting(PROCESS):
        is_empty = not Need.objects.exists()
    if is_empty:
        load_days(size, now=clock.now(), days=days, say=print)
    for name in ("overview.flow", "overview.tallies"):
        while deliver(subscribers[name], limit=20_000):
            pass
    with acting(PROCESS):
        count_households(now=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE needs_need, dispatch_task, dispatch_match, responders_responder, needs_needline")


def pages() -> dict[str, Callable[[], Any]]:
    """Return what is asked for, by name; the district's picture first."""
    return {
        "picture, district": asking(DISTRICT, "picture_of"),
        "picture, street": asking(STREET, "picture_of"),
        "picture, community": asking(COMMUNITY, "picture_of"),
        "live part, district": asking(DISTRICT, "figures"),
        "map, district": asking(DISTRICT, "map"),
        "trends, district": asking(DISTRICT, "trends"),
        "needs, newest first": listing("needs:list"),
        "needs, waiting, most urgent first": listing("needs:list", show="waiting"),
        "needs, one street, overdue": listing("needs:list", show="overdue", area=STREET),
        "residents, one surname": listing("people:search", role=Role.STREET_OPERATOR, area_code=STREET, q="\u738b"),
        "responders": listing("responders:list"),
    }


def asking(code: str, part: str) -> Callable[[], Any]:
    """Return a request for a part of the picture, by someone who commands the district."""
    client = signed_in(Role.DISTRICT_COMMANDER, DISTRICT)
    return lambda: client.get(reverse(f"overview:{part}", args=[code]))


def listing(name: str, *, role: str = Role.DISTRICT_OPERATOR, area_code: str = DISTRICT, **query: str) -> Any:
    """Return a request for a list."""
    client = signed_in(role, area_code)
    return lambda: client.get(reverse(name), query)


def signed_in(role: str, area_code: str) -> Client:
    """Return a browser in which an account with this role is signed in; one is made if the data has none."""
    held = Account.objects.filter(role_assignments__role=role, role_assignments__area_code=area_code)
    account = held.first()
    if account is None:
        name = f"benchmark-{role}-{area_code}"
        account = Account.objects.create(sign_in_name=name, display_name=name, created_at=clock.now(), is_demo=True)
        account.role_assignments.create(role=role, area_code=area_code, starts_at=clock.now())
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[TWO_STEPS] = True  # as somebody who has given the second step
    session.save()
    return client


def readers() -> Iterator[tuple[str, Client]]:
    """Yield a browser for each role somebody of the data holds."""
    with acting(PROCESS):
        held = RoleAssignment.objects.order_by("role", "area_code").distinct("role").values_list("role", "area_code")
        places = dict(held)
    for role, area_code in places.items():
        yield role, signed_in(role, area_code)


def measured(name: str, ask: Callable[[], Any], *, rounds: int) -> dict[str, Any]:
    """Return times of ``rounds`` requests after three that warm caches, and the queries of one."""
    if "counted" not in name:
        with acting(PROCESS):
            recount_everything(now=clock.now())
    for _ in range(3):
        answer = ask()
        if answer.status_code != 200:
            raise SystemExit(f"{name}: answered {answer.status_code}")
    walls, own = [], []
    for _ in range(rounds):
        started, used = time.perf_counter(), time.process_time()
        ask()
        walls.append(1000 * (time.perf_counter() - started))
        own.append(1000 * (time.process_time() - used))
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
    return {
        "page": name, "p50_ms": round(statistics.median(walls), 1), "p95_ms": round(percentile(walls, 95), 1),
        "python_ms": round(statistics.median(own), 1), "queries": len(queries),
        "longest_query_ms": round(max(1000 * float(query["time"]) for query in queries), 1),
        "bytes": len(answer.content),
    }  # fmt: skip


def percentile(values: list[float], percent: int) -> float:
    """Return the value below which ``percent`` of the values lie (nearest rank)."""
    return sorted(values)[min(len(values) - 1, round(len(values) * percent / 100 + 0.5) - 1)]


@contextmanager
def not_kept() -> Iterator[None]:
    """Make the kept figures old for the block."""
    with transaction.atomic():
        with acting(PROCESS):
            AreaTally.objects.update(as_of=clock.now() - timedelta(hours=1))
        yield
        transaction.set_rollback(True)


def amounts() -> dict[str, int]:
    """Return how much there is."""
    with acting(PROCESS):
        needs = Need.objects.all()
        return {
            "residents": Resident.objects.count(), "responders": Responder.objects.count(), "needs": needs.count(),
            "open_needs": needs.filter(status__in=sorted(OPEN)).count(),
        }  # fmt: skip


def machine() -> dict[str, Any]:
    """Return on what it ran, and how busy that was."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    return {
        "processors": os.cpu_count(), "python": platform.python_version(), "postgresql": version,
        "load_average": [round(load, 1) for load in os.getloadavg()], "wall_per_own_second": busyness(),
    }  # fmt: skip


def busyness() -> float:
    """Return how many seconds pass while this process computes for one: 1 on an idle machine; times grow with it."""
    started, used = time.perf_counter(), time.process_time()
    while time.process_time() - used < 0.5:
        sum(range(10_000))
    return round((time.perf_counter() - started) / (time.process_time() - used), 2)


def show(result: dict[str, Any]) -> None:
    """Print the table."""
    print(json.dumps(result["data"]), json.dumps(result["machine"]))
    print(f"{'page':36}{'p50 ms':>9}{'p95 ms':>9}{'Python ms':>11}{'queries':>9}{'longest ms':>12}{'bytes':>10}")
    for row in result["pages"]:
        print(
            f"{row['page']:36}{row['p50_ms']:9.1f}{row['p95_ms']:9.1f}{row['python_ms']:11.1f}{row['queries']:9d}"
            f"{row['longest_query_ms']:12.1f}{row['bytes']:10d}"
        )


def show_slowest(rows: list[dict[str, Any]], *, count: int = 12) -> int:
    """Print the pages that took longest, that asked most often, and that waited longest for one query; 1 if none."""
    print(json.dumps(amounts()), json.dumps(machine()), f"{len(rows)} pages")
    for measure in ("wall_ms", "queries", "longest_query_ms"):
        print(f"most {measure}:")
        for row in sorted(rows, key=lambda each: -each[measure])[:count]:
            print(f"{row[measure]:9}  {row['role']:22}{row['path'][:70]:72}{row['bytes']:8}")
    return int(not rows)


if __name__ == "__main__":
    raise SystemExit(main())
