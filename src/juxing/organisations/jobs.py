"""Background work of organisations: tables taken in block by block, and what time alone changes in posts and duties."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from juxing.access.models import Account
from juxing.access.queries import actor_of
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.import_report import ImportReport
from juxing.kernel.jobs import JobHandle, declare_job, start_job
from juxing.kernel.models import Job
from juxing.kernel.refusals import NotPermitted, NotVisible
from juxing.kernel.scope import acting
from juxing.organisations import policy
from juxing.organisations.commands import miss_presence, open_sheets, recount_households, remind, settle_all
from juxing.organisations.imports import import_organisations
from juxing.organisations.organisation_table import OrganisationRow
from juxing.organisations.table_imports import import_table
from juxing.organisations.tables import Row

BLOCK_ROWS = 1000
TABLE_BLOCK_ROWS = 5000
PROCESS = Actor.system("organisations")


@declare_job("organisations.import", gettext_lazy("Import of organisations"))
def run_import(handle: JobHandle) -> dict[str, Any]:
    """Import the rows with the rights their sender has now, a thousand at a time."""
    now = clock.now()
    with acting(Actor.system("organisation import")):
        sender = Account.objects.filter(pk=handle.started_by_id or 0, is_active=True).first()
    if sender is None:
        raise NotVisible
    actor, report = actor_of(sender, now=now), ImportReport()
    rows = [OrganisationRow(*row) for row in handle.arguments["rows"]]
    for start in range(0, len(rows), BLOCK_ROWS):
        with acting(actor):
            import_organisations(actor=actor, now=now, rows=rows[start : start + BLOCK_ROWS], report=report)
        handle.report(stage=_("Rows"), done=min(start + BLOCK_ROWS, len(rows)), total=len(rows))
    if not report.added and not report.changed and not report.rejected:
        report.notes.append(_("Nothing changed: the register already holds all of this."))
    return report.as_json()


@transaction.atomic
def start_import(*, actor: Actor, now: datetime, rows: Sequence[OrganisationRow]) -> Job:
    """Start the import of rows that were read."""
    areas = actor.areas_with(policy.IMPORT)
    if not areas:
        raise NotPermitted
    return start_job(run_import, actor=actor, area_code=areas.prefixes[0], now=now, arguments={"rows": list(rows)})


@declare_job("organisations.table", gettext_lazy("Import of posts, pledges or coverage"))
def run_table(handle: JobHandle) -> dict[str, Any]:
    """Import a table's rows with the rights their sender has now, five thousand at a time."""
    now, name = clock.now(), str(handle.arguments["name"])
    with acting(Actor.system("organisation import")):
        sender = Account.objects.filter(pk=handle.started_by_id or 0, is_active=True).first()
    if sender is None:
        raise NotVisible
    actor, report = actor_of(sender, now=now), ImportReport()
    rows = [Row(line, cells) for line, cells in handle.arguments["rows"]]
    for start in range(0, len(rows), TABLE_BLOCK_ROWS):
        with acting(actor):
            import_table(actor=actor, now=now, name=name, rows=rows[start : start + TABLE_BLOCK_ROWS], report=report)
        handle.report(stage=_("Rows"), done=min(start + TABLE_BLOCK_ROWS, len(rows)), total=len(rows))
    return report.as_json()


@transaction.atomic
def start_table(*, actor: Actor, now: datetime, name: str, rows: Sequence[Row]) -> Job:
    """Start the import of a table that was read."""
    areas = actor.areas_with(policy.IMPORT)
    if not areas:
        raise NotPermitted
    arguments = {"name": name, "rows": [[row.line, row.cells] for row in rows]}
    return start_job(run_table, actor=actor, area_code=areas.prefixes[0], now=now, arguments=arguments)


@app.periodic(cron="* * * * *")
@app.task(name="juxing.organisations.keep_posts", queue="clock", queueing_lock="juxing.organisations.keep_posts")
def keep_posts(timestamp: int) -> None:
    """Count who gave no sign of life as away, and let the next in order step in where time has come."""
    now = datetime.fromtimestamp(timestamp, tz=UTC)
    with acting(PROCESS):
        miss_presence(actor=PROCESS, now=now)
        settle_all(actor=PROCESS, now=now)


@app.periodic(cron="23 22 * * *")
@app.task(name="juxing.organisations.keep_duties", queue="clock", queueing_lock="juxing.organisations.keep_duties")
def keep_duties(timestamp: int) -> None:
    """Open the month's checklists, remind of unfinished ones, count households anew: at 6:23 in the morning."""
    now = datetime.fromtimestamp(timestamp, tz=UTC)
    today = timezone.localdate(now)
    with acting(PROCESS):
        open_sheets(actor=PROCESS, now=now, month=today)
        remind(actor=PROCESS, now=now, today=today)
        recount_households(now=now)
