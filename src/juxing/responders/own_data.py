"""What this room keeps about a resident who also helps, for the resident's own eyes."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from juxing.people.models import Resident
from juxing.people.own_data import OwnPart, OwnRow, own_parts
from juxing.responders.models import Responder


def _helping(resident: Resident) -> Iterable[OwnRow]:
    if not resident.phone_index:
        return
    for one in Responder.objects.filter(phone_index=resident.phone_index, name=resident.name):
        yield OwnRow(one.uuid, {
            str(_("Helps as")): str(one.get_kind_display()), str(_("State")): str(one.get_status_display()),
            str(_("Skills")): " ".join(one.skills), str(_("Languages")): " ".join(one.languages),
        })  # fmt: skip


own_parts.add("helping", OwnPart(_("How you help others"), _helping))
