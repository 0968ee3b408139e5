"""
Finding residents as desks do: p50 and p95 per kind of search, over the whole district and over one community.

    python3 run.py bench search [--size S|M|L] [--searches 60]

The demo district is loaded into the benchmark's own database unless it is there. What is searched for is taken from
residents drawn at random (seed 1): a part of the name, initials, the door, the phone. Each search is `find_people` with
its masking, in a transaction of its own under row-level security, as an actor who holds the right there.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 - settings first
from django.test.utils import CaptureQueriesContext  # noqa: E402 - settings first

from benchmarks._report import report  # noqa: E402 - settings first
from juxing.access.roles import Role  # noqa: E402 - settings first
from juxing.kernel import clock  # noqa: E402 - settings first
from juxing.kernel.actors import Actor, ActorKind, Grant  # noqa: E402 - settings first
from juxing.kernel.scope import acting  # noqa: E402 - settings first
from juxing.people.finding import find_people  # noqa: E402 - settings first
from juxing.people.models import Resident  # noqa: E402 - settings first
from juxing.site.demo.load import load_district  # noqa: E402 - settings first
from juxing_demo import generate_district  # noqa: E402 - settings first

SYSTEM = Actor.system("benchmark")
DISTRICT = "990117"
GOAL_MS = 50.0
Text = Callable[[Resident], str]
KINDS: dict[str, Text] = {
    "surname": lambda one: one.name[:1],
    "whole name": lambda one: one.name,
    "given name": lambda one: one.name[1:],
    "last character": lambda one: one.name[-1:],
    "one initial": lambda one: one.name_initials[:1],
    "two initials": lambda one: one.name_initials[:2],
    "all initials": lambda one: one.name_initials,
    "surname and initials": lambda one: f"{one.name[:1]} {one.name_initials[:2]}",
    "building and door": lambda one: f"{one.household.building.number}-{one.household.door}",
    "estate, building, door": lambda one: (
        f"{one.household.building.estate.name}{one.household.building.number}-{one.household.door}"
    ),
    "door and surname": lambda one: f"{one.name[:1]} {one.household.building.number}-{one.household.door}",
    "phone": lambda one: one.phone,
    "nobody": lambda one: f"囍{one.name}",
}


def actor_over(area_code: str, role: str) -> Actor:
    """Return an actor who holds a role over a place."""
    return Actor(kind=ActorKind.ACCOUNT, name="benchmark", account_id=None, grants=(Grant(role, area_code),))


def measured(actor: Actor, text: str) -> tuple[float, int]:
    """Return the milliseconds of one search, and how many were found."""
    with acting(actor):
        started = time.perf_counter()
        found = find_people(actor, text)
        return (time.perf_counter() - started) * 1000, len(found.people)


def row_of(kind: str, scope: str, actor: Actor, texts: list[str]) -> dict[str, Any]:
    """Measure one kind of search in one scope."""
    measured(actor, texts[0])
    results = [measured(actor, text) for text in texts]
    times = sorted(milliseconds for milliseconds, _found in results)
    with (
        acting(actor),
        CaptureQueriesContext(
            connection,
        ) as captured,
    ):
        find_people(actor, texts[0])
    return {
        "search": kind, "scope": scope, "p50_ms": statistics.median(times), "p95_ms": times[int(len(times) * 0.95)],
        "worst_ms": times[-1], "queries": len(captured), "found": statistics.mean(found for _ms, found in results),
        "goal_ms": GOAL_MS,
    }  # fmt: skip


def main() -> None:
    """Load what is missing, search, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=["S", "M", "L"], default="M")
    parser.add_argument("--searches", type=int, default=60)
    options = parser.parse_args()
    with acting(SYSTEM):
        if not Resident.objects.exists():
            load_district(generate_district(options.size), now=clock.now())
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        count = Resident.objects.count()
        rows = Resident.objects.select_related("household__building__estate")
        ids = random.Random(1).sample(list(Resident.objects.values_list("id", flat=True)), options.searches)  # noqa: S311
        wanted = list(rows.filter(id__in=ids))
    result = []
    for kind, text_of in KINDS.items():
        texts = [text for one in wanted if (text := text_of(one))]
        result.append(row_of(kind, "district", actor_over(DISTRICT, Role.DISTRICT_OPERATOR), texts))
        home = wanted[0].area_code[:12]
        result.append(row_of(kind, "community", actor_over(home, Role.COMMUNITY_WORKER), texts))
    report("search", result, size=options.size, residents=count, searches=options.searches)


if __name__ == "__main__":
    main()
