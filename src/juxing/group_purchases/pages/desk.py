"""Purchases at the desk: the list, one purchase with its totals, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.group_purchases import commands, policy
from juxing.group_purchases.enums import ENDED
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.forms import ArrivalForm, FilterForm, MomentForm, ReasonForm, things
from juxing.group_purchases.lifecycle import PURCHASE
from juxing.group_purchases.models import GroupPurchase
from juxing.group_purchases.pages.shown import TONES, back_to, cancel_words, one_form, show, slot_words, url
from juxing.group_purchases.queries import purchases as queries
from juxing.group_purchases.queries.totals import PackageTotal, package_totals
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.money import yuan
from juxing.kernel.qr_codes import qr_code
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, carried_out, signed_in
from juxing.supplies.queries.agreements import suppliers_for


@signed_in(policy.TAKE_PART)
def purchases(request: ActorRequest) -> HttpResponse:
    """List the purchases the actor runs, oversees or hands out."""
    form = FilterForm(request.GET)
    page = queries.purchases_page(
        actor=request.actor, area_code=request.GET.get("area", ""), status=form.chosen(),
        cursor=request.GET.get("cursor"),
    )  # fmt: skip
    rows: Any = [
        {"purchase": one, "tone": TONES[State(one.status)], "households": one.household_count}  # type: ignore[attr-defined]
        for one in page.rows
    ]
    new = {"label": _("Prepare a group purchase"), "url": reverse("group_purchases:prepare"), "icon": "plus",
           "kind": "primary"}  # fmt: skip
    may = request.actor.may_somewhere(policy.ORGANISE)
    context = {
        "page_title": _("Group purchases"), "page_icon": "packages", "form": form, "page": replace(page, rows=rows),
        "page_subtitle": _("Neighbours order together, money is written down to the fen, nobody meets at the pickup."),
        "page_actions": [new] if may else [], "caption": _("Group purchases"), "pager_text": _("Newest first"),
        "columns": [{"label": _("Group purchase")}, {"label": _("Supplier")}, {"label": _("Cut-off")},
                    {"label": _("Households"), "kind": "number"},
                    {"label": pgettext("group purchase", "Where it stands")}],
        "empty": {"icon": "packages", "title": _("No group purchases yet"),
                  "text": _("Prepare one, name the buildings, and hand on the link."), "action": new if may else None},
    }  # fmt: skip
    return render(request, "group_purchases/list.html", context)


@signed_in(policy.TAKE_PART)
def purchase(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one purchase: what is on offer, how much is ordered, and what comes next."""
    found = queries.purchase_for(request.actor, uuid)
    totals = package_totals(found)
    link = request.build_absolute_uri(reverse("group_purchases:sign", args=[found.uuid]))
    may_run = policy.can_run(request.actor, found)
    slots = queries.slots_of(found)
    context = {
        "facts": _facts(found, request.actor), "packages": [total_row(one) for one in totals], "link": link,
        "sum": yuan(sum(one.value_fen for one in totals)), "cancelled": cancel_words(found),
        "buildings": queries.buildings_of(found), "may_run": may_run,
        "slots": [{"slot": one, "words": slot_words(one), "taken": one.taken} for one in slots],  # type: ignore[attr-defined]
        "bearers": [one.account.display_name for one in found.bearers.select_related("account").order_by("id")],
        "offered": {step.name for step in PURCHASE.offered(request.actor, found)},
        "is_draft": found.status == State.DRAFT, "is_ended": found.status in ENDED,
        "can_change": found.status in {State.DRAFT, State.OPEN},
        "qr": qr_code(link, scale=None) if found.status != State.DRAFT else None,
        "what_next": _what_next(found, has_packages=bool(totals)) if may_run else "",
    }  # fmt: skip
    return show(request, found, "purchase", context)


