"""Who may see and verify responders. What a responder may do to themselves needs no right."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, DOORSTEP, Role
from juxing.kernel.actors import Actor
from juxing.kernel.rights import declare
from juxing.kernel.scope import ScopedQuerySet
from juxing.responders.models import Responder

VIEW = declare(
    "responders.view",
    _("See who can help here"),
    roles={*COMMAND, *COMMUNITY_DESK, *DOORSTEP, Role.BRANCH_SECRETARY, Role.TEAM_LEADER},
)
VERIFY = declare(
    "responders.verify", _("Verify and record responders"), roles={*COMMAND, *COMMUNITY_DESK, Role.TEAM_LEADER}
)


def visible_responders(actor: Actor) -> ScopedQuerySet[Responder]:
    """Responders of the places where the actor may see them."""
    return Responder.objects.inside(actor.areas_with(VIEW))


def can_verify(actor: Actor, responder: Responder) -> bool:
    """Whether the actor may confirm who this is and what they can do."""
    return actor.may(VERIFY, responder.area_code)


def is_oneself(actor: Actor, responder: Responder) -> bool:
    """Whether the actor is this responder."""
    return actor.account_id is not None and actor.account_id == responder.account_id
