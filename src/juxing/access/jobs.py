"""Background work of access: comparing the journal with its seals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from juxing.access import policy
from juxing.access.identity_commands import forget_requests
from juxing.access.reminding import forget_reminders, look_everywhere
from juxing.access.second_step_commands import forget_failures
from juxing.access.session_commands import forget_sessions
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import JobHandle, declare_job, start_job
from juxing.kernel.models import Job
from juxing.kernel.refusals import NotPermitted
from juxing.kernel.scope import acting
from juxing.kernel.seal import verify_journal

FAULTS_SHOWN = 200


@declare_job("access.verify_seals", gettext_lazy("Verification of the journal"))
def verify_seals(handle: JobHandle) -> dict[str, Any]:
    """Compare every seal with the journal; entries are named by number only, whoever looks."""

    def report(done: int, total: int) -> None:
        handle.report(stage=_("Seals"), done=done, total=total)

    with acting(Actor.system("journal seal")):
        verdict = verify_journal(report=report)
    return {
        "seals": verdict.seals, "entries": verdict.entries, "unsealed": verdict.unsealed,
        "faults": len(verdict.broken),
        "broken": [
            {"seal": fault.seal, "entry": fault.entry_id, "words": str(fault.words)}
            for fault in verdict.broken[:FAULTS_SHOWN]
        ],
    }  # fmt: skip


@app.periodic(cron="21 3 * * *")
@app.task(name="access.forget", queue="clock", queueing_lock="access.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a night: drop sessions of a month ago, wrong codes, and sign-ins that never came back from a provider."""
    now = clock.now()
    with acting(Actor.system("access")):
        forget_sessions(now=now)
        forget_requests(now=now)
        forget_failures(now=now)
        forget_reminders(now=now)
        Session.objects.filter(expire_date__lt=now).delete()


@app.periodic(cron="* * * * *")
@app.task(name="access.remind_now", queue="clock", queueing_lock="access.remind_now")
def remind_now(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a minute: remind of what cannot wait for the hour."""
    look_everywhere(now=clock.now(), only_urgent=True)


@app.periodic(cron="12 * * * *")
@app.task(name="access.remind", queue="clock", queueing_lock="access.remind")
def remind(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once an hour: remind of everything else that waits for somebody."""
    look_everywhere(now=clock.now(), only_urgent=False)


@transaction.atomic
def start_verification(*, actor: Actor, now: datetime) -> Job:
    """Start a look over the whole chain."""
    areas = actor.areas_with(policy.READ_JOURNAL)
    if not areas:
        raise NotPermitted
    area_code = "" if areas.everywhere else areas.prefixes[0]
    return start_job(verify_seals, actor=actor, area_code=area_code, now=now, arguments={})
