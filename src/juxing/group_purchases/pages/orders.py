"""A purchase's orders at the desk: doors masked until somebody asks for them, one order with its money."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import CheckboxInput
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.group_purchases import commands, policy
from juxing.group_purchases.enums import MoneyKind, OrderChannel, OrderStatus
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.forms import GrantedForm, MoneyForm, StaffOrderForm
from juxing.group_purchases.inputs import OrderInput
from juxing.group_purchases.models import GroupPurchase, HouseholdOrder
from juxing.group_purchases.pages.shown import (
    back_to,
    line_rows,
    lines_words,
    order_row,
    show,
    slot_choices,
    slot_words,
    url,
)
from juxing.group_purchases.queries import orders as queries
from juxing.group_purchases.queries.books import OrderAccount, accounts_of
from juxing.group_purchases.queries.purchases import (
    buildings_of,
    household_at,
    purchase_to_run,
    slot_of,
    slots_of,
)
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_name, masked_phone
from juxing.kernel.money import yuan
from juxing.kernel.refusals import InvalidInput, NotVisible, Refusal
from juxing.kernel.web import ActorRequest, carried_out, show_refusal, signed_in
from juxing.places.door_text import door_number, unit_number


@signed_in(policy.TAKE_PART)
@never_cache
def orders(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """List the orders door by door; sent by POST the doors are shown, and each look is written down."""
    found = purchase_to_run(request.actor, uuid)
    buildings = buildings_of(found)
    wanted = request.GET.get("building", "")
    door = door_number(request.GET.get("door", "")[:20]) if request.GET.get("door", "").strip() else ""
    page = queries.orders_page(
        found, building_id=next((one.pk for one in buildings if str(one.pk) == wanted), None), door=door,
        cursor=request.GET.get("cursor"),
    )  # fmt: skip
    is_open = request.method == "POST"
    if is_open:
        commands.look_at_doors(
            actor=request.actor, now=clock.now(), purchase=found, orders=page.rows, reason=_("List of orders")
        )
    rows: Any = [_row(one, is_open=is_open) for one in accounts_of(found, page.rows)]
    context = {
        "page": replace(page, rows=rows), "is_open": is_open, "buildings": buildings, "building": wanted,
        "door": request.GET.get("door", "")[:20], "caption": _("Orders by door"),
        "columns": [{"label": _("Door")}, {"label": pgettext("group purchase", "Ordered")}, {"label": _("Pickup")},
                    {"label": pgettext("group purchase money", "Due"), "kind": "number"},
                    {"label": pgettext("group purchase money", "Open"), "kind": "number"},
                    {"label": pgettext("household order", "State")}],
        "empty": {"icon": "list", "title": _("Nobody has ordered here yet"), "text": ""},
        "takes_orders": found.status == State.OPEN, "may_export": request.actor.may(policy.EXPORT, found.area_code),
    }  # fmt: skip
    return show(request, found, "orders", context)


@idempotent
@signed_in(policy.TAKE_PART)
def enter(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Enter an order for a door; it takes the place of what the door ordered before."""
    found = purchase_to_run(request.actor, uuid)
    form = _staff_form(request, found)

    def act(data: dict[str, Any]) -> HouseholdOrder:
        home = household_at(form.chosen_building(), unit=_unit(data["unit"]), door=door_number(data["door"]))
        if home is None:
            raise InvalidInput("door_unknown", _("This door is not in the register. Look at building, unit and door."),
                               field="door")  # fmt: skip
        slot = slot_of(found, UUID(data["slot"])) if data.get("slot") else None
        given = OrderInput(
            household_id=home.pk, quantities=form.counts(), channel=OrderChannel.STAFF,
            contact_name=data["contact_name"], contact_phone=data["contact_phone"],
            slot_id=slot.pk if slot else None, is_brought=data["is_brought"] or None,
        )  # fmt: skip
        return commands.place_order(actor=request.actor, now=clock.now(), purchase=found, given=given)[0]

    done = carried_out(request, form, act, done=_("The order is in."))
    if done:
        return back_to(found, "order", done.made.uuid)
    context = {"form": form, "packages": form.package_fields(), "cancel_url": url(found, "orders")}
    return show(request, found, "orders", context, template="enter", status=422 if form.errors else 200)


