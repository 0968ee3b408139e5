"""Posting movements: what the ledger's rules cost over bare COPY of the same rows, and how fast its pages are read."""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import time
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "juxing.site.settings")
NOW = datetime(2026, 3, 10, tzinfo=UTC)
AREA = "990117001"
NEXT = re.compile(r'rel="next" href="([^"]*)"')


def main() -> None:
    """Measure on the database of DATABASE_URL, in one transaction that is rolled back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--movements", type=int, default=100_000)
    parser.add_argument("--depots", type=int, default=300)
    parser.add_argument("--items", type=int, default=2000)
    asked = parser.parse_args()
    import django

    django.setup()
    from django.db import transaction

    from juxing.kernel.actors import Actor
    from juxing.kernel.scope import acting

    print(f"load {os.getloadavg()[0]:.1f}")
    with acting(Actor.system("benchmark")):
        post_movements(asked.movements)
        read_pages(asked.depots, asked.items)
        transaction.set_rollback(True)


def post_movements(count: int) -> None:
    """Post so many one-line acts between twenty depots over fifty lots, and copy as many bare rows into two tables."""
    from django.db import connection

    from juxing.kernel.actors import Actor
    from juxing.supplies.commands import Line, Posting, post
    from juxing.supplies.commands.accounts import area_place, depot_places, lot_key, lots_of
    from juxing.supplies.enums import MoveKind, PlaceKind
    from juxing.supplies.models import Depot

    items = make_items(50)
    depots = Depot.objects.bulk_create([Depot(area_code=AREA, name=f"库点{number}") for number in range(20)])
    places = list(depot_places(depot.pk for depot in depots).values())
    source, lots = area_place(PlaceKind.OPENING, AREA), lots_of([lot_key(item) for item in items])
    actor, draws = Actor.system("benchmark"), random.Random(20221025)  # noqa: S311 - drawing, not hiding
    opening = [Line(source, place, lot, Decimal(10**6)) for place in places for lot in lots]
    post([Posting(MoveKind.OPEN, opening)], actor=actor, now=NOW)
    postings = []
    for _number in range(count):
        here, there = draws.sample(places, 2)
        line = Line(here, there, draws.choice(lots), Decimal(draws.randint(1, 9)))
        postings.append(Posting(MoveKind.ARRIVE, [line]))
    started = time.perf_counter()
    post(postings, actor=actor, now=NOW)
    took = time.perf_counter() - started
    bare = copy_bare(postings)
    print(f"{count} movements posted in {took:.1f} s ({count / took:,.0f} a second); bare COPY of the same rows into "
          f"two tables without index or rule: {bare:.1f} s; factor {took / bare:.1f}")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE supplies_stocklevel")


def copy_bare(postings: list[Any]) -> float:
    """Copy one row an act and two a line into temporary tables."""
    from django.db import connection

    from juxing.kernel.copying import copy_values

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bare_move (id bigint, kind text, at timestamptz, who text)")
        cursor.execute("CREATE TEMPORARY TABLE bare_entry (move bigint, place bigint, other bigint, lot bigint, "
                       "quantity numeric, kind text, at timestamptz, area text)")  # fmt: skip
    started = time.perf_counter()
    copy_values("bare_move", ("id", "kind", "at", "who"),
                ((number, "arrive", NOW, "benchmark") for number in range(len(postings))))  # fmt: skip
    copy_values(
        "bare_entry", ("move", "place", "other", "lot", "quantity", "kind", "at", "area"),
        (side for number, posting in enumerate(postings) for line in posting.lines for side in (
            (number, line.source, line.target, line.lot, -line.quantity, "arrive", NOW, AREA),
            (number, line.target, line.source, line.lot, line.quantity, "arrive", NOW, AREA))),
    )  # fmt: skip
    return time.perf_counter() - started


def read_pages(depot_count: int, item_count: int) -> None:
    """
    Stock every depot with every item, one in five hundred running out, and open the stock page as a storekeeper does:
    forty pages each from where the last ended, one depot's, by part of an item's name, what runs out.
    """
    import pgtrigger
    from django.contrib.auth.hashers import make_password
    from django.db import connection
    from django.test import Client

    from juxing.access.models import Account, RoleAssignment
    from juxing.access.roles import Role
    from juxing.kernel.copying import copy_rows
    from juxing.supplies.models import Depot, StockLevel

    items = make_items(item_count)
    depots = Depot.objects.bulk_create([Depot(area_code=AREA, name=f"大库{number}") for number in range(depot_count)])
    columns = ("area_code", "depot", "item", "on_hand", "reserved", "min_quantity")
    with pgtrigger.ignore():  # levels without the lots behind them: only the page is measured
        copy_rows(StockLevel, columns, (
            (AREA, depot.pk, item.pk, 5 if (at + number) % 500 == 0 else 100, 3, 20)
            for number, depot in enumerate(depots) for at, item in enumerate(items)
        ))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE supplies_stocklevel")
    account = Account.objects.create(sign_in_name="bench-keeper", display_name="bench", created_at=NOW,
                                     password=make_password(None))  # fmt: skip
    RoleAssignment.objects.create(account=account, role=Role.STOREKEEPER, area_code=AREA, starts_at=NOW)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    uuid = Depot.objects.values_list("uuid", flat=True).get(pk=depots[len(depots) // 2].pk)
    print(f"stock page over {depot_count} x {item_count} levels, whole answers:")
    for name, query in (("all", ""), ("one depot", f"depot={uuid}"), ("part of a name", f"item=物资{item_count - 7}"),
                        ("running out", "low=on")):  # fmt: skip
        measure(client, name, query)


def measure(client: Any, name: str, query: str) -> None:
    """Open forty pages of a list, each from where the last ended, or the first again where there is no next."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    taken, queries, rows, first = [], 0, 0, f"/supplies/stock/?{query}"
    address = first
    for _page in range(41):
        with CaptureQueriesContext(connection) as seen:
            started = time.perf_counter()
            answer = client.get(address)
            taken.append(time.perf_counter() - started)
        assert answer.status_code == 200, answer.status_code
        queries, text = max(queries, len(seen)), answer.content.decode()
        rows = max(rows, text.count('<th scope="row"'))
        following = NEXT.search(text)
        address = f"/supplies/stock/{unescape(following[1])}" if following else first
    p50, p95 = statistics.median(taken[1:]), statistics.quantiles(taken[1:], n=20)[-1]
    print(f"  {name}: p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, {queries} queries, {rows} rows")


def make_items(count: int) -> list[Any]:
    """Make so many entries of the catalogue."""
    from juxing.supplies.enums import SupplyCategory
    from juxing.supplies.models import SupplyItem

    start = SupplyItem.objects.count()
    return SupplyItem.objects.bulk_create([
        SupplyItem(code=f"bench_{start + number}", name_zh=f"物资{number}", name_en=f"Item {number}", unit="single",
                   category=SupplyCategory.OTHER)
        for number in range(count)
    ])  # fmt: skip


if __name__ == "__main__":
    main()
