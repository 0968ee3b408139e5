"""One box for each building of a community, by how many households live there (按楼栋分装)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.supplies import policy
from juxing.supplies.commands.containers import MOST_BOXES, fill_containers
from juxing.supplies.models import Container, Depot, StockLevel, SupplyItem
from juxing.supplies.quantities import checked_quantity
from juxing.supplies.queries.buildings import households_of


@transaction.atomic
def pack_per_building(
    *, actor: Actor, now: datetime, depot: Depot, item: SupplyItem, community: str, each: Decimal | None = None
) -> list[Container]:
    """
    Pack a box for every building of a community: ``each`` for a household, or all that is free shared by households.

    Shares are whole units; what does not divide goes to the buildings that lost most by rounding.

    Raises:
        NotPermitted: if the actor may not move stock here.
        InvalidInput: for a place without households, or of more than 200 buildings.
        OutOfStock: if not as much is free; nothing is packed.
    """
    actor.require(policy.MOVE_STOCK, depot.area_code)
    counted = households_of(community)
    if not counted:
        raise InvalidInput("no_households", _("No households are known there."), field="community")
    if len(counted) > MOST_BOXES:
        raise InvalidInput("buildings_many", _("More than 200 buildings. Choose a smaller place."), field="community")
    if each is None:
        level = StockLevel.objects.select_for_update(of=("self",)).filter(depot=depot, item=item).first()
        shares = shared(level.free if level is not None else Decimal(0), counted)
    else:
        amount = checked_quantity(each, field="each")
        shares = {code: amount * count for code, count in counted.items()}
    wanted = [(quantity, code) for code, quantity in sorted(shares.items()) if quantity > 0]
    if not wanted:
        raise Refusal("nothing_free", _("Nothing of this is free here."))
    return fill_containers(actor=actor, now=now, depot=depot, item=item, wanted=wanted)


def shared(total: Decimal, weights: Mapping[str, int]) -> dict[str, Decimal]:
    """Return whole shares in the proportion of the weights, largest remainders first; no whole unit is lost."""
    units, weight = total.to_integral_value(ROUND_FLOOR), sum(weights.values())
    exact = {code: units * count / weight for code, count in weights.items()}
    found = {code: share.to_integral_value(ROUND_FLOOR) for code, share in exact.items()}
    left = int(units - sum(found.values(), Decimal(0)))
    for code in sorted(exact, key=lambda code: (found[code] - exact[code], code))[:left]:
        found[code] += 1
    return found
