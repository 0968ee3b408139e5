"""Background work of organisations: a table taken in a thousand rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
from juxing.organisations.imports import import_organisations
from juxing.organisations.organisation_table import OrganisationRow

BLOCK_ROWS = 1000


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
