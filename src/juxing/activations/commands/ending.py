"""Ending: stand-down after a look at what is open, undoing a mistake, and what the clock ends by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.activations import authority, policy, previews, scoping
from juxing.activations.commands.running import begin_conversion, next_number, start_runs, streets_converted
from juxing.activations.enums import RUNNING, ConversionKind
from juxing.activations.lifecycle import ACTIVATION, MEASURE
from juxing.activations.models import Activation, ActivationArea, AreaMeasure, ModeConversion
from juxing.activations.scoping import Scope, StreetOrder, street_of
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.conversion import (
    ConversionStep,
    OpenItem,
    OpenQuestion,
    ResponseEnd,
    endings,
    questions,
    steps_in_order,
)
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting

PROCESS = previews.PROCESS
REMINDED = journal.declare_action("activations.activation.remind", _("Reminded that a response ends soon"))


@dataclass(frozen=True, slots=True)
class StepOpenItems:
    """What one step or one other room would leave unfinished."""

    step: str
    items: tuple[OpenItem, ...]


@transaction.atomic
def open_items(*, actor: Actor, now: datetime, activation: Activation) -> list[StepOpenItems]:
    """
    Return what a stand-down would leave unfinished, by step; empty when nothing is.

    Raises:
        NotPermitted: if the actor may not see the activation.
    """
    if not policy.can_see(actor, activation):
        raise NotPermitted
    with acting(PROCESS):
        full = Activation.objects.select_related("plan_version").get(pk=activation.pk)
        found: list[StepOpenItems] = []
        streets = streets_converted(full)
        asked: list[ConversionStep | OpenQuestion] = [*steps_in_order(), *(question for _code, question in questions)]
        for each in asked:
            items: list[OpenItem] = []
            is_of_whole = isinstance(each, OpenQuestion) and each.is_of_whole
            for street in [full.area_code] if is_of_whole else streets:
                order = StreetOrder(street, (street,), full.response_level, full.ends_at)
                items.extend(each.open_items(previews.order_for(full, order, step=each.code, now=now)))
            if items:
                found.append(StepOpenItems(each.code, tuple(items)))
    return found


@transaction.atomic
def stand_down(
    *, actor: Actor, now: datetime, activation: Activation, reason: str, left_open_reason: str = ""
) -> ModeConversion:
    """
    End the response: measures stop, and each room puts back what it changed.

    Raises:
        NotPermitted: if the actor's rank does not suffice.
        InvalidInput: without a reason.
        Refusal: if something is open and no reason is given for leaving it so.
    """
    if not reason.strip():
        raise InvalidInput("reason_missing", _("Say why. It is kept in the journal."), field="reason")
    with acting(PROCESS):
        locked = _locked(activation)
        _require_rank(actor, locked)
        if not left_open_reason.strip() and _unsettled(locked, now):
            raise Refusal(
                "open_items", _("Some things are not finished. Finish them, or say why they may stay open."),
                field="left_open_reason",
            )  # fmt: skip
        number = next_number(locked)
        moved = ACTIVATION.move(
            locked, "stand_down", actor=actor, now=now, reason=reason[:400],
            changes={"ended_at": now, "left_open_reason": left_open_reason.strip()[:400]},
        )  # fmt: skip
        return _put_back(moved, ConversionKind.STAND_DOWN, actor=actor, now=now, number=number, reason=reason)


@transaction.atomic
def undo(*, actor: Actor, now: datetime, activation: Activation, reason: str) -> ModeConversion:
    """
    Take a mistaken activation back, within minutes of its start, without asking what is open.

    Raises:
        NotPermitted: if the actor's rank does not suffice.
        InvalidInput: without a reason.
        Refusal: if it has been in force too long: then it is stood down.
    """
    if not reason.strip():
        raise InvalidInput("reason_missing", _("Say why. It is kept in the journal."), field="reason")
    with acting(PROCESS):
        locked = _locked(activation)
        _require_rank(actor, locked)
        if now > locked.starts_at + authority.undo_time():
            raise Refusal("too_late_to_undo", _("It has been in force too long to be undone. Stand it down instead."))
        number = next_number(locked)
        moved = ACTIVATION.move(locked, "undo", actor=actor, now=now, reason=reason[:400], changes={"ended_at": now})
        return _put_back(moved, ConversionKind.UNDO, actor=actor, now=now, number=number, reason=reason)


def close_lapsed(*, now: datetime) -> int:
    """
    Put back what is over by the clock, and return how many conversions that took.

    Reading never waits for this: rows past their end are over already.
    """
    with acting(PROCESS):
        lapsed = ActivationArea.objects.filter(until__lte=now, closed_by=None).values_list("activation_uuid", flat=True)
        due = sorted(set(lapsed), key=str)
    return sum(_close_one(uuid, now=now) for uuid in due)


@transaction.atomic
def remind(*, now: datetime) -> int:
    """Write a reminder for each response whose end comes near, once per step of the ladder; return how many."""
    with acting(PROCESS):
        count = 0
        ladder = authority.reminder_hours()
        near = Activation.objects.filter(status__in=sorted(RUNNING), ends_at__gt=now,
                                         ends_at__lte=now + timedelta(hours=max(ladder)))  # fmt: skip
        for activation in near.select_for_update(skip_locked=True):
            left = (activation.ends_at - now).total_seconds() / 3600
            hours = min(step for step in ladder if left <= step)
            if activation.reminded_hours == hours:
                continue
            Activation.objects.filter(pk=activation.pk).update(reminded_hours=hours)
            journal.record(REMINDED, actor=PROCESS, subject=activation, happened_at=now, changes={"hours": hours})
            count += 1
    return count


def _unsettled(activation: Activation, now: datetime) -> bool:
    """Whether something is open that the end does not settle by itself."""
    found = open_items(actor=PROCESS, now=now, activation=activation)
    return any(not item.settles for each in found for item in each.items)


def _close_one(uuid: UUID, *, now: datetime) -> int:
    with acting(PROCESS):
        activation = Activation.objects.select_for_update().filter(uuid=uuid).first()
        if activation is None:
            return 0
        parts = list(ActivationArea.objects.filter(activation_uuid=activation.uuid, until__lte=now, closed_by=None))
        if not parts:
            return 0
        left = scoping.open_parts(activation, now)
        number = next_number(activation)
        if not left and activation.status in RUNNING:
            moved = ACTIVATION.move(activation, "expire", actor=PROCESS, now=now, changes={"ended_at": now})
            ActivationArea.objects.filter(pk__in=[part.pk for part in parts]).update(closed_by=number)
            _put_back(moved, ConversionKind.EXPIRE, actor=PROCESS, now=now, number=number, reason="")
            return 1
        streets = {street_of(part.area_code) for part in left}
        scopes = {
            Scope(part.area_code if street_of(part.area_code) in streets else street_of(part.area_code), part.level,
                  part.until)
            for part in parts
        }  # fmt: skip
        conversion = begin_conversion(
            activation, ConversionKind.EXPIRE, sorted(scopes), actor=PROCESS, now=now, effective_at=now
        )
        ActivationArea.objects.filter(pk__in=[part.pk for part in parts]).update(closed_by=number)
        start_runs(conversion, actor=PROCESS, now=now)
    return 1


def _put_back(
    activation: Activation, kind: ConversionKind, *, actor: Actor, now: datetime, number: int, reason: str
) -> ModeConversion:
    """Close all parts and measures, and order every street that was ever touched back to steady state."""
    scoping.close_parts(scoping.open_parts(activation, now), number=number, now=now)
    for _code, finish in endings:
        finish(ResponseEnd(activation.pk, actor, now, reason.strip()))
    measures = AreaMeasure.objects.filter(activation=activation)
    MEASURE.move_many(list(measures.values_list("pk", flat=True)), "lift", actor=PROCESS, now=now, reason=reason[:400])
    streets = streets_converted(activation)
    scopes = [Scope(street, activation.response_level, now) for street in streets]
    conversion = begin_conversion(activation, kind, scopes, actor=actor, now=now, reason=reason, effective_at=now)
    start_runs(conversion, actor=actor, now=now, streets=streets)
    return conversion


def _locked(activation: Activation) -> Activation:
    return (
        Activation.objects.select_for_update(of=("self",))
        .select_related("incident", "plan_version")
        .get(pk=activation.pk)
    )


def _require_rank(actor: Actor, activation: Activation) -> None:
    if not policy.can_decide(actor, activation):
        raise NotPermitted
    rank = authority.rank_of(actor, Areas([activation.area_code]))
    if rank < authority.rule_of(activation.response_level).approver:
        raise NotPermitted("rank_low", _("A response of this level is signed by a higher rank. Ask your district."))
