"""Reading plans: those of the actor's places, and those in force above them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.places.codes import ancestors
from juxing.plans import policy
from juxing.plans.enums import VersionStatus
from juxing.plans.models import EmergencyPlan, PlanAnnex, PlanVersion

PUBLIC = Actor.system("plans in force above a place")


@dataclass(frozen=True, slots=True)
class PlanDetail:
    """A plan with its versions, newest first, and the annexes the actor may read."""

    plan: EmergencyPlan
    versions: list[PlanVersion]
    annexes: list[PlanAnnex]

    @property
    def in_force(self) -> PlanVersion | None:
        """The approved version, if there is one."""
        return next((version for version in self.versions if version.status == VersionStatus.APPROVED), None)

    @property
    def draft(self) -> PlanVersion | None:
        """The draft, if there is one."""
        return next((version for version in self.versions if version.status == VersionStatus.DRAFT), None)


def plans_page(
    *, actor: Actor, area_code: str = "", hazard: str = "", cursor: str | None = None
) -> Page[EmergencyPlan]:
    """Return the plans of the actor's places, each with ``kept_versions`` (newest first, without content)."""
    rows = policy.visible_plans(actor).within(area_code).prefetch_related(_light_versions())
    if hazard:
        rows = rows.filter(hazard=hazard)
    return page_of(rows, order=("area_code", "hazard", "id"), cursor=cursor)


def plans_above(*, actor: Actor) -> list[EmergencyPlan]:
    """Return the plans in force at the places above the actor's own: whoever serves there reads what binds them."""
    above = _above(actor)
    if not above:
        return []
    with acting(PUBLIC):
        rows = EmergencyPlan.objects.filter(area_code__in=above, versions__status=VersionStatus.APPROVED)
        return list(rows.prefetch_related(_light_versions()).order_by("area_code", "hazard"))


def plan_detail(*, actor: Actor, uuid: UUID) -> PlanDetail:
    """
    Return one plan; of a plan above the actor's places only what is in force.

    Raises:
        NotVisible: if there is none for the actor.
    """
    plan = policy.visible_plans(actor).filter(uuid=uuid).first()
    if plan is not None:
        annexes = PlanAnnex.objects.filter(plan=plan).order_by("area_code", "title")
        return PlanDetail(plan, list(plan.versions.order_by("-number")), list(annexes))
    with acting(PUBLIC):
        found = EmergencyPlan.objects.filter(uuid=uuid, area_code__in=_above(actor)).first()
        versions = list(found.versions.filter(status=VersionStatus.APPROVED)) if found else []
    if found is None or not versions:
        raise NotVisible
    return PlanDetail(found, versions, [])


def version_of(*, actor: Actor, uuid: UUID) -> PlanVersion:
    """
    Return one version with its plan, at the actor's own places.

    Raises:
        NotVisible: if there is none for the actor.
    """
    rows = PlanVersion.objects.inside(actor.areas_with(policy.SEE)).select_related("plan")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def version_to_write(*, actor: Actor, uuid: UUID) -> PlanVersion:
    """
    Return one version the actor may change.

    Raises:
        NotVisible: if there is none such.
    """
    found = version_of(actor=actor, uuid=uuid)
    if not policy.can_write(actor, found):
        raise NotVisible
    return found


def versions_usable(*, actor: Actor, hazard: str) -> list[PlanVersion]:
    """Return versions for this kind of incident at the actor's places or above: in force first, then drafts."""
    areas = actor.areas_with(policy.SEE)
    with acting(PUBLIC):
        rows = PlanVersion.objects.filter(
            areas.condition() | Q(area_code__in=_above(actor)), plan__hazard=hazard,
            status__in=[VersionStatus.APPROVED, VersionStatus.DRAFT],
        ).select_related("plan")  # fmt: skip
        return sorted(rows[:200], key=lambda row: (row.status != VersionStatus.APPROVED, row.area_code, -row.number))


def first_actions_for(*, actor: Actor) -> list[tuple[EmergencyPlan, object]]:
    """Return the nearest plans in force at or above the actor's places with their content, one per kind of incident."""
    return [(version.plan, version.content) for version in versions_in_force_for(actor)]


def versions_in_force_for(actor: Actor) -> list[PlanVersion]:
    """Return the nearest versions in force at or above the actor's places, one per kind of incident."""
    areas = [code for prefix in actor.areas.prefixes for code in ancestors(prefix)]
    with acting(PUBLIC):
        rows = PlanVersion.objects.filter(status=VersionStatus.APPROVED, area_code__in=sorted(set(areas)))
        found = sorted(rows.select_related("plan")[:60], key=lambda row: (-len(row.area_code), row.pk))
    nearest: dict[str, PlanVersion] = {}
    for version in found:
        nearest.setdefault(version.plan.hazard, version)
    return list(nearest.values())


def is_in_force(version_id: int) -> bool:
    """Whether the version is the one in force of its plan; call inside a scope that holds it."""
    return PlanVersion.objects.filter(pk=version_id, status=VersionStatus.APPROVED).exists()


def _above(actor: Actor) -> list[str]:
    codes = {code for prefix in actor.areas_with(policy.SEE).prefixes for code in ancestors(prefix)[:-1]}
    return sorted(codes)


def _light_versions() -> Prefetch[str]:
    rows = PlanVersion.objects.order_by("-number").defer("content")
    return Prefetch("versions", queryset=rows, to_attr="kept_versions")


def content_to_extend(plan: EmergencyPlan) -> dict[str, list[dict[str, Any]]]:
    """Return the content the next change would start from: the draft's, else the newest version's."""
    versions = PlanVersion.objects.filter(plan=plan).order_by("-number")
    found = versions.filter(status=VersionStatus.DRAFT).first() or versions.first()
    return dict(found.content) if found is not None else {}
