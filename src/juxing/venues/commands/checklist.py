"""Working through a conversion's checklists, and the steps between."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotPermitted, Refusal
from juxing.venues import policy
from juxing.venues.enums import TaskPhase, VenueConversionStatus
from juxing.venues.lifecycle import CONVERSION
from juxing.venues.models import ConversionTask, VenueConversion

TICKED = journal.declare_action("venues.task.tick", _("Line of a checklist done"))
UNTICKED = journal.declare_action("venues.task.untick", _("Line of a checklist taken back"))
State = VenueConversionStatus
BEFORE_READY = frozenset({State.PLANNED, State.ORDERED, State.CONVERTING})


@transaction.atomic
def set_task(*, actor: Actor, now: datetime, task: ConversionTask, is_done: bool) -> ConversionTask:
    """
    Tick a line, or take the tick back; the first tick begins the conversion, the last makes it ready or returned.

    Ticking what is ticked changes nothing, so a phone may send it twice.

    Raises:
        NotPermitted: unless the actor works there.
        Refusal: if its list is not the one at hand.
    """
    conversion = VenueConversion.objects.select_for_update(of=("self",)).get(pk=task.conversion_id)
    if not policy.can_work(actor, conversion):
        raise NotPermitted
    at_hand = TaskPhase.RETURN if conversion.status == State.REVERTING else TaskPhase.CONVERT
    if task.phase != at_hand or conversion.status not in BEFORE_READY | {State.REVERTING}:
        raise Refusal("list_closed", _("This checklist is not being worked on now."))
    fresh = ConversionTask.objects.select_for_update().get(pk=task.pk)
    if (fresh.done_at is not None) == is_done:
        return fresh
    fresh.done_at, fresh.done_by_id = (now, actor.account_id) if is_done else (None, None)
    fresh.save(update_fields=["done_at", "done_by"])
    journal.record(TICKED if is_done else UNTICKED, actor=actor, subject=fresh, happened_at=now)
    _go_on(conversion, at_hand, actor=actor, now=now)
    return fresh


@transaction.atomic
def open_conversion(*, actor: Actor, now: datetime, conversion: VenueConversion) -> VenueConversion:
    """Open a venue that is ready in its new function."""
    fresh = VenueConversion.objects.get(pk=conversion.pk)
    if fresh.status in BEFORE_READY:
        fresh = CONVERSION.move(fresh, "finish", actor=actor, now=now, changes={"ready_at": now})
    return CONVERSION.move(fresh, "open", actor=actor, now=now)


@transaction.atomic
def close_conversion(*, actor: Actor, now: datetime, conversion: VenueConversion) -> VenueConversion:
    """Say that a venue is back in its ordinary use; its checklist of return must be done."""
    return CONVERSION.move(conversion, "close", actor=actor, now=now)


@transaction.atomic
def give_up_conversion(*, actor: Actor, now: datetime, conversion: VenueConversion, reason: str) -> VenueConversion:
    """End the work on a returned venue without finishing its checklist; a reason is kept."""
    return CONVERSION.move(conversion, "give_up", actor=actor, now=now, reason=reason[:400])


def _go_on(conversion: VenueConversion, phase: TaskPhase, *, actor: Actor, now: datetime) -> None:
    """Move the conversion on as its checklist allows."""
    left = ConversionTask.objects.filter(conversion=conversion, phase=phase, done_at__isnull=True).exists()
    if phase == TaskPhase.RETURN:
        if not left:
            CONVERSION.move(conversion, "close", actor=actor, now=now)
        return
    if conversion.status in {State.PLANNED, State.ORDERED}:
        conversion = CONVERSION.move(conversion, "start", actor=actor, now=now)
    if not left:
        CONVERSION.move(conversion, "finish", actor=actor, now=now, changes={"ready_at": now})
