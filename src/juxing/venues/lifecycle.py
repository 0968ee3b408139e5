"""The states of a venue's conversion and of a booked time, and who moves them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import Lifecycle, Transition
from juxing.kernel.refusals import Refusal
from juxing.venues import policy
from juxing.venues.enums import HOLDS_ROOM, TaskPhase
from juxing.venues.enums import BookingStatus as Slot
from juxing.venues.enums import VenueConversionStatus as State
from juxing.venues.models import BookingSlot, ConversionTask, VenueConversion

ORDERS = policy.can_convert


def _works_or_orders(actor: Actor, conversion: VenueConversion) -> bool:
    return policy.can_work(actor, conversion) or policy.can_convert(actor, conversion)


def _holder(actor: Actor, slot: BookingSlot) -> bool:
    return policy.can_change_slot(actor, slot)


def _all_done(phase: TaskPhase, conversion: VenueConversion) -> None:
    if ConversionTask.objects.filter(conversion=conversion, phase=phase, done_at__isnull=True).exists():
        raise Refusal("checklist_open", _("The checklist is not finished. Tick what is done first."))


def _converted(conversion: VenueConversion) -> None:
    _all_done(TaskPhase.CONVERT, conversion)


def _returned(conversion: VenueConversion) -> None:
    _all_done(TaskPhase.RETURN, conversion)


CONVERSION = Lifecycle(
    model=VenueConversion,
    subject="venues.conversion",
    states=tuple(State),
    transitions=(
        Transition("order", _("Conversion ordered"), frozenset({State.PLANNED}), State.ORDERED, ORDERS),
        Transition(
            "start", _("Conversion begun"), frozenset({State.PLANNED, State.ORDERED}), State.CONVERTING,
            _works_or_orders,
        ),
        Transition(
            "finish", _("Ready for its function"), frozenset({State.ORDERED, State.CONVERTING}), State.READY,
            _works_or_orders, _converted,
        ),
        Transition("open", _("Opened in its function"), frozenset({State.READY}), State.IN_USE, ORDERS),
        Transition(
            "return", _("Return ordered"),
            frozenset({State.PLANNED, State.ORDERED, State.CONVERTING, State.READY, State.IN_USE}), State.REVERTING,
            ORDERS,
        ),
        Transition(
            "close", _("Returned to its ordinary use"), frozenset({State.REVERTING}), State.REVERTED,
            _works_or_orders, _returned,
        ),
        Transition("give_up", _("Conversion given up"), frozenset({State.REVERTING}), State.FAILED, ORDERS),
    ),
)  # fmt: skip

SLOT = Lifecycle(
    model=BookingSlot,
    subject="venues.slot",
    states=tuple(Slot),
    transitions=(
        Transition(
            "cancel", _("Booking cancelled"), HOLDS_ROOM | {Slot.SUSPENDED}, Slot.CANCELLED, _holder
        ),
        Transition("accept", _("Offered room accepted"), frozenset({Slot.OFFERED}), Slot.CONFIRMED, _holder),
        Transition(
            "offer", _("Room taken, another offered"), HOLDS_ROOM, Slot.OFFERED, policy.can_displace
        ),
        Transition(
            "suspend", _("Room taken, booking suspended"), HOLDS_ROOM, Slot.SUSPENDED, policy.can_displace
        ),
        Transition(
            "restore", _("Booking stands again"), frozenset({Slot.OFFERED, Slot.SUSPENDED}), Slot.CONFIRMED,
            policy.can_displace,
        ),
    ),
)  # fmt: skip
