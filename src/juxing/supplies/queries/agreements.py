"""Suppliers, what they keep for us by agreement, and what of it counts for a reserve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Prefetch

from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import ScopedQuerySet, acting
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation
from juxing.supplies import policy
from juxing.supplies.enums import AgreementStatus
from juxing.supplies.models import AgreementLine, SupplierContact, SupplierGoods, SupplyAgreement

ORDER = ("-id",)
SUPPLIER_ORDER = ("area_code", "name")
CHOICES_AT_MOST = 500
READING = Actor.system("supplier of an agreement")


@dataclass(frozen=True, slots=True)
class AgreedStock:
    """So much of an item is kept at a supplier for a place, and comes within so many hours."""

    area_code: str
    hours: int
    quantity: Decimal


def agreed_stock(areas: Areas, item_ids: Iterable[int], *, today: date) -> dict[int, list[AgreedStock]]:
    """Return by item what agreements in force keep for these places, the fastest first; in the acting scope."""
    rows = in_force(areas, today=today).filter(item__in=sorted(set(item_ids)), called_off__lt=F("kept"))
    found: defaultdict[int, list[AgreedStock]] = defaultdict(list)
    ordered = rows.order_by("agreement__delivery_hours", "id")
    for item, code, hours, kept, called_off in ordered.values_list(
        "item_id", "area_code", "agreement__delivery_hours", "kept", "called_off"
    ):
        found[item].append(AgreedStock(code, hours, kept - called_off))
    return dict(found)


def in_force(areas: Areas, *, today: date) -> ScopedQuerySet[AgreementLine]:
    """Return the lines of agreements for these places that may be called off today; in the acting scope."""
    return AgreementLine.objects.inside(areas).filter(
        agreement__status=AgreementStatus.IN_FORCE, agreement__valid_from__lte=today, agreement__valid_until__gte=today
    )


def agreements_page(*, actor: Actor, status: str = "", cursor: str | None = None) -> Page[SupplyAgreement]:
    """Return agreements, newest first, with their lines."""
    rows = policy.visible_agreements(actor).prefetch_related(_lines())
    return page_of(rows.filter(status=status) if status else rows, order=ORDER, cursor=cursor)


def agreement_of(*, actor: Actor, uuid: UUID) -> SupplyAgreement:
    """
    Return one agreement with its lines.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    found = policy.visible_agreements(actor).prefetch_related(_lines()).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def agreements_to_call_off(*, actor: Actor, today: date) -> list[SupplyAgreement]:
    """Return the agreements under which the actor may order today, with their lines."""
    rows = SupplyAgreement.objects.inside(actor.areas_with(policy.PURCHASE)).filter(
        status=AgreementStatus.IN_FORCE, valid_from__lte=today, valid_until__gte=today
    )
    return list(rows.prefetch_related(_lines()).order_by("supplier_name", "id")[:CHOICES_AT_MOST])


def suppliers_page(*, actor: Actor, cursor: str | None = None) -> Page[Organisation]:
    """Return the suppliers of the register in the actor's places, each with what it can deliver."""
    goods = Prefetch("supplier_goods", SupplierGoods.objects.select_related("item").order_by("item_id"))
    return page_of(_suppliers(actor).prefetch_related(goods), order=SUPPLIER_ORDER, cursor=cursor)


def suppliers_of(*, actor: Actor) -> list[Organisation]:
    """Return the suppliers of whom the actor may purchase."""
    rows = Organisation.objects.inside(actor.areas_with(policy.PURCHASE))
    return list(
        rows.filter(organisation_type=OrganisationType.SUPPLIER).order_by("area_code", "name")[:CHOICES_AT_MOST]
    )


def supplier_of(*, actor: Actor, uuid: UUID) -> Organisation:
    """
    Return one supplier.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    found = _suppliers(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def supplier_under(agreement: SupplyAgreement) -> Organisation:
    """Return the supplier of an agreement in hand, which may belong to a place above that the actor does not see."""
    with acting(READING):
        return Organisation.objects.get(pk=agreement.organisation_id)


def contacts_of(supplier: Organisation) -> list[SupplierContact]:
    """Return whom to call at a supplier; pages mask them."""
    return list(SupplierContact.objects.filter(organisation=supplier).order_by("id"))


def contact_of(*, actor: Actor, uuid: UUID) -> SupplierContact:
    """
    Return one contact.

    Raises:
        NotVisible: if it does not exist where the actor may purchase.
    """
    rows = SupplierContact.objects.inside(actor.areas_with(policy.PURCHASE)).select_related("organisation")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def goods_of_supplier(supplier: Organisation) -> list[SupplierGoods]:
    """Return what a supplier can deliver."""
    return list(SupplierGoods.objects.filter(organisation=supplier).select_related("item").order_by("item_id"))


def agreements_of(*, actor: Actor, supplier: Organisation) -> list[SupplyAgreement]:
    """Return a supplier's agreements the actor sees, newest first, at most fifty."""
    rows = policy.visible_agreements(actor).filter(organisation=supplier).prefetch_related(_lines())
    return list(rows.order_by("-id")[:50])


def _suppliers(actor: Actor) -> ScopedQuerySet[Organisation]:
    return Organisation.objects.inside(actor.areas_with(policy.VIEW)).filter(
        organisation_type=OrganisationType.SUPPLIER
    )


def _lines() -> Prefetch[str]:
    return Prefetch("lines", AgreementLine.objects.select_related("item").order_by("id"))
