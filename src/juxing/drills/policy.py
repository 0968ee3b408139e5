"""Who sees drills, and who holds them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, Role
from juxing.drills.models import Drill
from juxing.kernel.actors import Actor
from juxing.kernel.rights import declare
from juxing.kernel.scope import ScopedQuerySet

SEE = declare("drills.see", _("See drills"), roles={*COMMAND, *COMMUNITY_DESK, Role.DEPARTMENT_LIAISON})
HOLD = declare(
    "drills.hold", _("Prepare and hold drills"), roles={*COMMAND, Role.COMMUNITY_SECRETARY, Role.SECOND_SECRETARY}
)


def can_see(actor: Actor, drill: Drill) -> bool:
    """Whether the actor may read it."""
    return actor.may(SEE, drill.area_code)


def can_hold(actor: Actor, drill: Drill) -> bool:
    """Whether the actor may prepare, start and end it."""
    return actor.may(HOLD, drill.area_code)


def visible_drills(actor: Actor) -> ScopedQuerySet[Drill]:
    """Drills for which ``can_see`` holds."""
    return Drill.objects.inside(actor.areas_with(SEE))
