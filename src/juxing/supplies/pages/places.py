"""Depots and vehicles: which there are, and writing them down."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.web import ActorRequest, carried_out, signed_in
from juxing.organisations.models import Organisation
from juxing.supplies import commands, policy
from juxing.supplies.catalogue_forms import DepotWordsForm, VehicleForm
from juxing.supplies.models import Depot, Vehicle
from juxing.supplies.pages.tables import card, column, one_form, row
from juxing.supplies.queries import catalogue as queries
from juxing.supplies.queries.ledger import area_names
from juxing.supplies.queries.plan_goods import places_with


@signed_in(policy.VIEW)
def depots(request: ActorRequest) -> HttpResponse:
    """List depots and vehicles."""
    page = queries.depots_page(actor=request.actor, cursor=request.GET.get("cursor"))
    vehicles = queries.all_vehicles(actor=request.actor)
    names = area_names([one.area_code for one in (*page.rows, *vehicles)])
    may = request.actor.may_somewhere(policy.KEEP_DEPOTS)
    actions = [
        {"label": _("New depot"), "url": reverse("supplies:new_depot"), "icon": "plus", "kind": "primary"},
        {"label": _("New vehicle"), "url": reverse("supplies:new_vehicle"), "icon": "truck"},
    ]
    context = {
        "page_title": _("Depots and vehicles"), "page_icon": "building-warehouse",
        "page_actions": actions if may else [],
        "sections": [_depots(request, page, names), _vehicles(request, vehicles, names)],
        "breadcrumbs": [{"label": _("Supplies"), "url": reverse("supplies:stock")},
                        {"label": _("Depots and vehicles")}],
    }  # fmt: skip
    return card(request, context)


@idempotent
@signed_in(policy.KEEP_DEPOTS)
def new_depot(request: ActorRequest) -> HttpResponse:
    """Add a depot."""
    return _depot(request, None)


@idempotent
@signed_in(policy.KEEP_DEPOTS)
def depot(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Correct a depot."""
    return _depot(request, queries.depot_to_keep(actor=request.actor, uuid=uuid))


@idempotent
@signed_in(policy.KEEP_DEPOTS)
def new_vehicle(request: ActorRequest) -> HttpResponse:
    """Add a vehicle."""
    return _vehicle(request, None)


@idempotent
@signed_in(policy.KEEP_DEPOTS)
def vehicle(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Correct a vehicle, or say that it drives no more."""
    return _vehicle(request, queries.vehicle_to_keep(actor=request.actor, uuid=uuid))


def payload_words(one: Vehicle) -> str:
    """Return what a vehicle may carry; that nobody knows, where nobody said."""
    if not one.capacity_kg:
        return _("not known")
    return _("%(kilograms)s kg") % {"kilograms": f"{one.capacity_kg:,}"}


def _depot(request: ActorRequest, known: Depot | None) -> HttpResponse:
    def find(name: str) -> Organisation | None:
        return queries.organisation_named(name, actor=request.actor)

    initial = {} if known is None else {
        "name": known.name, "kind": known.kind, "longitude": known.longitude, "latitude": known.latitude,
        "venue": str(known.venue.uuid) if known.venue else "",
        "organisation": known.organisation.name if known.organisation else "",
    }  # fmt: skip
    form = DepotWordsForm(
        request.POST or None, areas=places_with(policy.KEEP_DEPOTS, actor=request.actor),
        venues=queries.venues_to_choose(actor=request.actor), find=find, depot=known, initial=initial,
    )  # fmt: skip

    def act(data: dict[str, Any]) -> Depot:
        return commands.write_depot(
            actor=request.actor, now=clock.now(), area_code=data.get("area_code", ""), words=form.words(), depot=known
        )

    if carried_out(request, form, act, done=_("Written down.")):
        return HttpResponseRedirect(reverse("supplies:depots"), status=303)
    title = _("New depot") if known is None else known.name
    return one_form(request, form, title=title, back=reverse("supplies:depots"))


def _vehicle(request: ActorRequest, known: Vehicle | None) -> HttpResponse:
    initial = {} if known is None else {
        "name": known.name, "capacity_kg": known.capacity_kg, "is_in_service": known.is_in_service,
    }  # fmt: skip
    areas = places_with(policy.KEEP_DEPOTS, actor=request.actor)
    form = VehicleForm(request.POST or None, areas=areas, vehicle=known, initial=initial)

    def act(data: dict[str, Any]) -> Vehicle:
        return commands.write_vehicle(
            actor=request.actor, now=clock.now(), area_code=data.get("area_code", ""), words=form.words(), vehicle=known
        )

    if carried_out(request, form, act, done=_("Written down.")):
        return HttpResponseRedirect(reverse("supplies:depots"), status=303)
    title = _("New vehicle") if known is None else known.name
    return one_form(request, form, title=title, back=reverse("supplies:depots"))


def _depots(request: ActorRequest, page: Any, names: dict[str, str]) -> dict[str, Any]:
    columns = [
        column(_("Depot")), column(_("Kind of depot")), column(pgettext("supplies", "Place")), column(_("Venue")),
        column(_("Whose stock it is")),
    ]  # fmt: skip
    rows: Any = []
    for one in page.rows:
        may = request.actor.may(policy.KEEP_DEPOTS, one.area_code)
        name = (one.name, reverse("supplies:depot", args=[one.uuid])) if may else one.name
        rows.append(row(columns, name, one.get_kind_display(), names.get(one.area_code, one.area_code),
                        one.venue.name if one.venue else "",
                        one.organisation.name if one.organisation else ""))  # fmt: skip
    return {
        "id": "depots", "title": _("Depots"), "columns": columns, "page": replace(page, rows=rows),
        "pager_text": _("By place"),
        "empty": {"icon": "building-warehouse", "title": _("No depots yet"),
                  "text": _("Goods lie in depots. Write the first one down.")},
    }  # fmt: skip


def _vehicles(request: ActorRequest, vehicles: list[Vehicle], names: dict[str, str]) -> dict[str, Any]:
    columns = [
        column(pgettext("load plan", "Vehicle")), column(pgettext("supplies", "Place")),
        column(_("Payload"), is_number=True), column(_("State")),
    ]  # fmt: skip
    rows = []
    for one in vehicles:
        may = request.actor.may(policy.KEEP_DEPOTS, one.area_code)
        name = (one.name, reverse("supplies:vehicle", args=[one.uuid])) if may else one.name
        words, tone = (_("Drives"), "done") if one.is_in_service else (_("Drives no more"), "ended")
        state = {"text": words, "tone": tone}
        rows.append(row(columns, name, names.get(one.area_code, one.area_code), payload_words(one), state))
    return {"id": "vehicles", "title": _("Vehicles"), "columns": columns, "rows": rows,
            "empty": {"icon": "truck", "title": _("No vehicles yet"), "text": ""}}  # fmt: skip
