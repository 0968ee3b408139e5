"""Background work of dispatch: runs, and what the clock ends."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from juxing.dispatch.commands.expiry import expire_offers, fail_abandoned_runs
from juxing.dispatch.commands.rounds import finish_rounds
from juxing.dispatch.commands.runs import begin_run, complete_run, run_matching
from juxing.dispatch.enums import RunTrigger
from juxing.dispatch.models import MatchingRun
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import Cancelled, JobHandle, declare_job
from juxing.kernel.scope import acting

__all__ = ["LIFE_CRITICAL_RUN", "MATCHING_RUN", "begin_run"]


@declare_job("dispatch.matching_run", _("Matching run"))
def MATCHING_RUN(job: JobHandle) -> dict[str, Any]:  # noqa: N802 - the name is the registered kind
    """Compute a run that a person began, with progress and cancel."""
    from juxing_engine.control import Control, Progress

    def show(progress: Progress) -> None:
        job.report(stage=progress.stage, done=round(100 * progress.fraction), total=100)

    with acting(Actor.system("dispatch")):
        run = MatchingRun.objects.get(uuid=UUID(job.arguments["run"]))
    try:
        run = complete_run(run, now=clock.now(), control=Control(budget_s=300, on_progress=show))
    except Cancelled:
        return {"run": str(run.uuid), "cancelled": True}
    return {"run": str(run.uuid), "matched": run.matched_count, "unserved": run.unserved_count}


@declare_job("dispatch.life_critical_run", _("Life-critical matching"))
def LIFE_CRITICAL_RUN(job: JobHandle) -> dict[str, Any]:  # noqa: N802 - the name is the registered kind
    """Match the life-critical needs of one street now, without waiting for other runs."""
    run = run_matching(
        actor=Actor.system("dispatch"), now=clock.now(), area_code=job.area_code, trigger=RunTrigger.LIFE_CRITICAL
    )
    return {"run": str(run.uuid), "matched": run.matched_count, "unserved": run.unserved_count}


@app.periodic(cron="* * * * *")
@app.task(name="dispatch.tidy", queue="clock", queueing_lock="dispatch.tidy")
def tidy(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a minute: end offers nobody answered, abandoned runs and finished rounds."""
    with acting(Actor.system("dispatch")):
        now = clock.now()
        expire_offers(now=now)
        fail_abandoned_runs(now=now)
        finish_rounds(now=now)
