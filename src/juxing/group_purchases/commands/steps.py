"""A purchase's way from being prepared to being settled; each step is one row of the table of states."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.group_purchases.commands.locking import locked
from juxing.group_purchases.enums import CancelCause
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.lifecycle import PURCHASE
from juxing.group_purchases.models import GroupPurchase, PurchasePackage
from juxing.group_purchases.queries.books import books_of
from juxing.group_purchases.queries.totals import package_totals
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, Refusal


@transaction.atomic
def open_purchase(*, actor: Actor, now: datetime, purchase: GroupPurchase) -> GroupPurchase:
    """
    Let neighbours order.

    Raises:
        Refusal: without a package or a building, or when the cut-off is over.
    """
    held = locked(purchase)
    if not held.packages.exists():
        raise Refusal("no_package", _("Add at least one package first."))
    if not held.buildings.exists():
        raise Refusal("no_building", _("Choose at least one building first."))
    if held.cut_off_at <= now:
        raise Refusal("cut_off_over", _("The cut-off is over. Set a later one first."))
    return PURCHASE.move(held, "open", actor=actor, now=now)


@transaction.atomic
def close_purchase(*, actor: Actor, now: datetime, purchase: GroupPurchase) -> GroupPurchase:
    """
    End the ordering. What did not reach its minimum is dropped; if nothing remains, the purchase is cancelled.

    Everybody reads on the own page which of it concerns them.
    """
    closed = PURCHASE.move(locked(purchase), "close", actor=actor, now=now)
    totals = package_totals(closed)
    short = [one.package.pk for one in totals if one.package.minimum_total and one.ordered < one.package.minimum_total]
    PurchasePackage.objects.filter(pk__in=short).update(dropped_at=now)
    rest = [one for one in totals if one.package.pk not in short and one.ordered]
    value = sum(one.ordered * one.package.price_fen for one in rest)
    if not rest:
        return _cancel(closed, CancelCause.NOTHING, actor=actor, now=now)
    if closed.minimum_fen and value < closed.minimum_fen:
        return _cancel(closed, CancelCause.MINIMUM, actor=actor, now=now)
    return closed


@transaction.atomic
def reopen_purchase(*, actor: Actor, now: datetime, purchase: GroupPurchase, cut_off_at: datetime) -> GroupPurchase:
    """Take orders again, until a new cut-off; packages that had been dropped are on offer again."""
    if cut_off_at <= now:
        raise InvalidInput("cut_off_over", _("The cut-off must be still to come."), field="cut_off")
    opened = PURCHASE.move(locked(purchase), "reopen", actor=actor, now=now, changes={"cut_off_at": cut_off_at})
    opened.packages.update(dropped_at=None)
    return opened


@transaction.atomic
def cancel_purchase(*, actor: Actor, now: datetime, purchase: GroupPurchase, reason: str) -> GroupPurchase:
    """
    Call the purchase off for a reason that everybody who ordered reads; what was paid is to go back.

    Raises:
        InvalidInput: without a reason.
    """
    if not reason.strip():
        raise InvalidInput("reason_missing", _("Say why. Everybody who ordered reads it."), field="reason")
    return _cancel(locked(purchase), CancelCause.BY_HAND, actor=actor, now=now, reason=reason.strip()[:200])


@transaction.atomic
def settle_purchase(
    *, actor: Actor, now: datetime, purchase: GroupPurchase, left_over_reason: str = ""
) -> GroupPurchase:
    """
    Close the books: nobody owes anybody anything.

    Raises:
        Refusal: while a household owes or gets money back, or the bill is not entered or not paid.
        InvalidInput: if something is left in hand and nobody says what becomes of it.
    """
    held = locked(purchase)
    books = books_of(held)
    if not books.is_even:
        raise Refusal("not_even", _("Not settled yet: see what is open on the page of the money."))
    reason = left_over_reason.strip()[:200]
    if books.in_hand and not reason:
        raise InvalidInput("left_over", _("Say what becomes of what is left."), field="left_over_reason")
    changes = {"ended_at": now, "left_over_reason": reason}
    return PURCHASE.move(held, "settle", actor=actor, now=now, changes=changes)


@transaction.atomic
def take_up_purchase(*, actor: Actor, now: datetime, purchase: GroupPurchase) -> GroupPurchase:
    """Open the books again, because something was still wrong."""
    return PURCHASE.move(locked(purchase), "take_up", actor=actor, now=now, changes={"ended_at": None})


def close_due(*, actor: Actor, now: datetime, limit: int = 500) -> int:
    """Cut off the purchases whose time has come, each for itself; return how many."""
    due = GroupPurchase.objects.filter(status=State.OPEN, cut_off_at__lte=now).order_by("cut_off_at")[:limit]
    closed = 0
    for purchase in due:
        with transaction.atomic():
            held = locked(purchase)
            if held.status == State.OPEN and held.cut_off_at <= now:
                close_purchase(actor=actor, now=now, purchase=held)
                closed += 1
    return closed


def _cancel(
    purchase: GroupPurchase, cause: CancelCause, *, actor: Actor, now: datetime, reason: str = ""
) -> GroupPurchase:
    changes = {"cancel_cause": cause, "cancel_reason": reason, "ended_at": now}
    return PURCHASE.move(purchase, "cancel", actor=actor, now=now, reason=reason, changes=changes)
