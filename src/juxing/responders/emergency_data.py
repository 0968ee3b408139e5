"""What this room gathered about people for a response, and how it goes: who was called where and what they said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.emergency_data import Destroyed, EmergencyData, EndedResponse, declare_emergency_data, destroyed
from juxing.responders.models import Muster
from juxing.responders.muster_enums import COUNTED_ON


def count(ended: EndedResponse) -> int:
    """Return how many calls name a person."""
    return Muster.objects.filter(activation_id=ended.activation_id).count()


def statistics(ended: EndedResponse) -> Mapping[str, int]:
    """Return what stays."""
    rows = Muster.objects.filter(activation_id=ended.activation_id)
    return {"called": rows.count(), "arrived": rows.filter(arrived_at__isnull=False).count()}


def destroy(ended: EndedResponse, _actor: Actor, _now: datetime) -> Destroyed:
    """Delete who was called; whoever is still counted on stays until released."""
    rows = Muster.objects.filter(activation_id=ended.activation_id).exclude(status__in=sorted(COUNTED_ON))
    keys = list(rows.values_list("uuid", flat=True))
    rows.delete()
    return destroyed(keys)


declare_emergency_data(
    EmergencyData(
        "responders.musters", _("Who was called to help, and what they said"),
        _("To know who helps where while the response lasted"), count, statistics, destroy,
    )
)  # fmt: skip
