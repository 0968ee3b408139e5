"""Who may see places in detail, and who may add to them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, Role
from juxing.kernel.actors import Actor
from juxing.kernel.rights import declare
from juxing.kernel.scope import ScopedQuerySet
from juxing.places.models import Building, Estate, Household

SEE = declare(
    "places.see", _("See estates, buildings and doors"),
    roles=frozenset(Role) - {Role.RESIDENT, Role.SECURITY_AUDITOR},
)  # fmt: skip
MANAGE = declare(
    "places.manage", _("Add and change estates, grids, buildings and doors"),
    roles={Role.SYSTEM_ADMIN, Role.DISTRICT_OPERATOR, Role.STREET_OPERATOR, *COMMUNITY_DESK},
)  # fmt: skip
SET_UP = declare("places.set_up", _("Set up a district"), roles={Role.SYSTEM_ADMIN})
OVERSEE = declare("places.oversee", _("See which places nobody answers for"), roles={*COMMAND, *COMMUNITY_DESK})


def can_see(actor: Actor, area_code: str) -> bool:
    """Whether the actor may see buildings and doors here."""
    return actor.may(SEE, area_code)


def can_manage(actor: Actor, area_code: str) -> bool:
    """Whether the actor may add to this place or change it."""
    return actor.may(MANAGE, area_code)


def visible_estates(actor: Actor) -> ScopedQuerySet[Estate]:
    """Estates for which ``can_see`` holds."""
    return Estate.objects.inside(actor.areas_with(SEE))


def visible_buildings(actor: Actor) -> ScopedQuerySet[Building]:
    """Buildings for which ``can_see`` holds."""
    return Building.objects.inside(actor.areas_with(SEE))


def visible_households(actor: Actor) -> ScopedQuerySet[Household]:
    """Households for which ``can_see`` holds."""
    return Household.objects.inside(actor.areas_with(SEE))
