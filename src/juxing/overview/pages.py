"""The start page and the operating picture: as a page, on a wall, and in the parts a page asks for again."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotVisible
from juxing.kernel.web import ActorRequest, open_to_all, signed_in
from juxing.overview import queries, shown
from juxing.overview.addresses import address
from juxing.overview.features import feature_collection, legend
from juxing.overview.policy import VIEW
from juxing.overview.trends import trends_of

LANDINGS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({Role.HOTLINE_AGENT}), "needs:record"),
    (frozenset({Role.BRANCH_SECRETARY, Role.TEAM_LEADER}), "dispatch:tasks"),
    (frozenset({Role.STOREKEEPER}), "supplies:stock"),
    (frozenset({Role.COUNSELLOR}), "needs:list"),
    (frozenset({Role.SYSTEM_ADMIN}), "access:accounts"),
    (frozenset({Role.SECURITY_AUDITOR, Role.PRIVACY_OFFICER}), "access:journal"),
    (frozenset(Role), "dispatch:my_tasks"),
)
TOPICS = "needs dispatch responders supplies"


@open_to_all
@never_cache
def home(request: ActorRequest) -> HttpResponse:
    """Lead each account to its work, and everyone else to the page for residents."""
    if request.actor.account_id is not None:
        return HttpResponseRedirect(landing_of(request.actor))
    context = {
        "page_title": _("Help from your neighbourhood"),
        "page_lead": _("Say what you need and follow it to your door. You need no account for that."),
        "tiles": shown.tiles(),
        "steps_after": shown.steps_after_asking(),
    }
    return render(request, "overview/start.html", context)


def landing_of(actor: Actor) -> str:
    """Return the page with which this actor's work begins."""
    if actor.may_somewhere(VIEW):
        return reverse("overview:picture")
    held = set(actor.roles())
    found = (address(name) for roles, name in LANDINGS if held & roles)
    return next(filter(None, found), "") or reverse("access:me")


@signed_in(VIEW)
def picture(request: ActorRequest) -> HttpResponse:
    """Lead to the picture of the place chosen, else of the actor's widest."""
    code = request.GET.get("area", "") or queries.widest_area(request.actor)
    if code not in request.actor.areas_with(VIEW):
        raise NotVisible
    return HttpResponseRedirect(address("overview:picture_of", code, wall=request.GET.get("wall", "")))


@signed_in(VIEW)
@never_cache
def picture_of(request: ActorRequest, code: str) -> HttpResponse:
    """Show the operating picture of a place; ``?wall=1`` for a wall screen."""
    now, is_wall = clock.now(), request.GET.get("wall") == "1"
    figures = queries.figures(request.actor, code, now=now)
    context = {
        **_figures_context(request, figures),
        "page_title": figures.place.name, "page_subtitle": _("Operating picture"), "live_topics": TOPICS,
        "trends": trends_of(figures), "legend": legend(),
        "map_url": reverse("overview:map", args=[code]), "trends_url": reverse("overview:trends", args=[code]),
        "map_label": _("Map of %(place)s: waiting needs, where help is stuck, depots that run short")
        % {"place": figures.place.name},
        "area_switcher": None if is_wall else _switcher(request.actor, figures.place.code, figures.place.name),
        "page_actions": [
            {"label": _("Wall screen"), "url": "?wall=1", "icon": "device-desktop-analytics"},
        ],
    }  # fmt: skip
    return render(request, "overview/wall.html" if is_wall else "overview/picture.html", context)


@signed_in(VIEW)
@never_cache
def figures(request: ActorRequest, code: str) -> HttpResponse:
    """Give the parts of the page that change by the minute."""
    found = queries.figures(request.actor, code, now=clock.now())
    return render(request, "overview/_live.html", _figures_context(request, found))


@signed_in(VIEW)
@never_cache
def trends(request: ActorRequest, code: str) -> HttpResponse:
    """Give the charts and the attendance funnel."""
    found = queries.figures(request.actor, code, now=clock.now())
    return render(request, "overview/_trends.html", {"trends": trends_of(found)})


@signed_in(VIEW)
@never_cache
def map_data(request: ActorRequest, code: str) -> HttpResponse:
    """Give the map as GeoJSON."""
    now = clock.now()
    found = queries.map_features(request.actor, code, now=now)
    return JsonResponse(feature_collection(found, now=now), content_type="application/geo+json")


def _figures_context(request: ActorRequest, found: queries.Figures) -> dict[str, Any]:
    sort = request.GET.get("sort", "")
    wall = request.GET.get("wall", "")
    return {
        **shown.blocks(found, sort=sort),
        "figures_url": address("overview:figures", found.place.code, sort=sort, wall=wall),
        "is_wall": wall == "1",
    }


def _switcher(actor: Actor, code: str, name: str) -> dict[str, Any]:
    options = [
        {"code": area.code, "label": area.name, "depth": depth, "is_current": area.code == code}
        for area, depth in queries.places_to_switch_to(actor, code)
    ]
    return {"label": name, "url": reverse("overview:picture"), "parameter": "area", "options": options}
