"""The HTTP API under /api/v1: the rooms' routers, one sign-in, one kind of error."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI

from juxing.activations.api import router as activations_router
from juxing.dispatch.api import router as dispatch_router
from juxing.group_purchases.api import router as group_purchases_router
from juxing.kernel.api import TokenSignIn, problem, use_problem_details
from juxing.needs.api import router as needs_router
from juxing.organisations.api import organisations, posts
from juxing.supplies.api.papers import router as papers_router
from juxing.supplies.api.stock import router as supplies_router
from juxing.venues.api import router as venues_router

api = NinjaAPI(
    title="Juxing",
    version="1",
    description="Needs in, people and goods out, nobody missed. Write with an Idempotency-Key; follow `next`.",
    auth=TokenSignIn(),
    docs_url=None,
    urls_namespace="api-1",
)
use_problem_details(api)
api.add_router("/needs", needs_router)
api.add_router("/venues", venues_router)
api.add_router("/supplies", supplies_router)
api.add_router("/supplies", papers_router)
api.add_router("/group-purchases", group_purchases_router)
api.add_router("/organisations", organisations)
api.add_router("/posts", posts)
api.add_router("", dispatch_router)
api.add_router("", activations_router)


def not_found(_request: HttpRequest, **_path: Any) -> HttpResponse:
    """Answer for addresses under /api that do not exist."""
    return problem(404, "not_found", _("There is no such endpoint. See /api/v1/openapi.json."))
