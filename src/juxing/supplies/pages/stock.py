"""Stock: what lies where, what came in, what was counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.forms import CorrectForm, StockFilterForm
from juxing.supplies.models import StockLevel
from juxing.supplies.movement_forms import ReceiveForm
from juxing.supplies.pages.tables import attempt, one_form
from juxing.supplies.pages.words import amount, tabs
from juxing.supplies.quantities import plain
from juxing.supplies.queries import stock as queries
from juxing.supplies.queries.meanings import catalogue_items
from juxing.supplies.queries.packs import packs_in_use
from juxing.supplies.queries.reserves import urgent_alarms


@signed_in(policy.VIEW)
def stock(request: ActorRequest) -> HttpResponse:
    """List stock by depot."""
    form = StockFilterForm(request.GET, depots=queries.depots_of(actor=request.actor))
    page = queries.levels_page(actor=request.actor, cursor=request.GET.get("cursor"), **form.filters())
    may_move = request.actor.may_somewhere(policy.MOVE_STOCK)
    rows: Any = [_shown(level) for level in page.rows]
    receive = {
        "label": _("Write down what came in"),
        "url": reverse("supplies:receive"),
        "icon": "plus",
        "kind": "primary",
    }
    sheets = {"label": _("Stock lists"), "url": reverse("supplies:stock_sheets"), "icon": "file-upload"}
    known = [
        {"label": _("Catalogue"), "url": reverse("supplies:catalogue"), "icon": "box"},
        {"label": _("Depots and vehicles"), "url": reverse("supplies:depots"), "icon": "building-warehouse"},
    ]
    count = {"label": _("Stocktake"), "url": reverse("supplies:start_stocktake"), "icon": "checklist"}
    context = {
        "page_title": _("Supplies"),
        "page_icon": "package",
        "tabs": tabs("stock"),
        "form": form,
        "page": replace(page, rows=rows),
        "notices": _alarms(request),
        "page_actions": [receive, sheets, count, *known] if may_move else known,
        "columns": [
            {"label": _("Depot")},
            {"label": _("Item")},
            {"label": _("In stock"), "kind": "number"},
            {"label": pgettext("supplies", "Promised"), "kind": "number"},
            {"label": pgettext("supplies", "Free"), "kind": "number"},
            {"label": _("State")},
        ],
        "caption": _("Stock by depot"),
        "pager_text": _("By depot"),
        "empty": {
            "icon": "package",
            "title": _("Nothing in stock fits these filters"),
            "text": _("Take a filter away, or write down what came in."),
            "action": receive if may_move else None,
        },
    }
    return render(request, "supplies/stock.html", context)


@idempotent
@signed_in(policy.MOVE_STOCK)
def receive(request: ActorRequest) -> HttpResponse:
    """Write down goods that came in."""
    form = ReceiveForm(
        request.POST or None,
        depots=queries.depots_to_fill(actor=request.actor),
        items=catalogue_items(),
        packs=packs_in_use(),
        initial={"depot": request.GET.get("depot", "")},
    )

    def act() -> None:
        depot, item, quantity = form.chosen()
        data = form.cleaned_data
        level = commands.receive_stock(
            actor=request.actor, now=clock.now(), depot=depot, item=item, quantity=quantity, reason=data["reason"],
            lot_number=data["lot_number"], expires_on=data["expires_on"], is_sure=data["is_sure"],
        )  # fmt: skip
        messages.success(request, _("Now %(quantity)s in stock.") % {"quantity": amount(level.on_hand)})

    if request.method == "POST" and form.is_valid() and attempt(form, act):
        return HttpResponseRedirect(f"{reverse('supplies:stock')}?depot={form.cleaned_data['depot']}", status=303)
    return one_form(request, form, title=_("Write down what came in"), back=reverse("supplies:stock"))


@idempotent
@signed_in(policy.MOVE_STOCK)
def correct(request: ActorRequest, depot: UUID, item: str) -> HttpResponse:
    """Write down what was counted."""
    level = queries.level_of(actor=request.actor, depot=depot, item=item)
    initial = {"counted": plain(level.on_hand), "minimum": plain(level.min_quantity)}
    form = CorrectForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            commands.correct_stock(
                actor=request.actor,
                now=clock.now(),
                level=level,
                counted=data["counted"],
                minimum=data["minimum"],
                reason=data["reason"],
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Corrected."))
            return HttpResponseRedirect(f"{reverse('supplies:stock')}?depot={depot}", status=303)
    context = {
        "page_title": f"{level.depot.name} · {level.item.name}",
        "form": form,
        "page_icon": "package",
        "page_subtitle": _("Counted in: %(unit)s. Promised to people: %(reserved)s.")
        % {"unit": level.item.unit_label, "reserved": amount(level.reserved) or "0"},
        "cancel_url": reverse("supplies:stock"),
        "breadcrumbs": _crumbs(level.item.name),
        **new_form_key(),
    }
    return render(request, "supplies/form.html", context, status=422 if form.errors else 200)


def _alarms(request: ActorRequest) -> list[dict[str, str]]:
    urgent = urgent_alarms(actor=request.actor)
    if not urgent:
        return []
    words = ngettext("%(count)d alarm wants somebody now.", "%(count)d alarms want somebody now.", urgent)
    return [{"tone": "warning", "text": words % {"count": urgent}, "url": reverse("supplies:alarms"),
             "url_label": _("See to them")}]  # fmt: skip


def _shown(level: StockLevel) -> dict[str, Any]:
    return {
        "depot": level.depot.name,
        "item": level.item.name,
        "unit": level.item.unit_label,
        "on_hand": amount(level.on_hand),
        "reserved": amount(level.reserved),
        "free": amount(level.free),
        "is_low": level.is_low,
        "minimum": amount(level.min_quantity),
        "url": reverse("supplies:item_card", args=[level.depot.uuid, level.item.code]),
    }


def _crumbs(label: str) -> list[dict[str, str]]:
    return [{"label": _("Supplies"), "url": reverse("supplies:stock")}, {"label": label}]
