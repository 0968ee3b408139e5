"""
Goods that come in, requests, purchases and donations over HTTP: what the pages do, by the same commands.

Every write takes an ``Idempotency-Key``; what is only asked about (422 with ``quantity_unusual``, ``keeps_too_long``,
``asked_already``) is sent again with ``is_sure``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Router, Status

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.api import PageSchema, once, page_answer
from juxing.kernel.numbers import paper_number
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible
from juxing.kernel.web import ActorRequest
from juxing.organisations.models import Organisation
from juxing.supplies import commands, policy, schemas
from juxing.supplies import schemas_of_papers as papers
from juxing.supplies.commands import Arrived, Bought, Came, Circumstances, Donor, Finding, Given, Wish
from juxing.supplies.enums import PurchaseStatus, SupplyRequestStatus
from juxing.supplies.models import AGREEMENT_PREFIX, Depot, Donation, PurchaseOrder, SupplyItem, SupplyRequest
from juxing.supplies.queries import agreements, lines, purchases
from juxing.supplies.queries.meanings import item_of

router = Router(tags=["supplies"])
ITEM_UNKNOWN = _("The catalogue holds no item of this code.")
LINE_UNKNOWN = _("This purchase has no such goods.")
ONE_SOURCE = _("Name an agreement or a supplier, not both.")
PURCHASE_STEPS: dict[str, Callable[..., PurchaseOrder]] = {
    "submit": commands.submit_purchase, "approve": commands.approve_purchase, "order": commands.place_purchase,
    "close": commands.close_purchase,
}  # fmt: skip
PURCHASE_STEPS_WITH_REASON: dict[str, Callable[..., PurchaseOrder]] = {
    "return": commands.return_purchase,
    "cancel": commands.cancel_purchase,
}


@router.post("/receipts", response={201: schemas.LevelOut})
@once
def receive_goods(request: ActorRequest, given: papers.ReceiptIn) -> Status[dict[str, Any]]:
    """Write down goods that came into a depot; answers the level as it is then."""
    level = commands.receive_stock(
        actor=_with(request, policy.MOVE_STOCK), now=clock.now(), depot=_depot(request, given.depot),
        item=_item(given.item), quantity=given.quantity, reason=given.reason, lot_number=given.lot_number,
        expires_on=given.expires_on, is_sure=given.is_sure,
    )  # fmt: skip
    return Status(201, schemas.level_out(level))


@router.get("/requests", response=PageSchema[papers.RequestOut])
def list_requests(
    request: ActorRequest, item: str = "", status: SupplyRequestStatus | None = None, is_rest: bool = False,
    cursor: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Requests the token may see, newest first; ``is_rest`` leaves the rests of requests served in part."""
    filters = lines.LineFilters(item=item, status=status or "", is_rest=is_rest)
    page = lines.requests_page(actor=_with(request, policy.VIEW), filters=filters, cursor=cursor or None)
    return page_answer(page, papers.request_out)


@router.post("/requests", response={201: papers.RequestOut})
@once
def record_request(request: ActorRequest, given: papers.RequestIn) -> Status[dict[str, Any]]:
    """Write down what an organisation asks for; words alone wait until a person says what they mean."""
    actor = _with(request, policy.RECORD)
    organisation = Organisation.objects.inside(actor.areas_with(policy.RECORD)).filter(uuid=given.organisation).first()
    if organisation is None:
        raise NotVisible
    wish = Wish(given.written, _item(given.item) if given.item else None, given.quantity, given.specification,
                given.on, given.is_sure)  # fmt: skip
    made = commands.record_request(actor=actor, now=clock.now(), organisation=organisation, wish=wish)
    return Status(201, _request(actor, made.uuid))


