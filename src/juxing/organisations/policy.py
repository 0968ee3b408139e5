"""Who may see organisations, and who keeps their register."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMUNITY_DESK, Role
from juxing.kernel.actors import Actor
from juxing.kernel.rights import declare
from juxing.kernel.scope import ScopedQuerySet
from juxing.organisations.models import Organisation

SEE = declare(
    "organisations.see", _("See organisations, teams and posts"),
    roles=frozenset(Role) - {Role.RESIDENT, Role.SECURITY_AUDITOR},
)  # fmt: skip
MANAGE = declare(
    "organisations.manage", _("Keep the register of organisations"),
    roles={Role.SYSTEM_ADMIN, Role.DISTRICT_OPERATOR, Role.STREET_OPERATOR, *COMMUNITY_DESK},
)  # fmt: skip
IMPORT = declare(
    "organisations.import", _("Import organisations from a spreadsheet"),
    roles={Role.SYSTEM_ADMIN, Role.DISTRICT_OPERATOR, Role.STREET_OPERATOR, *COMMUNITY_DESK},
)  # fmt: skip


def can_see(actor: Actor, organisation: Organisation) -> bool:
    """Whether the actor may see the organisation."""
    return actor.may(SEE, organisation.area_code)


def can_manage(actor: Actor, organisation: Organisation) -> bool:
    """Whether the actor may change the organisation."""
    return actor.may(MANAGE, organisation.area_code)


def visible_organisations(actor: Actor) -> ScopedQuerySet[Organisation]:
    """Organisations for which ``can_see`` holds."""
    return Organisation.objects.inside(actor.areas_with(SEE))
