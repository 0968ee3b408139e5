"""
Carrying a conversion out: one transaction per street, a savepoint per step.

A street is either done or not. Killed anywhere, nothing of the street that was under way is left, and the next run
takes it up; done steps are recognised by rows written in the same transaction as the steps' own. A step that fails
leaves the others standing. Each street asks the clock again, so an end that passes meanwhile stops what is left.

Streets share no row they write, so several are done side by side: while the database writes one, the next is worked
out. What two of them might both want (rooms offered across streets) is locked by the room that gives it.

A drill runs the same steps and rolls them back street by street: what it keeps are the counts, and what steps write
of their own as exercise (``kernel.conversion.ExercisePart``). Its gateways are closed.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from contextvars import copy_context
from datetime import datetime
from threading import Lock
from typing import Any, LiteralString
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from juxing.activations import previews, scoping
from juxing.activations.enums import BACKWARDS, RUNNING, ActivationStatus, ConversionKind, StepStatus
from juxing.activations.lifecycle import ACTIVATION
from juxing.activations.models import Activation, ModeConversion, StepRun
from juxing.activations.scoping import StreetOrder
from juxing.kernel import journal
from juxing.kernel.conversion import ConversionOrder, ConversionStep, Counts, steps
from juxing.kernel.exercise import exercising
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting

logger = logging.getLogger(__name__)
PROCESS = previews.PROCESS
CONVERTED = journal.declare_action("activations.step.convert", _("Converted"))
REVERTED = journal.declare_action("activations.step.revert", _("Put back"))
FAILED = journal.declare_action("activations.step.fail", _("Step of a conversion failed"))
NOT_DONE = journal.declare_action("activations.step.pass_over", _("Not converted: the response had ended"))
FINISHED = journal.declare_action("activations.conversion.finish", _("Conversion finished"))
UNEXPECTED, ENDED, STEP_GONE = "unexpected", "ended", "step_gone"
"""Reasons kept on a run; shown in words."""
ACTIVATION_OF: LiteralString = (
    "SELECT activation.id FROM activations_activation activation JOIN activations_modeconversion conversion "
    "ON conversion.activation_id = activation.id WHERE conversion.id = %s "
)
SHARED: LiteralString = ACTIVATION_OF + "FOR SHARE OF activation"
ALONE: LiteralString = ACTIVATION_OF + "FOR NO KEY UPDATE OF activation"
WAITING = (StepStatus.PENDING, StepStatus.RUNNING)
Report = Callable[[str, int, int], None]


def carry_out(
    uuid: UUID, *, clock: Callable[[], datetime], report: Report | None = None, side_by_side: int = 1
) -> ModeConversion:
    """
    Do all that is pending of a conversion, so many streets at a time; call it outside a transaction.

    ``report`` gets the street that begins, and how many of how many began before it. With more than one at a time it is
    called, like ``clock``, by whichever thread takes the street, one at a time.
    """
    with acting(PROCESS):
        conversion = ModeConversion.objects.get(uuid=uuid)
        streets = _streets(conversion)
    coming = _coming(streets, report)
    workers = min(side_by_side, len(streets))
    if workers > 1 and not connection.in_atomic_block:  # other connections would see nothing of what is not committed
        _carry_out_together(conversion.pk, coming, clock=clock, workers=workers)
    else:
        for street in coming:
            carry_out_street(conversion.pk, street, now=clock())
    return finish(conversion.pk, now=clock())


def _coming(streets: Sequence[str], report: Report | None) -> Generator[str, None, None]:
    for begun, street in enumerate(streets):
        if report is not None:
            report(street, begun, len(streets))
        yield street


def _carry_out_together(
    conversion_id: int, streets: Generator[str, None, None], *, clock: Callable[[], datetime], workers: int
) -> None:
    """Let threads take street after street, each with a connection of its own; what one raises stops the others."""
    taking = Lock()

    def work() -> None:
        try:
            while True:
                with taking:
                    street = next(streets, None)  # a generator that raised has no more
                if street is None:
                    return
                carry_out_street(conversion_id, street, now=clock())
        except BaseException:
            with taking:
                streets.close()
            raise
        finally:
            connection.close()

    with ThreadPoolExecutor(workers, thread_name_prefix="street") as pool:
        working = [pool.submit(copy_context().run, work) for _worker in range(workers)]
    for each in working:
        each.result()


def carry_out_street(conversion_id: int, street: str, *, now: datetime) -> None:
    """Do all pending steps of one street in one transaction; two at once wait for each other and do it once."""
    _show_running(conversion_id, street)
    with acting(PROCESS), transaction.atomic():
        activation = _hold(conversion_id, SHARED)
        conversion = ModeConversion.objects.get(pk=conversion_id)
        conversion.activation = activation
        rows = StepRun.objects.select_for_update().filter(conversion=conversion, area_code=street)
        runs = [run for run in rows.order_by("position") if run.status in WAITING]
        if not runs:
            return
        orders = _orders(conversion, street)
        is_over = conversion.kind not in BACKWARDS and (
            activation.status not in RUNNING or all(order.until <= now for order in orders)
        )
        is_drill = activation.is_exercise
        with (
            exercising() if is_drill else nullcontext(),
            _sandbox(conversion, orders, now) if is_drill else nullcontext(),
        ):
            facts = [_run_step(run, conversion, orders, is_over=is_over, now=now) for run in runs]
        _write(runs)
        journal.record_many(facts).by(PROCESS, happened_at=now)


def finish(conversion_id: int, *, now: datetime) -> ModeConversion:
    """Close a conversion of which nothing is pending or failed; a stand-down ends with it."""
    with acting(PROCESS), transaction.atomic():
        activation = _hold(conversion_id, ALONE)
        conversion = ModeConversion.objects.select_for_update().get(pk=conversion_id)
        conversion.activation = activation
        left = StepRun.objects.filter(conversion=conversion, status__in=[*WAITING, StepStatus.FAILED])
        if conversion.finished_at is not None or left.exists():
            return conversion
        conversion.finished_at = now
        conversion.save(update_fields=["finished_at"])
        journal.record(
            FINISHED, actor=PROCESS, subject=activation, happened_at=now,
            changes={"number": conversion.number, "kind": conversion.kind},
        )  # fmt: skip
        if conversion.kind == ConversionKind.STAND_DOWN and activation.status == ActivationStatus.STANDING_DOWN:
            ACTIVATION.move(activation, "finish_stand_down", actor=PROCESS, now=now)
    return conversion


@contextmanager
def _sandbox(conversion: ModeConversion, orders: Sequence[StreetOrder], now: datetime) -> Iterator[None]:
    """Roll back what the block wrote, keep what steps write as exercise."""
    keeping = [step for _code, step in steps if step.exercise is not None]
    collected: list[tuple[ConversionStep, ConversionOrder, Any]] = []
    with transaction.atomic():
        yield
        if conversion.kind not in BACKWARDS:
            told = [(step, previews.order_for(conversion.activation, order, step=step.code, now=now))
                    for step in keeping for order in orders]  # fmt: skip
            collected = [(step, order, step.exercise.collect(order)) for step, order in told if step.exercise]
        transaction.set_rollback(True)
    for step, told_order, found in collected:
        if step.exercise is not None:
            step.exercise.keep(told_order, found)
    if conversion.kind in BACKWARDS:
        for step in keeping:
            for order in orders:
                step.revert(previews.order_for(conversion.activation, order, step=step.code, now=now))


def _streets(conversion: ModeConversion) -> list[str]:
    rows = StepRun.objects.filter(conversion=conversion, status__in=WAITING)
    return sorted(set(rows.values_list("area_code", flat=True)))


def _show_running(conversion_id: int, street: str) -> None:
    """Say for the board that the street is being worked on; what stays so after a kill is taken up like pending."""
    with acting(PROCESS):
        StepRun.objects.filter(conversion_id=conversion_id, area_code=street, status=StepStatus.PENDING).update(
            status=StepStatus.RUNNING
        )


def _hold(conversion_id: int, statement: LiteralString) -> Activation:
    """Lock the activation against being ended or changed while a street is under way; streets share the lock."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [conversion_id])
        activation_id = cursor.fetchone()[0]
    return Activation.objects.select_related("plan_version").defer("preview").get(pk=activation_id)


