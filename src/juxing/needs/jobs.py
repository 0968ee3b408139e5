"""Background work of needs: what the clock does to those that wait."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from juxing.access.models import Account
from juxing.access.queries import actor_of
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.areas import EVERYWHERE
from juxing.kernel.jobs import JobHandle, declare_job
from juxing.kernel.scope import acting
from juxing.needs.commands.chains import expire_drafts
from juxing.needs.commands.forgetting import forget_chains, forget_needs
from juxing.needs.commands.importing import bring_in
from juxing.needs.commands.upkeep import ask_freshness, retriage_waiting

PROCESS = Actor.system("needs")


@declare_job("needs.import", _("Import of needs"))
def IMPORT_NEEDS(job: JobHandle) -> dict[str, Any]:  # noqa: N802 - the name is the registered kind
    """Bring in an uploaded table with the rights its uploader holds now."""
    now = clock.now()
    with acting(PROCESS):
        account = Account.objects.get(pk=job.started_by_id or 0)
        actor = actor_of(account, now=now)
    return bring_in(actor=actor, now=now, import_uuid=UUID(job.arguments["import"]), job=job)


@app.periodic(cron="*/5 * * * *")
@app.task(name="needs.tidy", queue="clock", queueing_lock="needs.tidy")
def tidy(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Every five minutes: let waiting count, and ask about needs that are no longer fresh."""
    now = clock.now()
    with acting(PROCESS):
        retriage_waiting(now=now, areas=EVERYWHERE)
    with acting(PROCESS):
        ask_freshness(actor=PROCESS, now=now)


@app.periodic(cron="17 3 * * *")
@app.task(name="needs.forget", queue="clock", queueing_lock="needs.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a night: drop chains nobody finished, and remove people from needs and chains of a year ago."""
    now = clock.now()
    with acting(PROCESS):
        expire_drafts(now=now)
        forget_chains(now=now)
    with acting(PROCESS):
        forget_needs(actor=PROCESS, now=now)
