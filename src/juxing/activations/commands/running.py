"""Beginning a conversion's steps, trying failed ones again, skipping one for a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from juxing.activations import policy, previews
from juxing.activations.enums import BACKWARDS, ConversionKind, StepStatus
from juxing.activations.models import Activation, DecisionDocument, ModeConversion, StepRun
from juxing.activations.scoping import Scope, as_data, street_of
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.conversion import steps_in_order
from juxing.kernel.jobs import job_kinds, start_job
from juxing.kernel.models import Job
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible, Refusal
from juxing.kernel.scope import acting

JOB = "activations.conversion"
CHANGE_ORDERED = journal.declare_action("activations.conversion.order", _("Conversion ordered"))
STEP_SKIPPED = journal.declare_action("activations.step.skip", _("Step of a conversion skipped"))
STEP_RETRIED = journal.declare_action("activations.step.retry", _("Failed steps tried again"))
LEFT_OUT = "left_out"
"""Reason of steps that were struck out of the preview; shown in words."""


def next_number(activation: Activation) -> int:
    """Return the number the activation's next conversion gets; its row must be locked."""
    last = ModeConversion.objects.filter(activation=activation).aggregate(last=Max("number"))["last"]
    return int(last or 0) + 1


def begin_conversion(
    activation: Activation, kind: ConversionKind, scopes: Sequence[Scope], *, actor: Actor, now: datetime,
    decision: DecisionDocument | None = None, reason: str = "", approvals_needed: int = 1,
    effective_at: datetime | None = None,
) -> ModeConversion:  # fmt: skip
    """Write down that a conversion was ordered; with ``effective_at`` None it waits for a second signature."""
    conversion = ModeConversion.objects.create(
        activation=activation, area_code=activation.area_code, number=next_number(activation), kind=kind,
        areas=as_data(scopes), reason=reason.strip()[:400], decision=decision, ordered_by_id=actor.account_id,
        ordered_at=now, approvals_needed=approvals_needed, effective_at=effective_at,
    )  # fmt: skip
    journal.record(
        CHANGE_ORDERED, actor=actor, subject=activation, happened_at=now, reason=reason[:400],
        changes={"kind": str(kind), "number": conversion.number, "areas": [scope.area_code for scope in scopes]},
    )  # fmt: skip
    return conversion


def start_runs(conversion: ModeConversion, *, actor: Actor, now: datetime, streets: Sequence[str] = ()) -> None:
    """Write one pending run per street and step, and the job that does them; what was struck out is skipped."""
    streets = streets or sorted({street_of(code) for code, _level, _until in conversion.areas})
    ordered = steps_in_order()
    is_back = conversion.kind in BACKWARDS
    if is_back:
        ordered.reverse()
    runs = []
    for street in streets:
        for position, step in enumerate(ordered):
            is_left_out = not is_back and previews.is_left_out(conversion.activation, step.code)
            runs.append(
                StepRun(
                    conversion=conversion, area_code=street, step=step.code, position=position,
                    status=StepStatus.SKIPPED if is_left_out else StepStatus.PENDING,
                    reason=LEFT_OUT if is_left_out else "",
                )
            )  # fmt: skip
    StepRun.objects.bulk_create(runs)
    begin_job(conversion, actor=actor, now=now)


def begin_job(conversion: ModeConversion, *, actor: Actor, now: datetime) -> Job:
    """Start (again) the job that does what is pending; several at once do no harm."""
    job = start_job(
        job_kinds[JOB], actor=actor, area_code=conversion.area_code, now=now,
        arguments={"conversion": str(conversion.uuid)},
    )  # fmt: skip
    ModeConversion.objects.filter(pk=conversion.pk).update(job_uuid=job.uuid)
    conversion.job_uuid = job.uuid
    return job


def streets_converted(activation: Activation) -> list[str]:
    """Return every street any conversion of the activation ever touched."""
    runs = StepRun.objects.filter(conversion__activation=activation)
    return sorted(set(runs.values_list("area_code", flat=True)))


@transaction.atomic
def retry_steps(*, actor: Actor, now: datetime, conversion: ModeConversion) -> int:
    """
    Try the failed steps of a conversion again, and return how many.

    Raises:
        NotPermitted: if the actor may not decide on activations here.
    """
    with acting(previews.PROCESS):
        found = _conversion(conversion.uuid, actor)
        failed = StepRun.objects.filter(conversion=found, status=StepStatus.FAILED)
        count = failed.update(status=StepStatus.PENDING, reason="")
        if count:
            journal.record(
                STEP_RETRIED, actor=actor, subject=found.activation, happened_at=now,
                changes={"conversion": found.number, "steps": count},
            )  # fmt: skip
            begin_job(found, actor=actor, now=now)
    return count


@transaction.atomic
def skip_step(*, actor: Actor, now: datetime, run: StepRun, reason: str) -> None:
    """
    Let a failed step be, for a reason; the conversion can then be finished.

    Raises:
        NotPermitted: if the actor may not decide on activations here.
        InvalidInput: without a reason.
        Refusal: if the step has not failed.
    """
    if not reason.strip():
        raise InvalidInput("reason_missing", _("Say why this step is not done."), field="reason")
    with acting(previews.PROCESS):
        conversion = _conversion(run.conversion.uuid, actor)
        changed = StepRun.objects.filter(pk=run.pk, status=StepStatus.FAILED).update(
            status=StepStatus.SKIPPED, reason=reason.strip()[:400], ended_at=now
        )
        if not changed:
            raise Refusal("step_not_failed", _("This step has not failed (any more). Look at it again."))
        journal.record(
            STEP_SKIPPED, actor=actor, subject=conversion.activation, happened_at=now, reason=reason.strip()[:400],
            changes={"conversion": conversion.number, "step": run.step, "street": run.area_code},
        )  # fmt: skip
        begin_job(conversion, actor=actor, now=now)


def _conversion(uuid: UUID, actor: Actor) -> ModeConversion:
    found = ModeConversion.objects.filter(uuid=uuid).select_related("activation").first()
    if found is None:
        raise NotVisible
    if not policy.can_decide(actor, found.activation):
        raise NotPermitted
    return found
