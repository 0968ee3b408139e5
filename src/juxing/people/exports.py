"""Lists of residents to take out: the register of a place, and who is visited first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from juxing.access.exporting import Table, declare_export
from juxing.access.purposes import processing_purposes
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.scope import ScopedQuerySet
from juxing.people import policy
from juxing.people.models import DataSubjectRequest, Resident, SpecialCareProfile
from juxing.people.objections import objecting


def gather_residents(_actor: Actor, areas: Areas, _arguments: Mapping[str, Any], purpose: str) -> Table:
    """Return who lives at a place; who objected to this use is not in it."""
    rows = Resident.objects.inside(areas).filter(left_on__isnull=True).order_by("area_code", "id")
    found = list(_without_objections(rows, purpose).select_related("household__building__estate"))
    return Table(
        (_("Place"), _("Home"), _("Name"), pgettext("people", "Phone"), _("Born"), _("Mobility")),
        [(one.area_code, _home(one), one.name, one.phone, one.birth_year, str(one.get_mobility_display()))
         for one in found],
        tuple(one.uuid for one in found),
    )  # fmt: skip


def gather_care(actor: Actor, areas: Areas, _arguments: Mapping[str, Any], purpose: str) -> Table:
    """Return who is visited first and how often, as far as the actor may know; the reason stays in the system."""
    areas = areas & actor.areas_with(policy.SEE_CARE)
    kept = _without_objections(Resident.objects.inside(areas).filter(left_on__isnull=True), purpose)
    rows = SpecialCareProfile.objects.inside(areas).filter(ends_on__isnull=True, resident__in=kept)
    found = list(rows.select_related("resident__household__building__estate").order_by("area_code", "id"))
    return Table(
        (_("Place"), _("Home"), _("Name"), pgettext("people", "Phone"), _("Get in touch every (hours)")),
        [(one.area_code, _home(one.resident), one.resident.name, one.resident.phone, one.contact_every_hours)
         for one in found],
        tuple(dict.fromkeys(one.resident.uuid for one in found)),
    )  # fmt: skip


def _without_objections(rows: ScopedQuerySet[Resident], purpose: str) -> ScopedQuerySet[Resident]:
    against = processing_purposes[purpose].objection
    if not against:
        return rows
    return rows.exclude(pk__in=DataSubjectRequest.objects.filter(objecting(against)).values("resident_id"))


def _home(resident: Resident) -> str:
    building = resident.household.building
    return f"{building.estate.name} {building.label} {resident.household.door}"


RESIDENTS = declare_export(
    "people.residents", gettext_lazy("Residents of a place"), right=policy.EXPORT, gather=gather_residents,
    file_name="residents",
)  # fmt: skip
CARE = declare_export(
    "people.care", gettext_lazy("Who is visited first"), right=policy.EXPORT, gather=gather_care, file_name="visits"
)
