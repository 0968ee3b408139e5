"""Who may open and run group purchases, and who only hands out what was bought."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, DOORSTEP, Role
from juxing.group_purchases.models import GroupPurchase, HouseholdOrder, PurchaseBearer
from juxing.kernel.actors import Actor, ActorKind
from juxing.kernel.refusals import NotPermitted
from juxing.kernel.rights import declare
from juxing.kernel.scope import ScopedQuerySet

ORGANISE = declare(
    "group_purchases.organise", _("Open and run group purchases"),
    roles={*COMMUNITY_DESK, *DOORSTEP, Role.STREET_OPERATOR, Role.DISTRICT_OPERATOR},
)  # fmt: skip
OVERSEE = declare("group_purchases.oversee", _("See group purchases and their totals"), roles=COMMAND)
TAKE_PART = declare(
    "group_purchases.take_part", _("Run or hand out the group purchases one is named in"),
    roles={*ORGANISE.roles, *OVERSEE.roles, Role.RESPONDER, Role.TEAM_LEADER},
)  # fmt: skip
EXPORT = declare(
    "group_purchases.export", _("Take out orders of group purchases by door"),
    roles={*COMMUNITY_DESK, Role.STREET_OPERATOR, Role.DISTRICT_OPERATOR, *DOORSTEP},
)  # fmt: skip


def visible_purchases(actor: Actor) -> ScopedQuerySet[GroupPurchase]:
    """Return the purchases of which the actor may know more than neighbours do."""
    condition = actor.areas_with(ORGANISE).condition() | actor.areas_with(OVERSEE).condition()
    rows = GroupPurchase.objects.get_queryset()
    if actor.rights_everywhere:
        return rows
    if actor.account_id is not None and actor.may_somewhere(TAKE_PART):
        named = PurchaseBearer.objects.filter(account_id=actor.account_id).values("purchase_id")
        condition |= Q(organiser_id=actor.account_id) | Q(pk__in=named)
    return rows.filter(condition)


def can_run(actor: Actor, purchase: GroupPurchase) -> bool:
    """Whether the actor may change the purchase, take orders for others, and keep its money."""
    if actor.may(ORGANISE, purchase.area_code):
        return True
    return actor.account_id is not None and purchase.organiser_id == actor.account_id


def can_hand_out(actor: Actor, purchase: GroupPurchase) -> bool:
    """Whether the actor may see doors for handing out, and tick them off."""
    if can_run(actor, purchase):
        return True
    return actor.account_id is not None and purchase.bearers.filter(account_id=actor.account_id).exists()


def can_close(actor: Actor, purchase: GroupPurchase) -> bool:
    """Whether the actor may cut it off: whoever runs it, and the clock."""
    return actor.kind is ActorKind.SYSTEM or can_run(actor, purchase)


def can_answer(actor: Actor, order: HouseholdOrder) -> bool:
    """
    Whether the actor may change one household's order.

    A resident without an account holds the link or phone that found this one order; scope let nothing else through.
    """
    return actor.kind is ActorKind.RESIDENT or can_run(actor, order.purchase)


def can_hand_over(actor: Actor, order: HouseholdOrder) -> bool:
    """Whether the actor may tick the order off."""
    return can_hand_out(actor, order.purchase)


def require(allowed: bool) -> None:
    """
    Do nothing if allowed.

    Raises:
        NotPermitted: otherwise.
    """
    if not allowed:
        raise NotPermitted
