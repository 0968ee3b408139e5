"""Background work of dispatch: runs, and what the clock ends."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from juxing.dispatch.commands.expiry import expire_offers, fail_abandoned_runs
from juxing.dispatch.commands.retention import forget_reports, forget_unserved
from juxing.dispatch.commands.round_plans import PLAN_KIND, complete_round_plan, fail_abandoned_plans
from juxing.dispatch.commands.rounds import finish_rounds
from juxing.dispatch.commands.runs import RUN_KIND, complete_run, is_finish_asked
from juxing.dispatch.commands.schedules import start_due_runs
from juxing.dispatch.models import MatchingRun, RoundPlan
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import JobHandle, declare_job
from juxing.kernel.scope import acting

BUDGET_S = 300
PROCESS = Actor.system("dispatch")


@declare_job(RUN_KIND, _("Matching run"))
def MATCHING_RUN(job: JobHandle) -> dict[str, Any]:  # noqa: N802 - the name is the registered kind
    """
    Compute a begun run. Stopped, it offers nothing; asked to finish, it offers its best answer so far with its gap.
    """
    from juxing_engine.control import Control, Progress

    def show(progress: Progress) -> None:
        job.report(stage=progress.stage, done=round(100 * progress.fraction), total=100)

    job.report(stage="read", done=0, total=100)
    with acting(PROCESS):
        run = MatchingRun.objects.get(uuid=UUID(job.arguments["run"]))
    begun = run
    control = Control(budget_s=BUDGET_S, on_progress=show, is_cancelled=lambda: is_finish_asked(begun))
    run = complete_run(run, now=clock.now(), control=control)
    return {"run": str(run.uuid), "matched": run.matched_count, "unserved": run.unserved_count}


@declare_job(PLAN_KIND, _("Search for delivery rounds"))
def ROUND_PLAN(job: JobHandle) -> dict[str, Any]:  # noqa: N802 - the name is the registered kind
    """Search for better rounds, with progress and cancel; stopped, the first order stands."""
    from juxing_engine.control import Control, Progress

    def show(progress: Progress) -> None:
        job.report(stage=progress.stage, done=round(100 * progress.fraction), total=100)

    with acting(PROCESS):
        plan = RoundPlan.objects.get(uuid=UUID(job.arguments["plan"]))
    plan = complete_round_plan(plan, now=clock.now(), control=Control(on_progress=show, is_cancelled=job.is_cancelled))
    return {"plan": str(plan.uuid), "rounds": plan.round_count}


@app.periodic(cron="* * * * *")
@app.task(name="dispatch.tidy", queue="clock", queueing_lock="dispatch.tidy")
def tidy(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a minute: end offers nobody answered, abandoned runs and finished rounds; start the runs that are due."""
    now = clock.now()
    for step in (expire_offers, fail_abandoned_runs, fail_abandoned_plans, finish_rounds, start_due_runs):
        # Each in its own transaction: what one cannot do now must not undo what another did.
        with acting(PROCESS):
            step(now=now)


@app.periodic(cron="37 3 * * *")
@app.task(name="dispatch.forget", queue="clock", queueing_lock="dispatch.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a night: remove what has been kept for its time."""
    now = clock.now()
    for step in (forget_unserved, forget_reports):
        with acting(PROCESS):
            step(now=now)
