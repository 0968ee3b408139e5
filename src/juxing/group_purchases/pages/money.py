"""The purchase's money: what came in, what went out, what must be in hand, and who still owes whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import CheckboxInput
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.group_purchases import commands, policy
from juxing.group_purchases.amounts import Books
from juxing.group_purchases.enums import MoneyKind
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.forms import BillForm, CountedForm, MoneyForm
from juxing.group_purchases.models import GroupPurchase, MoneyEntry
from juxing.group_purchases.pages.shown import back_to, door_words, show
from juxing.group_purchases.queries import orders as queries
from juxing.group_purchases.queries.books import OrderAccount, all_accounts, books_of
from juxing.group_purchases.queries.purchases import purchase_to_run
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.money import with_sign, yuan
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, carried_out, signed_in

SUPPLIER = {"pay": MoneyKind.SUPPLIER_PAID, "returned": MoneyKind.SUPPLIER_RETURNED}


@signed_in(policy.TAKE_PART)
@never_cache
def money(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the books; the doors of those with something open are masked."""
    return _money(request, purchase_to_run(request.actor, uuid))


@require_POST
@idempotent
@signed_in(policy.TAKE_PART)
@never_cache
def act(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Write down the bill, what the supplier got or gave back, or what was counted; or show the doors."""
    found = purchase_to_run(request.actor, uuid)
    if what == "doors":
        return _money(request, found, is_open=True)
    if what not in FORMS:
        raise NotVisible
    form = FORMS[what](request.POST, prefix=what)

    def write(data: dict[str, Any]) -> None:
        now, actor = clock.now(), request.actor
        if what == "bill":
            commands.enter_bill(
                actor=actor, now=now, purchase=found, bill_fen=data["bill"], reference=data["reference"]
            )
        elif what == "counted":
            commands.count_in_hand(actor=actor, now=now, purchase=found, counted_fen=data["counted"])
        else:
            amount = data.pop("amount")
            commands.record_money(actor=actor, now=now, purchase=found, kind=SUPPLIER[what], amount_fen=amount, **data)

    if carried_out(request, form, write, done=_("Written down.")):
        return back_to(found, "money")
    if what == "pay":
        form.fields["is_sure"].widget = CheckboxInput()
    return _money(request, found, forms={what: form}, status=422)


@require_POST
@idempotent
@signed_in(policy.TAKE_PART)
def take_back(request: ActorRequest, uuid: UUID, entry: UUID) -> HttpResponse:
    """Take a slip back."""
    found = purchase_to_run(request.actor, uuid)
    one = queries.entry_of(found, entry)
    try:
        commands.take_back_entry(actor=request.actor, now=clock.now(), entry=one)
        messages.success(request, _("Taken back; both amounts stay to be seen."))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return back_to(found, "order", one.order.uuid) if one.order else back_to(found, "money")


FORMS: dict[str, Any] = {"bill": BillForm, "pay": MoneyForm, "returned": MoneyForm, "counted": CountedForm}


def _money(
    request: ActorRequest, found: GroupPurchase, *, is_open: bool = False, forms: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    accounts = all_accounts(found)
    books = books_of(found, accounts)
    unsettled = [one for one in accounts if one.balance.open_fen]
    if is_open:
        commands.look_at_doors(
            actor=request.actor, now=clock.now(), purchase=found, orders=[one.order for one in unsettled],
            reason=_("Settling the money"),
        )  # fmt: skip
    to_pay = books.to_pay_supplier
    initial = {"pay": {"amount": yuan(to_pay) if to_pay > 0 else ""}}
    if found.bill_fen is not None:
        initial["bill"] = {"bill": yuan(found.bill_fen), "reference": found.bill_reference}
    context = {
        "in_lines": _in_hand_lines(books), "why_lines": _why_lines(books), "books": books,
        "in_hand": with_sign(books.in_hand), "is_laid_out": books.in_hand < 0, "is_even": books.is_even,
        "is_open": is_open,
        "bill": None if found.bill_fen is None else with_sign(found.bill_fen), "due": with_sign(books.due),
        "left_over": with_sign(books.left_over), "has_left_over": bool(books.left_over),
        "counted": None if found.counted_fen is None else with_sign(found.counted_fen),
        "counted_difference": with_sign((found.counted_fen or 0) - books.in_hand),
        "is_counted_right": found.counted_fen == books.in_hand,
        "unsettled": [_unsettled(one, is_open=is_open) for one in unsettled], "household_count": len(accounts),
        "page": queries.money_page(found, cursor=request.GET.get("cursor")),
        "forms": {
            name: (forms or {}).get(name) or form(prefix=name, initial=initial.get(name))
            for name, form in FORMS.items()
        },
        "keeps_books": found.status not in {State.DRAFT, State.SETTLED}, "is_settled": found.status == State.SETTLED,
        "can_bill": found.status in {State.CLOSED, State.ARRIVED, State.CANCELLED},
        "can_settle": found.status == State.ARRIVED,
    }  # fmt: skip
    entries: Any = context["page"]
    context["entries"] = [_entry(one, is_open=is_open) for one in entries.rows]
    return show(request, found, "money", context, status=status)


def _in_hand_lines(books: Books) -> list[tuple[str, str]]:
    """Return where the money is: collected = supplier + back to households + in hand."""
    return [
        (_("Collected from households"), with_sign(books.collected)),
        (_("less paid back to households"), with_sign(books.refunded)),
        (_("less paid to the supplier"), with_sign(books.to_supplier)),
    ]


def _why_lines(books: Books) -> list[tuple[str, str]]:
    """Return what is still to happen with what is in hand."""
    to_pay = (
        _("Still to pay on the bill") if books.bill is not None else _("To pay to the supplier, without a bill yet")
    )
    return [
        (to_pay, with_sign(books.to_pay_supplier)),
        (_("plus to go back to households"), with_sign(books.to_refund)),
        (_("less what households still owe"), with_sign(books.owed)),
        (_("plus what the bill is below all orders"), with_sign(books.left_over)),
    ]


def _unsettled(account: OrderAccount, *, is_open: bool) -> dict[str, Any]:
    balance = account.balance
    return {
        "order": account.order, "door": door_words(account.order.household, is_open=is_open),
        "due": with_sign(balance.due), "paid": with_sign(balance.paid - balance.refunded), "owed": yuan(balance.owed),
        "to_refund": yuan(balance.to_refund), "owes": bool(balance.owed),
    }  # fmt: skip


def _entry(entry: MoneyEntry, *, is_open: bool) -> dict[str, Any]:
    who = pgettext("group purchase money", "Supplier")
    if entry.order is not None:
        who = door_words(entry.order.household, is_open=is_open)
    is_taken_back = hasattr(entry, "corrected_by")
    return {
        "entry": entry, "who": who, "amount": with_sign(entry.amount_fen), "kind": entry.get_kind_display(),
        "method": entry.get_method_display(), "is_taken_back": is_taken_back,
        "is_correction": entry.corrects_id is not None,
        "by": entry.recorded_by.display_name if entry.recorded_by else "",
    }  # fmt: skip
