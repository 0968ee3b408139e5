"""
The states of this room's papers: requests between organisations (in the words of EDXL-RM), donations, transfers,
agreements with suppliers, purchases.

A request may be committed in parts.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import Lifecycle, Transition
from juxing.kernel.refusals import Refusal
from juxing.supplies import policy
from juxing.supplies.enums import AgreementStatus, DonationStatus, PurchaseStatus, TransferStatus
from juxing.supplies.enums import SupplyRequestStatus as State
from juxing.supplies.models import Donation, PurchaseOrder, SupplyAgreement, SupplyRequest, Transfer


def _sends_or_receives(actor: Actor, request: SupplyRequest) -> bool:
    return policy.can_record(actor, request)


def _shares_out(actor: Actor, request: SupplyRequest) -> bool:
    return policy.can_share_out(actor, request)


OPEN = frozenset({State.REQUESTED, State.ACCEPTED, State.COMMITTED})
"""A sharing may still give to these."""
UNDECIDED = frozenset({State.REQUESTED, State.ACCEPTED})

REQUEST = Lifecycle(
    model=SupplyRequest,
    subject="supplies.request",
    states=tuple(State),
    transitions=(
        Transition("accept", _("Accepted"), frozenset({State.REQUESTED}), State.ACCEPTED, _shares_out),
        Transition("decline", _("Declined"), UNDECIDED, State.DECLINED, _shares_out),
        Transition("commit", _("Goods committed"), OPEN, State.COMMITTED, _shares_out),
        Transition(
            "dispatch", _("Goods sent"), frozenset({State.COMMITTED}), State.DISPATCHED, _sends_or_receives
        ),
        Transition(
            "receive", _("Goods received"), frozenset({State.DISPATCHED}), State.RECEIVED, _sends_or_receives
        ),
        Transition("cancel", _("Cancelled"), OPEN, State.CANCELLED, _sends_or_receives),
    ),
)  # fmt: skip


def _handles(actor: Actor, donation: Donation) -> bool:
    return actor.may(policy.MOVE_STOCK, donation.area_code)


def _sends(actor: Actor, transfer: Transfer) -> bool:
    return actor.may(policy.MOVE_STOCK, transfer.area_code)


def _plans(actor: Actor, transfer: Transfer) -> bool:
    return _sends(actor, transfer) or actor.may(policy.SHARE_OUT, transfer.area_code)


def _receives(actor: Actor, transfer: Transfer) -> bool:
    return actor.may(policy.MOVE_STOCK, transfer.target_area_code)


def _publishes(actor: Actor, donation: Donation) -> bool:
    return actor.may(policy.PUBLISH, donation.area_code)


Given = DonationStatus
DONATION = Lifecycle(
    model=Donation,
    subject="supplies.donation",
    states=tuple(Given),
    transitions=(
        Transition("receive", _("Donation received"), frozenset({Given.PLEDGED}), Given.RECEIVED, _handles),
        Transition("inspect", _("Donation inspected"), frozenset({Given.RECEIVED}), Given.INSPECTED, _handles),
        Transition("accept", _("Donation accepted"), frozenset({Given.INSPECTED}), Given.ACCEPTED, _handles),
        Transition("refuse", _("Donation refused"), frozenset({Given.INSPECTED}), Given.REFUSED, _handles),
        Transition("allocate", _("Giving out began"), frozenset({Given.ACCEPTED}), Given.ALLOCATED, _handles),
        Transition("deliver", _("All given out"), frozenset({Given.ACCEPTED, Given.ALLOCATED}), Given.DELIVERED,
                   _handles),
        Transition("report", _("Use reported to the public"), frozenset({Given.DELIVERED}), Given.REPORTED, _publishes),
        Transition("withdraw", _("Donation withdrawn"), frozenset({Given.PLEDGED}), Given.WITHDRAWN, _handles),
    ),
)  # fmt: skip

TRANSFER = Lifecycle(
    model=Transfer,
    subject="supplies.transfer",
    states=tuple(TransferStatus),
    transitions=(
        Transition("send", _("Transfer sent"), frozenset({TransferStatus.PLANNED}), TransferStatus.SENT, _sends),
        Transition("receive", _("Transfer received"), frozenset({TransferStatus.SENT}), TransferStatus.RECEIVED,
                   _receives),
        Transition("cancel", _("Transfer given up"), frozenset({TransferStatus.PLANNED}), TransferStatus.CANCELLED,
                   _plans),
    ),
)  # fmt: skip


def _agrees(actor: Actor, agreement: SupplyAgreement) -> bool:
    return actor.may(policy.AGREE, agreement.area_code)


AGREEMENT = Lifecycle(
    model=SupplyAgreement,
    subject="supplies.agreement",
    states=tuple(AgreementStatus),
    transitions=(
        Transition("sign", _("Agreement signed"), frozenset({AgreementStatus.DRAFT}), AgreementStatus.IN_FORCE,
                   _agrees),
        Transition("end", _("Agreement ended"), frozenset({AgreementStatus.DRAFT, AgreementStatus.IN_FORCE}),
                   AgreementStatus.ENDED, _agrees),
    ),
)  # fmt: skip


def _buys(actor: Actor, order: PurchaseOrder) -> bool:
    return actor.may(policy.PURCHASE, order.area_code)


def _approves(actor: Actor, order: PurchaseOrder) -> bool:
    return actor.may(policy.APPROVE_PURCHASE, order.area_code) and policy.is_second_person(actor, order)


def _returns(actor: Actor, order: PurchaseOrder) -> bool:
    return _approves(actor, order) or (_buys(actor, order) and not policy.is_second_person(actor, order))


def _takes_in(actor: Actor, order: PurchaseOrder) -> bool:
    return actor.may(policy.MOVE_STOCK, order.area_code)


def _is_reviewed(order: PurchaseOrder) -> None:
    if order.is_emergency and order.reviewed_at is None:
        raise Refusal(
            "review_open", _("A second person has to review this emergency purchase before its file is closed.")
        )


Buying = PurchaseStatus
UNDER_WAY = frozenset({Buying.ORDERED, Buying.PARTLY})
"""Goods of these may be delivered."""
PURCHASE = Lifecycle(
    model=PurchaseOrder,
    subject="supplies.purchase",
    states=tuple(Buying),
    transitions=(
        Transition("submit", _("Purchase sent for approval"), frozenset({Buying.DRAFT}), Buying.SUBMITTED, _buys),
        Transition("pass", _("Purchase needs no second person"), frozenset({Buying.DRAFT}), Buying.APPROVED, _buys),
        Transition("approve", _("Purchase approved"), frozenset({Buying.SUBMITTED}), Buying.APPROVED, _approves),
        Transition("return", _("Purchase given back"), frozenset({Buying.SUBMITTED}), Buying.DRAFT, _returns),
        Transition("order", _("Purchase ordered"), frozenset({Buying.APPROVED}), Buying.ORDERED, _buys),
        Transition("receive_part", _("Goods of a purchase received in part"), UNDER_WAY, Buying.PARTLY, _takes_in),
        Transition("receive_all", _("Purchase received in full"), UNDER_WAY, Buying.DELIVERED, _takes_in),
        Transition("settle", _("Rest of a purchase given up"), frozenset({Buying.PARTLY}), Buying.DELIVERED, _buys),
        Transition("close", _("Purchase closed"), frozenset({Buying.DELIVERED}), Buying.CLOSED, _buys, _is_reviewed),
        Transition("cancel", _("Purchase cancelled"),
                   frozenset({Buying.DRAFT, Buying.SUBMITTED, Buying.APPROVED, Buying.ORDERED}), Buying.CANCELLED,
                   _buys),
    ),
)  # fmt: skip
