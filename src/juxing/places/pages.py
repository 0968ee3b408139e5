"""Walking the area tree, an estate's buildings, a building's doors, and the map of a place."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page
from juxing.kernel.web import ActorRequest, signed_in
from juxing.places import policy, queries
from juxing.places.codes import COMMUNITY_CODE_LENGTH
from juxing.places.door_pages import door_page
from juxing.places.enums import AreaLevel
from juxing.places.map_queries import features_of
from juxing.places.models import Area, Building, Estate


@signed_in(policy.SEE)
def areas(request: ActorRequest) -> HttpResponse:
    """Show one place: what is above and below it, its estates, and its map."""
    code, text = request.GET.get("area", ""), request.GET.get("q", "").strip()
    roots = queries.roots_of(request.actor)
    if not code and len(roots) == 1:
        code = roots[0].code
    here = queries.area_of(code) if code else None
    below = list(queries.children(code)) if here else roots
    in_scope = here is not None and code in request.actor.areas_with(policy.SEE)
    estates: Page[Estate] | None = None
    if in_scope and len(code) >= COMMUNITY_CODE_LENGTH:
        estates = queries.estates_page(actor=request.actor, area_code=code, cursor=request.GET.get("cursor"))
    context = {
        "page_title": here.name if here else pgettext("places", "Places"),
        "page_subtitle": here.get_level_display() + " " + here.code if here else "",
        "breadcrumbs": _crumbs(queries.path_of(code)) if here else [],
        "below": below, "estates": estates, "rows": estates.rows if estates else [],
        "counts": queries.counts_at(actor=request.actor, area_code=code) if in_scope else None,
        "map_url": f"{reverse('places:map')}?area={code}" if in_scope else "",
        "page_actions": _area_actions(request.actor, here) if here else [],
        "search_text": text, "found": queries.find_areas(text, within=code) if text else None,
    }  # fmt: skip
    return render(request, "places/areas.html", context)


@signed_in(policy.SEE)
def estate(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one estate with its buildings and map."""
    found = queries.estate(actor=request.actor, uuid=uuid)
    context = {
        "page_title": found.name, "page_subtitle": found.get_estate_type_display(),
        "breadcrumbs": [*_crumbs(queries.path_of(found.area_code)[:-1], link_last=True), {"label": found.name}],
        "buildings": queries.buildings_of(actor=request.actor, estate=found),
        "map_url": f"{reverse('places:map')}?area={found.area_code}",
        "grids": queries.grids_of(found), "may_manage": policy.can_manage(request.actor, found.area_code),
        "page_actions": _estate_actions(request.actor, found),
    }  # fmt: skip
    return render(request, "places/estate.html", context)


@signed_in(policy.SEE)
def building(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one building as one stands before it: units side by side, floors from the top."""
    found = queries.building(actor=request.actor, uuid=uuid)
    context = {
        "page_title": f"{found.estate.name} {found.label}", "page_actions": _building_actions(request.actor, found),
        "building": found, "door_page": door_page(),
        "units": queries.doors_of(actor=request.actor, building=found),
        "items": [
            {"term": _("Floors"), "value": found.floors},
            {"term": _("Lift"), "value": {True: _("yes"), False: _("no"), None: None}[found.has_lift]},
        ],
        "breadcrumbs": [
            *_crumbs(queries.path_of(found.estate.area_code)[:-1], link_last=True),
            {"label": found.estate.name, "url": reverse("places:estate", args=[found.estate.uuid])},
            {"label": found.label},
        ],
    }  # fmt: skip
    return render(request, "places/building.html", context)


@signed_in(policy.SEE)
def map_features(request: ActorRequest) -> HttpResponse:
    """Answer the map of a place as GeoJSON."""
    return JsonResponse(features_of(actor=request.actor, area_code=request.GET.get("area", "")))


def _area_actions(actor: Actor, area: Area) -> list[dict[str, str]]:
    if area.level == AreaLevel.COMMUNITY and policy.can_manage(actor, area.code):
        address = reverse("places:add_estate", args=[area.code])
        return [{"label": _("Add an estate"), "url": address, "icon": "plus"}]
    if area.level in {AreaLevel.ESTATE, AreaLevel.GRID} and policy.can_manage(actor, area.code):
        address = reverse("places:rename_area", args=[area.code])
        return [{"label": _("Change the name"), "url": address, "icon": "pencil"}]
    return []


def _estate_actions(actor: Actor, estate: Estate) -> list[dict[str, str]]:
    if not policy.can_manage(actor, estate.area_code):
        return []
    return [
        {"label": _("Add a building"), "url": reverse("places:add_building", args=[estate.uuid]), "icon": "plus"},
        {"label": _("Add a grid"), "url": reverse("places:add_grid", args=[estate.uuid]), "icon": "layout-grid"},
        {"label": _("Change the name"), "url": reverse("places:rename_area", args=[estate.area_code]),
         "icon": "pencil"},
    ]  # fmt: skip


def _building_actions(actor: Actor, building: Building) -> list[dict[str, str]]:
    if not policy.can_manage(actor, building.area_code):
        return []
    return [
        {"label": _("Add a door"), "url": reverse("places:add_household", args=[building.uuid]), "icon": "plus"},
        {"label": _("Change the building"), "url": reverse("places:change_building", args=[building.uuid]),
         "icon": "pencil"},
    ]  # fmt: skip


def _crumbs(path: list[Area], *, link_last: bool = False) -> list[dict[str, str]]:
    address = reverse("places:areas")
    crumbs = [{"label": area.name, "url": f"{address}?area={area.code}"} for area in path]
    if crumbs and not link_last:
        del crumbs[-1]["url"]
    return crumbs
