"""What a storekeeper writes down: goods that came in, and what was counted. Nothing goes below what is promised."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput
from juxing.supplies import policy
from juxing.supplies.models import Depot, StockLevel, SupplyItem
from juxing.supplies.quantities import checked_quantity

RECEIVED = journal.declare_action("supplies.stock.receive", _("Goods received into stock"))
CORRECTED = journal.declare_action("supplies.stock.correct", _("Stock corrected after counting"))
SHORTEST_REASON = 2


@transaction.atomic
def receive_stock(
    *, actor: Actor, now: datetime, depot: Depot, item: SupplyItem, quantity: Decimal, reason: str = ""
) -> StockLevel:
    """
    Add what came in; ``reason`` says from whom or with which paper.

    Raises:
        NotPermitted: if the actor may not move stock here.
        InvalidInput: if the quantity is not positive or beyond belief.
    """
    actor.require(policy.MOVE_STOCK, depot.area_code)
    quantity = checked_quantity(quantity)
    StockLevel.objects.bulk_create(
        [StockLevel(area_code=depot.area_code, depot=depot, item=item, on_hand=0)], ignore_conflicts=True
    )
    level = StockLevel.objects.select_for_update().get(depot=depot, item=item)
    checked_quantity(level.on_hand + quantity)
    StockLevel.objects.filter(pk=level.pk).update(on_hand=F("on_hand") + quantity)
    journal.record(
        RECEIVED, actor=actor, subject=depot, happened_at=now, reason=reason[:400],
        changes={"item": item.code, "quantity": str(quantity)},
    )  # fmt: skip
    return StockLevel.objects.get(pk=level.pk)


@transaction.atomic
def correct_stock(
    *, actor: Actor, now: datetime, level: StockLevel, counted: Decimal, minimum: Decimal | None = None, reason: str
) -> StockLevel:
    """
    Set what was counted, and the minimum to keep where one is given.

    Raises:
        NotPermitted: if the actor may not move stock here.
        InvalidInput: without a reason, or if less was counted than is promised to someone.
    """
    actor.require(policy.MOVE_STOCK, level.area_code)
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput("reason_missing", _("Write why: it stays in the journal."), field="reason")
    counted = checked_quantity(counted, field="counted", is_zero_allowed=True)
    held = StockLevel.objects.select_for_update(of=("self",)).select_related("depot", "item").get(pk=level.pk)
    if counted < held.reserved:
        raise InvalidInput(
            "below_promised",
            _("%(reserved)s of this are promised to people. Release those promises first.")
            % {"reserved": f"{held.reserved.normalize():f}"},
            field="counted",
        )
    before, held.on_hand = held.on_hand, counted
    if minimum is not None:
        held.min_quantity = checked_quantity(minimum, field="minimum", is_zero_allowed=True)
    held.save(update_fields=["on_hand", "min_quantity"])
    journal.record(
        CORRECTED, actor=actor, subject=held.depot, happened_at=now, reason=reason[:400],
        changes={"item": held.item.code, "from": str(before), "to": str(counted)},
    )  # fmt: skip
    return held
