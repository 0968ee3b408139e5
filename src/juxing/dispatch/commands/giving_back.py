"""Undoing what was promised to tasks that end without a delivery: goods to the stock, needs to those that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import pgettext_lazy

from juxing.dispatch.commands.holding import hold_needs
from juxing.dispatch.models import StockReservation, Task
from juxing.kernel.actors import Actor
from juxing.kernel.journal import declare_reason
from juxing.needs import commands as needs_commands
from juxing.needs.enums import NeedStatus
from juxing.needs.models import Need
from juxing.supplies.commands import StockMovement, release_stock

NOT_ANSWERED = declare_reason("not answered in time", pgettext_lazy("reason of a task's end", "not answered in time"))
HELPER_LEFT = declare_reason("helper left", pgettext_lazy("reason of a task's end", "helper left"))
DECLINED = declare_reason("declined", pgettext_lazy("reason of a task's end", "declined"))
CANCELLED = declare_reason("cancelled", pgettext_lazy("reason of a task's end", "cancelled"))
UNDER_WAY = (NeedStatus.MATCHED, NeedStatus.ASSIGNED, NeedStatus.IN_DELIVERY)


def give_back(tasks: Sequence[Task], *, now: datetime, reason: str) -> None:
    """Release what was promised to these ended tasks and let their needs wait again."""
    if not tasks:
        return
    release_reservations([task.pk for task in tasks])
    held = hold_needs(task.need_id for task in tasks)
    under_way = Need._base_manager.filter(pk__in=held, status__in=UNDER_WAY).values_list("id", flat=True)
    # A need withdrawn in the meantime stays withdrawn.
    if still_wanted := list(under_way):
        needs_commands.return_to_waiting(still_wanted, actor=Actor.system("dispatch"), now=now, reason=reason)


def release_reservations(task_ids: Sequence[int]) -> None:
    """Give promised goods of these tasks back to the stock."""
    release_stock(closed_reservations(task_ids))


def closed_reservations(task_ids: Sequence[int]) -> list[StockMovement]:
    """Close the open promises of these tasks and return what they held."""
    held = StockReservation.objects.select_for_update().filter(task_id__in=task_ids, is_open=True).order_by("id")
    rows = list(held.values_list("id", "depot_id", "item_id", "quantity", "task__uuid", "area_code"))
    StockReservation.objects.filter(pk__in=[row[0] for row in rows]).update(is_open=False)
    return [StockMovement(*row[1:]) for row in rows]
