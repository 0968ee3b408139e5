"""Purchases: what is bought from whom, on whose word, and what came of it."""

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
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from juxing.access.export_pages import take_out
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.money import with_sign
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, carried_out, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.commands import Bought, Circumstances
from juxing.supplies.enums import PurchaseStatus
from juxing.supplies.exports import PURCHASES, purchase_pdf
from juxing.supplies.models import PurchaseOrder
from juxing.supplies.pages.purchase_cards import STEPS, TONES, show_purchase
from juxing.supplies.pages.tables import attempt, column, one_form, row
from juxing.supplies.pages.words import amount, tabs
from juxing.supplies.purchase_forms import (
    DeliveryForm,
    ProposalForm,
    PurchaseFilterForm,
    PurchaseForm,
    PurchaseGoodsForm,
    SeenForm,
)
from juxing.supplies.queries import purchases as queries
from juxing.supplies.queries.agreements import agreement_to_use, agreements_to_call_off, supplier_under, suppliers_of
from juxing.supplies.queries.meanings import catalogue_items, item_of
from juxing.supplies.queries.stock import depots_to_fill

ASKED_AT_THE_DOOR = {"more_than_ordered": "is_over_meant", "booked_just_now": "is_another"}


@signed_in(policy.VIEW)
def purchases(request: ActorRequest) -> HttpResponse:
    """List purchases, newest first."""
    form = PurchaseFilterForm(request.GET)
    page = queries.purchases_page(actor=request.actor, cursor=request.GET.get("cursor"), **form.filters())
    now = clock.now()
    columns = [
        column(pgettext("supplies", "Number")), column(_("Supplier")), column(_("Goods")), column(_("Depot")),
        column(_("Amount"), is_number=True), column(_("Expected")), column(_("State")),
    ]  # fmt: skip
    rows: Any = [row(columns, *_cells(one, now=now)) for one in page.rows]
    may = request.actor.may_somewhere(policy.PURCHASE)
    new = {"label": _("New purchase"), "url": reverse("supplies:new_purchase"), "icon": "plus", "kind": "primary"}
    others = [
        {"label": _("Agreements"), "url": reverse("supplies:agreements"), "icon": "certificate"},
        {"label": _("Suppliers"), "url": reverse("supplies:suppliers"), "icon": "building-warehouse"},
        {"label": _("Take the list out"), "url": reverse("supplies:export_purchases"), "icon": "download"},
    ]
    context = {
        "page_title": _("Purchases"), "page_icon": "clipboard-list", "tabs": tabs("purchases"), "columns": columns,
        "caption": _("Purchases"), "page": replace(page, rows=rows), "pager_text": _("Newest first"), "form": form,
        "notices": _reviews(request), "page_actions": [new, *others] if may else others,
        "empty": {"icon": "clipboard-list", "title": _("No purchases"), "action": new if may else None,
                  "text": _("What is bought for a depot stands here, from the first line to the last carton.")},
    }  # fmt: skip
    return render(request, "supplies/table.html", context)


@idempotent
@signed_in(policy.PURCHASE)
def new_purchase(request: ActorRequest) -> HttpResponse:
    """Write down what is to be bought."""
    actor, today = request.actor, localdate(clock.now())
    form = PurchaseForm(
        request.POST or None, depots=depots_to_fill(actor=actor), suppliers=suppliers_of(actor=actor),
        agreements=agreements_to_call_off(actor=actor, today=today), items=catalogue_items(),
        initial={name: request.GET.get(name, "") for name in ("depot", "source")},
    )  # fmt: skip

    def act() -> PurchaseOrder:
        depot, supplier, agreement = form.chosen()
        return commands.draft_purchase(
            actor=actor, now=clock.now(), depot=depot, supplier=supplier, agreement=agreement, goods=form.bought(),
            circumstances=form.circumstances(),
        )  # fmt: skip

    if request.method == "POST" and form.is_valid() and (done := attempt(form, act)):
        messages.success(request, _("Written down. Nothing is ordered yet."))
        return _to(done.made.uuid)
    return one_form(
        request, form, title=_("New purchase"), back=reverse("supplies:purchases"),
        subtitle=_("Under an agreement its prices hold; leave the price empty there."),
    )  # fmt: skip


