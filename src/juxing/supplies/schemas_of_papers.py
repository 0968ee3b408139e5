"""What the API takes and says of goods that come in, requests, purchases and donations."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from juxing.kernel.money import MOST_FEN
from juxing.supplies.enums import DeliveryFinding, DonorKind
from juxing.supplies.models import Donation, PurchaseOrder, SupplyRequest


class ReceiptIn(Schema):
    """Goods that came into a depot, in the item's unit; ``is_sure`` answers a question about an unusual figure."""

    depot: UUID
    item: str = Field(max_length=40)
    quantity: Decimal
    lot_number: str = Field(default="", max_length=40)
    expires_on: date | None = None
    reason: str = Field(default="", max_length=400)
    is_sure: bool = False


class RequestIn(Schema):
    """What an organisation asks for: an item's code, or words alone; a quantity in the item's unit."""

    organisation: UUID
    item: str = Field(default="", max_length=40)
    written: str = Field(default="", max_length=200)
    specification: str = Field(default="", max_length=400)
    quantity: Decimal | None = None
    on: date | None = None
    is_sure: bool = False


class StepIn(Schema):
    """Why, where a step wants a reason."""

    reason: str = Field(default="", max_length=400)


class ArrivedIn(Schema):
    """How much of a request arrived (all, where it is left out), and where the rest is: lost, or back in a depot."""

    arrived: Decimal | None = None
    reason: str = Field(default="", max_length=400)
    back_to: UUID | None = None


class RequestOut(Schema):
    """A request with what became of it; ``rest_of`` is the request it is the rest of."""

    uuid: UUID
    organisation: UUID
    organisation_name: str
    area_code: str
    written: str
    item: str | None
    unit: str | None
    quantity: Decimal | None
    committed: Decimal
    arrived: Decimal | None
    status: str
    rest_of: UUID | None


class GoodsIn(Schema):
    """One kind of goods to buy; without a price the agreement's holds."""

    item: str = Field(max_length=40)
    quantity: Decimal
    price_fen: int | None = Field(default=None, ge=0, le=MOST_FEN)


class PurchaseIn(Schema):
    """A purchase for a depot, under an agreement or from a supplier of the register."""

    depot: UUID
    agreement: UUID | None = None
    supplier: UUID | None = None
    goods: list[GoodsIn] = Field(max_length=40)
    needed_by: date | None = None
    is_emergency: bool = False
    reason: str = Field(default="", max_length=400)
    is_sure: bool = False


class CameIn(Schema):
    """So much of an item came, and what was found of it."""

    item: str = Field(max_length=40)
    quantity: Decimal
    finding: DeliveryFinding = DeliveryFinding.GOOD
    lot_number: str = Field(default="", max_length=40)
    expires_on: date | None = None
    words: str = Field(default="", max_length=400)


class DeliveryIn(Schema):
    """One delivery; ``uuid`` is the sender's and counts once, whatever the connection does."""

    uuid: UUID
    came: list[CameIn] = Field(max_length=200)
    paper: str = Field(default="", max_length=60)
    takes_more: bool = False
    is_another: bool = False


class PurchaseOut(Schema):
    """A purchase with its lines: ordered = received + outstanding + given up."""

    uuid: UUID
    number: str
    status: str
    depot: UUID
    supplier: str
    agreement_number: str
    total_fen: int
    is_emergency: bool
    due_at: Any
    lines: list[dict[str, Any]]


class GivenIn(Schema):
    """One kind of goods that is promised; ``restricted_area`` is where alone it may be handed out."""

    item: str = Field(max_length=40)
    quantity: Decimal
    restricted_area: str = Field(default="", max_length=40)


class DonationIn(Schema):
    """What somebody promises to give to a depot."""

    depot: UUID
    donor_kind: DonorKind
    donor_name: str = Field(default="", max_length=80)
    donor_phone: str = Field(default="", max_length=20)
    is_name_public: bool = False
    intended_use: str = Field(default="", max_length=200)
    goods: list[GivenIn] = Field(max_length=20)


class ArrivalIn(Schema):
    """What came of one line, as it stands on packages and papers."""

    line: int
    quantity: Decimal
    lot_number: str = Field(default="", max_length=40)
    expires_on: date | None = None
    certificate: str = Field(default="", max_length=80)


class ArrivalsIn(Schema):
    """What was brought of a donation."""

    lines: list[ArrivalIn] = Field(max_length=20)
    is_sure: bool = False


class FindingIn(Schema):
    """How much of a line is good, and why the rest is not."""

    line: int
    accepted: Decimal
    words: str = Field(default="", max_length=400)


class FindingsIn(Schema):
    """What an inspection found; with ``settles`` what is good comes into the stock at once."""

    lines: list[FindingIn] = Field(max_length=20)
    settles: bool = False


class DonationOut(Schema):
    """A donation without its donor: who gives is read on the page, where the journal keeps who looked."""

    uuid: UUID
    number: str
    trace_code: str
    status: str
    depot: UUID
    lines: list[dict[str, Any]]


def request_out(request: SupplyRequest) -> dict[str, Any]:
    """Return a request for an answer; organisation, item and the first request are loaded with it."""
    return {
        "uuid": request.uuid, "organisation": request.organisation.uuid,
        "organisation_name": request.organisation.name, "area_code": request.area_code,
        "written": request.written_item, "item": request.item.code if request.item else None,
        "unit": request.item.unit if request.item else None, "quantity": request.quantity,
        "committed": request.committed_quantity, "arrived": request.received_quantity, "status": request.status,
        "rest_of": request.remainder_of.uuid if request.remainder_of else None,
    }  # fmt: skip


def purchase_out(order: PurchaseOrder, *, agreement_number: str = "") -> dict[str, Any]:
    """Return a purchase for an answer; depot and lines are loaded with it."""
    return {
        "uuid": order.uuid, "number": order.number, "status": order.status, "depot": order.depot.uuid,
        "supplier": order.supplier_name, "agreement_number": agreement_number, "total_fen": order.total_fen,
        "is_emergency": order.is_emergency, "due_at": order.due_at,
        "lines": [
            {"item": line.item.code, "unit": line.item.unit, "price_fen": line.price_fen, "ordered": line.ordered,
             "received": line.received, "outstanding": line.outstanding, "given_up": line.cancelled,
             "beyond": line.over, "sent_back": line.refused}
            for line in order.lines.all()
        ],
    }  # fmt: skip


def donation_out(donation: Donation) -> dict[str, Any]:
    """Return a donation for an answer; depot and lines are loaded with it."""
    return {
        "uuid": donation.uuid, "number": donation.number, "trace_code": donation.trace_code,
        "status": donation.status, "depot": donation.depot.uuid,
        "lines": [
            {"line": line.pk, "item": line.item.code, "unit": line.item.unit, "pledged": line.pledged,
             "received": line.received, "accepted": line.accepted, "refused": line.refused, "finding": line.finding}
            for line in donation.lines.all()
        ],
    }  # fmt: skip
