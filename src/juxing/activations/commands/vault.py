"""What becomes of the data of a response: frozen at its end, reviewed, destroyed in time, with a certificate."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from juxing.activations import policy, previews
from juxing.activations.enums import ActivationStatus
from juxing.activations.models import Activation, ActivationArea, DestructionCertificate, EmergencyDataSet
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.emergency_data import EndedResponse, emergency_data
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting

FROZEN = journal.declare_action("activations.data.freeze", _("Emergency data of a response listed"))
REVIEWED = journal.declare_action("activations.data.review", _("Emergency data reviewed"))
DESTROYED = journal.declare_action("activations.data.destroy", _("Emergency data destroyed"))
REVIEW_TIME = timedelta(days=30)
LONGEST_KEEPING = timedelta(days=180)
ENDED = (ActivationStatus.STOOD_DOWN, ActivationStatus.EXPIRED, ActivationStatus.CANCELLED)


def ended_response(activation: Activation) -> EndedResponse:
    """Return the response as rooms are told of it: every place it ever held at, its whole time."""
    parts = list(ActivationArea.objects.filter(activation_uuid=activation.uuid).values_list("area_code", "since"))
    return EndedResponse(
        activation.uuid, activation.pk, Areas([code for code, _since in parts]),
        min((since for _code, since in parts), default=activation.starts_at),
        activation.ended_at or activation.ends_at, activation.is_exercise,
    )  # fmt: skip


def freeze_ended(*, now: datetime) -> int:
    """List the emergency data of every response that is over and was not listed yet; return how many responses."""
    with acting(previews.PROCESS):
        ended = Activation.objects.filter(status__in=ENDED, decided_at__isnull=False, data_sets__isnull=True)
        ids = list(ended.order_by("id").values_list("pk", flat=True)[:100])
    return sum(_freeze(pk, now=now) for pk in ids)


@transaction.atomic
def review_data(
    *, actor: Actor, now: datetime, data_set: EmergencyDataSet, keep_until: datetime | None = None, assessment: str = ""
) -> EmergencyDataSet:
    """
    Say that the data may be destroyed, or must be kept until a time, for reasons of law, need and safety.

    Raises:
        NotPermitted: if the actor is no privacy officer of the place.
        InvalidInput: if it is to be kept without an assessment, or beyond 180 days.
        Refusal: if it is destroyed.
    """
    if not policy.can_review_data(actor, data_set):
        raise NotPermitted
    if keep_until is not None and not assessment.strip():
        raise InvalidInput(
            "assessment_missing", _("Say why keeping is lawful, necessary and safe."), field="assessment"
        )
    if keep_until is not None and not now < keep_until <= now + LONGEST_KEEPING:
        raise InvalidInput(
            "kept_too_long", _("Kept for 180 days at most; then it is reviewed anew."), field="keep_until"
        )
    with acting(previews.PROCESS):
        locked = EmergencyDataSet.objects.select_for_update().get(pk=data_set.pk)
        if locked.destroyed_at is not None:
            raise Refusal("data_destroyed", _("This data is destroyed already."))
        locked.reviewed_by_id, locked.reviewed_at = actor.account_id, now
        locked.kept_until = keep_until
        locked.keep_assessment = assessment.strip()[:2000] if keep_until is not None else ""
        locked.save(update_fields=["reviewed_by", "reviewed_at", "kept_until", "keep_assessment"])
        journal.record(
            REVIEWED, actor=actor, subject=locked, happened_at=now, reason=locked.keep_assessment[:400],
            changes={"set": locked.code, "kept_until": keep_until.isoformat() if keep_until else None},
        )  # fmt: skip
    return locked


@transaction.atomic
def destroy_data(*, actor: Actor, now: datetime, activation: Activation) -> DestructionCertificate:
    """
    Destroy what was reviewed and need not be kept, for good, and return the certificate.

    Raises:
        NotPermitted: if the actor may not end responses here.
        Refusal: if nothing is left to destroy, or the same person reviewed it: two see to it.
    """
    if not policy.can_decide(actor, activation):
        raise NotPermitted
    with acting(previews.PROCESS):
        due = _open_sets(activation).filter(reviewed_at__isnull=False)
        ready = [row for row in due if row.kept_until is None or row.kept_until <= now]
        if not ready:
            raise Refusal("nothing_reviewed", _("Nothing is reviewed and free to be destroyed."))
        if any(row.reviewed_by_id == actor.account_id for row in ready):
            raise Refusal("same_person", _("Who reviewed the data does not destroy it. Another person does."))
        return _destroy(activation, ready, actor=actor, now=now)


def destroy_overdue(*, now: datetime) -> int:
    """Destroy what nobody reviewed in time, and what was kept long enough; return how many certificates were made."""
    with acting(previews.PROCESS):
        due = EmergencyDataSet.objects.filter(destroyed_at__isnull=True, destroy_by__lte=now)
        ids = sorted({row.activation_id for row in due if row.kept_until is None or row.kept_until <= now})
    return sum(_destroy_overdue(pk, now=now) for pk in ids)


@transaction.atomic
def _freeze(activation_id: int, *, now: datetime) -> int:
    with acting(previews.PROCESS):
        activation = Activation.objects.select_for_update().get(pk=activation_id)
        if EmergencyDataSet.objects.filter(activation=activation).exists():
            return 0
        ended = ended_response(activation)
        EmergencyDataSet.objects.bulk_create(
            EmergencyDataSet(
                activation=activation, area_code=activation.area_code, code=code, count=data.count(ended),
                statistics=dict(data.statistics(ended)), frozen_at=now, destroy_by=ended.until + REVIEW_TIME,
            )
            for code, data in emergency_data
        )  # fmt: skip
        journal.record(FROZEN, actor=previews.PROCESS, subject=activation, happened_at=now)
    return 1


@transaction.atomic
def _destroy_overdue(activation_id: int, *, now: datetime) -> int:
    with acting(previews.PROCESS):
        activation = Activation.objects.get(pk=activation_id)
        due = _open_sets(activation).filter(destroy_by__lte=now)
        ready = [row for row in due if row.kept_until is None or row.kept_until <= now]
        if not ready:
            return 0
        _destroy(activation, ready, actor=previews.PROCESS, now=now)
    return 1


def _open_sets(activation: Activation) -> QuerySet[EmergencyDataSet]:
    rows = EmergencyDataSet.objects.filter(activation=activation, destroyed_at__isnull=True)
    return rows.select_for_update().order_by("code")


def _destroy(
    activation: Activation, ready: Iterable[EmergencyDataSet], *, actor: Actor, now: datetime
) -> DestructionCertificate:
    ended = ended_response(activation)
    lines = []
    for row in ready:
        if row.code not in emergency_data:
            continue
        data = emergency_data[row.code]
        row.statistics = dict(data.statistics(ended)) if row.destroyed_at is None else row.statistics
        gone = data.destroy(ended, previews.PROCESS, now)
        row.destroyed_at, row.destroyed_count, row.digest = now, gone.count, gone.digest
        row.save(update_fields=["destroyed_at", "destroyed_count", "digest", "statistics"])
        lines.append({
            "set": row.code, "count": gone.count, "digest": gone.digest, "statistics": row.statistics,
            "left": data.count(ended), "reviewed_by": row.reviewed_by.display_name if row.reviewed_by else "",
            "reviewed_at": row.reviewed_at.isoformat() if row.reviewed_at else "",
        })  # fmt: skip
    last = DestructionCertificate.objects.filter(activation=activation).aggregate(last=Max("number"))["last"]
    written = json.dumps([str(activation.uuid), now.isoformat(), lines], sort_keys=True, ensure_ascii=False)
    certificate = DestructionCertificate.objects.create(
        activation=activation, area_code=activation.area_code, number=int(last or 0) + 1, lines=lines,
        digest=hashlib.sha256(written.encode()).hexdigest(), destroyed_by_id=actor.account_id, issued_at=now,
    )  # fmt: skip
    journal.record(
        DESTROYED, actor=actor, subject=activation, happened_at=now,
        changes={"certificate": certificate.number, "digest": certificate.digest,
                 "rows": sum(line["count"] for line in lines)},
    )  # fmt: skip
    return certificate
