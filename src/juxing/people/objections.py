"""Uses of the own data that a resident has objected to: they stand until refused with a reason."""

from __future__ import annotations

from django.db import models

from juxing.people.enums import RequestKind
from juxing.people.models import DataSubjectRequest, Resident


def objecting(purpose: str) -> models.Q:
    """Residents with a standing objection to the purpose, as a condition on requests."""
    return models.Q(objection=purpose, kind=RequestKind.OBJECTION, withdrawn_at__isnull=True) & (
        models.Q(is_granted__isnull=True) | models.Q(is_granted=True)
    )


def objects_to(resident: Resident, purpose: str) -> bool:
    """Whether the resident's objection to this purpose stands."""
    return bool(purpose) and DataSubjectRequest.objects.filter(objecting(purpose), resident=resident).exists()
