"""Who may read plans, write them and bring them into force."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, Role
from juxing.kernel.actors import Actor
from juxing.kernel.rights import declare
from juxing.kernel.scope import ScopedQuerySet
from juxing.plans.models import EmergencyPlan, PlanImport, PlanImportSection, PlanVersion

SEE = declare("plans.see", _("Read emergency plans"), roles=frozenset(Role) - {Role.RESIDENT})
WRITE = declare("plans.write", _("Write emergency plans"), roles={*COMMAND, *COMMUNITY_DESK})
APPROVE = declare(
    "plans.approve", _("Bring an emergency plan into force"),
    roles={Role.DISTRICT_COMMANDER, Role.STREET_COMMANDER, Role.COMMUNITY_SECRETARY},
)  # fmt: skip


def can_see(actor: Actor, plan: EmergencyPlan) -> bool:
    """Whether the plan belongs to the actor's places; plans in force above them are public to staff anyway."""
    return actor.may(SEE, plan.area_code)


def can_write(actor: Actor, thing: EmergencyPlan | PlanVersion) -> bool:
    """Whether the actor may change the plan."""
    return actor.may(WRITE, thing.area_code)


def can_approve(actor: Actor, thing: EmergencyPlan | PlanVersion) -> bool:
    """Whether the actor may bring a version into force."""
    return actor.may(APPROVE, thing.area_code)


def visible_plans(actor: Actor) -> ScopedQuerySet[EmergencyPlan]:
    """Plans for which ``can_see`` holds."""
    return EmergencyPlan.objects.inside(actor.areas_with(SEE))


def can_import(actor: Actor, thing: PlanImport | PlanImportSection) -> bool:
    """Whether the actor may bring a text into the plan: who may write it may."""
    return actor.may(WRITE, thing.area_code)