def _orders(conversion: ModeConversion, street: str) -> list[StreetOrder]:
    scopes = scoping.from_data(conversion.areas)
    return [order for order in scoping.street_orders(scopes) if order.street == street]


def _run_step(
    run: StepRun, conversion: ModeConversion, orders: Sequence[StreetOrder], *, is_over: bool, now: datetime
) -> journal.Fact:
    """Do one step in its savepoint, write on the run what came of it, and return the fact for the journal."""
    run.ended_at, run.attempts = now, run.attempts + 1
    if is_over:
        run.status, run.reason = StepStatus.SKIPPED, ENDED
        return _fact(NOT_DONE, run, conversion)
    started = time.perf_counter()
    try:
        if run.step not in steps:
            run.status, run.reason = StepStatus.SKIPPED, STEP_GONE
            return _fact(NOT_DONE, run, conversion)
        with transaction.atomic():
            run.counts = _counts(steps[run.step], conversion, orders, now=now)
        run.status, run.reason = StepStatus.DONE, ""
    except Refusal as refusal:
        run.status, run.reason, run.counts = StepStatus.FAILED, str(refusal.message)[:400], {}
    except Exception:
        logger.exception("Step %s of conversion %s failed in %s.", run.step, conversion.uuid, run.area_code)
        run.status, run.reason, run.counts = StepStatus.FAILED, UNEXPECTED, {}
    run.seconds = round(time.perf_counter() - started, 4)
    if run.status == StepStatus.FAILED:
        return _fact(FAILED, run, conversion)
    return _fact(REVERTED if conversion.kind in BACKWARDS else CONVERTED, run, conversion)


