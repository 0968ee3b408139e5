"""
Conversion of a whole district, preview to stand-down, beside bare COPY of the rows it writes.

17 streets, 350 communities, 2,000 grids, 760,000 households, 1.9 million residents, 17,000 open needs with a task each,
20,000 responders and 3,080 community workers with accounts and roles, 1,417 venues, a depot in each community and a
stocked station in each street. The steps registered by the rooms are carried out by the product's own commands, two
streets side by side as the worker does; "rows" are counted in the tables after conversion. In the last round the
process is killed (-9) when half the streets are done, and another one takes it up; what stands then is compared with
what the rounds before left.

Two baselines copy exactly these rows, all columns, by one COPY a table. "COPY s" goes into tables of the same shape
(columns, defaults, indexes, checks, exclusions, foreign keys, checked at the end), as ``bench imports`` does, without
row security, which refuses COPY, and without the triggers. "bare s" goes into tables of the same columns and nothing
else. Tables are vacuumed after loading, as autovacuum would; the engine is loaded before, as in a server at work.

The data is built once (three to six minutes) and kept; a later run takes the district it finds, with the ended
responses of the runs before in its tables.

    python3 run.py bench conversion [--communities 350] [--rounds 3]
    python3 run.py bench conversion --build-only
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - settings first
from django.db.models import Sum  # noqa: E402
from psycopg import sql  # noqa: E402

from benchmarks._full_district import load_goods, load_homes, load_responders, load_tasks, load_venues  # noqa: E402
from benchmarks._report import report  # noqa: E402
from benchmarks.imports import check_references, make_twin  # noqa: E402
from juxing.access.models import Account, RoleAssignment  # noqa: E402
from juxing.access.queries import actor_of  # noqa: E402
from juxing.access.roles import Role  # noqa: E402
from juxing.activations import commands, execution  # noqa: E402
from juxing.activations.enums import OVER, StepStatus  # noqa: E402
from juxing.activations.jobs import SIDE_BY_SIDE  # noqa: E402
from juxing.activations.models import Activation, Incident, ModeConversion, StepRun  # noqa: E402
from juxing.dispatch.models import Task  # noqa: E402
from juxing.kernel import clock  # noqa: E402
from juxing.kernel.actors import Actor  # noqa: E402
from juxing.kernel.copying import copy_rows  # noqa: E402
from juxing.kernel.scope import acting  # noqa: E402
from juxing.organisations.enums import OrganisationType  # noqa: E402
from juxing.organisations.models import Organisation  # noqa: E402
from juxing.people.models import Resident  # noqa: E402
from juxing.places.enums import AreaLevel  # noqa: E402
from juxing.places.models import Area, Household  # noqa: E402
from juxing.plans import commands as plans  # noqa: E402
from juxing.plans.models import PlanVersion  # noqa: E402
from juxing.responders.problems.nearest import Person, Slot, nearest  # noqa: E402

SYSTEM = Actor.system("benchmark")
DISTRICT = "980117"
STREETS, GRIDS, RESPONDERS, WORKERS = 17, 2000, 20_000, 3080
CONVERSIONS = "SELECT id FROM venues_venueconversion WHERE activation_id = %(activation)s"
WRITTEN = {
    "organisations_temporarybody": "activation_id = %(activation)s",
    "organisations_post": "closed_at IS NULL",
    "organisations_postholding": "ends_at IS NULL",
    "organisations_postconversion": "activation_id = %(activation)s",
    "access_roleassignment": "activation_uuid = (SELECT uuid FROM activations_activation WHERE id = %(activation)s)",
    "command_musterpost": "activation_id = %(activation)s",
    "command_musterholder": "released_at IS NULL",
    "command_notice": "activation_id = %(activation)s",
    "needs_collectionround": "activation_id = %(activation)s",
    "responders_muster": "activation_id = %(activation)s",
    "supplies_transfer": "activation_id = %(activation)s",
    "supplies_transferline": "is_promised",
    "venues_venueconversion": "activation_id = %(activation)s",
    "venues_conversiontask": f"conversion_id IN ({CONVERSIONS})",
    "venues_venueuse": f"conversion_id IN ({CONVERSIONS})",
    "venues_roomholding": f"use_id IN (SELECT id FROM venues_venueuse WHERE conversion_id IN ({CONVERSIONS}))",
    "activations_steprun": "conversion_id = (SELECT max(id) FROM activations_modeconversion)",
    "kernel_journalentry": "id > %(journal)s",
}


def main(argv: list[str] | None = None) -> int:
    """Measure, print a table, write the result; 1 when conversion takes over ten seconds or five times a COPY."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--communities", type=int, default=350)
    parser.add_argument("--households", type=int, default=760_000)
    parser.add_argument("--residents", type=int, default=1_900_000)
    parser.add_argument("--tasks", type=int, default=17_000)
    parser.add_argument("--side-by-side", type=int, default=SIDE_BY_SIDE)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--build-only", action="store_true")
    options = parser.parse_args(argv)
    size = {name: getattr(options, name) for name in ("communities", "households", "residents", "tasks")}
    with acting(SYSTEM):
        district = found(size) if Area.objects.filter(code=DISTRICT).exists() else load(**size)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    if options.build_only:
        return 0
    started = time.perf_counter()
    load_engine()
    loading = time.perf_counter() - started
    district["side_by_side"] = options.side_by_side
    rows = [measured(district, number) for number in range(options.rounds)]
    resumed = resume_after_kill(district, options.rounds)
    report(
        "conversion", rows, communities=options.communities, streets=STREETS, grids=GRIDS, responders=RESPONDERS,
        residents=options.residents, tasks=options.tasks, side_by_side=options.side_by_side,
        **{"engine loaded before in s": loading}, **resumed,
    )  # fmt: skip
    return int(max(row["convert s"] for row in rows) > 10 or max(row["convert / COPY"] for row in rows) > 5)


