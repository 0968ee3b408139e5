"""Giving an order, following it post by post, taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.activations.models import Activation
from juxing.activations.queries import place_names
from juxing.command import commands, policy, queries, words
from juxing.command.enums import OrderStatus
from juxing.command.forms import OrderForm
from juxing.command.models import OrderDelivery
from juxing.command.pages.overview import shell
from juxing.kernel import clock
from juxing.kernel.areas import Areas
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in

FILTERS = ("", "waiting", "acknowledged", "completed", "cannot", "silent")


@idempotent
@signed_in(policy.ORDER)
def new_order(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write an order to posts."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    posts, steps = _choices(found)
    form = OrderForm(request.POST or None, posts=posts, steps=steps)
    if request.method == "POST" and form.is_valid():
        filled = dict(form.cleaned_data)
        if not filled["areas"]:
            held = request.actor.areas_with(policy.ORDER) & policy.places_of(found)
            filled["areas"] = list(held.prefixes)
        try:
            order_given = commands.issue_order(actor=request.actor, now=clock.now(), activation=found, **filled)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The order is given."))
            return HttpResponseRedirect(reverse("command:order", args=[order_given.uuid]), status=303)
    context = shell(request, found, _("Give an order"), "overview") | {
        "form": form, "cancel_url": reverse("command:overview", args=[uuid]), "page_icon": "speakerphone",
        **new_form_key(),
    }  # fmt: skip
    return render(request, "command/new_order.html", context, status=422 if form.errors else 200)


@signed_in(policy.SEE)
def order(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one order: who has it, who read it, what became of it."""
    found = queries.order(actor=request.actor, uuid=uuid)
    chosen = request.GET.get("only", "")
    page = queries.deliveries_page(
        actor=request.actor, order=found, status=chosen if chosen in FILTERS else "", cursor=request.GET.get("cursor")
    )
    state = queries.states_of(actor=request.actor, activation=found.activation, orders=[found])[found.pk]
    names = place_names([*found.areas, *(row.area_code for row in page.rows)])
    labels = [_("All"), _("Not acknowledged"), _("Acknowledged"), _("Carried out"), _("Cannot"), _("Silent")]
    context = shell(request, found.activation, found.title, "overview") | {
        "page_icon": "speakerphone", "order": found, "state": state, "row": words.order_row(state, clock.now()),
        "places": [names[code] for code in found.areas], "only": chosen,
        "filters": [{"value": value, "label": label} for value, label in zip(FILTERS, labels, strict=True)],
        "page": {"rows": [_delivery(row, names) for row in page.rows], "next_cursor": page.next_cursor,
                 "previous_cursor": page.previous_cursor},
        "columns": [{"label": _("Post")}, {"label": _("Place")}, {"label": _("In whose hands")}, {"label": _("State")},
                    {"label": _("Report")}],
        "caption": _("The order at each post"),
        "empty": {"icon": "speakerphone", "title": _("No post here."), "text": _("Choose another filter.")},
        "may_withdraw": found.status == OrderStatus.ISSUED
        and policy.can_order(request.actor, Areas(found.areas)), **new_form_key(),
    }  # fmt: skip
    return render(request, "command/order.html", context)


@idempotent
@signed_in(policy.ORDER)
@require_POST
def withdraw(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take an order back."""
    found = queries.order(actor=request.actor, uuid=uuid)
    commands.withdraw_order(actor=request.actor, now=clock.now(), order=found, reason=request.POST.get("reason", ""))
    messages.success(request, _("The order is withdrawn."))
    return HttpResponseRedirect(reverse("command:order", args=[uuid]), status=303)


def _choices(found: Activation) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    is_chinese = (get_language() or "").startswith("zh")

    def titled(row: dict[str, Any]) -> tuple[str, str]:
        return row["code"], row["title"] if is_chinese or not row.get("title_en") else row["title_en"]

    content = found.plan_version.content
    return [titled(row) for row in content.get("posts", [])], [titled(row) for row in content.get("playbook", [])]


def _delivery(row: OrderDelivery, names: dict[str, str]) -> dict[str, Any]:
    return {
        "title": row.muster_post.title, "place": names[row.area_code], "badge": words.delivery_badge(row),
        "report": row.report, "reported_at": row.reported_at, "acknowledged_at": row.acknowledged_at,
        "resent_at": row.resent_at,
        "readings": [
            {"letter": "A" if each.slot == "primary" else "B", "name": each.account.display_name,
             "read_at": each.read_at, "times": each.times_sent}
            for each in row.readings.all()
        ],
    }  # fmt: skip
