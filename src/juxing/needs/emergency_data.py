"""What people told of themselves while a response held: removed after it, as far as their need is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.emergency_data import Destroyed, EmergencyData, EndedResponse, declare_emergency_data, destroyed
from juxing.needs.commands.forgetting import emergency_needs, forget_emergency
from juxing.needs.enums import OPEN, OVER
from juxing.needs.models import Need, RoundReport


def count(ended: EndedResponse) -> int:
    """Return how many needs still tell of a person; of a drill none: it records no needs."""
    if ended.is_exercise:
        return 0
    return emergency_needs(ended.areas, ended.since, ended.until).exclude(triage={}).count()


def statistics(ended: EndedResponse) -> Mapping[str, int]:
    """Return what stays: how many needs of each kind, how many were closed."""
    if ended.is_exercise:
        return {}
    rows = emergency_needs(ended.areas, ended.since, ended.until).order_by()
    found = {
        "needs": rows.count(), "over": rows.filter(status__in=sorted(OVER)).count(),
        "open": rows.filter(status__in=sorted(OPEN)).count(),
    }  # fmt: skip
    by_type = rows.values_list("need_type").annotate(total=Count("id"))
    return found | {f"need:{need_type}": total for need_type, total in by_type}


def destroy(ended: EndedResponse, actor: Actor, now: datetime) -> Destroyed:
    """Take person, door and words off the needs that are over."""
    if ended.is_exercise:
        return destroyed([])
    RoundReport.objects.inside(ended.areas).filter(round__activation_id=ended.activation_id).update(unanswered="")
    ids = forget_emergency(actor=actor, now=now, areas=ended.areas, since=ended.since, until=ended.until)
    return destroyed(f"{Need._meta.label_lower}:{pk}" for pk in ids)


declare_emergency_data(
    EmergencyData(
        "needs.needs", _("Needs recorded while the response held"),
        _("To bring people what they lacked in the emergency"), count, statistics, destroy,
    )
)  # fmt: skip
