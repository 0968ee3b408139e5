"""
The way back of goods brought for a response: what of them lies free where they arrived goes where it came from.

A stand-down plans it for what had arrived by then. What was on the road is received later; the clock then plans its
way back by the same rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from juxing.activations.models import Activation, ActivationArea
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.supplies.commands.accounts import LEDGER
from juxing.supplies.commands.stock import lock_goods
from juxing.supplies.commands.transfers import TransferWish, plan_transfers
from juxing.supplies.enums import TransferStatus
from juxing.supplies.models import StockLevel, SupplyItem, Transfer

Goods = list[tuple[SupplyItem, Decimal]]
LOOKED_BACK = timedelta(days=7)
"""What nobody could send back within that time, because none of it lay free, stays where it is."""


@transaction.atomic
def bring_back_late_goods(*, actor: Actor, now: datetime) -> int:
    """
    Plan the way back of goods received after their response had ended where they went; return how many deliveries.

    Done once for each delivery, whoever asks and how often.
    """
    with acting(LEDGER):
        late = _late(now)
        lock_goods({one.target_id for one in late}, {line.item_id for one in late for line in one.lines.all()})
        wishes = [
            TransferWish(transfer.target, transfer.source, goods, transfer.uuid, transfer.activation_id)
            for transfer, goods in still_to_return(late)
        ]
        plan_transfers(actor=actor, now=now, wishes=wishes, planned_for=localdate(now))
    return len(wishes)


def still_to_return(received: Sequence[Transfer]) -> list[tuple[Transfer, Goods]]:
    """Return what of received deliveries lies free and has no way back yet, by delivery, in their order."""
    back: set[UUID | None] = set(
        Transfer.objects.filter(origin__in=[one.uuid for one in received]).exclude(status=TransferStatus.CANCELLED)
        .values_list("origin", flat=True)
    )  # fmt: skip
    waiting = [one for one in received if one.uuid not in back]
    levels = StockLevel.objects.filter(depot__in=[one.target_id for one in waiting])
    free = {
        (depot, item): on_hand - reserved
        for depot, item, on_hand, reserved in levels.values_list("depot_id", "item_id", "on_hand", "reserved")
    }
    items = SupplyItem.objects.in_bulk({line.item_id for one in waiting for line in one.lines.all()})
    found: list[tuple[Transfer, Goods]] = []
    for one in waiting:
        goods: Goods = []
        for line in one.lines.all():
            part = min(line.received, free.get((one.target_id, line.item_id), Decimal(0)))
            if part > 0:
                free[one.target_id, line.item_id] -= part
                goods.append((items[line.item_id], part))
        if goods:
            found.append((one, goods))
    return found


def _late(now: datetime) -> list[Transfer]:
    """Return deliveries of responses that held at their target no longer when they arrived."""
    rows = Transfer.objects.filter(
        activation_id__isnull=False, origin__isnull=True, status=TransferStatus.RECEIVED,
        received_at__gt=now - LOOKED_BACK,
    ).select_related("source", "target").prefetch_related("lines").order_by("id")  # fmt: skip
    received = list(rows)
    responses = Activation.objects.filter(pk__in={one.activation_id for one in received})
    ids = {uuid: pk for pk, uuid in responses.values_list("pk", "uuid")}
    held: dict[int | None, list[tuple[str, datetime]]] = {}
    parts = ActivationArea.objects.filter(activation_uuid__in=ids)
    for uuid, code, until in parts.values_list("activation_uuid", "area_code", "until"):
        held.setdefault(ids[uuid], []).append((code, until))
    return [
        one for one in received
        if one.activation_id in held and one.received_at is not None and not any(
            one.target_area_code.startswith(code) and until > one.received_at for code, until in held[one.activation_id]
        )
    ]  # fmt: skip
