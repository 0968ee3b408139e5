"""Reading imports of plan texts: only for those who may write the plan."""

from __future__ import annotations

from uuid import UUID

from juxing.kernel.actors import Actor
from juxing.kernel.models import Job
from juxing.kernel.refusals import NotVisible
from juxing.plans import policy
from juxing.plans.enums import PlanImportStatus
from juxing.plans.models import EmergencyPlan, PlanImport, PlanImportSection

SHOWN = 20


def import_of(*, actor: Actor, uuid: UUID) -> PlanImport:
    """
    Return an import with its plan.

    Raises:
        NotVisible: if there is none for the actor.
    """
    rows = PlanImport.objects.inside(actor.areas_with(policy.WRITE)).select_related("plan")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def sections_of(plan_import: PlanImport) -> list[PlanImportSection]:
    """Return the sections in the order of the document, what found no place last."""
    return list(plan_import.sections.order_by("position"))


def section_of(*, actor: Actor, uuid: UUID) -> PlanImportSection:
    """
    Return a section with its import and plan.

    Raises:
        NotVisible: if there is none for the actor.
    """
    rows = PlanImportSection.objects.inside(actor.areas_with(policy.WRITE)).select_related("plan_import__plan")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def imports_of(*, actor: Actor, plan: EmergencyPlan) -> list[PlanImport]:
    """Return the newest imports into a plan for its writers, for others none; without what was read."""
    if not policy.can_write(actor, plan):
        return []
    rows = PlanImport.objects.filter(plan=plan).defer("content", "aside")
    return list(rows.order_by("-uploaded_at", "-pk")[:SHOWN])


def open_imports(*, actor: Actor) -> list[PlanImport]:
    """Return the newest imports of the actor's places that somebody has to go on with, with their plans."""
    rows = PlanImport.objects.inside(actor.areas_with(policy.WRITE)).defer("content", "aside").select_related("plan")
    waiting = rows.filter(status__in=[PlanImportStatus.WAITING, PlanImportStatus.READY])
    return list(waiting.order_by("-uploaded_at", "-pk")[:SHOWN])


def job_of(plan_import: PlanImport) -> Job | None:
    """Return the job that reads the file."""
    return Job.objects.filter(uuid=plan_import.job_uuid).first() if plan_import.job_uuid else None
