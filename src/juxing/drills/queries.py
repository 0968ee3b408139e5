"""Reading drills: the list, one with its orders, how a plan did over time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from juxing.activations import previews
from juxing.drills import policy
from juxing.drills.enums import DrillStatus
from juxing.drills.models import Drill
from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.plans.enums import VersionStatus
from juxing.plans.models import EmergencyPlan, PlanVersion
from juxing.reviews.enums import ActionStatus
from juxing.reviews.models import CorrectiveAction

PROCESS = previews.PROCESS


def drills_page(*, actor: Actor, cursor: str | None = None) -> Page[Drill]:
    """Return drills of the actor's places, newest first."""
    page = page_of(policy.visible_drills(actor), order=("-planned_at", "-id"), cursor=cursor)
    with acting(PROCESS):
        loaded = Drill.objects.select_related("version__plan", "activation").in_bulk([row.pk for row in page.rows])
    return Page([loaded[row.pk] for row in page.rows], page.next_cursor, page.previous_cursor)


def drill(*, actor: Actor, uuid: UUID) -> Drill:
    """
    Return one drill.

    Raises:
        NotVisible: if there is none for the actor.
    """
    if not policy.visible_drills(actor).filter(uuid=uuid).exists():
        raise NotVisible
    with acting(PROCESS):
        return Drill.objects.select_related("version__plan", "activation__incident", "prepared_by").get(uuid=uuid)


def earlier(drill: Drill, *, limit: int = 12) -> list[Drill]:
    """Return the ended drills of the same plan at the same places and level, oldest first, this one among them."""
    with acting(PROCESS):
        rows = Drill.objects.filter(
            version__plan_id=drill.version.plan_id, status=DrillStatus.ENDED, level=drill.level
        ).select_related("version")
        return sorted(rows.order_by("-ended_at", "-id")[:limit], key=lambda row: (row.ended_at, row.pk))


def to_test(drill: Drill) -> list[CorrectiveAction]:
    """Return the corrective actions this drill tests: those written into its version or an earlier one."""
    with acting(PROCESS):
        rows = CorrectiveAction.objects.filter(
            plan_id=drill.version.plan_id, status__in=[ActionStatus.APPLIED, ActionStatus.TESTED],
            applied_in__number__lte=drill.version.number,
        ).select_related("applied_in", "finding")  # fmt: skip
        return list(rows.order_by("due_on", "id")[:100])


def versions_to_drill(*, actor: Actor) -> list[PlanVersion]:
    """Return the drafts and versions in force of plans where the actor holds drills, or above."""
    held = actor.areas_with(policy.HOLD)
    with acting(PROCESS):
        rows = PlanVersion.objects.filter(status__in=[VersionStatus.DRAFT, VersionStatus.APPROVED])
        found = rows.filter(held.condition()).select_related("plan").defer("content")
        return list(found.order_by("area_code", "plan_id", "-number")[:200])


def plan_named(*, actor: Actor, name: str) -> EmergencyPlan:
    """
    Return the plan with this identifier or title among those the actor holds drills for.

    Raises:
        NotVisible: if there is none, or several have the title.
    """
    held = actor.areas_with(policy.HOLD)
    with acting(PROCESS):
        rows = EmergencyPlan.objects.filter(held.condition())
        try:
            found = list(rows.filter(uuid=UUID(name)))
        except ValueError:
            found = list(rows.filter(title=name)[:2])
    if len(found) != 1:
        raise NotVisible
    return found[0]


def version_to_drill(plan: EmergencyPlan) -> PlanVersion:
    """
    Return the draft if there is one, else the version in force.

    Raises:
        NotVisible: if there is neither.
    """
    with acting(PROCESS):
        rows = PlanVersion.objects.filter(plan=plan, status__in=[VersionStatus.DRAFT, VersionStatus.APPROVED])
        found = rows.select_related("plan").order_by("-number").first()
    if found is None:
        raise NotVisible
    return found


def exercise_minutes(drill: Drill, now: datetime) -> int:
    """Return how many exercise minutes a running drill is old."""
    if drill.started_at is None:
        return 0
    return int(((drill.ended_at or now) - drill.started_at).total_seconds() / 60 * drill.speed)
