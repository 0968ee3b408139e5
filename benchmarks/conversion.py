"""
Conversion of a whole district, preview to stand-down, beside bare COPY of the rows it writes.

17 streets, 350 communities, 2,000 grids, 760,000 households, 20,000 responders and 3,080 community workers with
accounts and roles, 1,417 venues, a depot in each community and a stocked station in each street. The steps registered
by the rooms are carried out by the product's own commands; "rows" are counted in the tables after conversion. The
baseline copies exactly these rows, all columns, into tables of the same columns without indexes, rules or row security.
Residents are loaded only when asked for: no step registered today reads them; tasks neither.

    python run.py bench conversion [--communities 350] [--rounds 3]
"""

from __future__ import annotations

import argparse
import io
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - settings first
from django.db.models import Sum  # noqa: E402
from psycopg import sql  # noqa: E402

from benchmarks._full_district import load_goods, load_homes, load_responders, load_venues  # noqa: E402
from benchmarks._report import report  # noqa: E402
from juxing.access.models import Account, RoleAssignment  # noqa: E402
from juxing.access.queries import actor_of  # noqa: E402
from juxing.access.roles import Role  # noqa: E402
from juxing.activations import commands, execution  # noqa: E402
from juxing.activations.models import Activation, ModeConversion, StepRun  # noqa: E402
from juxing.kernel import clock  # noqa: E402
from juxing.kernel.actors import Actor  # noqa: E402
from juxing.kernel.copying import copy_rows  # noqa: E402
from juxing.kernel.scope import acting  # noqa: E402
from juxing.organisations.enums import OrganisationType  # noqa: E402
from juxing.organisations.models import Organisation  # noqa: E402
from juxing.places.enums import AreaLevel  # noqa: E402
from juxing.places.models import Area  # noqa: E402
from juxing.plans import commands as plans  # noqa: E402

SYSTEM = Actor.system("benchmark")
DISTRICT = "980117"
STREETS, GRIDS, RESPONDERS, WORKERS = 17, 2000, 20_000, 3080
WRITTEN = {
    "organisations_temporarybody": "dissolved_at IS NULL",
    "organisations_post": "closed_at IS NULL",
    "organisations_postholding": "ends_at IS NULL",
    "organisations_postconversion": "ended_at IS NULL",
    "access_roleassignment": "activation_uuid IS NOT NULL AND ends_at > now()",
    "command_musterpost": "closed_at IS NULL",
    "command_musterholder": "released_at IS NULL",
    "command_notice": "status = 'draft'",
    "needs_collectionround": "closed_at IS NULL",
    "responders_muster": "status NOT IN ('released', 'declined')",
    "supplies_transfer": "status = 'planned' AND activation_id IS NOT NULL",
    "supplies_transferline": "is_promised",
    "venues_venueconversion": "status NOT IN ('reverted', 'failed')",
    "venues_conversiontask": "conversion_id IN (SELECT id FROM venues_venueconversion WHERE status = 'ordered')",
    "venues_venueuse": "conversion_id IS NOT NULL AND ends_at > now()",
    "venues_roomholding": "use_id IS NOT NULL AND ends_at > now()",
    "activations_steprun": "conversion_id = (SELECT max(id) FROM activations_modeconversion)",
    "kernel_journalentry": "id > %(journal)s",
}