@signed_in(policy.TAKE_PART)
def supplier_sheet(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Print what the supplier is to deliver; no door and no name stands on it."""
    found = queries.purchase_for(request.actor, uuid)
    totals = [one for one in package_totals(found) if not one.package.dropped_at]
    context = {
        "page_title": _("Order for %(supplier)s") % {"supplier": found.supplier_name},
        "page_subtitle": f"{found.title} · {found.number}", "packages": [total_row(one) for one in totals],
        "sum": yuan(sum(one.value_fen for one in totals)), "purchase": found, "printed_by": request.actor.name,
        "printed_at": clock.now(), "back_url": url(found, "purchase"),
    }  # fmt: skip
    return render(request, "group_purchases/supplier_sheet.html", context)


@idempotent
@signed_in(policy.TAKE_PART)
def arrival(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take down what arrived, and share it."""
    found = queries.purchase_to_run(request.actor, uuid)
    totals = [one for one in package_totals(found) if not one.package.dropped_at]
    initial: dict[str, Any] = {"method": found.share_method}
    for one in totals:
        received = one.package.received
        initial[f"received_{one.package.code}"] = one.ordered if received is None else received
        initial[f"substitution_{one.package.code}"] = one.package.substitution
        charged = one.package.charged_fen
        initial[f"charged_{one.package.code}"] = "" if charged is None else yuan(charged)
    form = ArrivalForm(request.POST or None, packages=totals, initial=initial)

    def act(data: dict[str, Any]) -> GroupPurchase:
        return commands.record_arrival(
            actor=request.actor, now=clock.now(), purchase=found, arrived=form.arrived(), method=data["method"]
        )

    if carried_out(
        request, form, act, done=_("Written down and shared. Everybody reads on the own page what they get.")
    ):
        return back_to(found)
    title = pgettext("group purchase", "Goods arrived")
    return one_form(request, form, title=title, back=url(found, "purchase"), purchase=found,
                    page_subtitle=_("Fewer than ordered? What is to go back is reckoned to the fen."))  # fmt: skip


@idempotent
@signed_in(policy.TAKE_PART)
def cancel(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Call a purchase off."""
    found = queries.purchase_to_run(request.actor, uuid)
    form = ReasonForm(request.POST or None)

    def act(data: dict[str, Any]) -> GroupPurchase:
        return commands.cancel_purchase(actor=request.actor, now=clock.now(), purchase=found, reason=data["reason"])

    if carried_out(
        request, form, act, done=_("Cancelled. Everybody who ordered reads why; what was paid is to go back.")
    ):
        return back_to(found)
    return one_form(request, form, title=_("Cancel the group purchase"), back=url(found, "purchase"), purchase=found,
                    submit_label=_("Cancel the group purchase"))  # fmt: skip


@idempotent
@signed_in(policy.TAKE_PART)
def reopen(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take orders again."""
    found = queries.purchase_to_run(request.actor, uuid)
    form = MomentForm(request.POST or None)

    def act(data: dict[str, Any]) -> GroupPurchase:
        return commands.reopen_purchase(
            actor=request.actor, now=clock.now(), purchase=found, cut_off_at=data["cut_off"]
        )

    if carried_out(request, form, act, done=_("Neighbours can order again.")):
        return back_to(found)
    return one_form(request, form, title=_("Take orders again"), back=url(found, "purchase"), purchase=found)


@require_POST
@idempotent
@signed_in(policy.TAKE_PART)
def step(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Open, cut off, settle or take up again."""
    found = queries.purchase_to_run(request.actor, uuid)
    if what not in STEPS:
        raise NotVisible
    try:
        messages.success(request, STEPS[what](request, found))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return back_to(found, "money" if what in {"settle", "take-up"} else "purchase")


def _open(request: ActorRequest, found: GroupPurchase) -> str:
    commands.open_purchase(actor=request.actor, now=clock.now(), purchase=found)
    return _("Open. Hand on the link or the picture below.")


def _close(request: ActorRequest, found: GroupPurchase) -> str:
    closed = commands.close_purchase(actor=request.actor, now=clock.now(), purchase=found)
    if closed.status == State.CANCELLED:
        return _("Cut off and cancelled: the minimum was not reached. Everybody reads it on the own page.")
    return _("Cut off. The totals for the supplier stand.")


def _settle(request: ActorRequest, found: GroupPurchase) -> str:
    reason = request.POST.get("reason", "")[:200]
    commands.settle_purchase(actor=request.actor, now=clock.now(), purchase=found, left_over_reason=reason)
    return _("Settled: nobody owes anybody anything.")


def _take_up(request: ActorRequest, found: GroupPurchase) -> str:
    commands.take_up_purchase(actor=request.actor, now=clock.now(), purchase=found)
    return _("The books are open again.")


STEPS: dict[str, Callable[[ActorRequest, GroupPurchase], str]] = {
    "open": _open, "close": _close, "settle": _settle, "take-up": _take_up,
}  # fmt: skip


def total_row(total: PackageTotal) -> dict[str, Any]:
    """Return a package as pages show it: contents, price, how much is ordered, and what of it matters now."""
    package = total.package
    return {
        "package": package, "things": things(package), "price": yuan(package.price_fen), "total": total,
        "ordered": total.ordered, "households": total.households, "left": total.left, "sum": yuan(total.value_fen),
        "is_sold_out": total.left == 0, "charged": "" if package.charged_fen is None else yuan(package.charged_fen),
        "missing": max(0, (package.minimum_total or 0) - total.ordered),
        "short": max(0, total.ordered - package.received) if package.received is not None else 0,
        "extra": max(0, package.received - total.granted) if package.received is not None else 0,
    }  # fmt: skip


def _facts(found: GroupPurchase, actor: Actor) -> list[dict[str, str]]:
    cut_off = f"{localtime(found.cut_off_at):%Y-%m-%d %H:%M}"
    facts = [(_("Organised by"), found.organiser_name), (_("Cut-off"), cut_off)]
    if found.expected_at:
        facts.append((_("Expected to arrive"), f"{localtime(found.expected_at):%Y-%m-%d %H:%M}"))
    facts.append((_("Delivery fee for a household"), f"¥{yuan(found.delivery_fee_fen)}"))
    if found.minimum_fen:
        facts.append((_("Supplier's smallest order"), f"¥{yuan(found.minimum_fen)}"))
    if found.pickup_place:
        facts.append((_("Picked up at"), found.pickup_place))
    return [_supplier(found, actor), *({"term": term, "value": value} for term, value in facts)]


def _supplier(found: GroupPurchase, actor: Actor) -> dict[str, str]:
    """Return the supplier, with the way to its page for whoever may open it."""
    listed = suppliers_for(actor).filter(pk=found.supplier_id or 0).first()
    link = reverse("supplies:supplier", args=[listed.uuid]) if listed is not None else ""
    return {"term": _("Supplier"), "value": found.supplier_name, "url": link}


def _what_next(found: GroupPurchase, *, has_packages: bool) -> str:
    if found.status == State.DRAFT:
        return _("Add packages and buildings, then open it.") if not has_packages else _("Check it, then open it.")
    return {
        State.OPEN: _("Neighbours order. At the cut-off it closes by itself."),
        State.CLOSED: _("Send the totals to the supplier. When the goods are there, write down what arrived."),
        State.ARRIVED: _("Hand out, pay back what is due, pay the bill, then settle."),
        State.SETTLED: pgettext("group purchase money", "Nothing is open."),
        State.CANCELLED: _("Pay back what was paid: see the page of the money."),
    }[State(found.status)]
