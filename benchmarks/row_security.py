"""
What the second lock costs: scoped lists and searches with row security on and off, over the same rows, in one run.

    python3 run.py bench row_security [--size S|M|L] [--districts 1] [--searches 30] [--rounds 3]

The demo district goes into the benchmark's own database by COPY unless it is there, and stands in it as often as
`--districts` says, under codes of its own (`--size L --districts 7`: 1.95 million residents). Each question is asked
as a role over a place, through the product's own queries, in a transaction of its own; the first lock (the managers)
stands in both cases. Off means ALTER TABLE ... DISABLE ROW LEVEL SECURITY on every secured table, inside a
transaction that is rolled back. On and off take turns, each round starting with the other; the rows found must be the
same. The ratio is of medians over all rounds.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django

django.setup()

from django.db import connection, models, transaction  # noqa: E402 - settings first

from benchmarks._report import report  # noqa: E402 - settings first
from benchmarks.search import KINDS, actor_over  # noqa: E402 - settings first
from juxing.access.roles import Role  # noqa: E402 - settings first
from juxing.kernel import clock  # noqa: E402 - settings first
from juxing.kernel.actors import Actor  # noqa: E402 - settings first
from juxing.kernel.keyset import page_of  # noqa: E402 - settings first
from juxing.kernel.scope import acting  # noqa: E402 - settings first
from juxing.people import policy  # noqa: E402 - settings first
from juxing.people.finding import find_people  # noqa: E402 - settings first
from juxing.people.models import Resident, SpecialCareProfile  # noqa: E402 - settings first
from juxing.places import policy as places_policy  # noqa: E402 - settings first
from juxing.places.models import Building, BuildingUnit, Estate, Household  # noqa: E402 - settings first
from juxing.site.demo.load import load_district  # noqa: E402 - settings first
from juxing_demo import generate_district  # noqa: E402 - settings first

SYSTEM = Actor.system("benchmark")
DISTRICT = "990117"
GOAL_RATIO = 1.3
KEYS_APART = 10**9
Question = Callable[[Actor, Resident], int]
SECURED = "SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace"


def listed_residents(actor: Actor, _one: Resident) -> int:
    """Return how many residents the first page of a scoped list holds."""
    rows = policy.visible_residents(actor).select_related("household__building__estate")
    return len(page_of(rows, order=("area_code", "id"), cursor=None).rows)


def listed_from_the_middle(actor: Actor, one: Resident) -> int:
    """Return how many residents stand on a page further in, beside one drawn at random."""
    rows = policy.visible_residents(actor).filter(area_code__gte=one.area_code).order_by("area_code", "id")
    return len(list(rows.select_related("household__building__estate")[:50]))


def listed_care(actor: Actor, _one: Resident) -> int:
    """Return how many are visited first, on the first page."""
    return len(list(policy.visible_care(actor).select_related("resident").order_by("area_code", "category")[:50]))


def counted_households(actor: Actor, one: Resident) -> int:
    """Return how many households a community has."""
    areas = actor.areas_with(places_policy.SEE)
    return Household.objects.inside(areas).within(one.area_code[:12]).count()


def searching(kind: str) -> Question:
    """Return the question of one kind of search."""
    return lambda actor, one: len(find_people(actor, KINDS[kind](one)).people)


QUESTIONS: dict[str, Question] = {
    "list, first page": listed_residents, "list, further in": listed_from_the_middle,
    "special care, first page": listed_care, "households counted": counted_households,
    **{f"search: {kind}": searching(kind) for kind in (
        "surname", "whole name", "given name", "all initials", "building and door", "door and surname", "phone",
        "nobody",
    )},
}  # fmt: skip


def build_districts(count: int) -> None:
    """Let the loaded district stand ``count`` times, each under a code and with keys of its own."""
    ground: tuple[type[models.Model], ...] = (Estate, Building, BuildingUnit, Household, Resident, SpecialCareProfile)
    have = Resident.objects.values_list("area_code", flat=True).order_by("-area_code").first() or DISTRICT
    for number in range(int(have[:6]) - int(DISTRICT) + 1, count):
        with connection.cursor() as cursor:
            for model in ground:
                columns = {str(field.column): moved(field, number, ground) for field in model._meta.local_fields}
                cursor.execute(
                    f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} "
                    f"FROM {model._meta.db_table} WHERE area_code >= '{DISTRICT}' AND area_code < '{DISTRICT}~'"
                )


def moved(field: Any, number: int, ground: tuple[type[models.Model], ...]) -> str:
    """Return what a column of the copy holds."""
    if field.primary_key or field.related_model in ground:
        return f"{field.column} + {number * KEYS_APART}"
    if field.name == "uuid":
        return "gen_random_uuid()"
    return f"'{int(DISTRICT) + number}' || substr(area_code, 7)" if field.name == "area_code" else str(field.column)


@contextmanager
def lock(*, is_on: bool, tables: list[str]) -> Iterator[None]:
    """Run the block with row security as it is, or with all of it switched off and put back by the rollback."""
    with transaction.atomic():
        if not is_on:
            with connection.cursor() as cursor:
                for table in tables:
                    cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        yield
        transaction.set_rollback(True)


def asked(question: Question, actor: Actor, drawn: list[Resident], *, is_on: bool, tables: list[str]) -> Any:
    """Return the milliseconds of each asking, and what came back."""
    times, found = [], []
    with lock(is_on=is_on, tables=tables):
        with acting(actor):
            question(actor, drawn[0])
        for one in drawn:
            with acting(actor):
                started = time.perf_counter()
                found.append(question(actor, one))
                times.append((time.perf_counter() - started) * 1000)
    return times, found


def row_of(
    name: str, scope: tuple[str, Actor], drawn: list[Resident], *, rounds: int, tables: list[str]
) -> dict[str, Any]:
    """Ask one question in one scope with the lock on and off in turns."""
    called, actor = scope
    times: dict[bool, list[float]] = {True: [], False: []}
    found: dict[bool, list[int]] = {}
    for number in range(rounds):
        for is_on in (True, False) if number % 2 else (False, True):
            measured, found[is_on] = asked(QUESTIONS[name], actor, drawn, is_on=is_on, tables=tables)
            times[is_on] += measured
    assert found[True] == found[False], (name, called)
    on, off = statistics.median(times[True]), statistics.median(times[False])
    p95 = {is_on: sorted(times[is_on])[int(len(times[is_on]) * 0.95)] for is_on in times}
    return {
        "question": name, "scope": called, "on_p50_ms": on, "off_p50_ms": off, "ratio": on / off,
        "on_p95_ms": p95[True], "off_p95_ms": p95[False], "found": statistics.mean(found[True]), "goal": GOAL_RATIO,
    }  # fmt: skip


def main() -> None:
    """Load what is missing, ask, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=["S", "M", "L"], default="M")
    parser.add_argument("--districts", type=int, default=1)
    parser.add_argument("--searches", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    began = time.perf_counter()
    with acting(SYSTEM):
        if not Resident.objects.exists():
            load_district(generate_district(options.size), now=clock.now())
        build_districts(options.districts)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            cursor.execute(SECURED)
            tables = [row[0] for row in cursor.fetchall()]
        count = Resident.objects.count()
        first = list(Resident.objects.within(DISTRICT).values_list("id", flat=True))
        ids = random.Random(1).sample(first, options.searches)  # noqa: S311
        drawn = list(Resident.objects.select_related("household__building__estate").filter(id__in=ids))
    loaded = time.perf_counter() - began
    home = drawn[0].area_code[:12]
    scopes = {
        "city": actor_over(DISTRICT[:4], Role.DISTRICT_OPERATOR),
        "district": actor_over(DISTRICT, Role.DISTRICT_OPERATOR), "street": actor_over(home[:9], Role.COMMUNITY_WORKER),
        "community": actor_over(home, Role.COMMUNITY_WORKER),
    }  # fmt: skip
    rows = []
    for name in QUESTIONS:
        for scope, actor in scopes.items():
            near = [one for one in drawn if one.area_code in actor.areas] or [drawn[0]]
            rows.append(row_of(name, (scope, actor), near, rounds=options.rounds, tables=tables))
    worst = max(rows, key=lambda row: row["ratio"])
    report(
        "row_security", rows, size=options.size, residents=count, secured_tables=len(tables), loaded_s=loaded,
        overall_ratio=sum(row["on_p50_ms"] for row in rows) / sum(row["off_p50_ms"] for row in rows),
        worst=f"{worst['question']} / {worst['scope']}: {worst['ratio']:.2f}",
    )  # fmt: skip


if __name__ == "__main__":
    main()
