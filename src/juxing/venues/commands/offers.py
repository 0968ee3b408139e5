"""What a booker answers when another room was offered."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal
from juxing.venues.commands.booking import cancel_slot
from juxing.venues.commands.taking import one_conversion_at_a_time
from juxing.venues.lifecycle import SLOT
from juxing.venues.models import BookingSlot


@transaction.atomic
def accept_offer(*, actor: Actor, now: datetime, slot: BookingSlot) -> BookingSlot:
    """
    Take the offered room for good; the room itself is held since it was offered.

    Raises:
        Refusal: if the time has begun.
        WrongState: if nothing is offered (any more).
    """
    if slot.starts_at <= now:
        raise Refusal("booking_begun", _("This time has begun."))
    one_conversion_at_a_time()  # one under way may be taking the offered room
    fresh = BookingSlot.objects.select_for_update().get(pk=slot.pk)
    return SLOT.move(
        fresh, "accept", actor=actor, now=now,
        changes={"room_id": fresh.offered_room_id or fresh.room_id, "offered_room_id": None, "displaced_by_id": None,
                 "sequence": fresh.sequence + 1},
    )  # fmt: skip


@transaction.atomic
def decline_offer(*, actor: Actor, now: datetime, slot: BookingSlot) -> BookingSlot:
    """
    Do without; the offered room is free again.

    Raises:
        WrongState: if nothing is offered (any more).
    """
    return cancel_slot(actor=actor, now=now, slot=slot, reason="offer_declined")