@signed_in(policy.TAKE_PART)
@never_cache
def order(request: ActorRequest, uuid: UUID, order: UUID) -> HttpResponse:
    """Show one order: what it holds, what is owed, how it is picked up."""
    found = purchase_to_run(request.actor, uuid)
    return _order(request, found, queries.order_of(found, order))


@require_POST
@idempotent
@signed_in(policy.TAKE_PART)
@never_cache
def act(request: ActorRequest, uuid: UUID, order: UUID, what: str) -> HttpResponse:
    """Do one of the things an order offers."""
    found = purchase_to_run(request.actor, uuid)
    one = queries.order_of(found, order)
    if what == "reveal":
        return _reveal(request, found, one)
    if what in MONEY:
        return _money(request, found, one, what)
    if what == "grant":
        return _grant(request, found, one)
    if what not in ACTS:
        raise NotVisible
    try:
        messages.success(request, ACTS[what](request, one))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return back_to(found, "order", order)


def _staff_form(request: ActorRequest, found: GroupPurchase) -> StaffOrderForm:
    packages = list(found.packages.filter(dropped_at=None).order_by("code"))
    slots = slot_choices(slots_of(found))
    return StaffOrderForm(request.POST or None, packages=packages, buildings=buildings_of(found), slots=slots)


def _unit(written: str) -> str:
    return unit_number(written) if written.strip() else ""


def _row(account: OrderAccount, *, is_open: bool) -> dict[str, Any]:
    balance = account.balance
    return order_row(account.order, is_open=is_open) | {
        "lines": lines_words(account.lines), "due": yuan(balance.due), "open": yuan(abs(balance.open_fen)),
        "owes": bool(balance.owed), "gets_back": bool(balance.to_refund),
    }  # fmt: skip


