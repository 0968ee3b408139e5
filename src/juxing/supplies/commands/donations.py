"""
Donated goods: promised, received, looked at, taken or refused with reasons.

What was received waits apart from the stock until it was inspected. Accepted goods keep to their donation for good:
their lots carry the line they came with, so that each piece can be traced and a condition on where it may go binds.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.numbers import ALPHABET
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.kernel.scope import acting
from juxing.supplies import policy
from juxing.supplies.commands.accounts import LEDGER, LotKey, area_place, depot_place, lots_of
from juxing.supplies.commands.posting import Line, Posting, post
from juxing.supplies.commands.receiving import require_reason
from juxing.supplies.enums import DonationStatus, DonorKind, MoveKind, PlaceKind
from juxing.supplies.lifecycle import DONATION
from juxing.supplies.models import Depot, Donation, DonationLine, StockLot, SupplyItem, SupplyOffer
from juxing.supplies.quantities import asked_if_it_keeps_too_long, asked_if_unusual, checked_quantity
from juxing.supplies.queries.usual import usual_quantity

PLEDGED = journal.declare_action("supplies.donation.pledge", _("Donation pledged"))
SUBJECT = "supplies.donation"
TRACE_LENGTH = 10
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Donor:
    """Who gives; the name is published only with ``is_name_public``."""

    kind: DonorKind
    name: str = ""
    phone: str = ""
    is_name_public: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """One kind of goods that is promised; ``restricted_area`` is where alone it may be handed out, "" anywhere."""

    item: SupplyItem
    quantity: Decimal
    restricted_area: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came of one line, as it stands on the packages and papers."""

    quantity: Decimal
    lot_number: str = ""
    expires_on: date | None = None
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an inspection found of one line: how much is good, and why the rest is not."""

    accepted: Decimal
    words: str = ""


@transaction.atomic
def pledge_donation(
    *, actor: Actor, now: datetime, depot: Depot, donor: Donor, goods: Sequence[Given], intended_use: str = "",
    offer: SupplyOffer | None = None,
) -> Donation:  # fmt: skip
    """
    Write down what someone promises to give.

    Raises:
        NotPermitted: if the actor may not move stock here.
        InvalidInput: without goods, or without a name from a donor who is not anonymous.
    """
    actor.require(policy.MOVE_STOCK, depot.area_code)
    name = donor.name.replace("\x00", "").strip()[:80]
    if donor.kind != DonorKind.ANONYMOUS and not name:
        raise InvalidInput("donor_unnamed", _("Write who gives, or choose “anonymous”."), field="donor_name")
    if not 1 <= len(goods) <= MOST_LINES:
        raise InvalidInput("nothing_given", _("Write at least one kind of goods, at most 20."))
    donation = Donation.objects.create(
        area_code=depot.area_code, trace_code=_new_trace_code(), depot=depot, donor_kind=donor.kind,
        donor_name="" if donor.kind == DonorKind.ANONYMOUS else name, donor_phone=donor.phone.strip()[:20],
        is_name_public=donor.is_name_public and donor.kind != DonorKind.ANONYMOUS,
        intended_use=intended_use.replace("\x00", "").strip()[:200], pledged_at=now, offer=offer,
    )  # fmt: skip
    donation.refresh_from_db()
    DonationLine.objects.bulk_create([
        DonationLine(area_code=depot.area_code, donation=donation, item=one.item,
                     pledged=checked_quantity(one.quantity), restricted_area=one.restricted_area)
        for one in goods
    ])  # fmt: skip
    journal.record(PLEDGED, actor=actor, subject=donation, happened_at=now, changes={"lines": len(goods)})
    return donation


@transaction.atomic
def pledge_offer(*, actor: Actor, now: datetime, offer: SupplyOffer, depot: Depot) -> Donation:
    """
    Make an organisation's offer a pledge to a depot, so that its goods can be received and followed.

    Raises:
        NotPermitted: if the actor may not move stock here.
        Refusal: if it is a pledge already, or it is not known what or how much is offered.
    """
    held = SupplyOffer.objects.select_for_update(of=("self",)).select_related("organisation", "item").get(pk=offer.pk)
    if Donation.objects.filter(offer=held).exists():
        raise Refusal("pledged_before", _("This offer is a pledge already. It is on the list of donations."))
    if held.item is None or held.quantity is None:
        raise Refusal("offer_unclear", _("Settle the meaning and state the quantity first."))
    donor = Donor(DonorKind.ORGANISATION, held.organisation.name)
    return pledge_donation(
        actor=actor, now=now, depot=depot, donor=donor, goods=[Given(held.item, held.quantity)], offer=held
    )


@transaction.atomic
def receive_donation(
    *, actor: Actor, now: datetime, donation: Donation, arrived: Mapping[int, Arrived], is_sure: bool = False
) -> Donation:
    """
    Book what was brought, by line; it waits for inspection, apart from the stock.

    Raises:
        WrongState, NotPermitted: from the table of states.
        InvalidInput: if nothing came, or a quantity is so unusual that someone should look twice.
    """
    moved = DONATION.move(donation, "receive", actor=actor, now=now, changes={"received_at": now})
    lines = [line for line in _lines(moved) if _came(line, arrived, now=now, is_sure=is_sure)]
    if not lines:
        raise InvalidInput("nothing_came", _("Write how much came of at least one line."))
    for line in lines:
        one = arrived[line.pk]
        line.received, line.lot_number = one.quantity, one.lot_number.strip()[:40]
        line.expires_on, line.certificate = one.expires_on, one.certificate.strip()[:80]
    DonationLine.objects.bulk_update(lines, ["received", "lot_number", "expires_on", "certificate"])
    lots = lots_of([_lot_key(line) for line in lines])
    source, waiting = area_place(PlaceKind.DONOR, moved.area_code), depot_place(moved.depot, PlaceKind.INSPECTION)
    rows = [Line(source, waiting, lot, line.received) for line, lot in zip(lines, lots, strict=True)]
    post([Posting(MoveKind.RECEIVE, rows, key=f"donation {moved.pk} in", subject=(SUBJECT, moved.uuid))],
         actor=actor, now=now)  # fmt: skip
    return moved


@transaction.atomic
def inspect_donation(*, actor: Actor, now: datetime, donation: Donation, findings: Mapping[int, Finding]) -> Donation:
    """
    Write down what an inspection found: how much of each line is good, and why the rest is refused.

    Raises:
        WrongState, NotPermitted: from the table of states.
        InvalidInput: if more is good than came, expired goods are called good, or a refusal has no reason.
    """
    moved = DONATION.move(donation, "inspect", actor=actor, now=now)
    lines = [line for line in _lines(moved) if line.received]
    for line in lines:
        found = findings.get(line.pk, Finding(line.received))
        accepted = checked_quantity(found.accepted, field=f"accepted_{line.pk}", is_zero_allowed=True)
        words = found.words.replace("\x00", "").strip()[:400]
        _require_sense(line, accepted, words, now=now)
        line.accepted, line.refused, line.finding = accepted, line.received - accepted, words
    DonationLine.objects.bulk_update(lines, ["accepted", "refused", "finding"])
    return moved


@transaction.atomic
def settle_donation(*, actor: Actor, now: datetime, donation: Donation) -> Donation:
    """
    Take what the inspection found good into the stock, and give the rest back; a receipt may be printed then.

    Raises:
        WrongState, NotPermitted: from the table of states.
    """
    Donation.objects.select_for_update(of=("self",)).get(pk=donation.pk)  # an inspection just being written counts
    lines = [line for line in _lines(donation) if line.received]
    is_taken = any(line.accepted for line in lines)
    step = "accept" if is_taken else "refuse"
    reason = "; ".join(sorted({line.finding for line in lines if line.refused and line.finding}))[:400]
    changes = {"accepted_at": now} if is_taken else {}
    moved = DONATION.move(donation, step, actor=actor, now=now, reason=reason, changes=changes)
    waiting, shelf = depot_place(moved.depot, PlaceKind.INSPECTION), depot_place(moved.depot)
    source = area_place(PlaceKind.DONOR, moved.area_code)
    lots = dict(zip([line.pk for line in lines], lots_of([_lot_key(line) for line in lines]), strict=True))
    taken = [Line(waiting, shelf, lots[line.pk], line.accepted) for line in lines if line.accepted]
    refused = [Line(waiting, source, lots[line.pk], line.refused) for line in lines if line.refused]
    subject = (SUBJECT, moved.uuid)
    postings = [Posting(MoveKind.ACCEPT, taken, key=f"donation {moved.pk} taken", subject=subject)] if taken else []
    if refused:
        postings.append(
            Posting(MoveKind.REFUSE, refused, key=f"donation {moved.pk} refused", subject=subject, reason=reason)
        )
    post(postings, actor=actor, now=now)
    return moved


@transaction.atomic
def withdraw_donation(*, actor: Actor, now: datetime, donation: Donation, reason: str) -> Donation:
    """
    Note that the donor no longer wants to give what was promised; nobody is pressed to give.

    Raises:
        WrongState, NotPermitted: from the table of states.
    """
    return DONATION.move(donation, "withdraw", actor=actor, now=now, reason=require_reason(reason))


def advance_donations(*, now: datetime) -> int:
    """Say of accepted donations that giving out began, or ended; return how many moved on. For processes."""
    process, count = Actor.system("supplies"), 0
    with acting(LEDGER):
        under_way = Donation.objects.filter(status__in=[DonationStatus.ACCEPTED, DonationStatus.ALLOCATED])
        for donation in under_way.order_by("id")[:500]:
            left_depot, is_out = _how_far(donation)
            step = "deliver" if is_out else "allocate" if left_depot else ""
            if step and not (step == "allocate" and donation.status == DonationStatus.ALLOCATED):
                DONATION.move(donation, step, actor=process, now=now)
                count += 1
    return count


def _how_far(donation: Donation) -> tuple[bool, bool]:
    """Whether anything left the depot where it came in, and whether nothing is left in any depot or on any way."""
    ends = {PlaceKind.RESIDENTS, PlaceKind.ORGANISATIONS, PlaceKind.LOSS, PlaceKind.WRITE_OFF, PlaceKind.DONOR,
            PlaceKind.DIFFERENCE}  # fmt: skip
    there = StockLot.objects.filter(donation_line__donation=donation, balances__quantity__gt=0).values_list(
        "balances__place__kind", "balances__place__depot_id"
    )
    places = set(there)
    outside = any(kind != PlaceKind.INSPECTION and depot != donation.depot_id for kind, depot in places)
    return outside, bool(places) and all(kind in ends for kind, _depot in places)


def _lines(donation: Donation) -> list[DonationLine]:
    return list(donation.lines.select_related("item").order_by("id"))


def _came(line: DonationLine, arrived: Mapping[int, Arrived], *, now: datetime, is_sure: bool) -> bool:
    one = arrived.get(line.pk)
    if one is None or not one.quantity:
        return False
    quantity = checked_quantity(one.quantity, field=f"received_{line.pk}")
    if not is_sure:
        usual = usual_quantity(line.item)
        asked_if_unusual(quantity, usual=usual or line.pledged, unit=line.item.unit_label, field=f"received_{line.pk}")
        asked_if_it_keeps_too_long(
            one.expires_on, shelf_life_days=line.item.shelf_life_days, today=localdate(now), item=line.item.name,
            field=f"expires_{line.pk}",
        )  # fmt: skip
    return True


def _require_sense(line: DonationLine, accepted: Decimal, words: str, *, now: datetime) -> None:
    if accepted > line.received:
        raise InvalidInput(
            "more_than_came", _("Only %(received)s came.") % {"received": f"{line.received.normalize():,f}"},
            field=f"accepted_{line.pk}",
        )  # fmt: skip
    if accepted and line.expires_on is not None and line.expires_on < localdate(now):
        raise InvalidInput(
            "lot_expired", _("These goods expired on %(date)s. Refuse them.") % {"date": line.expires_on.isoformat()},
            field=f"accepted_{line.pk}",
        )  # fmt: skip
    if accepted < line.received and len(words) < 2:
        raise InvalidInput(
            "refusal_unexplained", _("Write why the rest is refused: the donor will read it."),
            field=f"finding_{line.pk}",
        )  # fmt: skip


def _lot_key(line: DonationLine) -> LotKey:
    return LotKey(line.item_id, line.item.unit, line.lot_number, line.expires_on, line.pk, line.restricted_area)


def _new_trace_code() -> str:
    code = "".join(secrets.choice(ALPHABET) for _digit in range(TRACE_LENGTH))
    return f"{code[:5]}-{code[5:]}"
