"""Background work of responders: long lists, planning rosters, the minute in which alternates step in."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from juxing.access.models import Account
from juxing.access.queries import actor_of
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import JobHandle, declare_job
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.responders import policy
from juxing.responders.commands.planning import PLAN_KIND, write_plan
from juxing.responders.commands.sending import IMPORT_KIND
from juxing.responders.commands.stepping_in import look_at_the_clock
from juxing.responders.commands.talents import look_at_credentials
from juxing.responders.commands.training_words import remind_of_trainings, tell_of_trainings
from juxing.responders.commands.trainings import look_at_trainings
from juxing.responders.imports import import_list
from juxing.responders.models import ReportInList
from juxing.responders.queries.roster_table import roster_table

PROCESS = Actor.system("responders")


@declare_job(IMPORT_KIND, _("Report-in list"))
def IMPORT(job: JobHandle) -> dict[str, Any]:  # noqa: N802 - the name is the registered kind
    """Take in an uploaded list with the rights of the one who sent it."""
    now = clock.now()
    with acting(PROCESS):
        sent = ReportInList.objects.select_related("uploaded_by").get(uuid=UUID(job.arguments["list"]))
        actor = actor_of(sent.uploaded_by, now=now) if sent.uploaded_by else PROCESS
    if not sent.content:
        return dict(sent.report)

    def show(done: int, total: int) -> None:
        job.report(stage=str(_("Rows")), done=done, total=total)

    areas = actor.areas_with(policy.VERIFY)
    report = import_list(
        sent, base64.b64decode(sent.content), actor=actor, areas=areas, now=now, progress=show
    ).as_json()
    with acting(PROCESS):
        ReportInList.objects.filter(pk=sent.pk).update(content="", report=report)
    return report


@declare_job(PLAN_KIND, _("Planning of a roster"))
def plan_roster(handle: JobHandle) -> dict[str, Any]:
    """Plan a roster with the rights of whoever asked; stopped, it leaves what was there."""
    from juxing.responders.problems.rosters import plan
    from juxing_engine.control import Control, Progress

    budget_s = int(handle.arguments["budget_s"])

    def show(progress: Progress) -> None:
        handle.report(stage=_stage(progress.objective, progress.bound), done=round(100 * progress.fraction), total=100)

    handle.report(stage=str(_("Reading the roster")), done=0, total=100)
    actor = _starter(handle)
    with acting(actor):
        roster = policy.visible_rosters(actor).get(uuid=UUID(handle.arguments["roster"]))
        table = roster_table(roster)
    planned = plan(table, control=Control(budget_s=budget_s, on_progress=show, is_cancelled=handle.is_cancelled))
    handle.report(stage=str(_("Writing the shifts")), done=100, total=100)
    with acting(actor):
        placed = write_plan(actor=actor, now=clock.now(), roster=roster, planned=planned)
    return {"placed": placed, "gap": planned.proof["gap"], "is_optimal": planned.proof["is_optimal"]}


@app.periodic(cron="* * * * *")
@app.task(name="responders.minute", queue="clock", queueing_lock="responders.minute")
def minute(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a minute: mark who has not come, let alternates step in, and tell what nobody was told yet."""
    with acting(PROCESS):
        look_at_the_clock(now=clock.now())
    _tell_all()


@app.periodic(cron="4 * * * *")
@app.task(name="responders.credentials", queue="clock", queueing_lock="responders.credentials")
def credentials(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once an hour: what ran out or will, trainings that are over, and the reminder of those tomorrow."""
    with acting(PROCESS):
        look_at_credentials(now=clock.now())
        look_at_trainings(now=clock.now())
        remind_of_trainings(now=clock.now())


@app.task(name="responders.tell", queue="clock")
def tell() -> None:
    """Send the messages about trainings that wait."""
    _tell_all()


def tell_soon() -> None:
    """Have messages about trainings sent once the act that wrote them stands."""
    transaction.on_commit(tell.defer)


def _tell_all() -> None:
    sent = True
    while sent:
        with acting(PROCESS):
            sent = bool(tell_of_trainings(now=clock.now()))


def _stage(objective: int | None, bound: int | None) -> str:
    if objective is None:
        return str(_("Looking for a first roster"))
    return str(_("Best cost %(objective)s, proven at least %(bound)s")) % {"objective": objective, "bound": bound or 0}


def _starter(handle: JobHandle) -> Actor:
    with acting(PROCESS):
        account = Account.objects.filter(pk=handle.started_by_id or 0, is_active=True).first()
        if account is None:
            raise NotVisible
        return actor_of(account, now=clock.now())
