"""Which goods the emergency plan in force at a place wants, and for which places reserves may be planned."""

from __future__ import annotations

from juxing.kernel.actors import Actor
from juxing.kernel.rights import Right
from juxing.kernel.scope import acting
from juxing.places.codes import ancestors
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.plans.enums import VersionStatus
from juxing.plans.models import PlanVersion
from juxing.supplies import policy
from juxing.supplies.commands.reserves import Kept, goods_of

PLANNED_LEVELS = (AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY)
READING = Actor.system("plans in force above a place")


def goods_wanted(*, actor: Actor, area_code: str, hazard: str) -> list[Kept]:
    """
    Return the goods of the plan in force nearest above the place, or at it; nothing where there is none.

    A plan in force binds everybody below its place, so whoever plans reserves here may read what it wants.
    """
    actor.require(policy.PLAN_RESERVE, area_code)
    with acting(READING):
        versions = PlanVersion.objects.filter(
            plan__area_code__in=[area_code, *ancestors(area_code)], plan__hazard=hazard,
            status=VersionStatus.APPROVED,
        )  # fmt: skip
        nearest = max(versions.select_related("plan"), key=lambda one: len(one.plan.area_code), default=None)
    return goods_of(nearest.content) if nearest is not None else []


def places_to_plan(*, actor: Actor) -> list[Area]:
    """Return the districts, streets and communities where the actor may plan reserves, wider places first."""
    return places_with(policy.PLAN_RESERVE, actor=actor)


def places_with(right: Right, *, actor: Actor) -> list[Area]:
    """Return the districts, streets and communities where the actor holds a right, wider places first."""
    condition = actor.areas_with(right).condition("code")
    rows = list(Area.objects.filter(condition, level__in=PLANNED_LEVELS).order_by("code")[:500])
    return sorted(rows, key=lambda area: (len(area.code), area.code))
