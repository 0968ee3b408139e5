"""The neighbour's side, without an account: the sign of a purchase, ordering by phone, the own order by its link."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.group_purchases import commands
from juxing.group_purchases.enums import OrderChannel, OrderStatus
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.forms import DoorForm, PackagesForm
from juxing.group_purchases.inputs import OrderInput
from juxing.group_purchases.models import GroupPurchase, HouseholdOrder
from juxing.group_purchases.pages.desk import total_row
from juxing.group_purchases.pages.shown import (
    ORDER_TONES,
    TONES,
    cancel_words,
    door_words,
    line_rows,
    slot_choices,
    slot_words,
)
from juxing.group_purchases.queries.books import accounts_of
from juxing.group_purchases.queries.orders import order_by_link, orders_of_phone
from juxing.group_purchases.queries.purchases import buildings_of, household_at, public_purchase, slot_of, slots_of
from juxing.group_purchases.queries.totals import package_totals
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.money import yuan
from juxing.kernel.qr_codes import qr_code
from juxing.kernel.refusals import InvalidInput, NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import carried_out, new_form_key, open_to_all
from juxing.people.phone_pages import PhoneProof, ask_for_code, ask_for_phone
from juxing.people.visitor_pages import proved_phone
from juxing.places.door_text import door_number, unit_number

RESIDENT = Actor.resident()
COUNTER = Actor.system("group purchase sign")
STEPS = ("phone", "code", "order")


def steps_at(current: str) -> list[dict[str, Any]]:
    """Return the steps of ordering, for the stepper."""
    labels = {"phone": _("Phone"), "code": _("Code"), "order": _("What you order")}
    here = STEPS.index(current)
    states = ["done" if at < here else "current" if at == here else "coming" for at in range(len(STEPS))]
    return [{"label": labels[name], "state": state} for name, state in zip(STEPS, states, strict=True)]


PROOF = PhoneProof(
    phone_page="group_purchases:prove", code_page="group_purchases:prove_code", onward="group_purchases:mine",
    steps=steps_at, title=gettext_lazy("Order together with your neighbours"),
    lead=gettext_lazy("Write your mobile number. You need no account."),
)  # fmt: skip


@open_to_all
def prove(request: HttpRequest) -> HttpResponse:
    """Ask for the phone with which one orders."""
    return ask_for_phone(request, PROOF)


@open_to_all
def prove_code(request: HttpRequest) -> HttpResponse:
    """Take the code that was sent to it."""
    return ask_for_code(request, PROOF)


@open_to_all
@never_cache
def sign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what is on offer, from whom, at what price, until when; how much is ordered, never by whom."""
    with acting(COUNTER):
        found = public_purchase(uuid)
        if found is None:
            return _no_such_link(request)
        totals = package_totals(found)
        link = request.build_absolute_uri(request.path)
        context = {
            "purchase": found, "packages": [total_row(one) for one in totals], "page_title": found.title,
            "page_lead": _("From %(supplier)s, organised by %(organiser)s.") % {
                "supplier": found.supplier_name, "organiser": found.organiser_name,
            },
            "state": found.get_status_display(), "tone": TONES[State(found.status)],
            "fee": yuan(found.delivery_fee_fen),
            "cancelled": cancel_words(found), "takes_orders": _takes_orders(found), "qr": qr_code(link, scale=None),
            "buildings": [f"{one.estate.name} {one.label}" for one in buildings_of(found)], "link": link,
            "minimum": yuan(found.minimum_fen) if found.minimum_fen else "",
            "sum": yuan(sum(one.value_fen for one in totals)), "slots": [slot_words(one) for one in slots_of(found)],
        }  # fmt: skip
        is_paper = request.GET.get("print") == "1"
        return render(request, "group_purchases/sign_print.html" if is_paper else "group_purchases/sign.html", context)


