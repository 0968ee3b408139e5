"""Reading service hours, certificates and thanks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.places.models import Area
from juxing.responders import policy
from juxing.responders.commands.certifying import certificate_digest
from juxing.responders.models import (
    Commendation,
    ReportBack,
    Responder,
    ServiceCertificate,
    ServiceRecord,
    TrainingSignUp,
)
from juxing.responders.training_enums import SignUpStatus

STREET_CODE_LENGTH = 9
PROCESS = Actor.system("service")
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Service:
    """One person's recorded service, newest first, with its total."""

    records: Sequence[ServiceRecord]
    shifts: int
    minutes: int
    certificates: Sequence[ServiceCertificate]
    thanks: Sequence[Commendation]
    reports: Sequence[ReportBack]
    trainings: Sequence[TrainingSignUp]


def service_of(responder: Responder) -> Service:
    """
    Return one person's service, wherever they served; the caller has looked whether the actor may see it.

    It reads in the system's scope: somebody placed elsewhere comes home with those hours too.
    """
    with acting(PROCESS):
        return _service_of(responder)


def _service_of(responder: Responder) -> Service:
    rows = ServiceRecord.objects.filter(responder=responder)
    total = rows.aggregate(shifts=Count("id"), minutes=Sum(Coalesce(F("corrected_minutes"), F("minutes"))))
    return Service(
        records=list(rows.select_related("duty__roster", "duty__post").order_by("-served_on", "-id")[:MOST_SHOWN]),
        shifts=total["shifts"], minutes=total["minutes"] or 0,
        certificates=list(ServiceCertificate.objects.filter(responder=responder).order_by("-issued_at")[:20]),
        thanks=list(Commendation.objects.filter(responder=responder).order_by("-written_at")[:20]),
        reports=list(ReportBack.objects.filter(responder=responder).select_related("roster", "organisation")
                     .order_by("-reported_at")[:20]),
        trainings=list(TrainingSignUp.objects.filter(responder=responder, status=SignUpStatus.COMPLETED)
                       .select_related("session").order_by("-session__starts_at", "-id")[:MOST_SHOWN]),
    )  # fmt: skip


def record_of(*, actor: Actor, uuid: UUID) -> ServiceRecord:
    """
    Return one record of service.

    Raises:
        NotVisible: if there is none for this actor.
    """
    found = ServiceRecord.objects.inside(actor.areas_with(policy.ROSTER)).select_related("responder").filter(uuid=uuid)
    record = found.first()
    if record is None:
        raise NotVisible
    return record


def certificate_of(*, actor: Actor, uuid: UUID) -> ServiceCertificate:
    """
    Return a certificate.

    Raises:
        NotVisible: if there is none for this actor.
    """
    rows = ServiceCertificate.objects.inside(actor.areas_with(policy.ROSTER)).select_related("responder")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def certificate_by_code(code: str) -> ServiceCertificate | None:
    """Return the certificate of a printed code, or None; call it in the system's scope."""
    return ServiceCertificate.objects.filter(code_digest=certificate_digest(code)).first()


def thanks_of(responder: Responder, uuid: UUID) -> Commendation:
    """
    Return thanks to this person; call it in the system's scope.

    Raises:
        NotVisible: if they are another's.
    """
    found = Commendation.objects.select_related("responder").filter(responder=responder, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def published_thanks() -> list[Commendation]:
    """Return the latest thanks whose persons agreed; call it in the system's scope."""
    rows = Commendation.objects.filter(published_at__isnull=False).exclude(responder__name="")
    return list(rows.select_related("responder").order_by("-published_at")[:60])


def issuer_of(area_code: str) -> str:
    """Return the street and community that certify service there."""
    codes = [area_code[:STREET_CODE_LENGTH], area_code[:12]]
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    return "".join(dict.fromkeys(names[code] for code in codes if code in names))