def _order(
    request: ActorRequest, found: GroupPurchase, one: HouseholdOrder, *, contact: Any = None, status: int = 200,
    forms: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    [account] = accounts_of(found, [one])
    balance, is_open = account.balance, contact is not None
    forms = forms or {}
    owed = yuan(balance.owed) if balance.owed else ""
    bought = [line for line in account.lines if not line.package.dropped_at]
    slots = slots_of(found)
    waits = one.status == OrderStatus.PLACED
    context = {
        "order": one, "row": order_row(one, is_open=is_open), "lines": line_rows(account.lines), "contact": contact,
        "name": masked_name(one.contact_name), "phone": masked_phone(one.contact_phone),
        "due": yuan(balance.due), "paid": yuan(balance.paid), "refunded": yuan(balance.refunded),
        "owed": yuan(balance.owed), "to_refund": yuan(balance.to_refund), "balance": balance,
        "money": _entries(one), "channel": one.get_channel_display(),
        "pay_form": forms.get("pay") or MoneyForm(prefix="pay", initial={"amount": owed}),
        "refund_form": forms.get("refund") or MoneyForm(prefix="refund", initial={"amount": yuan(balance.to_refund)}),
        "grant_form": forms.get("grant") or GrantedForm(lines=bought),
        "can_grant": found.status == State.ARRIVED and waits, "can_keep_books": found.status != State.SETTLED,
        "takes_orders": found.status == State.OPEN, "waits": waits, "slot": slot_words(one.slot),
        "slots": [(str(slot.uuid), slot_words(slot), slot.free) for slot in slots],  # type: ignore[attr-defined]
        "can_hand_over": found.status in {State.ARRIVED, State.SETTLED}, "page_title": one.number,
        "gets_something": bool(account.portions),
        "new_link": request.session.pop("group_purchases.new_link", ""),
    }  # fmt: skip
    return show(request, found, "orders", context, template="order", status=status)


def _entries(one: HouseholdOrder) -> list[dict[str, Any]]:
    return [
        {"entry": entry, "amount": yuan(entry.amount_fen), "is_taken_back": hasattr(entry, "corrected_by")}
        for entry in queries.money_of(one)
    ]


def _reveal(request: ActorRequest, found: GroupPurchase, one: HouseholdOrder) -> HttpResponse:
    try:
        contact = commands.reveal_order(
            actor=request.actor, now=clock.now(), order=one, reason=request.POST.get("reason", "")
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return _order(request, found, one, status=refusal.status)
    return _order(request, found, one, contact=contact)


def _money(request: ActorRequest, found: GroupPurchase, one: HouseholdOrder, what: str) -> HttpResponse:
    form = MoneyForm(request.POST, prefix=what)

    def write(data: dict[str, Any]) -> None:
        amount = data.pop("amount")
        commands.record_money(
            actor=request.actor, now=clock.now(), purchase=found, kind=MONEY[what], amount_fen=amount, order=one, **data
        )

    if carried_out(request, form, write, done=_("Written down.")):
        return back_to(found, "order", one.uuid)
    if what == "pay" and form.errors:
        form.fields["is_sure"].widget = CheckboxInput()
    return _order(request, found, one, status=422, forms={what: form})


def _grant(request: ActorRequest, found: GroupPurchase, one: HouseholdOrder) -> HttpResponse:
    [account] = accounts_of(found, [one])
    form = GrantedForm(request.POST, lines=[line for line in account.lines if not line.package.dropped_at])
    if form.is_valid():
        try:
            commands.set_granted(actor=request.actor, now=clock.now(), order=one, granted=form.granted())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Written down. The household reads it on its page."))
            return back_to(found, "order", one.uuid)
    return _order(request, found, one, status=422, forms={"grant": form})


def _withdraw(request: ActorRequest, one: HouseholdOrder) -> str:
    commands.withdraw_order(actor=request.actor, now=clock.now(), order=one)
    return pgettext("group purchase", "The order is withdrawn.")


def _slot(request: ActorRequest, one: HouseholdOrder) -> str:
    try:
        slot = slot_of(one.purchase, UUID(request.POST.get("slot", "")))
    except ValueError:
        raise NotVisible from None
    commands.choose_slot(actor=request.actor, now=clock.now(), order=one, slot=slot)
    return _("The pickup time is noted.")


def _brought(request: ActorRequest, one: HouseholdOrder) -> str:
    is_brought = request.POST.get("is_brought") == "yes"
    commands.set_brought(actor=request.actor, now=clock.now(), order=one, is_brought=is_brought)
    return _("It is brought to the door.") if is_brought else _("It is picked up.")


def _hand_over(request: ActorRequest, one: HouseholdOrder) -> str:
    commands.hand_over(actor=request.actor, now=clock.now(), order=one)
    return _("Handed over.")


def _take_back(request: ActorRequest, one: HouseholdOrder) -> str:
    commands.take_back(actor=request.actor, now=clock.now(), order=one)
    return _("Not handed over after all.")


def _link(request: ActorRequest, one: HouseholdOrder) -> str:
    token = commands.give_link(actor=request.actor, now=clock.now(), order=one)
    address = request.build_absolute_uri(reverse("group_purchases:own", args=[token]))
    request.session["group_purchases.new_link"] = address
    return _("A new link for the household; an earlier one no longer opens.")


MONEY = {"pay": MoneyKind.PAID, "refund": MoneyKind.REFUNDED}
ACTS: dict[str, Callable[[ActorRequest, HouseholdOrder], str]] = {
    "withdraw": _withdraw, "slot": _slot, "brought": _brought, "hand-over": _hand_over, "take-back": _take_back,
    "link": _link,
}  # fmt: skip
