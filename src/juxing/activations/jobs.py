"""Background work: conversions, and what the clock ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from juxing.activations import execution, previews
from juxing.activations.commands.ending import close_lapsed, remind
from juxing.activations.commands.running import JOB, begin_job
from juxing.activations.commands.vault import destroy_overdue, freeze_ended
from juxing.activations.enums import StepStatus
from juxing.activations.models import ModeConversion, StepRun
from juxing.kernel import clock
from juxing.kernel.jobs import JobHandle, declare_job
from juxing.kernel.models import Job
from juxing.kernel.scope import acting
from juxing.places.queries import name_of

SIDE_BY_SIDE = 2
"""Streets converted at a time: one is worked out while the database writes the other."""


@declare_job(JOB, _("Conversion"))
def CONVERSION(job: JobHandle) -> dict[str, Any]:  # noqa: N802 - the name is the registered kind
    """Carry a conversion out, with progress street by street."""

    def show(street: str, done: int, total: int) -> None:
        job.report(stage=name_of(street, depth=1), done=done, total=total)

    conversion = execution.carry_out(
        UUID(job.arguments["conversion"]), clock=clock.now, report=show, side_by_side=SIDE_BY_SIDE
    )
    return {"conversion": str(conversion.uuid), "is_finished": conversion.finished_at is not None}


@app.periodic(cron="* * * * *")
@app.task(name="activations.tidy", queue="clock", queueing_lock="activations.tidy")
def tidy(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a minute: put back what expired, remind of ends, take up conversions left lying, destroy data in time."""
    now = clock.now()
    close_lapsed(now=now)
    remind(now=now)
    take_up(now=now)
    freeze_ended(now=now)
    destroy_overdue(now=now)


def take_up(*, now: datetime) -> int:
    """Start a job again for each conversion that has pending steps and no living job; return how many."""
    with acting(previews.PROCESS):
        waiting = StepRun.objects.filter(status__in=[StepStatus.PENDING, StepStatus.RUNNING])
        unfinished = ModeConversion.objects.filter(
            finished_at=None, effective_at__isnull=False, pk__in=waiting.values("conversion_id")
        )
        count = 0
        for conversion in unfinished.order_by("ordered_at"):
            job = Job.objects.filter(uuid=conversion.job_uuid).first() if conversion.job_uuid else None
            if job is None or job.is_over:
                begin_job(conversion, actor=previews.PROCESS, now=now)
                count += 1
    return count