def load_engine() -> None:
    """Choose people for as many places as a street has: one alone would not reach the compiled parts."""
    slots = [Slot("", 121.2 + number * 1e-4, 31.0) for number in range(600)]
    nearest(slots, [Person(number, 121.2, 31.0 + number * 1e-5, (), 5000) for number in range(1200)])


def found(size: dict[str, int]) -> dict[str, Any]:
    """Return the district an earlier run built; refuse one of another size, or with a response under way."""
    there = {
        "communities": Area.objects.filter(level=AreaLevel.COMMUNITY, code__startswith=DISTRICT).count(),
        "households": Household.objects.count(), "residents": Resident.objects.count(), "tasks": Task.objects.count(),
    }  # fmt: skip
    under_way = Activation.objects.exclude(status__in=OVER).exists()
    if there != size or under_way:
        raise SystemExit(f"found {there}{' and a response under way' if under_way else ''}; want {size}: remove it")
    commander, operator = (
        Account.objects.get(role_assignments__role=role, role_assignments__area_code=DISTRICT)
        for role in (Role.DISTRICT_COMMANDER, Role.DISTRICT_OPERATOR)
    )
    return {
        "commander": commander, "operator": operator, "version": PlanVersion.objects.get(),
        "incident": Incident.objects.get(),
    }  # fmt: skip


def load(communities: int, households: int, residents: int, tasks: int) -> dict[str, Any]:
    """Fill an empty database with a district: places, homes, people in roles, venues, goods, a plan, an incident."""
    codes = [f"{DISTRICT}{1 + number % STREETS:03}{1 + number // STREETS:03}" for number in range(communities)]
    grids = [f"{codes[number % communities]}-E001-G{1 + number // communities:02}" for number in range(GRIDS)]
    streets = sorted({code[:9] for code in codes})
    levels = [
        (AreaLevel.DISTRICT, [DISTRICT]), (AreaLevel.STREET, streets), (AreaLevel.COMMUNITY, codes),
        (AreaLevel.ESTATE, [f"{code}-E001" for code in codes]), (AreaLevel.GRID, grids),
    ]  # fmt: skip
    copy_rows(
        Area,
        ("code", "name", "level", "parent_code", "source"),
        [(code, code[-6:], level, parent(code), "local") for level, found in levels for code in found],
    )
    copy_rows(
        Organisation,
        ("uuid", "area_code", "name", "organisation_type"),
        [(uuid4(), code, f"committee {code}", OrganisationType.RESIDENTS_COMMITTEE) for code in codes],
    )
    people = [(Role.COMMUNITY_SECRETARY, code) for code in codes]
    people += [(Role.COMMUNITY_WORKER, codes[number % communities]) for number in range(WORKERS)]
    people += [(Role.GRID_WORKER, grid) for grid in grids]
    people += [(Role.RESPONDER, codes[number % communities]) for number in range(RESPONDERS)]
    people += [(Role.DISTRICT_COMMANDER, DISTRICT), (Role.DISTRICT_OPERATOR, DISTRICT)]
    before = clock.now() - timedelta(days=30)
    copy_rows(
        Account,
        ("uuid", "password", "sign_in_name", "display_name", "is_active", "is_demo", "created_at"),
        [(uuid4(), "!", f"b{number}", f"b{number}", True, True, before) for number in range(len(people))],
    )
    ids = list(Account.objects.filter(sign_in_name__startswith="b").order_by("id").values_list("id", flat=True))
    copy_rows(
        RoleAssignment,
        ("uuid", "account", "role", "area_code", "starts_at"),
        [(uuid4(), pk, role, area, before) for pk, (role, area) in zip(ids, people, strict=True)],
    )
    load_homes(grids, households, residents)
    served = [(pk, area) for pk, (role, area) in zip(ids, people, strict=True) if role == Role.RESPONDER]
    load_responders(served)
    load_venues(codes, streets)
    load_goods(codes, streets, actor=SYSTEM, now=before)
    load_tasks(tasks, now=before)
    commander, operator = Account.objects.get(pk=ids[-2]), Account.objects.get(pk=ids[-1])
    now, actor = clock.now(), actor_of(commander, now=clock.now())
    draft = plans.begin_plan(actor=actor, now=now, area_code=DISTRICT, hazard="health.infectious_disease", title="plan")
    version = plans.approve_version(actor=actor, now=now, version=draft, undrilled_reason="benchmark")
    incident = commands.report_incident(
        actor=actor, now=now, area_code=DISTRICT, title="incident", hazard="health.infectious_disease"
    )
    return {"commander": commander, "operator": operator, "version": version, "incident": incident}


