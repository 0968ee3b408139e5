"""Addresses: each room brings its own pages; the HTTP API stands beside them."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.cache import never_cache
from django.views.i18n import set_language

from juxing.kernel.web import ActorRequest, open_to_all, signed_in
from juxing.site.api import api, not_found
from juxing.site.live_token import token_for


def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers; asks no database."""
    return HttpResponse("ok", content_type="text/plain")


@signed_in()
@never_cache
def live_token(request: ActorRequest) -> HttpResponse:
    """Give the page a token for live updates."""
    return JsonResponse({"token": token_for(request.actor)})


@open_to_all
def service_worker(_request: HttpRequest) -> HttpResponse:
    """Serve the service worker from the root, so that it may keep every page."""
    content = Path(str(finders.find("js/service_worker.js"))).read_text(encoding="utf-8")
    return HttpResponse(content, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@open_to_all
def offline(request: HttpRequest) -> HttpResponse:
    """Show the page a phone keeps for when there is no signal."""
    return render(request, "offline.html")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("language/", set_language, name="set_language"),
    path("live-token/", live_token, name="live_token"),
    path("kit/", include("juxing.site.kit")),
    path("offline/", offline, name="offline"),
    path("service_worker.js", service_worker, name="service_worker"),
    path("api/v1/", api.urls),
    path("api/<path:rest>", not_found),
    path("", include("juxing.overview.urls")),
    path("", include("juxing.access.urls")),
    path("", include("juxing.places.urls")),
    path("", include("juxing.people.urls")),
    path("", include("juxing.organisations.urls")),
    path("", include("juxing.plans.urls")),
    path("", include("juxing.activations.urls")),
    path("", include("juxing.command.urls")),
    path("", include("juxing.reviews.urls")),
    path("", include("juxing.drills.urls")),
    path("", include("juxing.responders.urls")),
    path("", include("juxing.venues.urls")),
    path("", include("juxing.supplies.urls")),
    path("", include("juxing.needs.urls")),
    path("", include("juxing.dispatch.urls")),
    path("", include("juxing.group_purchases.urls")),
]