@signed_in(policy.VIEW)
def purchase(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one purchase and what may be done next."""
    return show_purchase(request, queries.purchase_of(actor=request.actor, uuid=uuid))


@idempotent
@signed_in(policy.PURCHASE)
def change(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write the goods of a draft anew."""
    one = queries.purchase_of(actor=request.actor, uuid=uuid)
    written = [(line.item, line.ordered, line.price_fen) for line in one.lines.all()]
    form = PurchaseGoodsForm(request.POST or None, items=catalogue_items(), written=written)

    def act() -> PurchaseOrder:
        return commands.change_purchase(
            actor=request.actor, now=clock.now(), order=one, goods=form.bought(), is_sure=form.cleaned_data["is_sure"]
        )

    if request.method == "POST" and form.is_valid() and attempt(form, act):
        messages.success(request, _("Written down."))
        return _to(uuid)
    return one_form(
        request, form, title=_("Change the goods"), back=reverse("supplies:purchase", args=[uuid]),
        subtitle=f"{one.number} · {one.supplier_name}",
    )  # fmt: skip


@require_POST
@idempotent
@signed_in(policy.VIEW)
def step(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Take a purchase one step on."""
    one = queries.purchase_of(actor=request.actor, uuid=uuid)
    if what not in STEPS:
        raise NotVisible
    chosen = STEPS[what]
    form = chosen.form(one, request.POST)
    if carried_out(request, form, lambda _data: chosen.act(request, one, form), done=chosen.done):
        return _to(uuid)
    shown = form.shown_anew() if isinstance(form, SeenForm) else form
    return show_purchase(request, one, form=shown, what=what)


@idempotent
@signed_in(policy.MOVE_STOCK)
def receive(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write down a delivery, in part or whole."""
    one = queries.purchase_of(actor=request.actor, uuid=uuid)
    form = DeliveryForm(request.POST or None, lines=list(one.lines.all()))

    def act(data: dict[str, Any]) -> None:
        try:
            commands.receive_purchase(
                actor=request.actor, now=clock.now(), order=one, uuid=data["delivery"], came=form.came(),
                paper=data["paper"], takes_more=data["is_over_meant"], is_another=data["is_another"],
            )  # fmt: skip
        except Refusal as refusal:
            if refusal.code in ASKED_AT_THE_DOOR:
                form.ask(ASKED_AT_THE_DOOR[refusal.code])
            raise

    if carried_out(request, form, act, done=_("Booked. What is good lies in stock now.")):
        return _to(uuid)
    return one_form(
        request, form, title=_("Delivery of %(number)s") % {"number": one.number},
        back=reverse("supplies:purchase", args=[uuid]), subtitle=f"{one.supplier_name} → {one.depot.name}",
    )  # fmt: skip


@require_POST
@idempotent
@signed_in(policy.PURCHASE)
def propose(request: ActorRequest) -> HttpResponse:
    """Make a draft of what was proposed: one press."""
    form = ProposalForm(request.POST)

    def act(_data: dict[str, Any]) -> PurchaseOrder:
        agreement_uuid, code, depot_uuid, quantity, origin = form.chosen()
        agreement, item = agreement_to_use(actor=request.actor, uuid=agreement_uuid), item_of(code)
        depot = next((one for one in depots_to_fill(actor=request.actor) if one.uuid == depot_uuid), None)
        if item is None or depot is None:
            raise NotVisible
        return commands.draft_purchase(
            actor=request.actor, now=clock.now(), depot=depot, supplier=supplier_under(agreement), agreement=agreement,
            goods=[Bought(item, quantity)], circumstances=Circumstances(origin=origin, is_sure=True),
        )  # fmt: skip

    if done := carried_out(request, form, act, done=_("A draft. Look at it, then send it on its way.")):
        return _to(done.made.uuid)
    messages.error(request, _("This proposal no longer holds. Look at the list again."))
    return HttpResponseRedirect(reverse("supplies:purchases"), status=303)


@signed_in(policy.VIEW)
def paper(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Hand out the purchase order for the supplier (采购单)."""
    one = queries.purchase_of(actor=request.actor, uuid=uuid)
    if one.status in {PurchaseStatus.DRAFT, PurchaseStatus.SUBMITTED, PurchaseStatus.CANCELLED}:
        raise NotVisible
    headers = {"Content-Disposition": f'attachment; filename="{one.number}.pdf"'}
    return HttpResponse(purchase_pdf(one, now=clock.now()), content_type="application/pdf", headers=headers)


@signed_in(policy.VIEW)
def export(request: ActorRequest) -> HttpResponse:
    """Ask what the list is for, and give it as a table."""
    return take_out(request, PURCHASES.code)


def _cells(one: PurchaseOrder, *, now: Any) -> list[Any]:
    goods = ", ".join(f"{line.item.name} {amount(line.ordered)} {line.item.unit_label}" for line in one.lines.all())
    is_late = one.due_at is not None and one.due_at < now and one.status in (
        PurchaseStatus.ORDERED, PurchaseStatus.PARTLY,
    )  # fmt: skip
    due = f"{localtime(one.due_at):%m-%d %H:%M}" if one.due_at else ""
    return [
        (one.number, reverse("supplies:purchase", args=[one.uuid])), one.supplier_name,
        {"text": goods, "muted": _("emergency") if one.is_emergency else ""}, one.depot.name, with_sign(one.total_fen),
        {"text": due, "tone": "problem"} if is_late else due,
        {"text": one.get_status_display(), "tone": TONES[PurchaseStatus(one.status)]},
    ]  # fmt: skip


def _reviews(request: ActorRequest) -> list[dict[str, str]]:
    count = queries.reviews_open(actor=request.actor)
    if not count:
        return []
    words = ngettext(
        "%(count)d emergency purchase waits for its review by a second person.",
        "%(count)d emergency purchases wait for their review by a second person.", count,
    )  # fmt: skip
    return [{"text": words % {"count": count}, "tone": "warning", "url": "?show=review", "url_label": _("Show them")}]


def _to(uuid: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("supplies:purchase", args=[uuid]), status=303)