def measured(district: dict[str, Any], number: int) -> dict[str, Any]:
    """Convert the district once and bring it back; return the seconds of each part."""
    times: dict[str, float] = {}
    with timed(times, "preview s"):
        draft = drafted(district, actor_of(district["operator"], now=clock.now()), number)
    seen = newest_entry()
    approved(district, draft)
    with timed(times, "convert s"):
        carry_out(draft, district["side_by_side"])
    print("conversion:", slowest(draft))
    counts, times["COPY s"], times["bare s"] = copied(seen, draft)
    district["left"] = counts
    ordered_back(district, draft)
    with timed(times, "stand-down s"):
        carry_out(draft, district["side_by_side"])
    print("stand-down:", slowest(draft))
    ratios = {f"convert / {name}": times["convert s"] / times[f"{name} s"] for name in ("COPY", "bare")}
    return {"round": number, **times, "rows": sum(counts.values()), **ratios}


def resume_after_kill(district: dict[str, Any], number: int) -> dict[str, Any]:
    """Kill a converting process when half the streets are done, take it up, and compare what stands then."""
    draft = drafted(district, actor_of(district["operator"], now=clock.now()), number)
    seen = newest_entry()
    approved(district, draft)
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            carry_out(draft, district["side_by_side"])
        finally:
            os._exit(0)
    started = time.perf_counter()
    while streets_done(draft) < STREETS // 2:
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    killed = time.perf_counter()
    done = streets_done(draft)
    carry_out(draft, district["side_by_side"])
    ended = time.perf_counter()
    counts = copied(seen, draft)[0]
    with acting(SYSTEM):
        runs = list(StepRun.objects.filter(conversion__activation=draft).values_list("status", "attempts"))
    if set(runs) != {(StepStatus.DONE, 1)} or counts != district["left"]:
        raise SystemExit(f"after the kill stands {counts}, not {district['left']}; steps {set(runs)}")
    ordered_back(district, draft)
    carry_out(draft, district["side_by_side"])
    return {"killed after s": killed - started, "streets done by then": done, "resumed in s": ended - killed,
            "rows after the kill": sum(counts.values())}  # fmt: skip


def streets_done(activation: Activation) -> int:
    """Return how many streets are wholly done."""
    with acting(SYSTEM):
        left = StepRun.objects.filter(conversion__activation=activation).exclude(status=StepStatus.DONE)
        return STREETS - len(set(left.values_list("area_code", flat=True)))


def approved(district: dict[str, Any], draft: Activation) -> None:
    """Put the draft before its two approvers, and let both sign."""
    commander, operator = (actor_of(district[name], now=clock.now()) for name in ("commander", "operator"))
    with acting(commander):
        commands.submit(actor=operator, now=clock.now(), activation=draft)
        for actor in (commander, operator):
            commands.approve(actor=actor, now=clock.now(), activation=draft, digest=draft.digest)


def ordered_back(district: dict[str, Any], draft: Activation) -> None:
    """Order the stand-down."""
    commander = actor_of(district["commander"], now=clock.now())
    with acting(commander):
        commands.stand_down(
            actor=commander, now=clock.now(), activation=draft, reason="benchmark", left_open_reason="none"
        )


