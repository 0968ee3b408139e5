"""Addresses: each room brings its own pages; the HTTP API stands beside them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.i18n import set_language


def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers; asks no database."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("language/", set_language, name="set_language"),
    path("", include("juxing.overview.urls")),
    path("", include("juxing.access.urls")),
    path("", include("juxing.places.urls")),
    path("", include("juxing.people.urls")),
    path("", include("juxing.organisations.urls")),
    path("", include("juxing.responders.urls")),
    path("", include("juxing.supplies.urls")),
    path("", include("juxing.needs.urls")),
    path("", include("juxing.dispatch.urls")),
]
