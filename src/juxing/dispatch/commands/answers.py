"""What the helper says and does: yes, no, on my way, cannot, done. No is always free."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.dispatch import photos, problems
from juxing.dispatch.commands.giving_back import CANCELLED, DECLINED, closed_reservations, give_back
from juxing.dispatch.commands.holding import hold_needs, hold_responder
from juxing.dispatch.commands.replanning import close_gap, fit_into_round
from juxing.dispatch.commands.rounds import begin_round
from juxing.dispatch.enums import TaskStatus
from juxing.dispatch.lifecycle import TASK
from juxing.dispatch.models import Task, TaskPhoto
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.needs import commands as needs_commands
from juxing.needs.enums import NeedStatus
from juxing.needs.models import Need
from juxing.needs.requirements import task_of
from juxing.responders.gates import require_gates
from juxing.supplies.commands import deliver_carried, hand_out_stock

MAXIMUM_NOTE = 500
MAXIMUM_REASON = 400
PROCESS = Actor.system("dispatch")
OFF_THE_ROUND = {"round": None, "position": None, "planned_for": None}


@transaction.atomic
def accept_task(*, actor: Actor, now: datetime, task: Task) -> Task:
    """
    Make the task the helper's own, and tell the resident that someone comes.

    Raises:
        Refusal: if the offer has run out, the request is no longer wanted, the helper has taken as many tasks today as
            they said they could, or has not shown what the task asks before.
    """
    if task.status == TaskStatus.OFFERED and task.expires_at <= now:
        raise Refusal("offer_over", _("This offer has run out and went to someone else. Thank you for answering."))
    helper = hold_responder(task.responder_id)
    counted = Task.objects.filter(problems.counts_today(now), responder=helper).exclude(status=TaskStatus.OFFERED)
    if counted.count() >= helper.capacity:
        raise Refusal(
            "hands_full", _("You have taken as many tasks as you said you could. Raise your limit if you can do more.")
        )
    require_gates(helper.pk, task_of(task.need.need_type, task.need.required_skills), on=localdate(now))
    accepted = TASK.move(task, "accept", actor=actor, now=now, changes={"accepted_at": now})
    hold_needs([task.need_id])
    if not needs_commands.mark_assigned([task.need_id], actor=PROCESS, now=now):
        raise _no_longer_wanted()
    if accepted.round_id is None:
        fit_into_round(accepted, now=now)
    return accepted


@transaction.atomic
def decline_task(*, actor: Actor, now: datetime, task: Task) -> Task:
    """Give the task back at once; nothing is asked and nothing is kept against the helper."""
    walked = _round_of(task)
    declined = TASK.move(task, "decline", actor=actor, now=now, changes=OFF_THE_ROUND)
    give_back([declined], now=now, reason=DECLINED)
    close_gap(walked, now=now)
    return declined


@transaction.atomic
def check_in(*, actor: Actor, now: datetime, task: Task) -> Task:
    """
    Note that the helper is on the way; the goods leave the depot's stock and are with the helper.

    Raises:
        Refusal: if the request is no longer wanted, or what was promised for it has expired or is gone.
    """
    first = {} if task.checked_in_at else {"checked_in_at": now}
    started = TASK.move(task, "check_in", actor=actor, now=now, changes=first)
    begin_round(started, now=now)
    hand_out_stock(closed_reservations([started.pk]), actor=actor, now=now)
    hold_needs([task.need_id])
    if not needs_commands.mark_in_delivery([task.need_id], actor=PROCESS, now=now):
        _require_status(task.need_id, NeedStatus.IN_DELIVERY)
    return started


@transaction.atomic
def block_task(*, actor: Actor, now: datetime, task: Task, reason: str) -> Task:
    """
    Note what is in the way, for the desk to solve; the task stays the helper's.

    Raises:
        InvalidInput: if nothing is said.
    """
    return TASK.move(task, "block", actor=actor, now=now, reason=_said(reason))


@transaction.atomic
def finish_task(*, actor: Actor, now: datetime, task: Task, note: str = "", photo: bytes = b"") -> Task:
    """
    Report the work as done; the resident is asked to confirm.

    A request withdrawn while the helper stood at the door does not take the work away from them.

    Raises:
        InvalidInput: if the photo is no JPEG, PNG or WebP, or too large.
    """
    picture, content_type = photos.checked_photo(photo) if photo else (b"", "")
    changes = {"done_at": now, "note": note.replace("\x00", "").strip()[:MAXIMUM_NOTE]}
    if task.checked_in_at is None:
        changes["checked_in_at"] = now
    done = TASK.move(task, "finish", actor=actor, now=now, changes=changes)
    hand_out_stock(closed_reservations([done.pk]), actor=actor, now=now)
    deliver_carried([done.uuid], actor=actor, now=now)
    if picture:
        TaskPhoto.objects.create(
            area_code=done.area_code, task=done, content_type=content_type, content=picture, taken_at=now
        )
    hold_needs([task.need_id])
    if not needs_commands.mark_fulfilled([task.need_id], actor=PROCESS, now=now):
        _require_status(task.need_id, NeedStatus.WITHDRAWN)
    return done


@transaction.atomic
def cancel_task(*, actor: Actor, now: datetime, task: Task, reason: str) -> Task:
    """
    Take the task away from the helper and let the need wait for another.

    Raises:
        InvalidInput: if no reason is said.
    """
    said = _said(reason)
    walked = _round_of(task)
    cancelled = TASK.move(task, "cancel", actor=actor, now=now, reason=said, changes=OFF_THE_ROUND)
    give_back([cancelled], now=now, reason=CANCELLED)
    close_gap(walked, now=now)
    return cancelled


def _round_of(task: Task) -> int | None:
    """The round the task is on now, its helper locked: a round changes only under that lock."""
    hold_responder(task.responder_id)
    return Task._base_manager.values_list("round_id", flat=True).get(pk=task.pk)


def _said(reason: str) -> str:
    said = reason.replace("\x00", "").strip()[:MAXIMUM_REASON]
    if not said:
        raise InvalidInput("reason_missing", _("Say why, in a few words."), field="reason")
    return said


def _require_status(need_id: int, status: str) -> None:
    if not Need._base_manager.filter(pk=need_id, status=status).exists():
        raise _no_longer_wanted()


def _no_longer_wanted() -> Refusal:
    return Refusal("need_over", _("This request is no longer wanted. Thank you; you need not go."))