def slowest(activation: Activation) -> str:
    """Return the steps of the newest conversion with the seconds of all streets, the slowest first."""
    with acting(SYSTEM):
        newest = ModeConversion.objects.filter(activation=activation).order_by("-number")[0]
        runs = StepRun.objects.filter(conversion=newest).values_list("step").annotate(Sum("seconds"))
        return ", ".join(f"{step} {seconds:.2f}" for step, seconds in sorted(runs, key=lambda run: -run[1]))


def drafted(district: dict[str, Any], actor: Actor, number: int) -> Activation:
    """Return a previewed draft over the whole district at level II, with its decision."""
    now = clock.now()
    with acting(actor):
        draft = commands.draft_activation(
            actor=actor, now=now, incident=district["incident"], version=district["version"], level="level_2",
            areas=[DISTRICT], ends_at=now + timedelta(days=7), matter="benchmark",
        )  # fmt: skip
        commands.record_decision(
            actor=actor, now=now, activation=draft, issuer="city", rank="city", number=str(number),
            issued_on=now.date(), legal_basis="law",
        )  # fmt: skip
        return commands.preview(actor=actor, now=now, activation=draft)


def carry_out(activation: Activation, side_by_side: int = 1) -> None:
    """Do the activation's newest conversion."""
    with acting(SYSTEM):
        conversion = ModeConversion.objects.filter(activation=activation).order_by("-number")[0]
    done = execution.carry_out(conversion.uuid, clock=clock.now, side_by_side=side_by_side)
    if done.finished_at is None:
        raise SystemExit("a step failed; see the log")


def copied(seen: int, activation: Activation) -> tuple[dict[str, int], float, float]:
    """Return what the conversion left in each table, and the seconds of copying it into tables so shaped, and bare."""
    counts: dict[str, int] = {}
    shaped = bare = 0.0
    with acting(SYSTEM), transaction.atomic(), connection.cursor() as cursor:
        for table, condition in WRITTEN.items():
            known = condition.replace("%(journal)s", str(seen)).replace("%(activation)s", str(activation.pk))
            where = sql.SQL(known)
            source = sql.Identifier(table)
            make_twin(cursor, table)
            cursor.execute(sql.SQL("CREATE TABLE {} AS SELECT * FROM {} WITH NO DATA").format(
                sql.Identifier(f"bare_{table}"), source
            ))  # fmt: skip
            data = io.BytesIO()
            with cursor.copy(sql.SQL("COPY (SELECT * FROM {} WHERE {}) TO STDOUT").format(source, where)) as out:
                for chunk in out:
                    data.write(chunk)
            counts[table] = data.getvalue().count(b"\n")
            shaped += copy_into(cursor, f"twin_{table}", data.getvalue(), is_checked=True)
            bare += copy_into(cursor, f"bare_{table}", data.getvalue(), is_checked=False)
        transaction.set_rollback(True)
    return counts, shaped, bare


def copy_into(cursor: Any, table: str, data: bytes, *, is_checked: bool) -> float:
    """Return the seconds of one COPY into the table, with its foreign keys checked as the commit would."""
    started = time.perf_counter()
    with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as into:
        into.write(data)
    if is_checked:
        check_references(cursor)
    return time.perf_counter() - started


def newest_entry() -> int:
    """Return the id of the journal's newest entry."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM kernel_journalentry")
        return int(cursor.fetchone()[0])


def parent(code: str) -> str:
    """Return the code one level up."""
    if "-" in code:
        return code.rpartition("-")[0]
    return code[:9] if len(code) == 12 else code[:6] if len(code) == 9 else code[:4]


@contextmanager
def timed(times: dict[str, float], name: str) -> Iterator[None]:
    """
    Keep the seconds of the block under the name, and those of the processor beside them.

    The processor's are this process's and the database's; the database's while several streets are done side by side
    are those of connections that are gone by the end, so all of the server's are counted: nobody else uses it.
    """
    started, busy = time.perf_counter(), processor_seconds()
    yield
    times[name] = time.perf_counter() - started
    times[f"{name[:-2]} cpu s"] = processor_seconds() - busy


def processor_seconds() -> float:
    """Return what this process and the database used of the processors; ended connections count as the server's own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = int(_stat(cursor.fetchone()[0])[1])
    ticks = sum(map(int, _stat(server)[11:15]))
    for found in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = _stat(int(found.name))
            ticks += sum(map(int, fields[11:13])) if int(fields[1]) == server else 0
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()


if __name__ == "__main__":
    raise SystemExit(main())
