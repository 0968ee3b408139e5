"""What this room keeps about a resident, for the resident's own eyes."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from juxing.needs.commands.deciding import REVEALED
from juxing.needs.models import Need
from juxing.people.models import Resident
from juxing.people.own_data import OwnPart, OwnRow, declare_look, own_parts


def _needs(resident: Resident) -> Iterable[OwnRow]:
    mine = Q(resident=resident)
    if resident.phone_index:
        mine |= Q(contact_phone_index=resident.phone_index, household_id=resident.household_id)
    for need in Need.objects.filter(mine).order_by("-id")[:200]:
        yield OwnRow(need.uuid, {
            str(_("Kind of help")): str(need.get_need_type_display()), str(_("State")): str(need.get_status_display()),
            str(_("Words")): need.details, str(_("Asked on")): need.happened_at,
            str(_("Name given")): need.contact_name,
        })  # fmt: skip


own_parts.add("needs", OwnPart(_("What you asked for"), _needs))
declare_look(REVEALED)
