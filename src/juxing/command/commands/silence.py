"""Following up silence: an order nobody acknowledged is sent again to A and B, then shown to who commands above."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import LiteralString

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from juxing.activations import previews
from juxing.activations.enums import RUNNING
from juxing.command.enums import DeliveryStatus
from juxing.command.models import OrderDelivery
from juxing.kernel import journal
from juxing.kernel.scope import acting

RESENT = journal.declare_action("command.delivery.resend", _("Order sent again: no acknowledgement"))
ESCALATED = journal.declare_action("command.delivery.escalate", _("Order shown to the level above: still silent"))
AT_ONCE = 2000
TO_EVERYBODY: LiteralString = (
    "INSERT INTO command_orderreading (area_code, delivery_id, account_id, slot, sent_at) "
    "SELECT delivery.area_code, delivery.id, holder.account_id, min(holder.slot), %(now)s "
    "FROM command_orderdelivery delivery JOIN command_musterholder holder "
    "ON holder.muster_post_id = delivery.muster_post_id AND holder.released_at IS NULL "
    "WHERE delivery.id = ANY(%(ids)s) GROUP BY delivery.area_code, delivery.id, holder.account_id "
    "ON CONFLICT (delivery_id, account_id) DO UPDATE SET sent_at = excluded.sent_at, "
    "times_sent = command_orderreading.times_sent + 1"
)


@transaction.atomic
def follow_up(*, now: datetime) -> tuple[int, int]:
    """
    Send again what was not acknowledged in time, and escalate what was sent again in vain; return how many of each.

    Deliveries another process holds are left to it; of a response that is over nothing is followed up.
    """
    with acting(previews.PROCESS):
        due = list(
            OrderDelivery.objects.filter(check_at__lte=now, status=DeliveryStatus.WAITING)
            .select_for_update(skip_locked=True, of=("self",)).select_related("order__activation")
            .order_by("check_at")[:AT_ONCE]
        )  # fmt: skip
        live = [row for row in due if row.order.activation.status in RUNNING and row.order.activation.ends_at > now]
        again = [row for row in live if row.resent_at is None]
        silent = [row for row in live if row.resent_at is not None]
        for row in due:
            row.check_at = None
        for row in again:
            row.resent_at, row.check_at = now, now + timedelta(minutes=row.order.answer_minutes)
        for row in silent:
            row.escalated_at = now
        OrderDelivery.objects.bulk_update(due, ["check_at", "resent_at", "escalated_at"], batch_size=500)
        if again:
            with connection.cursor() as cursor:
                cursor.execute(TO_EVERYBODY, {"now": now, "ids": [row.pk for row in again]})
        facts = [_fact(RESENT, row) for row in again] + [_fact(ESCALATED, row) for row in silent]
        journal.record_many(facts).by(previews.PROCESS, happened_at=now)
    return len(again), len(silent)


def _fact(action: str, row: OrderDelivery) -> journal.Fact:
    activation = row.order.activation
    changes = {"activation": str(activation.uuid), "order": row.order.number}
    return journal.Fact(
        action=action, subject_type=OrderDelivery._meta.label_lower, subject_uuid=row.uuid, area_code=row.area_code,
        changes={**changes, "exercise": True} if activation.is_exercise else changes,
    )  # fmt: skip