@router.get("/requests/{uuid}", response=papers.RequestOut)
def read_request(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """One request."""
    return _request(_with(request, policy.VIEW), uuid)


@router.post("/requests/{uuid}/arrived", response=papers.RequestOut)
@once
def receive_request(request: ActorRequest, uuid: UUID, given: papers.ArrivedIn) -> dict[str, Any]:
    """Say how much arrived; what did not is a request of its own from then on."""
    actor = _with(request, policy.VIEW)
    commands.receive_request(
        actor=actor, now=clock.now(), request=lines.request_of(actor=actor, uuid=uuid), arrived=given.arrived,
        reason=given.reason, back_to=_depot(request, given.back_to) if given.back_to else None,
    )  # fmt: skip
    return _request(actor, uuid)


@router.post("/requests/{uuid}/{step}", response=papers.RequestOut)
@once
def move_request(request: ActorRequest, uuid: UUID, step: str, given: papers.StepIn) -> dict[str, Any]:
    """Take a request one step on: accept, decline, dispatch, receive, cancel."""
    actor = _with(request, policy.VIEW)
    if step not in commands.STEPS:
        raise NotVisible
    asked: SupplyRequest = lines.request_of(actor=actor, uuid=uuid)
    commands.move_request(actor=actor, now=clock.now(), request=asked, step=step, reason=given.reason)
    return _request(actor, uuid)


@router.get("/purchases", response=PageSchema[papers.PurchaseOut])
def list_purchases(request: ActorRequest, status: PurchaseStatus | None = None, cursor: str = "") -> dict[str, Any]:
    """Purchases the token may see, newest first."""
    page = purchases.purchases_page(actor=_with(request, policy.VIEW), status=status or "", cursor=cursor or None)
    return page_answer(page, _purchase_out)


@router.post("/purchases", response={201: papers.PurchaseOut})
@once
def draft_purchase(request: ActorRequest, given: papers.PurchaseIn) -> Status[dict[str, Any]]:
    """Write down what is to be bought; nothing is ordered by it."""
    actor = _with(request, policy.PURCHASE)
    if (given.agreement is None) == (given.supplier is None):
        raise InvalidInput("one_source", ONE_SOURCE, field="agreement")
    agreement = agreements.agreement_to_use(actor=actor, uuid=given.agreement) if given.agreement else None
    supplier = agreements.supplier_under(agreement) if agreement else _supplier(actor, given.supplier)
    made = commands.draft_purchase(
        actor=actor, now=clock.now(), depot=_depot(request, given.depot), supplier=supplier, agreement=agreement,
        goods=[Bought(_item(one.item), one.quantity, one.price_fen) for one in given.goods],
        circumstances=Circumstances(given.is_emergency, given.reason, given.needed_by, is_sure=given.is_sure),
    )  # fmt: skip
    return Status(201, _purchase(actor, made.uuid))


@router.get("/purchases/{uuid}", response=papers.PurchaseOut)
def read_purchase(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """One purchase with what came of it."""
    return _purchase(_with(request, policy.VIEW), uuid)


@router.post("/purchases/{uuid}/deliveries", response={201: papers.PurchaseOut})
@once
def receive_delivery(request: ActorRequest, uuid: UUID, given: papers.DeliveryIn) -> Status[dict[str, Any]]:
    """Book one delivery, in part or whole; the same ``uuid`` is booked once."""
    actor = _with(request, policy.MOVE_STOCK)
    order = purchases.purchase_of(actor=actor, uuid=uuid)
    by_item = {line.item.code: line.pk for line in order.lines.all()}
    if any(one.item not in by_item for one in given.came):
        raise InvalidInput("line_unknown", LINE_UNKNOWN, field="came")
    came = [Came(by_item[one.item], one.quantity, one.finding, one.lot_number, one.expires_on, one.words)
            for one in given.came]  # fmt: skip
    commands.receive_purchase(
        actor=actor, now=clock.now(), order=order, uuid=given.uuid, came=came, paper=given.paper,
        takes_more=given.takes_more, is_another=given.is_another,
    )  # fmt: skip
    return Status(201, _purchase(actor, uuid))


@router.post("/purchases/{uuid}/{step}", response=papers.PurchaseOut)
@once
def move_purchase(request: ActorRequest, uuid: UUID, step: str, given: papers.StepIn) -> dict[str, Any]:
    """Take a purchase one step on: submit, approve (somebody else), return, order, cancel, close."""
    actor = _with(request, policy.VIEW)
    order = purchases.purchase_of(actor=actor, uuid=uuid)
    if step in PURCHASE_STEPS:
        PURCHASE_STEPS[step](actor=actor, now=clock.now(), order=order)
    elif step in PURCHASE_STEPS_WITH_REASON:
        PURCHASE_STEPS_WITH_REASON[step](actor=actor, now=clock.now(), order=order, reason=given.reason)
    else:
        raise NotVisible
    return _purchase(actor, uuid)


@router.post("/donations", response={201: papers.DonationOut})
@once
def pledge_donation(request: ActorRequest, given: papers.DonationIn) -> Status[dict[str, Any]]:
    """Write down what somebody promises to give."""
    donor = Donor(given.donor_kind, given.donor_name, given.donor_phone, given.is_name_public)
    goods = [Given(_item(one.item), one.quantity, one.restricted_area) for one in given.goods]
    made = commands.pledge_donation(
        actor=_with(request, policy.MOVE_STOCK), now=clock.now(), depot=_depot(request, given.depot), donor=donor,
        goods=goods, intended_use=given.intended_use,
    )  # fmt: skip
    return Status(201, papers.donation_out(_donation(request, made.uuid)))


@router.get("/donations/{uuid}", response=papers.DonationOut)
def read_donation(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """One donation; its donor is not told here."""
    return papers.donation_out(_donation(request, uuid))


@router.post("/donations/{uuid}/arrival", response=papers.DonationOut)
@once
def receive_donation(request: ActorRequest, uuid: UUID, given: papers.ArrivalsIn) -> dict[str, Any]:
    """Book what was brought; it waits for inspection, apart from the stock."""
    arrived = {one.line: Arrived(one.quantity, one.lot_number, one.expires_on, one.certificate) for one in given.lines}
    commands.receive_donation(
        actor=request.actor, now=clock.now(), donation=_donation(request, uuid), arrived=arrived, is_sure=given.is_sure
    )
    return papers.donation_out(_donation(request, uuid))


@router.post("/donations/{uuid}/inspection", response=papers.DonationOut)
@once
def inspect_donation(request: ActorRequest, uuid: UUID, given: papers.FindingsIn) -> dict[str, Any]:
    """Write down what an inspection found, and take what is good into the stock if that is asked for."""
    findings = {one.line: Finding(one.accepted, one.words) for one in given.lines}
    found = commands.inspect_donation(
        actor=request.actor, now=clock.now(), donation=_donation(request, uuid), findings=findings
    )
    if given.settles:
        commands.settle_donation(actor=request.actor, now=clock.now(), donation=found)
    return papers.donation_out(_donation(request, uuid))


def _with(request: ActorRequest, right: Any) -> Actor:
    if not request.actor.may_somewhere(right):
        raise NotPermitted
    return request.actor


def _depot(request: ActorRequest, uuid: UUID) -> Depot:
    found = policy.visible_depots(request.actor).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def _item(code: str) -> SupplyItem:
    found = item_of(code)
    if found is None:
        raise InvalidInput("item_unknown", ITEM_UNKNOWN, field="item")
    return found


def _supplier(actor: Actor, uuid: UUID | None) -> Organisation:
    found = next((one for one in agreements.suppliers_of(actor=actor) if one.uuid == uuid), None)
    if found is None:
        raise NotVisible
    return found


def _request(actor: Actor, uuid: UUID) -> dict[str, Any]:
    return papers.request_out(lines.request_of(actor=actor, uuid=uuid))


def _purchase(actor: Actor, uuid: UUID) -> dict[str, Any]:
    return _purchase_out(purchases.purchase_of(actor=actor, uuid=uuid))


def _purchase_out(order: PurchaseOrder) -> dict[str, Any]:
    number = paper_number(AGREEMENT_PREFIX, order.agreement_id) if order.agreement_id else ""
    return papers.purchase_out(order, agreement_number=number)


def _donation(request: ActorRequest, uuid: UUID) -> Donation:
    rows = policy.visible_donations(_with(request, policy.VIEW)).select_related("depot")
    found = rows.prefetch_related("lines__item").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found
