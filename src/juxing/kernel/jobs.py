"""
Long work in the background, with progress anyone waiting can see.

A room declares a kind of job; ``start_job`` writes the row and defers it in one transaction, so a job exists exactly
when the act that wanted it was committed. Job functions do their writing through commands, which commit step by
step; a job killed in the middle is taken up again and must find what is already done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as procrastinate_app

from juxing.kernel import clock, journal
from juxing.kernel.actors import Actor
from juxing.kernel.models import Job, JobStatus
from juxing.kernel.refusals import Refusal, Words
from juxing.kernel.registry import Registry
from juxing.kernel.scope import acting
from juxing.kernel.seal import seal_journal

STALLED_AFTER_S = 60


class Cancelled(Exception):
    """Someone asked for the job to stop, and it did at a safe point."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of long work; ``run`` gets the handle and returns the result that the page shows."""

    code: str
    label: Words
    run: Callable[[JobHandle], dict[str, Any]]


job_kinds: Registry[JobKind] = Registry("job kind")


class JobHandle:
    """What a job function holds: its arguments, and the means to report."""

    def __init__(self, job: Job) -> None:
        self._job_id = job.pk
        self.uuid = job.uuid
        self.arguments: dict[str, Any] = job.arguments
        self.area_code = job.area_code
        self.started_by_id = job.started_by_id

    def report(self, *, stage: str, done: int, total: int) -> None:
        """
        Show progress, and stop here if someone asked for that.

        Call between the job's own transactions.

        Raises:
            Cancelled: if cancellation was requested.
        """
        with acting(Actor.system("jobs")):
            Job.objects.filter(pk=self._job_id).update(stage=stage[:80], done_steps=done, total_steps=total)
            cancelled = Job.objects.filter(pk=self._job_id, cancel_requested=True).exists()
        if cancelled:
            raise Cancelled

    def is_cancelled(self) -> bool:
        """Whether someone asked for the job to stop; for solvers that poll."""
        with acting(Actor.system("jobs")):
            return Job.objects.filter(pk=self._job_id, cancel_requested=True).exists()


def declare_job(code: str, label: Words) -> Callable[[Callable[[JobHandle], dict[str, Any]]], JobKind]:
    """Register the decorated function as the work of this kind of job."""

    def register(run: Callable[[JobHandle], dict[str, Any]]) -> JobKind:
        return job_kinds.add(code, JobKind(code=code, label=label, run=run))

    return register


def start_job(kind: JobKind, *, actor: Actor, area_code: str, now: datetime, arguments: dict[str, Any]) -> Job:
    """Write the job and defer it within the current transaction."""
    job = Job.objects.create(
        kind=kind.code,
        area_code=area_code,
        arguments=arguments,
        started_by_id=actor.account_id,
        created_at=now,
    )
    run_job.defer(job_id=job.pk)
    return job


def request_cancel(job: Job) -> None:
    """Ask a running job to stop at its next safe point; a waiting one ends at once."""
    Job.objects.filter(pk=job.pk, status=JobStatus.WAITING).update(
        status=JobStatus.CANCELLED, cancel_requested=True, ended_at=clock.now()
    )
    Job.objects.filter(pk=job.pk, status=JobStatus.RUNNING).update(cancel_requested=True)


@procrastinate_app.task(name="juxing.run_job", queue="jobs")
def run_job(*, job_id: int) -> None:
    """Run one job to its end, whatever the end is; failures are shown on the job, never swallowed."""
    with acting(Actor.system("jobs")):
        job = Job.objects.select_for_update().get(pk=job_id)
        if job.is_over:
            return
        job.status, job.started_at = JobStatus.RUNNING, clock.now()
        job.save(update_fields=["status", "started_at"])
    ending: dict[str, Any]
    with journal.correlated(job.uuid):
        try:
            ending = {"status": JobStatus.DONE, "result": job_kinds[job.kind].run(JobHandle(job))}
        except Cancelled:
            ending = {"status": JobStatus.CANCELLED}
        except Refusal as refusal:
            ending = {"status": JobStatus.FAILED, "failure": str(refusal.message)[:400]}
        except Exception:
            _end(
                job_id,
                {"status": JobStatus.FAILED, "failure": _("An unexpected error; it was written to the log.")},
            )
            raise
    _end(job_id, ending)


def _end(job_id: int, ending: dict[str, Any]) -> None:
    if connection.in_atomic_block and connection.needs_rollback:
        return
    with transaction.atomic(), acting(Actor.system("jobs")):
        Job.objects.filter(pk=job_id).update(ended_at=clock.now(), **ending)


@procrastinate_app.periodic(cron="* * * * *")
@procrastinate_app.task(name="juxing.retry_stalled", queue="clock", queueing_lock="juxing.retry_stalled")
async def retry_stalled(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Take up again the jobs whose worker was killed: job functions find what is already done."""
    for job in await procrastinate_app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S):
        await procrastinate_app.job_manager.retry_job(job)


@procrastinate_app.periodic(cron="*/10 * * * *")
@procrastinate_app.task(name="juxing.seal_journal", queue="clock", queueing_lock="juxing.seal_journal")
def seal_new_entries(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Bind what was written since into the chain that shows tampering."""
    with acting(Actor.system("journal seal")):
        seal_journal(now=clock.now())
