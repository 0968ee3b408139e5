"""One item in one depot: its lots, its movements, what may be done; and what is about to expire."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.web import ActorRequest, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.commands.containers import place_words
from juxing.supplies.enums import MoveKind, PlaceKind
from juxing.supplies.forms import ExpiryFilterForm
from juxing.supplies.models import StockBalance, StockEntry, StockPlace
from juxing.supplies.movement_forms import RemoveForm
from juxing.supplies.pages.tables import attempt, card, column, row
from juxing.supplies.pages.words import amount, tabs
from juxing.supplies.queries import ledger as queries


@signed_in(policy.VIEW)
def item_card(request: ActorRequest, depot: UUID, item: str) -> HttpResponse:
    """Show the stock card (库存卡)."""
    return _card(request, depot, item)


@require_POST
@idempotent
@signed_in(policy.MOVE_STOCK)
def remove(request: ActorRequest, depot: UUID, item: str) -> HttpResponse:
    """Write goods off, or as lost."""
    found = queries.stock_card(actor=request.actor, depot=depot, item=item)
    form = _remove_form(found, request.POST)

    def act() -> None:
        data = form.cleaned_data
        lot = next(one.lot for one in found.lots if str(one.lot_id) == data["lot"])
        commands.remove_stock(
            actor=request.actor, now=clock.now(), depot=found.depot, lot=lot, quantity=data["quantity"],
            to=PlaceKind(data["to"]), reason=data["reason"],
        )  # fmt: skip

    if form.is_valid() and attempt(form, act):
        messages.success(request, _("Taken off the books' shelves."))
        return HttpResponseRedirect(reverse("supplies:item_card", args=[depot, item]), status=303)
    return _card(request, depot, item, form=form, status=422)


@signed_in(policy.VIEW)
def expiring(request: ActorRequest) -> HttpResponse:
    """List what expires within thirty days or has expired."""
    today, is_expired = localdate(clock.now()), request.GET.get("show") == "expired"
    page = queries.expiring_page(
        actor=request.actor, today=today, is_expired=is_expired, cursor=request.GET.get("cursor")
    )
    columns = [column(_("Item")), column(_("Depot")), column(_("Lot")), column(_("Use by")),
               column(_("Quantity"), is_number=True), column(_("State"))]  # fmt: skip
    rows: Any = [
        row(columns, (one.item.name, reverse("supplies:item_card", args=[one.place.depot.uuid, one.item.code])),
            one.place.depot.name, one.lot.number, one.expires_on.isoformat(),
            {"text": amount(one.quantity), "muted": one.item.unit_label}, _state(one, today))
        for one in page.rows if one.place.depot and one.expires_on
    ]  # fmt: skip
    context = {
        "page_title": _("Use by"), "page_icon": "package", "tabs": tabs("expiring"), "columns": columns,
        "caption": _("What expires soon"), "form": ExpiryFilterForm(request.GET),
        "page": replace(page, rows=rows), "pager_text": _("Soonest first"),
        "empty": {"icon": "check", "title": _("Nothing expires within thirty days"), "text": ""},
    }  # fmt: skip
    return render(request, "supplies/table.html", context)


def _state(one: StockBalance, today: Any) -> dict[str, str]:
    if one.expires_on and one.expires_on < today:
        return {"text": _("Expired"), "tone": "problem"}
    return {"text": _("Use first"), "tone": "waiting"}


def _card(request: ActorRequest, depot: UUID, item: str, *, form: Any = None, status: int = 200) -> HttpResponse:
    found = queries.stock_card(actor=request.actor, depot=depot, item=item, cursor=request.GET.get("cursor"))
    may_move = request.actor.may(policy.MOVE_STOCK, found.depot.area_code)
    level = found.level
    definitions = [
        {"term": _("In stock"), "value": f"{amount(level.on_hand if level else 0)} {found.item.unit_label}"},
        {"term": pgettext("supplies", "Promised"), "value": amount(level.reserved if level else 0)},
        {"term": pgettext("supplies", "Free"), "value": amount(level.free if level else 0)},
        {"term": _("Minimum to keep"), "value": amount(level.min_quantity if level else 0)},
    ]
    forms = []
    if may_move and found.lots:
        forms.append({"title": _("Write off"), "form": form or _remove_form(found),
                      "action": reverse("supplies:remove", args=[depot, item]), "submit": _("Take off")})  # fmt: skip
    actions = [{"label": _("Write what was counted"), "url": reverse("supplies:correct", args=[depot, item])}]
    context = {
        "page_title": f"{found.item.name} · {found.depot.name}", "definitions": definitions,
        "sections": [_lots(found), _movements(found)], "forms": forms,
        "page_actions": actions if may_move and level else [],
        "breadcrumbs": [{"label": _("Supplies"), "url": f"{reverse('supplies:stock')}?depot={depot}"},
                        {"label": found.item.name}],
    }  # fmt: skip
    return card(request, context, status=status)


def _lots(found: queries.StockCard) -> dict[str, Any]:
    columns = [
        column(_("Lot")),
        column(_("Use by")),
        column(pgettext("supplies", "Where")),
        column(_("Quantity"), is_number=True),
    ]
    rows = [
        row(columns, one.lot.number or _("without a number"), one.expires_on.isoformat() if one.expires_on else "",
            PlaceKind(one.place.kind).label, {"text": amount(one.quantity),
            "muted": pgettext("supplies", "being counted") if one.is_frozen else ""})
        for one in found.lots
    ]  # fmt: skip
    return {"id": "lots", "title": _("Lots, first to expire first"), "columns": columns, "rows": rows,
            "empty": {"icon": "package", "title": _("Nothing is there"), "text": ""}}  # fmt: skip


def _movements(found: queries.StockCard) -> dict[str, Any]:
    others = queries.places_named([entry.counterpart_id for entry in found.entries.rows])
    columns = [column(_("When")), column(pgettext("supplies", "What")), column(_("From or to")), column(_("Lot")),
               column(_("Quantity"), is_number=True), column(_("Written by"))]  # fmt: skip
    rows: Any = [row(columns, *_movement(entry, others, found.moves)) for entry in found.entries.rows]
    return {"id": "movements", "title": _("Movements"), "columns": columns, "pager_text": _("Newest first"),
            "text": _("Written once and never changed: a slip is put right by a further movement."),
            "page": replace(found.entries, rows=rows),
            "empty": {"icon": "package", "title": _("Nothing moved yet"), "text": ""}}  # fmt: skip


def _movement(entry: StockEntry, others: dict[int, StockPlace], moves: dict[int, Any]) -> list[Any]:
    other, move = others.get(entry.counterpart_id), moves.get(entry.move_id)
    sign = "+" if entry.quantity > 0 else "-"
    return [
        f"{localtime(entry.happened_at):%m-%d %H:%M}",
        {"text": MoveKind(entry.kind).label, "muted": move.reason if move else ""},
        place_words(other) if other else _("elsewhere"), entry.lot.number, f"{sign}{amount(abs(entry.quantity))}",
        move.actor_name if move else "",
    ]  # fmt: skip


def _remove_form(found: queries.StockCard, data: Any = None) -> RemoveForm:
    form = RemoveForm(data)
    form.fields["lot"].choices = [  # type: ignore[attr-defined]
        (str(one.lot_id), " · ".join(filter(None, (
            one.lot.number or _("without a number"), one.expires_on.isoformat() if one.expires_on else "",
            amount(one.quantity)))))
        for one in found.lots
    ]  # fmt: skip
    return form
