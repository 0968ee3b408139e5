"""Background work of supplies: taking in lists, sharing, and what the clock brings."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from juxing.access.models import Account
from juxing.access.queries import actor_of
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import JobHandle, declare_job
from juxing.kernel.scope import acting
from juxing.supplies.commands import (
    advance_donations,
    end_agreements_that_ran_out,
    look_over_stock,
    set_aside_expired,
)
from juxing.supplies.commands.allocating import ALLOCATION_KIND, SharingSettings, compute_allocation
from juxing.supplies.commands.bringing_back import bring_back_late_goods
from juxing.supplies.commands.community_sharing import SHARING_KIND, Asked, share_over_communities
from juxing.supplies.commands.lists import IMPORT_KIND
from juxing.supplies.imports.spreadsheets import import_spreadsheet
from juxing.supplies.models import SupplyList

PROCESS = Actor.system("supplies")


@app.periodic(cron="7 * * * *")
@app.task(name="supplies.tidy", queue="clock", queueing_lock="supplies.tidy")
def tidy(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once an hour: set expired goods aside, move donations on, end agreements, raise alarms, send late goods back."""
    set_aside_expired(now=clock.now())
    advance_donations(now=clock.now())
    end_agreements_that_ran_out(now=clock.now())
    look_over_stock(now=clock.now())
    with acting(PROCESS):
        bring_back_late_goods(actor=PROCESS, now=clock.now())


@declare_job(IMPORT_KIND, _("List of requests or offers"))
def IMPORT(job: JobHandle) -> dict[str, Any]:  # noqa: N802 - the name is the registered kind
    """Take in an uploaded list with the rights of the one who sent it."""
    with acting(PROCESS):
        sent = SupplyList.objects.get(uuid=UUID(job.arguments["list"]))
    if not sent.content:
        return dict(sent.report)

    def show(done: int, total: int) -> None:
        job.report(stage=str(_("Rows")), done=done, total=total)

    report = import_spreadsheet(
        sent, base64.b64decode(sent.content), actor=_starter(job), now=clock.now(), progress=show
    ).as_json()
    with acting(PROCESS):
        SupplyList.objects.filter(pk=sent.pk).update(content="", report=report)
    return report


@declare_job(ALLOCATION_KIND, _("Sharing of scarce goods"))
def ALLOCATE(job: JobHandle) -> dict[str, Any]:  # noqa: N802 - the name is the registered kind
    """Compute a sharing that a person began; taken up again after a kill it finds its run."""
    from juxing_engine.control import Control, Progress

    def show(progress: Progress) -> None:
        job.report(stage=progress.stage, done=round(100 * progress.fraction), total=100)

    run = compute_allocation(
        actor=_starter(job), now=clock.now(), area_code=job.arguments["area_code"],
        settings=SharingSettings(**job.arguments["settings"]), uuid=job.uuid,
        control=Control(budget_s=300, on_progress=show, is_cancelled=job.is_cancelled),
    )  # fmt: skip
    return {"run": str(run.uuid), "given": run.result["proof"]["given"]}


@declare_job(SHARING_KIND, _("Sharing over communities"))
def SHARE(job: JobHandle) -> dict[str, Any]:  # noqa: N802 - the name is the registered kind
    """Compute a sharing over communities that a person began; taken up again after a kill it finds its result."""
    from juxing_engine.control import Control, Progress

    def show(progress: Progress) -> None:
        job.report(stage=progress.stage, done=round(100 * progress.fraction), total=100)

    actor = _starter(job)
    with acting(actor):
        asked = Asked.from_json(job.arguments["asked"])
    sharing = share_over_communities(
        actor=actor, now=clock.now(), area_code=job.area_code, asked=asked, uuid=job.uuid,
        control=Control(budget_s=300, on_progress=show, is_cancelled=job.is_cancelled),
    )  # fmt: skip
    return {"sharing": str(sharing.uuid), "given": sharing.result["proof"]["given"]}


def _starter(job: JobHandle) -> Actor:
    """Return the one who started the job, with the grants in force now; the process itself when nobody did."""
    with acting(PROCESS):
        account = Account.objects.filter(pk=job.started_by_id or 0, is_active=True).first()
        return actor_of(account, now=clock.now()) if account is not None else PROCESS
