"""Service hours: correcting them with a reason, certificates with a code, thanks with consent."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.responders import policy
from juxing.responders.models import Commendation, Responder, ServiceCertificate, ServiceRecord, TrainingSignUp
from juxing.responders.training_enums import SignUpStatus

CORRECTED = journal.declare_action("responders.service.correct", _("Service hours corrected"))
ISSUED = journal.declare_action("responders.certificate.issue", _("Service certificate issued"))
WITHDRAWN = journal.declare_action("responders.certificate.withdraw", _("Service certificate withdrawn"))
THANKED = journal.declare_action("responders.commendation.write", _("Thanks written"))
AGREED = journal.declare_action("responders.commendation.agree", _("Agreed to publish thanks"))
DECLINED = journal.declare_action("responders.commendation.decline", _("Took back the consent to publish thanks"))
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_GROUPS, GROUP_LENGTH = 4, 4
MOST_MINUTES = 24 * 60
PROCESS = Actor.system("service")


def certificate_digest(code: str) -> str:
    """Return what is kept of a certificate's code; how it is grouped or spelt makes no difference."""
    written = "".join(letter for letter in code.upper()[:60] if letter in CODE_LETTERS)
    return hashlib.sha256(f"juxing.certificate\x00{written}".encode()).hexdigest()


@transaction.atomic
def correct_hours(*, actor: Actor, now: datetime, record: ServiceRecord, minutes: int, reason: str) -> ServiceRecord:
    """
    Let other minutes stand for those measured; what was measured stays beside them.

    Raises:
        NotPermitted: if the actor does not coordinate there, or it is their own service.
        InvalidInput: without a reason, or for more than a day.
    """
    locked: ServiceRecord = ServiceRecord._base_manager.select_for_update(of=("self",)).get(pk=record.pk)
    actor.require(policy.ROSTER, locked.area_code)
    if locked.responder.account_id is not None and locked.responder.account_id == actor.account_id:
        raise NotPermitted
    if not reason.strip():
        raise InvalidInput("reason_missing", _("Write the reason."), field="reason")
    if not 0 <= minutes <= MOST_MINUTES:
        raise InvalidInput("minutes_range", _("Write between 0 and 1,440 minutes."), field="minutes")
    locked.corrected_minutes, locked.correction_reason = minutes, reason.strip()[:200]
    locked.corrected_by_id = actor.account_id
    locked.save(update_fields=["corrected_minutes", "correction_reason", "corrected_by"])
    journal.record(
        CORRECTED, actor=actor, subject=locked.responder, happened_at=now, reason=locked.correction_reason,
        changes={"minutes": locked.minutes, "to": minutes},
    )  # fmt: skip
    return locked


@transaction.atomic
def issue_certificate(
    *, actor: Actor, now: datetime, responder: Responder, served_from: date, served_until: date, issuer: str
) -> tuple[ServiceCertificate, str]:
    """
    Issue a certificate over the recorded service of a time; return it with its code: printed now, kept nowhere.

    Asked for by the person themselves, or made by the coordinator.

    Raises:
        NotPermitted: if it is neither of them.
        Refusal: if nothing is recorded in that time.
    """
    if not policy.is_oneself(actor, responder):
        actor.require(policy.ROSTER, responder.area_code)
    found = _served(responder, served_from, served_until)
    if not found["shifts"]:
        raise Refusal("nothing_served", _("No service is recorded in this time."))
    code = "-".join(
        "".join(secrets.choice(CODE_LETTERS) for _letter in range(GROUP_LENGTH)) for _group in range(CODE_GROUPS)
    )
    certificate = ServiceCertificate.objects.create(
        area_code=responder.area_code, responder=responder, printed_name=responder.name, issuer=issuer[:80],
        served_from=served_from, served_until=served_until, shifts=found["shifts"], minutes=found["minutes"],
        trainings=found["trainings"], training_minutes=found["training_minutes"] or 0,
        code_digest=certificate_digest(code), issued_at=now, issued_by_id=actor.account_id,
    )  # fmt: skip
    certificate.refresh_from_db(fields=["uuid"])
    journal.record(ISSUED, actor=actor, subject=responder, happened_at=now)
    return certificate, code


@transaction.atomic
def withdraw_certificate(*, actor: Actor, now: datetime, certificate: ServiceCertificate, reason: str) -> None:
    """
    Withdraw a certificate; whoever verifies it reads that it no longer holds.

    Raises:
        NotPermitted: if the actor does not coordinate there.
    """
    actor.require(policy.ROSTER, certificate.area_code)
    ServiceCertificate.objects.filter(pk=certificate.pk, withdrawn_at__isnull=True).update(withdrawn_at=now)
    if certificate.responder is not None:
        journal.record(WITHDRAWN, actor=actor, subject=certificate.responder, happened_at=now, reason=reason[:200])


@transaction.atomic
def write_thanks(*, actor: Actor, now: datetime, responder: Responder, text: str) -> Commendation:
    """
    Thank somebody; only they see it until they agree to have it published.

    Raises:
        NotPermitted: if the actor does not coordinate there.
        InvalidInput: without a text.
    """
    actor.require(policy.ROSTER, responder.area_code)
    if not text.strip() or len(text) > 400:
        raise InvalidInput("text_missing", _("Write 1 to 400 characters."), field="text")
    thanks = Commendation.objects.create(
        area_code=responder.area_code, responder=responder, text=text.strip(), written_by_id=actor.account_id,
        written_at=now,
    )  # fmt: skip
    thanks.refresh_from_db(fields=["uuid"])
    journal.record(THANKED, actor=actor, subject=responder, happened_at=now)
    return thanks


@transaction.atomic
def answer_thanks(*, actor: Actor, now: datetime, thanks: Commendation, may_publish: bool) -> Commendation:
    """
    Agree that thanks are published under one's name, or take that back; either is as good.

    Raises:
        NotPermitted: if it is not the person thanked.
    """
    if not policy.is_oneself(actor, thanks.responder):
        raise NotPermitted
    thanks.agreed_at = now if may_publish else None
    thanks.published_at = now if may_publish else None
    thanks.save(update_fields=["agreed_at", "published_at"])
    journal.record(AGREED if may_publish else DECLINED, actor=actor, subject=thanks.responder, happened_at=now)
    return thanks


def _served(responder: Responder, since: date, until: date) -> dict[str, int]:
    """Count service and trainings of a time, wherever they were; in the system's scope, and counts only."""
    with acting(PROCESS):
        rows = ServiceRecord.objects.filter(responder=responder, served_on__gte=since, served_on__lte=until)
        trained = TrainingSignUp.objects.filter(
            responder=responder, status=SignUpStatus.COMPLETED, session__starts_at__date__gte=since,
            session__starts_at__date__lte=until,
        )  # fmt: skip
        return {
            **rows.aggregate(shifts=Count("id"), minutes=Sum(Coalesce(F("corrected_minutes"), F("minutes")))),
            **trained.aggregate(trainings=Count("id"), training_minutes=Sum("minutes")),
        }
