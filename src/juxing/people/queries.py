"""Reading residents: one person's page, care, consents, and the household they belong to."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import NotVisible
from juxing.people import policy
from juxing.people.models import Consent, Resident, SpecialCareProfile


def resident(*, actor: Actor, uuid: UUID) -> Resident:
    """
    Return one resident with household and building.

    Raises:
        NotVisible: if there is none for the actor.
    """
    rows = policy.visible_residents(actor).select_related("household__building__estate", "household__unit")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def care_of(*, actor: Actor, resident: Resident, today: date) -> list[SpecialCareProfile]:
    """Return the care that runs today, as far as the actor may know of it."""
    running = Q(ends_on__isnull=True) | Q(ends_on__gt=today)
    return list(policy.visible_care(actor).filter(running, resident=resident).order_by("category"))


def care_profile(*, actor: Actor, resident: Resident, uuid: UUID) -> SpecialCareProfile:
    """
    Return one care profile of the resident.

    Raises:
        NotVisible: if there is none for the actor.
    """
    found = policy.visible_care(actor).filter(resident=resident, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def consents_of(*, actor: Actor, resident: Resident) -> list[Consent]:
    """Return what the resident agreed to, newest first, withdrawn or not."""
    return list(policy.visible_consents(actor).filter(resident=resident).order_by("-given_at"))


def consent(*, actor: Actor, resident: Resident, uuid: UUID) -> Consent:
    """
    Return one consent of the resident.

    Raises:
        NotVisible: if there is none for the actor.
    """
    found = policy.visible_consents(actor).filter(resident=resident, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def timeline_of(resident: Resident) -> QuerySet[JournalEntry]:
    """Return what was done about the resident, newest first: changes, looks in full, moves."""
    return JournalEntry.objects.filter(subject_uuid=resident.uuid).order_by("-id")[:50]
