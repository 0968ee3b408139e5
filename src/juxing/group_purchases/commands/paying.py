"""Writing down money that changed hands elsewhere: exact, never changed, a slip taken back by its opposite."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.group_purchases import policy
from juxing.group_purchases.commands.locking import locked, require_state
from juxing.group_purchases.enums import OF_HOUSEHOLD, MoneyKind, MoneyMethod
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.models import GroupPurchase, HouseholdOrder, MoneyEntry
from juxing.group_purchases.models.purchases import MOST_FEN
from juxing.group_purchases.queries.books import accounts_of, books_of
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.money import yuan
from juxing.kernel.refusals import InvalidInput, Refusal

RECORDED = journal.declare_action("group_purchases.money.record", _("Amount of a group purchase written down"))
TAKEN_BACK = journal.declare_action("group_purchases.money.take_back", _("Amount of a group purchase taken back"))
BILLED = journal.declare_action("group_purchases.purchase.bill", _("Supplier's bill entered"))
COUNTED = journal.declare_action("group_purchases.purchase.count", _("Money in hand counted"))
KEEPING_BOOKS = (State.OPEN, State.CLOSED, State.ARRIVED, State.CANCELLED)


@transaction.atomic
def record_money(
    *, actor: Actor, now: datetime, purchase: GroupPurchase, kind: str, amount_fen: int, method: str,
    order: HouseholdOrder | None = None, reference: str = "", is_sure: bool = False,
) -> MoneyEntry:  # fmt: skip
    """
    Write an amount down.

    Raises:
        InvalidInput: if it is nothing or beyond measure; if a household pays more than it owes, or the supplier gets
            more than is to be paid, and nobody said that this is right.
        Refusal: if more would go back than is due.
    """
    held = locked(purchase)
    policy.require(policy.can_run(actor, held))
    require_state(held, KEEPING_BOOKS)
    if kind not in MoneyKind.values or method not in MoneyMethod.values:
        raise InvalidInput("kind_unknown", _("Choose how it was paid."), field="method")
    if not 0 < amount_fen <= MOST_FEN:
        raise InvalidInput("amount_range", _("Write an amount above zero."), field="amount")
    if kind in OF_HOUSEHOLD:
        if order is None or order.purchase_id != held.pk:
            raise InvalidInput("order_missing", _("Choose the household."))
        _check_household(held, order, kind, amount_fen, is_sure=is_sure)
    else:
        order = None
        _check_supplier(held, kind, amount_fen, is_sure=is_sure)
    entry = MoneyEntry.objects.create(
        area_code=order.area_code if order else held.area_code, purchase=held, order=order, kind=kind,
        amount_fen=amount_fen, method=method, reference=reference.strip()[:80], recorded_at=now,
        recorded_by_id=actor.account_id,
    )  # fmt: skip
    entry.refresh_from_db(fields=["uuid"])
    journal.record(RECORDED, actor=actor, subject=entry, happened_at=now, changes={"kind": kind, "fen": amount_fen})
    return entry


@transaction.atomic
def take_back_entry(*, actor: Actor, now: datetime, entry: MoneyEntry) -> MoneyEntry:
    """
    Take a slip back by its opposite; both stay to be seen. Taken back already, it changes nothing.

    Raises:
        Refusal: if what is left would be less than went back already.
    """
    held = locked(entry.purchase)
    policy.require(policy.can_run(actor, held))
    require_state(held, KEEPING_BOOKS)
    if entry.corrects_id is not None:
        raise Refusal("is_correction", _("This takes another amount back. Write the right amount down instead."))
    known = MoneyEntry.objects.filter(corrects=entry).first()
    if known is not None:
        return known
    opposite = MoneyEntry.objects.create(
        area_code=entry.area_code, purchase=held, order=entry.order, kind=entry.kind, amount_fen=-entry.amount_fen,
        method=entry.method, recorded_at=now, recorded_by_id=actor.account_id, corrects=entry,
    )  # fmt: skip
    opposite.refresh_from_db(fields=["uuid"])
    if entry.order is not None:
        [account] = accounts_of(held, [entry.order])
        if account.balance.paid < account.balance.refunded:
            raise Refusal("refunded_more", _("More went back to this household than it would have paid."))
    else:
        books = books_of(held)
        if books.supplier_paid < books.supplier_returned:
            raise Refusal("returned_more", _("More came back from the supplier than was paid."))
    journal.record(
        TAKEN_BACK, actor=actor, subject=opposite, happened_at=now,
        changes={"kind": entry.kind, "fen": entry.amount_fen},
    )  # fmt: skip
    return opposite


@transaction.atomic
def enter_bill(*, actor: Actor, now: datetime, purchase: GroupPurchase, bill_fen: int, reference: str = "") -> None:
    """Enter what the supplier asks for in the end; entered again, the last one holds."""
    held = locked(purchase)
    policy.require(policy.can_run(actor, held))
    require_state(held, (State.CLOSED, State.ARRIVED, State.CANCELLED))
    if not 0 <= bill_fen <= MOST_FEN:
        raise InvalidInput("amount_range", _("Write an amount above zero."), field="bill")
    GroupPurchase.objects.filter(pk=held.pk).update(bill_fen=bill_fen, bill_reference=reference.strip()[:80])
    journal.record(BILLED, actor=actor, subject=held, happened_at=now, changes={"fen": bill_fen})


@transaction.atomic
def count_in_hand(*, actor: Actor, now: datetime, purchase: GroupPurchase, counted_fen: int) -> None:
    """Note what the organiser counted in hand, to be compared with what must be there."""
    held = locked(purchase)
    policy.require(policy.can_run(actor, held))
    require_state(held, KEEPING_BOOKS)
    if abs(counted_fen) > MOST_FEN:
        raise InvalidInput("amount_range", _("Write an amount above zero."), field="counted")
    GroupPurchase.objects.filter(pk=held.pk).update(counted_fen=counted_fen)
    journal.record(COUNTED, actor=actor, subject=held, happened_at=now, changes={"fen": counted_fen})


def _check_household(
    purchase: GroupPurchase, order: HouseholdOrder, kind: str, amount_fen: int, *, is_sure: bool
) -> None:
    [account] = accounts_of(purchase, [HouseholdOrder.objects.get(pk=order.pk)])
    balance = account.balance
    if kind == MoneyKind.REFUNDED and amount_fen > balance.to_refund:
        raise Refusal(
            "refund_above_due", _("Only ¥%(yuan)s is to go back.") % {"yuan": yuan(balance.to_refund)}, field="amount"
        )
    if kind == MoneyKind.PAID and amount_fen > balance.owed and not is_sure:
        raise InvalidInput(
            "more_than_owed",
            _("The household owes ¥%(yuan)s. Tick the box if it really paid more.") % {"yuan": yuan(balance.owed)},
            field="amount",
        )


def _check_supplier(purchase: GroupPurchase, kind: str, amount_fen: int, *, is_sure: bool) -> None:
    books = books_of(purchase)
    if kind == MoneyKind.SUPPLIER_RETURNED and amount_fen > books.to_supplier:
        raise Refusal(
            "returned_above_paid",
            _("The supplier has only ¥%(yuan)s.") % {"yuan": yuan(books.to_supplier)},
            field="amount",
        )
    if kind == MoneyKind.SUPPLIER_PAID and amount_fen > max(0, books.to_pay_supplier) and not is_sure:
        raise InvalidInput(
            "more_than_bill",
            _("¥%(yuan)s is to be paid. Tick the box if it really was more.")
            % {"yuan": yuan(max(0, books.to_pay_supplier))},
            field="amount",
        )
