"""Suppliers, what they keep for us by agreement, and what of it counts for a reserve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Prefetch, Q

from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import ScopedQuerySet, acting
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation
from juxing.supplies import policy
from juxing.supplies.enums import AgreementStatus
from juxing.supplies.models import (
    AgreementLine,
    PurchaseLine,
    PurchaseOrder,
    SupplierContact,
    SupplierGoods,
    SupplyAgreement,
)

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


def lines_to_call_off(*, actor: Actor, items: Iterable[int], today: date) -> list[AgreementLine]:
    """Return lines with something left under which the actor may order today, also of places above; cheapest first."""
    areas = actor.areas_with(policy.PURCHASE)
    with acting(READING):
        rows = AgreementLine.objects.filter(
            areas.condition() | Q(area_code__in=codes_above(areas)), agreement__status=AgreementStatus.IN_FORCE,
            agreement__valid_from__lte=today, agreement__valid_until__gte=today, item__in=sorted(set(items)),
            called_off__lt=F("kept"),
        )  # fmt: skip
        ordered = rows.select_related("agreement", "item").order_by("price_fen", "agreement__delivery_hours", "id")
        return list(ordered)


def codes_above(areas: Areas) -> list[str]:
    """Return every code that one of these places could lie below."""
    return sorted({prefix[:length] for prefix in areas.prefixes for length in range(1, len(prefix))})


def agreements_page(*, actor: Actor, status: str = "", cursor: str | None = None) -> Page[SupplyAgreement]:
    """
    Return agreements, newest first, with their lines.

    Whoever purchases in a place sees also those in force of the places above: they serve it within their amounts.
    """
    with acting(READING):
        rows = _readable(actor).prefetch_related(_lines())
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


def agreement_to_use(*, actor: Actor, uuid: UUID) -> SupplyAgreement:
    """
    Return one agreement with its lines that the actor sees or may call off, also of a place above.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    with acting(READING):
        found = _readable(actor).prefetch_related(_lines()).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def agreement_behind(order: PurchaseOrder, *, actor: Actor) -> SupplyAgreement | None:
    """Return the agreement of a purchase in hand as far as the actor may read it."""
    with acting(READING):
        return _readable(actor).filter(pk=order.agreement_id or 0).first()


def call_offs_of(agreement: SupplyAgreement, *, actor: Actor) -> list[PurchaseOrder]:
    """Return what was ordered under an agreement where the actor sees purchases, newest first, at most fifty."""
    rows = policy.visible_purchases(actor).filter(agreement=agreement.pk, ordered_at__isnull=False)
    lines = Prefetch("lines", PurchaseLine.objects.select_related("item").order_by("id"))
    return list(rows.select_related("depot").prefetch_related(lines).order_by("-id")[:50])


def agreements_to_call_off(*, actor: Actor, today: date) -> list[SupplyAgreement]:
    """Return the agreements under which the actor may order today, also of places above, with their lines."""
    areas = actor.areas_with(policy.PURCHASE)
    with acting(READING):
        rows = SupplyAgreement.objects.filter(
            areas.condition() | Q(area_code__in=codes_above(areas)), status=AgreementStatus.IN_FORCE,
            valid_from__lte=today, valid_until__gte=today,
        )  # fmt: skip
        return list(rows.prefetch_related(_lines()).order_by("supplier_name", "id")[:CHOICES_AT_MOST])


def suppliers_page(*, actor: Actor, cursor: str | None = None) -> Page[Organisation]:
    """Return the suppliers of the register in the actor's places, each with what it can deliver."""
    goods = Prefetch("supplier_goods", SupplierGoods.objects.select_related("item").order_by("item_id"))
    return page_of(suppliers_for(actor).prefetch_related(goods), order=SUPPLIER_ORDER, cursor=cursor)


def suppliers_of(*, actor: Actor) -> list[Organisation]:
    """Return the suppliers of whom the actor may purchase."""
    rows = Organisation.objects.inside(actor.areas_with(policy.PURCHASE))
    return list(
        rows.filter(organisation_type=OrganisationType.SUPPLIER).order_by("area_code", "name")[:CHOICES_AT_MOST]
    )


def suppliers_near(areas: Areas) -> list[Organisation]:
    """Return the suppliers of the register in these places and of the places above, by name; what they are called."""
    with acting(READING):
        rows = Organisation.objects.filter(
            areas.condition() | Q(area_code__in=codes_above(areas)), organisation_type=OrganisationType.SUPPLIER
        )
        return list(rows.order_by("name", "id")[:CHOICES_AT_MOST])


def supplier_of(*, actor: Actor, uuid: UUID) -> Organisation:
    """
    Return one supplier.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    found = suppliers_for(actor).filter(uuid=uuid).first()
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


def _readable(actor: Actor) -> ScopedQuerySet[SupplyAgreement]:
    """Return what the actor sees, and what in force above serves where the actor purchases; in the readers' scope."""
    from_above = Q(area_code__in=codes_above(actor.areas_with(policy.PURCHASE)), status=AgreementStatus.IN_FORCE)
    return SupplyAgreement.objects.get_queryset().filter(actor.areas_with(policy.VIEW).condition() | from_above)


def suppliers_for(actor: Actor) -> ScopedQuerySet[Organisation]:
    """Return the suppliers of the register whose page the actor may open."""
    return Organisation.objects.inside(actor.areas_with(policy.VIEW)).filter(
        organisation_type=OrganisationType.SUPPLIER
    )


def _lines() -> Prefetch[str]:
    return Prefetch("lines", AgreementLine.objects.select_related("item").order_by("id"))
