"""What every page gets: navigation for the actor's rights, banners, and the address of live updates."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from juxing.access.break_glass_queries import open_break_glass
from juxing.access.models import Account, BreakGlassAccess
from juxing.access.policy import BREAK_GLASS
from juxing.access.reminding import own_reminders
from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.site.navigation import navigation_for, phone_tabs_for
from juxing.supplies.queries.reserves import urgent_alarms

PAGES_OF_BEGINNING = frozenset({
    "overview:picture_of", "dispatch:my_tasks", "dispatch:tasks", "supplies:stock", "needs:list", "needs:record",
    "access:accounts", "access:journal", "access:me", "organisations:own_posts", "responders:me",
})  # fmt: skip
"""Where signing in leads, and the pages about oneself."""
REMINDERS_SHOWN = 5


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return the base layouts' context; residents without an account get no navigation and no live updates."""
    context: dict[str, Any] = {
        "demo": settings.IS_DEMO,
        "large_type": request.COOKIES.get("large_type") == "1",
        "hotline": settings.HOTLINE,
    }
    actor: Actor | None = getattr(request, "actor", None)
    account = getattr(request, "user", None)
    if actor is None or actor.account_id is None or not isinstance(account, Account):
        return context
    return context | {
        "actor": actor,
        "account": str(account.uuid),
        "stock_alarms": None if request.headers.get("HX-Request") else _stock_alarms(actor),
        "open_place": None if request.headers.get("HX-Request") else _open_place(actor),
        "second_step_due": getattr(request, "second_step_due", None),
        "navigation": navigation_for(actor, request.path),
        "phone_tabs": phone_tabs_for(actor, request.path),
        "user_menu": _user_menu(actor),
        "reminders": _reminders(request, actor),
        "search_url": _url("people:search"),
        "live_url": f"{settings.LIVE_URL}/live" if settings.LIVE_URL else "",
        "live_token_url": reverse("live_token"),
    }


def _open_place(actor: Actor) -> BreakGlassAccess | None:
    """Return the place the actor has open in an emergency: said on every page until it is closed."""
    return open_break_glass(actor, now=clock.now()) if actor.may_somewhere(BREAK_GLASS) else None


def _stock_alarms(actor: Actor) -> dict[str, Any] | None:
    """Return what wants the one who keeps the stock: said on every page until somebody takes it on."""
    if Role.STOREKEEPER not in actor.roles():
        return None
    return {"count": urgent_alarms(actor=actor), "url": _url("supplies:alarms")}


def _reminders(request: HttpRequest, actor: Actor) -> dict[str, Any] | None:
    """Return what waits for the actor, on the pages where work begins."""
    begun = request.resolver_match.view_name if request.resolver_match else ""
    if begun not in PAGES_OF_BEGINNING or request.headers.get("HX-Request") or request.GET.get("wall"):
        return None
    rows = own_reminders(actor)
    return {
        "rows": rows[:REMINDERS_SHOWN],
        "more": max(0, len(rows) - REMINDERS_SHOWN),
        "url": _url("access:reminders"),
    }


def _user_menu(actor: Actor) -> dict[str, Any]:
    roles = [str(Role(role).label) for role in actor.roles()]
    entries = [
        {"label": _("My account"), "url": _url("access:me"), "icon": "user"},
        {"label": _("My reminders"), "url": _url("access:reminders"), "icon": "bell"},
    ]
    if actor.may_somewhere(BREAK_GLASS):
        label = _("Open a place in an emergency")
        entries.append({"label": label, "url": _url("access:break_glass"), "icon": "lock-open"})
    filled = list(dict.fromkeys(stand.post for stand in actor.acting_for))
    return {
        "name": actor.name,
        "role": _("acting: %(posts)s") % {"posts": _(", ").join(filled)} if filled else _(", ").join(roles[:2]),
        "entries": entries,
        "sign_out_url": _url("access:sign_out"),
    }


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
