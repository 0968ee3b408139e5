"""The command post on the screen, and the muster board."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from juxing.activations.models import Activation
from juxing.activations.queries import place_names
from juxing.command import policy, queries, words
from juxing.command.models import MusterHolder, MusterPost
from juxing.kernel import clock
from juxing.kernel.web import ActorRequest, signed_in

ONLY = ("unfilled", "silent", "unmanned")


def shell(request: ActorRequest, found: Activation, title: str, here: str) -> dict[str, Any]:
    """Return what every page of one command post shows around itself."""
    tabs = [("overview", _("Command")), ("muster", _("Muster board")), ("notices", _("Notices")),
            ("shifts", _("Periods and handover")),
            ("log", _("Activity log")), ("reports", _("Situation reports"))]  # fmt: skip
    may_order = policy.can_order(request.actor, policy.seen_of(request.actor, found))
    return {
        "page_title": title, "page_subtitle": found.incident.title, "activation": found,
        "tabs": [{"label": label, "url": reverse(f"command:{name}", args=[found.uuid]), "is_current": name == here}
                 for name, label in tabs],
        "exercise": {"name": found.incident.title} if found.is_exercise else None, "live_topics": "command",
        "breadcrumbs": [{"label": _("Response"), "url": reverse("activations:activation", args=[found.uuid])}
                        if found.area_code in request.actor.areas else {"label": _("Response")},
                        {"label": title}],
        "may_lead": policy.can_lead(request.actor, found), "may_order": may_order,
    }  # fmt: skip


@signed_in(policy.SEE)
def overview(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the muster and the orders with how far each is."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    page = queries.orders_page(actor=request.actor, activation=found, cursor=request.GET.get("cursor"))
    states = queries.states_of(actor=request.actor, activation=found, orders=page.rows)
    now = clock.now()
    figures = queries.seen_standing(actor=request.actor, activation=found)
    context = shell(request, found, _("Command"), "overview") | {
        "page_icon": "speakerphone", "figures": _figures(found, figures),
        "period": next((row for row in queries.periods_of(found) if row.ended_at is None), None),
        "page": {"rows": [words.order_row(states[row.pk], now) for row in page.rows], "next_cursor": page.next_cursor,
                 "previous_cursor": page.previous_cursor},
        "columns": [{"label": pgettext("command order", "Order")}, {"label": _("How urgent")},
                    {"label": pgettext("command", "Given")},
                    {"label": _("Read"), "kind": "number"}, {"label": _("Acknowledged"), "kind": "number"},
                    {"label": _("Carried out"), "kind": "number"}, {"label": _("Silent"), "kind": "number"}],
        "caption": _("Orders, newest first"),
        "empty": {"icon": "speakerphone", "title": _("No order has been given yet."),
                  "text": _("An order goes straight to the posts it is for, at any level.")},
        "page_actions": [{"label": _("Give an order"), "icon": "plus", "kind": "primary",
                          "url": reverse("command:new_order", args=[uuid])}],
    }  # fmt: skip
    if not context["may_order"]:
        context["page_actions"] = []
    return render(request, "command/overview.html", context)


@signed_in(policy.SEE)
def muster(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show who was called, who answered, who stands here: by place, and post by post."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    area, only = request.GET.get("area", ""), request.GET.get("only", "")
    places = queries.muster_by_place(actor=request.actor, activation=found)
    page = queries.muster_page(
        actor=request.actor, activation=found, area_code=area, only=only if only in ONLY else "",
        cursor=request.GET.get("cursor"),
    )  # fmt: skip
    names = place_names([*(str(row["area_code"]) for row in places), *(row.area_code for row in page.rows)])
    context = shell(request, found, _("Muster board"), "muster") | {
        "page_icon": "users-group", "places": [row | {"name": names[str(row["area_code"])]} for row in places],
        "figures": _figures(found, queries.seen_standing(actor=request.actor, activation=found)),
        "page": {"rows": [_post(row, names) for row in page.rows], "next_cursor": page.next_cursor,
                 "previous_cursor": page.previous_cursor},
        "columns": [{"label": _("Post")}, {"label": _("Place")}, {"label": _("Called")}, {"label": _("State")}],
        "caption": _("Posts and who was called to them"), "area": area, "only": only,
        "filters": [{"label": _("All"), "value": ""}, {"label": _("Nobody called"), "value": "unfilled"},
                    {"label": _("No answer"), "value": "silent"},
                    {"label": _("Nobody stands there"), "value": "unmanned"}],
        "empty": {"icon": "users-group", "title": _("No post here."), "text": _("Choose another place or filter.")},
    }  # fmt: skip
    return render(request, "command/muster.html", context)


def _figures(found: Activation, standing: dict[str, int]) -> list[dict[str, Any]]:
    board = reverse("command:muster", args=[found.uuid])
    posts, filled = standing["posts"], standing["posts"] - standing["unfilled"]
    return [
        {"label": _("Posts called up"), "value": posts, "icon": "id-badge-2", "url": board},
        {"label": _("With a holder"), "value": filled, "icon": "user-check", "url": f"{board}?only=unfilled",
         "tone": "good" if posts and filled == posts else "warn"},
        {"label": _("People called"), "value": standing["called"], "icon": "bell-ringing", "url": board},
        {"label": _("Coming"), "value": standing["coming"], "icon": "check", "url": f"{board}?only=silent"},
        {"label": _("Posts manned"), "value": standing["manned"], "icon": "map-pin", "url": f"{board}?only=unmanned"},
        {"label": _("Silent posts"), "value": standing["silent"], "icon": "alert-triangle",
         "tone": "bad" if standing["silent"] else "neutral"},
    ]  # fmt: skip


def _post(row: MusterPost, names: dict[str, str]) -> dict[str, Any]:
    return {
        "title": row.title,
        "duties": row.duties,
        "place": names[row.area_code],
        "holders": [_holder(holder) for holder in row.holders.all()],
    }


def _holder(holder: MusterHolder) -> dict[str, Any]:
    letter = "A" if holder.slot == "primary" else "B"
    badge = words.muster_badge(holder)
    return {"letter": letter, "name": holder.account.display_name, "badge": badge}