def main(argv: list[str] | None = None) -> int:
    """Measure, print a table, write the result; 1 when conversion takes over ten seconds or five times bare COPY."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--communities", type=int, default=350)
    parser.add_argument("--households", type=int, default=760_000)
    parser.add_argument("--residents", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(argv)
    with acting(SYSTEM):
        district = load(options.communities, options.households, options.residents)
    rows = [measured(district, number) for number in range(options.rounds)]
    report("conversion", rows, communities=options.communities, streets=STREETS, grids=GRIDS, responders=RESPONDERS)
    return int(max(row["convert s"] for row in rows) > 10 or max(row["convert / COPY"] for row in rows) > 5)


def load(communities: int, households: int, residents: int) -> dict[str, Any]:
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
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
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
    commander, operator = (actor_of(district[name], now=clock.now()) for name in ("commander", "operator"))
    times: dict[str, float] = {}
    with acting(commander), timed(times, "preview s"):
        draft = drafted(district, operator, number)
    with acting(commander):
        commands.submit(actor=operator, now=clock.now(), activation=draft)
        for actor in (commander, operator):
            commands.approve(actor=actor, now=clock.now(), activation=draft, digest=draft.digest)
    seen = newest_entry()
    with timed(times, "convert s"):
        carry_out(draft)
    print("conversion:", slowest(draft))
    times["rows"], times["COPY s"] = copied(seen)
    with acting(commander):
        commands.stand_down(
            actor=commander, now=clock.now(), activation=draft, reason="benchmark", left_open_reason="none"
        )
    with timed(times, "stand-down s"):
        carry_out(draft)
    print("stand-down:", slowest(draft))
    return {"round": number, **times, "convert / COPY": times["convert s"] / times["COPY s"]}


def slowest(activation: Activation) -> str:
    """Return the steps of the newest conversion with the seconds of all streets, the slowest first."""
    with acting(SYSTEM):
        newest = ModeConversion.objects.filter(activation=activation).order_by("-number")[0]
        runs = StepRun.objects.filter(conversion=newest).values_list("step").annotate(Sum("seconds"))
        return ", ".join(f"{step} {seconds:.2f}" for step, seconds in sorted(runs, key=lambda run: -run[1]))


def drafted(district: dict[str, Any], actor: Actor, number: int) -> Activation:
    """Return a previewed draft over the whole district at level II, with its decision."""
    now = clock.now()
    draft = commands.draft_activation(
        actor=actor, now=now, incident=district["incident"], version=district["version"], level="level_2",
        areas=[DISTRICT], ends_at=now + timedelta(days=7), matter="benchmark",
    )  # fmt: skip
    commands.record_decision(
        actor=actor, now=now, activation=draft, issuer="city", rank="city", number=str(number), issued_on=now.date(),
        legal_basis="law",
    )  # fmt: skip
    return commands.preview(actor=actor, now=now, activation=draft)


def carry_out(activation: Activation) -> None:
    """Do the activation's newest conversion."""
    with acting(SYSTEM):
        conversion = ModeConversion.objects.filter(activation=activation).order_by("-number")[0]
    done = execution.carry_out(conversion.uuid, clock=clock.now)
    if done.finished_at is None:
        raise SystemExit("a step failed; see the log")


def copied(seen: int) -> tuple[int, float]:
    """Return how many rows the conversion left, and the seconds of copying them into bare tables."""
    total, seconds = 0, 0.0
    with acting(SYSTEM), transaction.atomic(), connection.cursor() as cursor:
        for table, condition in WRITTEN.items():
            where = sql.SQL(condition.replace("%(journal)s", str(seen)))
            twin, source = sql.Identifier(f"bare_{table}"), sql.Identifier(table)
            cursor.execute(sql.SQL("CREATE TABLE {} AS SELECT * FROM {} WITH NO DATA").format(twin, source))
            data = io.BytesIO()
            with cursor.copy(sql.SQL("COPY (SELECT * FROM {} WHERE {}) TO STDOUT").format(source, where)) as out:
                for chunk in out:
                    data.write(chunk)
            total += data.getvalue().count(b"\n")
            started = time.perf_counter()
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(twin)) as into:
                into.write(data.getvalue())
            seconds += time.perf_counter() - started
        transaction.set_rollback(True)
    return total, seconds


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
    """Keep the seconds of the block under the name, and those of the processor beside them."""
    started, busy = time.perf_counter(), processor_seconds()
    yield
    times[name] = time.perf_counter() - started
    times[f"{name[:-2]} cpu s"] = processor_seconds() - busy


def processor_seconds() -> float:
    """Return what this process and its database backend used of the processors; nobody else's work is in it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return time.process_time() + (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    raise SystemExit(main())
