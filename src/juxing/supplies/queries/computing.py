"""Sharings that are still being computed: the jobs behind their pages."""

from __future__ import annotations

from uuid import UUID

from juxing.kernel.actors import Actor
from juxing.kernel.models import Job
from juxing.kernel.refusals import NotVisible
from juxing.supplies import policy


def computing_of(kind: str, *, actor: Actor, uuid: UUID) -> Job:
    """
    Return the job of this kind that computes, or computed, what has this uuid.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    job = Job.objects.inside(actor.areas_with(policy.VIEW)).filter(uuid=uuid, kind=kind).first()
    if job is None:
        raise NotVisible
    return job


def computing_now(kind: str, *, actor: Actor) -> list[Job]:
    """Return jobs of this kind that still compute."""
    jobs = Job.objects.inside(actor.areas_with(policy.VIEW)).filter(kind=kind, ended_at__isnull=True)
    return list(jobs.order_by("-created_at")[:5])
