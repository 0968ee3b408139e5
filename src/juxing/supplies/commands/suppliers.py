"""What is written down of suppliers beside the register of organisations: whom to call, what they can deliver."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation
from juxing.supplies import policy
from juxing.supplies.models import SupplierContact, SupplierGoods, SupplyItem
from juxing.supplies.quantities import checked_quantity

CONTACT_WRITTEN = journal.declare_action("supplies.supplier.contact", _("Contact of a supplier written down"))
CONTACT_REMOVED = journal.declare_action("supplies.supplier.forget", _("Contact of a supplier removed"))
REVEALED = journal.declare_action("supplies.supplier.reveal", _("Contacts of a supplier opened"))
GOODS_WRITTEN = journal.declare_action("supplies.supplier.goods", _("Goods of a supplier written down"))
MOST_CONTACTS = 10
SHORTEST_PHONE = 5


@transaction.atomic
def write_contact(
    *, actor: Actor, now: datetime, supplier: Organisation, name: str, phone: str, task: str = ""
) -> SupplierContact:
    """
    Write down whom to call at a supplier; the same number again is the same contact, corrected.

    Raises:
        NotPermitted: if the actor may not purchase here.
        InvalidInput: without a name or a number, or beyond ten contacts.
    """
    require_supplier(actor, supplier)
    said, number = " ".join(name.split())[:80], "".join(phone.split())[:20]
    if not said:
        raise InvalidInput("contact_unnamed", _("Write a name."), field="name")
    if len([sign for sign in number if sign.isdecimal()]) < SHORTEST_PHONE:
        raise InvalidInput("phone_bad", _("Write a telephone number."), field="phone")
    kept = list(SupplierContact.objects.select_for_update(of=("self",)).filter(organisation=supplier))
    contact = next((one for one in kept if one.phone == number), None)
    if contact is None and len(kept) >= MOST_CONTACTS:
        raise InvalidInput("contacts_many", _("Ten contacts are enough. Remove one first."))
    contact = contact or SupplierContact(organisation=supplier, area_code=supplier.area_code, phone=number)
    contact.name, contact.task = said, task.strip()[:60]
    contact.save()
    journal.record(CONTACT_WRITTEN, actor=actor, subject=supplier, happened_at=now)
    return contact


@transaction.atomic
def remove_contact(*, actor: Actor, now: datetime, contact: SupplierContact) -> None:
    """
    Forget a contact; nothing of it is kept.

    Raises:
        NotPermitted: if the actor may not purchase here.
    """
    actor.require(policy.PURCHASE, contact.area_code)
    supplier = contact.organisation
    contact.delete()
    journal.record(CONTACT_REMOVED, actor=actor, subject=supplier, happened_at=now)


@transaction.atomic
def reveal_contacts(*, actor: Actor, now: datetime, supplier: Organisation) -> list[SupplierContact]:
    """
    Open whom to call: an act of its own, which the journal keeps.

    Raises:
        NotPermitted: if the actor may not purchase here.
    """
    actor.require(policy.PURCHASE, supplier.area_code)
    journal.record(REVEALED, actor=actor, subject=supplier, happened_at=now)
    return list(SupplierContact.objects.filter(organisation=supplier).order_by("id"))


@transaction.atomic
def write_supplier_goods(
    *, actor: Actor, now: datetime, supplier: Organisation, item: SupplyItem, a_day: Decimal | None,
    is_over: bool = False,
) -> None:  # fmt: skip
    """
    Write down that a supplier can deliver an item, and how much a day; ``is_over`` takes it off the list.

    Raises:
        NotPermitted: if the actor may not purchase here.
        InvalidInput: if the quantity is not positive or beyond belief.
    """
    require_supplier(actor, supplier)
    goods = SupplierGoods.objects.filter(organisation=supplier, item=item)
    if is_over:
        goods.delete()
    else:
        quantity = checked_quantity(a_day, field="a_day") if a_day is not None else None
        SupplierGoods.objects.bulk_create(
            [SupplierGoods(area_code=supplier.area_code, organisation=supplier, item=item, a_day=quantity)],
            update_conflicts=True, unique_fields=["organisation", "item"], update_fields=["a_day"],
        )  # fmt: skip
    changes = {"item": item.code, "a_day": str(a_day or ""), "is_over": is_over}
    journal.record(GOODS_WRITTEN, actor=actor, subject=supplier, happened_at=now, changes=changes)


def require_supplier(actor: Actor, supplier: Organisation) -> None:
    """Refuse who may not purchase where the organisation belongs, and organisations that are no suppliers."""
    actor.require(policy.PURCHASE, supplier.area_code)
    if supplier.organisation_type != OrganisationType.SUPPLIER:
        raise InvalidInput("no_supplier", _("This organisation is not in the register as a supplier."))
