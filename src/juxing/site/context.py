"""What every page gets: navigation for the actor's rights, banners, and the address of live updates."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from juxing.site.navigation import navigation_for


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return the base templates' context."""
    actor = getattr(request, "actor", None)
    return {
        "demo": settings.IS_DEMO,
        "live_url": settings.LIVE_URL,
        "actor": actor,
        "navigation": navigation_for(actor, request.path) if actor is not None else [],
        "large_type": request.COOKIES.get("large_type") == "1",
    }
