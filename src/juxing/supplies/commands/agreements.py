"""Framework agreements: written, signed by a person, called off by purchases, ended by a person or the calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.kernel.scope import acting
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation
from juxing.places.models import Area
from juxing.supplies import policy
from juxing.supplies.commands.accounts import LEDGER
from juxing.supplies.commands.receiving import require_reason
from juxing.supplies.contents import agreement_mark, require_seen
from juxing.supplies.enums import AgreementStatus
from juxing.supplies.lifecycle import AGREEMENT
from juxing.supplies.models import AgreementLine, SupplyAgreement, SupplyItem
from juxing.supplies.models.agreements import MOST_HOURS
from juxing.supplies.quantities import checked_quantity, plain

WRITTEN = journal.declare_action("supplies.agreement.write", _("Agreement written down"))
MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agreement says beside its goods; both days are included."""

    valid_from: date
    valid_until: date
    delivery_hours: int
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Agreed:
    """One kind of goods: the price of a unit in fen, and how much is kept for us."""

    item: SupplyItem
    price_fen: int
    kept: Decimal


@transaction.atomic
def write_agreement(
    *, actor: Actor, now: datetime, area_code: str, supplier: Organisation, terms: Terms, goods: Sequence[Agreed]
) -> SupplyAgreement:
    """
    Write an agreement down for a place; it counts from when somebody signs it.

    Raises:
        NotPermitted: if the actor may not purchase there.
        InvalidInput: for an organisation that is no supplier, days or hours that make no sense, or no goods.
    """
    actor.require(policy.PURCHASE, area_code)
    if supplier.organisation_type != OrganisationType.SUPPLIER:
        raise InvalidInput("no_supplier", _("Choose a supplier of the register."), field="supplier")
    if not Area.objects.filter(code=area_code).exists():
        raise InvalidInput("area_unknown", _("No place has this code."), field="area_code")
    agreement = SupplyAgreement.objects.create(
        area_code=area_code, organisation=supplier, supplier_name=supplier.name, made_at=now, made_by_name=actor.name,
        **_checked(terms),
    )  # fmt: skip
    agreement.refresh_from_db()
    _write_goods(agreement, goods)
    journal.record(WRITTEN, actor=actor, subject=agreement, happened_at=now, changes={"goods": _said(goods)})
    return agreement


@transaction.atomic
def change_agreement(
    *, actor: Actor, now: datetime, agreement: SupplyAgreement, terms: Terms, goods: Sequence[Agreed]
) -> SupplyAgreement:
    """
    Write an agreement anew that nobody signed yet.

    Raises:
        NotPermitted: if the actor may not purchase there.
        Refusal: if it was signed: what was signed stays as it was signed.
    """
    actor.require(policy.PURCHASE, agreement.area_code)
    held = SupplyAgreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    if held.status != AgreementStatus.DRAFT:
        raise Refusal("agreement_signed", _("This is signed and stays as it is. End it and write a new one."))
    for name, value in _checked(terms).items():
        setattr(held, name, value)
    held.save(update_fields=list(_checked(terms)))
    held.lines.all().delete()
    _write_goods(held, goods)
    journal.record(WRITTEN, actor=actor, subject=held, happened_at=now, changes={"goods": _said(goods)})
    return held


@transaction.atomic
def sign_agreement(*, actor: Actor, now: datetime, agreement: SupplyAgreement, seen: str = "") -> SupplyAgreement:
    """
    Say that both sides signed: from its first day on it may be called off, and counts for reserves.

    Raises:
        WrongState, NotPermitted: from the table of states.
        Refusal: if its last day has passed, or it is not as ``seen`` (its mark) any more.
    """
    held = SupplyAgreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    require_seen(seen, agreement_mark(held))
    if held.valid_until < localdate(now):
        raise Refusal("agreement_over", _("Its last day has passed. Change the days first."))
    changes = {"signed_at": now, "signed_by_name": actor.name}
    return AGREEMENT.move(held, "sign", actor=actor, now=now, changes=changes)


@transaction.atomic
def end_agreement(*, actor: Actor, now: datetime, agreement: SupplyAgreement, reason: str) -> SupplyAgreement:
    """
    End an agreement before its time, or throw a draft away; purchases under way go on.

    Raises:
        WrongState, NotPermitted: from the table of states.
    """
    said = require_reason(reason)
    return AGREEMENT.move(agreement, "end", actor=actor, now=now, reason=said, changes={"ended_at": now})


def end_agreements_that_ran_out(*, now: datetime) -> int:
    """End the agreements whose last day has passed; return how many. For processes."""
    process, count = Actor.system("supplies"), 0
    with acting(LEDGER):
        over = SupplyAgreement.objects.filter(status=AgreementStatus.IN_FORCE, valid_until__lt=localdate(now))
        for agreement in over.order_by("valid_until", "id")[:500]:
            AGREEMENT.move(agreement, "end", actor=process, now=now, reason=str(_("Its last day has passed.")),
                           changes={"ended_at": now})  # fmt: skip
            count += 1
    return count


def call_off(quantities: Mapping[int, Decimal]) -> None:
    """
    Take these quantities, by agreement line, off what is kept for us; below zero gives back. In one order for all.

    Raises:
        Refusal: if less is left of a line.
    """
    with acting(LEDGER):
        wanted = [pk for pk in sorted(quantities) if quantities[pk]]
        held = AgreementLine.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("id")
        for line in held.select_related("item"):
            if line.called_off + quantities[line.pk] > line.kept:
                raise Refusal(
                    "agreement_used_up",
                    _("Of %(item)s only %(left)s are left under this agreement. Order the rest without it.")
                    % {"item": line.item.name, "left": plain(line.left) if line.left else "0"},
                )
            AgreementLine.objects.filter(pk=line.pk).update(called_off=F("called_off") + quantities[line.pk])


def _checked(terms: Terms) -> dict[str, object]:
    if terms.valid_until < terms.valid_from:
        raise InvalidInput("days_swapped", _("The last day comes before the first."), field="valid_until")
    if terms.valid_until.year - terms.valid_from.year > MOST_YEARS:
        raise InvalidInput("days_far", _("An agreement lasts ten years at most."), field="valid_until")
    if not 1 <= terms.delivery_hours <= MOST_HOURS:
        raise InvalidInput("hours_range", _("Write 1 to 720 hours."), field="delivery_hours")
    return {
        "valid_from": terms.valid_from, "valid_until": terms.valid_until, "delivery_hours": terms.delivery_hours,
        "reference": terms.reference.replace("\x00", "").strip()[:60],
        "note": terms.note.replace("\x00", "").strip()[:400],
    }  # fmt: skip


def _write_goods(agreement: SupplyAgreement, goods: Sequence[Agreed]) -> None:
    if not goods:
        raise InvalidInput("nothing_agreed", _("Write at least one kind of goods."))
    if len({one.item.pk for one in goods}) < len(goods):
        raise InvalidInput("item_twice", _("An item stands here twice. Write it once."))
    AgreementLine.objects.bulk_create([
        AgreementLine(area_code=agreement.area_code, agreement=agreement, item=one.item, price_fen=one.price_fen,
                      kept=checked_quantity(one.kept))
        for one in goods
    ])  # fmt: skip


def _said(goods: Sequence[Agreed]) -> list[list[str]]:
    return [[one.item.code, str(one.price_fen), str(one.kept)] for one in goods]
