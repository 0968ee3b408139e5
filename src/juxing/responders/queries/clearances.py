"""Reading what people have shown before tasks."""

from __future__ import annotations

from datetime import date

from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.models import Clearance, Responder


def clearances_of(responder: Responder) -> list[Clearance]:
    """Return what a person has shown, newest first; the caller has looked whether the actor may see it."""
    return list(Clearance.objects.filter(responder=responder).order_by("-confirmed_at"))


def understood(responder: Responder, *, on: date) -> dict[str, date | None]:
    """Return the lessons that hold on a day, and until when; call it in the system's scope for oneself."""
    rows = Clearance.objects.filter(responder=responder, kind=ClearanceKind.TRAINING, valid_from__lte=on)
    return dict(rows.exclude(valid_until__lt=on).values_list("code", "valid_until"))
