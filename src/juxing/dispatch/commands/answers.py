"""What the helper says and does: yes, no, on my way, cannot, done. No is always free."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.dispatch import photos
from juxing.dispatch.commands.rounds import begin_round
from juxing.dispatch.enums import HELD, TaskStatus
from juxing.dispatch.lifecycle import TASK
from juxing.dispatch.models import StockReservation, Task, TaskPhoto
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal
from juxing.needs import commands as needs_commands
from juxing.supplies.commands import StockMovement, hand_out_stock, release_stock

MAXIMUM_NOTE = 500


@transaction.atomic
def accept_task(*, actor: Actor, now: datetime, task: Task) -> Task:
    """
    This function will make the task the helper's own, and tell the resident that someone comes.

    Raises:
        Refusal: if the offer has run out, or the helper already holds as many tasks as they said they could.
    """
    if task.status == TaskStatus.OFFERED and task.expires_at <= now:
        raise Refusal("offer_over", _("This offer has run out and went to someone else. Thank you for answering."))
    held = Task.objects.filter(responder=task.responder, status__in=HELD).count()
    if held >= task.responder.capacity:
        raise Refusal(
            "hands_full", _("You hold as many tasks as you said you could. Finish one first, or raise your limit.")
        )
    accepted = TASK.move(task, "accept", actor=actor, now=now, changes={"accepted_at": now})
    needs_commands.mark_assigned([task.need_id], actor=Actor.system("dispatch"), now=now)
    return accepted


@transaction.atomic
def decline_task(*, actor: Actor, now: datetime, task: Task) -> Task:
    """This function will give the task back at once; nothing is asked and nothing is kept against the helper."""
    declined = TASK.move(task, "decline", actor=actor, now=now)
    give_back([declined], now=now, reason="declined")
    return declined


@transaction.atomic
def check_in(*, actor: Actor, now: datetime, task: Task) -> Task:
    """This function will note that the helper is on the way; the goods leave the depot's stock."""
    started = TASK.move(task, "check_in", actor=actor, now=now, changes={"checked_in_at": now})
    begin_round(started, now=now)
    _hand_out(started)
    needs_commands.mark_in_delivery([task.need_id], actor=Actor.system("dispatch"), now=now)
    return started


@transaction.atomic
def block_task(*, actor: Actor, now: datetime, task: Task, reason: str) -> Task:
    """This function will note what is in the way, for the desk to solve; the task stays the helper's."""
    return TASK.move(task, "block", actor=actor, now=now, reason=reason.strip()[:MAXIMUM_NOTE])


@transaction.atomic
def finish_task(*, actor: Actor, now: datetime, task: Task, note: str = "", photo: bytes = b"") -> Task:
    """
    This function will report the work as done; the resident is asked to confirm.

    Raises:
        InvalidInput: if the photo is no JPEG, PNG or WebP, or too large.
    """
    content_type = photos.checked_type(photo) if photo else ""
    changes = {"done_at": now, "note": note.strip()[:MAXIMUM_NOTE]}
    if task.checked_in_at is None:
        changes["checked_in_at"] = now
    done = TASK.move(task, "finish", actor=actor, now=now, changes=changes)
    _hand_out(done)
    if photo:
        TaskPhoto.objects.create(
            area_code=done.area_code, task=done, content_type=content_type, content=photos.without_metadata(photo),
            taken_at=now,
        )  # fmt: skip
    needs_commands.mark_fulfilled([task.need_id], actor=Actor.system("dispatch"), now=now)
    return done


@transaction.atomic
def cancel_task(*, actor: Actor, now: datetime, task: Task, reason: str) -> Task:
    """This function will take the task away from the helper and let the need wait for another."""
    cancelled = TASK.move(task, "cancel", actor=actor, now=now, reason=reason.strip()[:MAXIMUM_NOTE])
    give_back([cancelled], now=now, reason="cancelled")
    return cancelled


def give_back(tasks: list[Task], *, now: datetime, reason: str) -> None:
    """Release what was promised to these tasks and let their needs wait again."""
    if not tasks:
        return
    release_reservations([task.pk for task in tasks])
    needs_commands.return_to_waiting(
        [task.need_id for task in tasks], actor=Actor.system("dispatch"), now=now, reason=reason
    )


def release_reservations(task_ids: list[int]) -> None:
    """Give promised goods of these tasks back to the stock."""
    release_stock(_closed(task_ids))


def _hand_out(task: Task) -> None:
    hand_out_stock(_closed([task.pk]))


def _closed(task_ids: list[int]) -> list[StockMovement]:
    held = StockReservation.objects.select_for_update().filter(task_id__in=task_ids, is_open=True).order_by("id")
    rows = list(held.values_list("id", "depot_id", "item_id", "quantity"))
    StockReservation.objects.filter(pk__in=[row[0] for row in rows]).update(is_open=False)
    return [StockMovement(*row[1:]) for row in rows]
