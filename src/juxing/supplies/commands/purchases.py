"""Purchases: written, approved by a second person above an amount, ordered, given up, closed, reviewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.money import line_fen
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation
from juxing.supplies import policy
from juxing.supplies.commands.accounts import LEDGER
from juxing.supplies.commands.agreements import call_off
from juxing.supplies.commands.receiving import require_reason
from juxing.supplies.contents import purchase_mark, require_seen
from juxing.supplies.enums import AgreementStatus, PurchaseStatus
from juxing.supplies.lifecycle import PURCHASE, UNDER_WAY
from juxing.supplies.models import Depot, PurchaseLine, PurchaseOrder, SupplyAgreement, SupplyItem
from juxing.supplies.quantities import asked_if_unusual, checked_quantity, plain
from juxing.supplies.queries.usual import usual_quantities

WRITTEN = journal.declare_action("supplies.purchase.write", _("Purchase written down"))
REVIEWED = journal.declare_action("supplies.purchase.review", _("Emergency purchase reviewed"))
GIVEN_UP = journal.declare_action("supplies.purchase.give_up", _("Rest of a line given up"))
CALLED_OFF = journal.declare_action("supplies.agreement.call_off", _("Called off an agreement"))
MOST_LINES = 40
COUNTED_TOGETHER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Bought:
    """One kind of goods to buy; ``price_fen`` None is the price of the agreement."""

    item: SupplyItem
    quantity: Decimal
    price_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """
    Why and by when; an emergency purchase needs a reason. ``origin`` is the alarm or plan it was proposed for.

    ``is_sure`` says that quantities far from what usually comes are meant.
    """

    is_emergency: bool = False
    reason: str = ""
    needed_by: date | None = None
    origin: UUID | None = None
    is_sure: bool = False


@transaction.atomic
def draft_purchase(
    *, actor: Actor, now: datetime, depot: Depot, supplier: Organisation, goods: Sequence[Bought],
    agreement: SupplyAgreement | None = None, circumstances: Circumstances = Circumstances(),
) -> PurchaseOrder:  # fmt: skip
    """
    Write down what is to be bought for a depot; nothing is ordered yet.

    Raises:
        NotPermitted: if the actor may not purchase for this depot.
        InvalidInput: without goods or their price, for an agreement that is not in force or not for this place, an
            emergency without a reason, or a quantity far from what usually comes that nobody said is meant.
    """
    actor.require(policy.PURCHASE, depot.area_code)
    if supplier.organisation_type != OrganisationType.SUPPLIER:
        raise InvalidInput("no_supplier", _("Choose a supplier of the register."), field="supplier")
    said = circumstances.reason.replace("\x00", "").strip()[:400]
    if circumstances.is_emergency:
        said = require_reason(said)
    order = PurchaseOrder(
        area_code=depot.area_code, depot=depot, organisation=supplier, supplier_name=supplier.name,
        agreement=agreement, is_emergency=circumstances.is_emergency, reason=said,
        needed_by=circumstances.needed_by, origin=circumstances.origin, made_at=now, made_by_id=actor.account_id,
        made_by_name=actor.name,
    )  # fmt: skip
    if agreement is not None:
        _require_in_force(agreement, order, today=localdate(now))
    order.save()
    order.refresh_from_db()
    return _written(order, goods, actor=actor, now=now, is_sure=circumstances.is_sure)


@transaction.atomic
def change_purchase(
    *, actor: Actor, now: datetime, order: PurchaseOrder, goods: Sequence[Bought], is_sure: bool = False
) -> PurchaseOrder:
    """
    Write the goods of a purchase anew that was not sent for approval; it is then the purchase of who wrote that.

    Otherwise somebody could write other goods into a colleague's draft and approve their own words.

    Raises:
        NotPermitted: if the actor may not purchase here.
        WrongState: if it is no draft any more.
        InvalidInput: as ``draft_purchase``.
    """
    actor.require(policy.PURCHASE, order.area_code)
    held = _locked(order)
    if held.status != PurchaseStatus.DRAFT:
        raise WrongState("wrong_state", _("This was sent already. Give it back first, then change it."))
    held.lines.all().delete()
    if actor.account_id is not None:
        held.made_by_id, held.made_by_name = actor.account_id, actor.name
        held.save(update_fields=["made_by_id", "made_by_name"])
    return _written(held, goods, actor=actor, now=now, is_sure=is_sure)


@transaction.atomic
def submit_purchase(*, actor: Actor, now: datetime, order: PurchaseOrder) -> PurchaseOrder:
    """
    Send a purchase on its way: to a second person above the amount, else straight to ordering.

    An emergency purchase passes at once, and is reviewed afterwards. What the same supplier was ordered for the
    same depot within a day without a second person counts with it, so that an amount is not split; parts sent at
    the same moment wait for each other.

    Raises:
        WrongState, NotPermitted: from the table of states.
    """
    held = _locked(order)
    Depot.objects.select_for_update(of=("self",)).get(pk=held.depot_id)
    if not held.is_emergency and needs_second_person(held, now=now):
        return PURCHASE.move(held, "submit", actor=actor, now=now)
    changes = {"approved_at": now, "approved_by_name": ""}
    return PURCHASE.move(held, "pass", actor=actor, now=now, changes=changes)


@transaction.atomic
def approve_purchase(*, actor: Actor, now: datetime, order: PurchaseOrder, seen: str = "") -> PurchaseOrder:
    """
    Approve a purchase that somebody else wrote; ``seen`` is the mark of what was read.

    Raises:
        WrongState, NotPermitted: from the table of states; nobody approves what they wrote.
        Refusal: if it was written anew since it was read.
    """
    changes = {"approved_at": now, "approved_by_name": actor.name}
    moved = PURCHASE.move(_locked(order), "approve", actor=actor, now=now, changes=changes)
    require_seen(seen, purchase_mark(moved))
    return moved


@transaction.atomic
def return_purchase(*, actor: Actor, now: datetime, order: PurchaseOrder, reason: str) -> PurchaseOrder:
    """
    Give a purchase back to be changed.

    Raises:
        WrongState, NotPermitted: from the table of states.
    """
    return PURCHASE.move(order, "return", actor=actor, now=now, reason=require_reason(reason))


@transaction.atomic
def place_purchase(*, actor: Actor, now: datetime, order: PurchaseOrder) -> PurchaseOrder:
    """
    Say that it was ordered; what stands under an agreement is called off there.

    Raises:
        WrongState, NotPermitted: from the table of states.
        Refusal: if the agreement has ended or less is left of it.
    """
    held = _locked(order)
    agreement = _agreement_of(held)
    due = None
    if agreement is not None:
        _require_in_force(agreement, held, today=localdate(now))
        due = now + timedelta(hours=agreement.delivery_hours)
    moved = PURCHASE.move(held, "order", actor=actor, now=now, changes={"ordered_at": now, "due_at": due})
    called = [line for line in _lines(moved) if line.agreement_line_id]
    call_off({line.agreement_line_id: line.ordered for line in called if line.agreement_line_id})
    if agreement is not None:
        _tell_owner(agreement, moved, {line.item.code: str(line.ordered) for line in called}, actor=actor, now=now)
    return moved


@transaction.atomic
def cancel_purchase(*, actor: Actor, now: datetime, order: PurchaseOrder, reason: str) -> PurchaseOrder:
    """
    Give a purchase up of which nothing came; what was called off is free again.

    Raises:
        WrongState, NotPermitted: from the table of states.
    """
    said, was = require_reason(reason), _locked(order).status
    moved = PURCHASE.move(order, "cancel", actor=actor, now=now, reason=said)
    for line in _lines(moved):
        _give_up(line, line.outstanding, was_called_off=was == PurchaseStatus.ORDERED)
    return moved


@transaction.atomic
def give_up_rest(
    *, actor: Actor, now: datetime, order: PurchaseOrder, line_id: int, quantity: Decimal, reason: str
) -> PurchaseOrder:
    """
    Give up so much of a line that will not come any more; the file ends when nothing is outstanding.

    Raises:
        NotPermitted: if the actor may not purchase here.
        WrongState: unless it is ordered.
        InvalidInput: if less is outstanding.
    """
    actor.require(policy.PURCHASE, order.area_code)
    said, held = require_reason(reason), _locked(order)
    if held.status not in UNDER_WAY:
        raise WrongState("wrong_state", _("Only what is ordered and did not come can be given up."))
    lines = {line.pk: line for line in _lines(held)}
    line = lines.get(line_id)
    if line is None:
        raise InvalidInput("line_unknown", _("Choose one of the lines."), field="line")
    given_up = checked_quantity(quantity)
    if given_up > line.outstanding:
        raise InvalidInput(
            "not_outstanding", _("Only %(left)s are outstanding.") % {"left": plain(line.outstanding)}, field="quantity"
        )
    _give_up(line, given_up, was_called_off=True)
    journal.record(GIVEN_UP, actor=actor, subject=held, happened_at=now, reason=said,
                   changes={"item": line.item.code, "quantity": str(given_up)})  # fmt: skip
    if any(one.outstanding for one in lines.values()):
        return held
    step = "settle" if held.status == PurchaseStatus.PARTLY else "cancel"
    return PURCHASE.move(held, step, actor=actor, now=now, reason=said)


@transaction.atomic
def review_purchase(*, actor: Actor, now: datetime, order: PurchaseOrder, words: str) -> PurchaseOrder:
    """
    Say as a second person whether an emergency purchase was right; once.

    Raises:
        NotPermitted: without the right to approve, or for one's own purchase.
        Refusal: if it is no emergency purchase, or was reviewed.
    """
    said, held = require_reason(words), _locked(order)
    if not (actor.may(policy.APPROVE_PURCHASE, held.area_code) and policy.is_second_person(actor, held)):
        raise NotPermitted
    if not held.is_emergency or held.reviewed_at is not None or held.ordered_at is None:
        raise Refusal("nothing_to_review", _("There is nothing to review here."))
    held.reviewed_at, held.reviewed_by_name, held.review = now, actor.name, said
    held.save(update_fields=["reviewed_at", "reviewed_by_name", "review"])
    journal.record(REVIEWED, actor=actor, subject=held, happened_at=now, reason=said)
    return held


@transaction.atomic
def close_purchase(*, actor: Actor, now: datetime, order: PurchaseOrder) -> PurchaseOrder:
    """
    Close the file of a purchase that was delivered.

    Raises:
        WrongState, NotPermitted: from the table of states.
        Refusal: if a review is open.
    """
    return PURCHASE.move(order, "close", actor=actor, now=now, changes={"closed_at": now})


def needs_second_person(order: PurchaseOrder, *, now: datetime) -> bool:
    """Whether the amount, with what was split off it within a day, is above what one person may order."""
    alone = PurchaseOrder.objects.filter(
        organisation_id=order.organisation_id, depot_id=order.depot_id, approved_by_name="",
        approved_at__gt=now - COUNTED_TOGETHER, is_emergency=False,
    ).exclude(pk=order.pk).exclude(status=PurchaseStatus.CANCELLED)  # fmt: skip
    before = alone.aggregate(fen=Sum("total_fen"))["fen"] or 0
    return bool(order.total_fen + before > settings.PURCHASE_APPROVAL_YUAN * 100)


def _written(
    order: PurchaseOrder, goods: Sequence[Bought], *, actor: Actor, now: datetime, is_sure: bool
) -> PurchaseOrder:
    if not 1 <= len(goods) <= MOST_LINES:
        raise InvalidInput("nothing_bought", _("Write at least one kind of goods, at most 40."))
    if len({one.item.pk for one in goods}) < len(goods):
        raise InvalidInput("item_twice", _("An item stands here twice. Write it once."))
    agreement = _agreement_of(order)
    with acting(LEDGER):
        agreed = {line.item_id: line for line in agreement.lines.all()} if agreement is not None else {}
    usual = {} if is_sure else usual_quantities([one.item.pk for one in goods])
    lines = []
    for one in goods:
        asked_if_unusual(checked_quantity(one.quantity), usual=usual.get(one.item.pk), unit=one.item.unit_label)
        line = agreed.get(one.item.pk)
        price = line.price_fen if line is not None else one.price_fen
        if price is None:
            raise InvalidInput("price_missing", _("%(item)s: write the price of a unit.") % {"item": one.item.name})
        lines.append(PurchaseLine(
            area_code=order.area_code, order=order, item=one.item, agreement_line=line, price_fen=price,
            ordered=checked_quantity(one.quantity),
        ))  # fmt: skip
    PurchaseLine.objects.bulk_create(lines)
    order.total_fen = sum(line_fen(line.ordered, line.price_fen) for line in lines)
    order.save(update_fields=["total_fen"])
    changes: dict[str, Any] = {"goods": [[line.item.code, str(line.ordered), str(line.price_fen)] for line in lines]}
    journal.record(WRITTEN, actor=actor, subject=order, happened_at=now, reason=order.reason, changes=changes)
    return order


def _require_in_force(agreement: SupplyAgreement, order: PurchaseOrder, *, today: date) -> None:
    if agreement.status != AgreementStatus.IN_FORCE or not agreement.valid_from <= today <= agreement.valid_until:
        raise InvalidInput("agreement_not_in_force", _("This agreement is not in force today."), field="agreement")
    if agreement.organisation_id != order.organisation_id or not order.area_code.startswith(agreement.area_code):
        raise InvalidInput(
            "agreement_elsewhere", _("This agreement is another supplier's, or for another place."), field="agreement"
        )


def _agreement_of(order: PurchaseOrder) -> SupplyAgreement | None:
    """Return the agreement, which may be one of a place above that the depot's keepers do not see."""
    with acting(LEDGER):
        return SupplyAgreement.objects.filter(pk=order.agreement_id).first() if order.agreement_id else None


def _tell_owner(
    agreement: SupplyAgreement, order: PurchaseOrder, goods: Mapping[str, str], *, actor: Actor, now: datetime
) -> None:
    """Write into the agreement's own story who called off what, also where its place lies above the purchaser's."""
    changes = {"purchase": order.number, "depot": order.depot.name, "place": order.area_code, "goods": dict(goods)}
    with acting(LEDGER):
        journal.record(CALLED_OFF, actor=actor, subject=agreement, happened_at=now, changes=changes,
                       reason=f"{order.number} · {order.depot.name}")  # fmt: skip


def _locked(order: PurchaseOrder) -> PurchaseOrder:
    return PurchaseOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)


def _lines(order: PurchaseOrder) -> list[PurchaseLine]:
    return list(order.lines.select_for_update(of=("self",)).select_related("item").order_by("id"))


def _give_up(line: PurchaseLine, quantity: Decimal, *, was_called_off: bool) -> None:
    line.cancelled += quantity
    line.save(update_fields=["cancelled"])
    if was_called_off and line.agreement_line_id:
        call_off({line.agreement_line_id: -quantity})