@idempotent
@open_to_all
@never_cache
def order(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take an order from whoever proved a telephone."""
    phone = proved_phone(request)
    if not phone:
        return redirect(f"{reverse('group_purchases:prove')}?{urlencode({'next': request.path})}")
    with acting(COUNTER):
        found = public_purchase(uuid)
        if found is None:
            return _no_such_link(request)
        totals = package_totals(found)
        form = DoorForm(
            request.POST or None, packages=[one.package for one in totals], buildings=buildings_of(found),
            slots=slot_choices(slots_of(found)),
        )  # fmt: skip

        def act(data: dict[str, Any]) -> str:
            return _place(found, form, data, phone)

        done = carried_out(request, form, act)
        if done:
            return HttpResponseRedirect(reverse("group_purchases:own", args=[done.made]), status=303)
        context = {
            "purchase": found, "form": form, "page_title": _("Order: %(title)s") % {"title": found.title},
            "page_lead": _("One order for a door. You can change it until the cut-off."), "steps": steps_at("order"),
            "rows": _with_fields(form, totals), "takes_orders": _takes_orders(found), "keep_offline": False,
            "fee": yuan(found.delivery_fee_fen), **new_form_key(),
        }  # fmt: skip
        return render(request, "group_purchases/order_here.html", context, status=422 if form.errors else 200)


@open_to_all
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """List what was ordered with the telephone this visitor has proved."""
    phone = proved_phone(request)
    if not phone:
        return redirect(f"{reverse('group_purchases:prove')}?{urlencode({'next': request.path})}")
    with acting(COUNTER):
        rows = [
            {"order": one, "door": door_words(one.household, is_open=True), "title": one.purchase.title,
             "state": one.get_status_display(), "tone": ORDER_TONES[OrderStatus(one.status)]}
            for one in orders_of_phone(phone)
        ]  # fmt: skip
        context = {"rows": rows, "page_title": _("What I ordered"), **new_form_key()}
        return render(request, "group_purchases/mine.html", context)


@require_POST
@open_to_all
@never_cache
def open_mine(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Open one's own order by a new link, for whoever proved the telephone it was placed with."""
    phone = proved_phone(request)
    with acting(COUNTER):
        found = [one for one in orders_of_phone(phone) if one.uuid == uuid] if phone else []
        if not found:
            return redirect("group_purchases:mine")
        token = commands.give_link(actor=RESIDENT, now=clock.now(), order=found[0])
    return HttpResponseRedirect(reverse("group_purchases:own", args=[token]), status=303)


def by_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view the order whose link the token is; a wrong link and an old one look the same."""

    @open_to_all
    @wraps(view)
    def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        with acting(COUNTER):
            found = order_by_link(token, now=clock.now())
            return _no_such_link(request) if found is None else view(request, found, token, **kwargs)

    return opened


@never_cache
@by_link
def own(request: HttpRequest, found: HouseholdOrder, token: str) -> HttpResponse:
    """Show one's own order: what is in it, what is owed or comes back, when it is picked up."""
    return _own(request, found, token)


@idempotent
@never_cache
@by_link
def change(request: HttpRequest, found: HouseholdOrder, token: str) -> HttpResponse:
    """Change one's own order before the cut-off."""
    totals = package_totals(found.purchase)
    held = {line.package_id: line.quantity for line in found.lines.all()} if found.status == OrderStatus.PLACED else {}
    initial = {f"package_{one.package.code}": held.get(one.package.pk) for one in totals}
    form = PackagesForm(request.POST or None, packages=[one.package for one in totals], initial=initial)

    def act(_data: dict[str, Any]) -> None:
        given = OrderInput(
            household_id=found.household_id or 0, quantities=form.counts(), channel=OrderChannel.PHONE,
            contact_phone=found.contact_phone,
        )  # fmt: skip
        outcome = commands.record_orders(actor=RESIDENT, now=clock.now(), purchase=found.purchase, inputs=[given])
        if 0 in outcome.refusals:
            raise outcome.refusals[0]

    if carried_out(request, form, act, done=_("Your order is changed.")):
        return HttpResponseRedirect(reverse("group_purchases:own", args=[token]), status=303)
    context = {
        "purchase": found.purchase, "form": form, "page_title": _("Change my order"), "token": token,
        "rows": _with_fields(form, totals), "takes_orders": _takes_orders(found.purchase),
        "fee": yuan(found.purchase.delivery_fee_fen), **new_form_key(),
    }  # fmt: skip
    return render(request, "group_purchases/order_here.html", context, status=422 if form.errors else 200)


@require_POST
@idempotent
@never_cache
@by_link
def answer(request: HttpRequest, found: HouseholdOrder, token: str, what: str) -> HttpResponse:
    """Take what the household says: withdraw, another time, bring it, picked up."""
    if what not in ANSWERS:
        return _no_such_link(request)
    try:
        messages.success(request, ANSWERS[what](request, found))
    except NotVisible:
        return _no_such_link(request)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return HttpResponseRedirect(reverse("group_purchases:own", args=[token]), status=303)


def _place(found: GroupPurchase, form: DoorForm, data: dict[str, Any], phone: str) -> str:
    unit = unit_number(data["unit"]) if data["unit"].strip() else ""
    home = household_at(form.chosen_building(), unit=unit, door=door_number(data["door"]))
    if home is None:
        words = _("This door is not in the register. Look at building, unit and door, or ask the organiser.")
        raise InvalidInput("door_unknown", words, field="door")
    slot = slot_of(found, UUID(data["slot"])) if data.get("slot") else None
    given = OrderInput(
        household_id=home.pk, quantities=form.counts(), channel=OrderChannel.PHONE, contact_phone=phone,
        contact_name=data["contact_name"], slot_id=slot.pk if slot else None, is_brought=data["is_brought"],
    )  # fmt: skip
    return commands.place_order(actor=RESIDENT, now=clock.now(), purchase=found, given=given)[1]


def _own(request: HttpRequest, found: HouseholdOrder, token: str) -> HttpResponse:
    purchase = found.purchase
    [account] = accounts_of(purchase, [found])
    balance, takes = account.balance, _takes_orders(purchase)
    waits = found.status == OrderStatus.PLACED
    can_fetch = waits and purchase.status in {State.OPEN, State.CLOSED, State.ARRIVED} and bool(account.portions)
    link = request.build_absolute_uri(request.path)
    context = {
        "order": found, "purchase": purchase, "token": token,
        "page_title": _("My order %(number)s") % {"number": found.number},
        "page_lead": purchase.title, "door": door_words(found.household, is_open=True),
        "state": found.get_status_display(), "tone": ORDER_TONES[OrderStatus(found.status)],
        "purchase_state": purchase.get_status_display(), "purchase_tone": TONES[State(purchase.status)],
        "lines": line_rows(account.lines), "due": yuan(balance.due), "paid": yuan(balance.paid),
        "refunded": yuan(balance.refunded), "owed": yuan(balance.owed), "to_refund": yuan(balance.to_refund),
        "balance": balance, "fee": yuan(purchase.delivery_fee_fen) if balance.due and purchase.delivery_fee_fen else "",
        "cancelled": cancel_words(purchase), "slot": slot_words(found.slot), "takes_orders": takes, "waits": waits,
        "slots": slot_choices(slots_of(purchase), kept=found.slot_id) if can_fetch else [], "can_fetch": can_fetch,
        "held_slot": str(found.slot.uuid) if found.slot else "", "link": link, "qr": qr_code(link, scale=None),
        "totals": [total_row(one) for one in package_totals(purchase)], **new_form_key(),
    }  # fmt: skip
    return render(request, "group_purchases/own.html", context)


def _withdraw(_request: HttpRequest, found: HouseholdOrder) -> str:
    commands.withdraw_order(actor=RESIDENT, now=clock.now(), order=found)
    return _("Your order is withdrawn. What you paid comes back.")


def _slot(request: HttpRequest, found: HouseholdOrder) -> str:
    try:
        slot = slot_of(found.purchase, UUID(request.POST.get("slot", "")))
    except ValueError:
        raise NotVisible from None
    commands.choose_slot(actor=RESIDENT, now=clock.now(), order=found, slot=slot)
    return _("Your time is noted.")


def _brought(request: HttpRequest, found: HouseholdOrder) -> str:
    is_brought = request.POST.get("is_brought") == "yes"
    commands.set_brought(actor=RESIDENT, now=clock.now(), order=found, is_brought=is_brought)
    return _("It is brought to your door.") if is_brought else _("You pick it up.")


ANSWERS: dict[str, Callable[[HttpRequest, HouseholdOrder], str]] = {
    "withdraw": _withdraw, "slot": _slot, "brought": _brought,
}  # fmt: skip


def _takes_orders(purchase: GroupPurchase) -> bool:
    return purchase.status == State.OPEN and purchase.cut_off_at > clock.now()


def _with_fields(form: PackagesForm, totals: Any) -> list[dict[str, Any]]:
    return [total_row(total) | {"field": form[f"package_{total.package.code}"]} for total in totals]


def _no_such_link(request: HttpRequest) -> HttpResponse:
    """Say that the link is of no use, and nothing else."""
    return render(request, "group_purchases/no_such_link.html", {"page_title": _("This link is not valid")}, status=404)
