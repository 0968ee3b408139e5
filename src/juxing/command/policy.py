"""Who commands under an activation, and who answers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, Role
from juxing.activations import previews
from juxing.activations.models import Activation, ActivationArea
from juxing.command.models import CommandOrder, Notice, OrderDelivery, OrderReading
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.rights import declare
from juxing.kernel.scope import acting

SEE = declare(
    "command.see", _("See orders, the muster and situation reports"),
    roles={*COMMAND, Role.COMMUNITY_SECRETARY, Role.SECOND_SECRETARY, Role.SECURITY_AUDITOR},
)  # fmt: skip
ORDER = declare(
    "command.order", _("Give orders under an activation"),
    roles={*COMMAND, Role.COMMUNITY_SECRETARY, Role.SECOND_SECRETARY},
)  # fmt: skip
LEAD = declare("command.lead", _("Lead a period, hand over, report the situation"), roles=COMMAND)

PUBLISH = declare("command.publish", _("Publish the notices of a response"), roles=COMMAND)


def can_publish(actor: Actor, notice: Notice) -> bool:
    """Whether the actor may tell the people of this place."""
    return actor.rights_everywhere or actor.may(PUBLISH, notice.area_code)


def places_of(activation: Activation) -> Areas:
    """Return every place the activation ever held at."""
    rows = ActivationArea.objects.filter(activation_uuid=activation.uuid)
    return Areas({*rows.values_list("area_code", flat=True), *activation.planned_areas})


def seen_of(actor: Actor, activation: Activation) -> Areas:
    """Return which places of the activation the actor sees: a street sees its own part of a district's response."""
    return actor.areas_with(SEE) & places_of(activation)


def can_see(actor: Actor, activation: Activation) -> bool:
    """Whether any part of it is the actor's."""
    return bool(seen_of(actor, activation))


def can_order(actor: Actor, areas: Areas) -> bool:
    """Whether the actor may give orders at all of these places, whatever their level."""
    held = actor.areas_with(ORDER)
    return bool(areas) and all(prefix in held for prefix in areas.prefixes)


def can_lead(actor: Actor, activation: Activation) -> bool:
    """Whether the actor may lead at the place of the whole activation."""
    return actor.may(LEAD, activation.area_code)


def can_withdraw(actor: Actor, order: CommandOrder) -> bool:
    """Whether the actor may take an order back: whoever may give it."""
    return can_order(actor, Areas(order.areas))


def was_sent_to(actor: Actor, delivery: OrderDelivery) -> bool:
    """Whether the order is in the actor's own hands; answering is nobody else's."""
    if actor.account_id is None:
        return False
    with acting(previews.PROCESS):
        return OrderReading.objects.filter(delivery=delivery, account_id=actor.account_id).exists()


def withdraws(actor: Actor, delivery: OrderDelivery) -> bool:
    """Whether the actor may take the order back from this post."""
    return actor.rights_everywhere or actor.may(ORDER, delivery.area_code)
