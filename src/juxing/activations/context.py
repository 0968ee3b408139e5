"""What every page of a signed-in person says above itself: the emergency, or the drill, that holds where they serve."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from juxing.activations.posture import holdings_touching
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.plans.enums import ResponseLevel


def posture_banner(request: HttpRequest) -> dict[str, Any]:
    """Return ``mode`` and ``exercise`` for the banner; one query, nothing for residents without an account."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.account_id is None or not actor.areas:
        return {}
    holdings = holdings_touching(actor.areas, clock.now())
    found: dict[str, Any] = {}
    real = next((holding for holding in holdings if not holding.is_exercise), None)
    drill = next((holding for holding in holdings if holding.is_exercise), None)
    if real is not None:
        found["mode"] = {
            "code": "emergency", "level": ResponseLevel(real.level).label, "incident": real.title,
            "ends_at": real.until, "url": reverse("activations:here"),
        }  # fmt: skip
    if drill is not None:
        found["exercise"] = {"name": drill.title, "url": reverse("activations:here")}
    return found
