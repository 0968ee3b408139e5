"""What this room asks before a response is stood down: needs recorded while it held that are still open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from juxing.activations.models import ActivationArea
from juxing.kernel.conversion import ConversionOrder, OpenItem, OpenQuestion, declare_question
from juxing.kernel.refusals import Words
from juxing.needs.enums import OPEN
from juxing.needs.models import Need

OPEN_NEEDS = "open_needs"


def open_items(order: ConversionOrder) -> Iterable[OpenItem]:
    """Return how many needs of the response's time are open here; a drill records none."""
    if order.is_exercise:
        return []
    began = ActivationArea.objects.filter(activation_uuid=order.activation_uuid).order_by("since").first()
    if began is None:
        return []
    rows = Need.objects.inside(order.areas).filter(status__in=sorted(OPEN), recorded_at__gte=began.since)
    count = rows.count()
    return [OpenItem(OPEN_NEEDS, order.street, count)] if count else []


def describe(_kind: str, _facts: Mapping[str, Any]) -> Words:
    """Say it in words."""
    return _("Needs recorded in this time that are not closed: they go on as ordinary needs")


declare_question(OpenQuestion("needs.open", _("Needs"), open_items, describe))
