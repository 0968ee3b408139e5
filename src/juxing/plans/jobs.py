"""Background work of plans: reading files, and forgetting what was read from them in time."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from juxing.access.models import Account
from juxing.access.queries import actor_of
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import JobHandle, declare_job
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.plans.duties import forget_answers
from juxing.plans.importing import IMPORT_KIND, forget_imports, keep_reading, read_file
from juxing.plans.models import PlanImport

PROCESS = Actor.system("plans")


@declare_job(IMPORT_KIND, gettext_lazy("Reading a plan's text"))
def run_import(handle: JobHandle) -> dict[str, Any]:
    """Read a file with the rights its sender has now."""
    with acting(PROCESS):
        sender = Account.objects.filter(pk=handle.started_by_id or 0, is_active=True).first()
    if sender is None:
        raise NotVisible
    actor = actor_of(sender, now=clock.now())
    handle.report(stage=_("Reading"), done=0, total=1)
    with acting(actor):
        found = PlanImport.objects.filter(uuid=handle.arguments["import"]).first()
    if found is None:
        raise NotVisible
    draft = read_file(found)
    with acting(actor):
        read = keep_reading(actor=actor, now=clock.now(), plan_import=found, draft=draft)
    handle.report(stage=_("Reading"), done=1, total=1)
    return {"import": str(read.uuid), "failure": read.failure}


@app.periodic(cron="37 3 * * *")
@app.task(name="plans.forget", queue="clock", queueing_lock="plans.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a night: finish imports nobody goes on with, and delete old ones; ask again after a year for duties."""
    with acting(PROCESS):
        forget_answers(now=clock.now())
        forget_imports(actor=PROCESS, now=clock.now())