def _counts(
    step: ConversionStep, conversion: ModeConversion, orders: Sequence[StreetOrder], *, now: datetime
) -> Counts:
    act = step.revert if conversion.kind in BACKWARDS else step.convert
    total: Counts = {}
    for order in orders:
        for name, count in act(previews.order_for(conversion.activation, order, step=step.code, now=now)).items():
            total[name] = total.get(name, 0) + count
    return total


def _write(runs: Sequence[StepRun]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE activations_steprun AS run SET status = came.status, reason = came.reason, counts = came.counts, "
            "seconds = came.seconds, attempts = came.attempts, ended_at = came.ended_at "
            "FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::jsonb[], %s::float8[], %s::int[], "
            "%s::timestamptz[]) AS came (id, status, reason, counts, seconds, attempts, ended_at) "
            "WHERE run.id = came.id",
            [
                [run.pk for run in runs], [str(run.status) for run in runs], [run.reason for run in runs],
                [json.dumps(run.counts) for run in runs], [run.seconds for run in runs],
                [run.attempts for run in runs], [run.ended_at for run in runs],
            ],
        )  # fmt: skip


def _fact(action: str, run: StepRun, conversion: ModeConversion) -> journal.Fact:
    changes: dict[str, Any] = {
        "step": run.step, "counts": run.counts, "conversion": conversion.number, "kind": conversion.kind
    }  # fmt: skip
    return journal.Fact(
        action=action, subject_type=Activation._meta.label_lower, subject_uuid=conversion.activation.uuid,
        area_code=run.area_code, reason=run.reason, changes=changes,
    )  # fmt: skip
