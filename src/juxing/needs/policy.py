"""Who may see, record and decide about needs; and whose words stay closed even to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, DOORSTEP, Role
from juxing.kernel.actors import Actor, ActorKind
from juxing.kernel.refusals import NotPermitted
from juxing.kernel.rights import declare
from juxing.kernel.scope import ScopedQuerySet
from juxing.needs.enums import NeedType
from juxing.needs.models import Need, OrderChain

if TYPE_CHECKING:
    from juxing.kernel.areas import Areas

READ = declare(
    "needs.read", _("See needs"),
    roles={*COMMAND, *COMMUNITY_DESK, *DOORSTEP, Role.HOTLINE_AGENT, Role.BRANCH_SECRETARY, Role.TEAM_LEADER},
)  # fmt: skip
READ_COUNSELLING = declare(
    "needs.read_counselling", _("See requests for psychological support, and what was written"),
    roles={Role.COUNSELLOR},
)  # fmt: skip
RECORD = declare(
    "needs.record", _("Record needs for residents"),
    roles={*COMMAND, *COMMUNITY_DESK, *DOORSTEP, Role.HOTLINE_AGENT},
)  # fmt: skip
MANAGE = declare(
    "needs.manage", _("Decide about needs: merge, withdraw, close as unmet"),
    roles={*COMMAND, *COMMUNITY_DESK},
)  # fmt: skip
IMPORT = declare(
    "needs.import", _("Bring in needs by spreadsheet or order chain"), roles={*COMMAND, *COMMUNITY_DESK}
)  # fmt: skip
REVEAL = declare(
    "needs.reveal", _("Open names, phones and details of a need"),
    roles={Role.DISTRICT_OPERATOR, Role.STREET_OPERATOR, *COMMUNITY_DESK, *DOORSTEP, Role.HOTLINE_AGENT},
)  # fmt: skip

PAUSE = declare("needs.pause", _("Pause what residents send in, for a time"), roles=COMMAND)

COUNSELLING = NeedType.PSYCHOLOGICAL_SUPPORT


def visible_needs(actor: Actor) -> ScopedQuerySet[Need]:
    """Return the needs whose existence and state the actor may know."""
    reading = actor.areas_with(READ)
    condition = reading.condition()
    if not reading.everywhere and actor.may_somewhere(READ_COUNSELLING):
        condition |= actor.areas_with(READ_COUNSELLING).condition() & Q(need_type=COUNSELLING)
    return Need.objects.get_queryset().filter(condition)


def can_see(actor: Actor, need: Need) -> bool:
    """Whether the need is one of ``visible_needs``."""
    if actor.may(READ, need.area_code):
        return True
    return need.need_type == COUNSELLING and actor.may(READ_COUNSELLING, need.area_code)


def visible_chains(actor: Actor) -> ScopedQuerySet[OrderChain]:
    """Return the pasted order chains the actor may work on."""
    return OrderChain.objects.inside(actor.areas_with(IMPORT))


def can_record(actor: Actor, area_code: str) -> bool:
    """Whether the actor may record a need here: anyone may ask for help, staff where they serve."""
    return actor.kind is ActorKind.RESIDENT or actor.may(RECORD, area_code)


def can_manage(actor: Actor, need: Need) -> bool:
    """Whether the actor may decide about the need."""
    return actor.may(MANAGE, need.area_code)


def can_answer(actor: Actor, need: Need) -> bool:
    """
    Whether the actor may say for the household what became of it.

    A resident without an account holds the link or code that found this one need; scope let nothing else through.
    """
    return actor.kind is ActorKind.RESIDENT or actor.may(RECORD, need.area_code)


def can_correct(actor: Actor, need: Need) -> bool:
    """Whether the actor may correct what the need says, while it waits."""
    return can_answer(actor, need) or can_manage(actor, need)


def can_reveal(actor: Actor, need: Need) -> bool:
    """Whether the actor may open sealed words; those asking for counselling are open to counsellors only."""
    if need.need_type == COUNSELLING:
        return actor.may(READ_COUNSELLING, need.area_code)
    return actor.may(REVEAL, need.area_code)


def can_carry_out(actor: Actor, need: Need) -> bool:
    """Whether the actor moves needs through matching and delivery: processes, and those who manage."""
    return actor.kind is ActorKind.SYSTEM or can_manage(actor, need)


def recording_areas(actor: Actor) -> Areas:
    """Return where the actor may record needs for others."""
    return actor.areas_with(RECORD)


def require(allowed: bool) -> None:
    """
    Do nothing if allowed.

    Raises:
        NotPermitted: otherwise.
    """
    if not allowed:
        raise NotPermitted
