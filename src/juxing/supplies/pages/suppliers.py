"""Suppliers of the register: what they deliver, whom to call, what was agreed and bought."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.kernel import clock, journal
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_name, masked_phone
from juxing.kernel.money import with_sign
from juxing.kernel.refusals import NotVisible
from juxing.kernel.web import ActorRequest, carried_out, signed_in
from juxing.organisations.models import Organisation
from juxing.organisations.policy import MANAGE
from juxing.supplies import commands, policy
from juxing.supplies.enums import AgreementStatus, PurchaseStatus
from juxing.supplies.models import SupplierContact
from juxing.supplies.pages.agreements import TONES as AGREEMENT_TONES
from juxing.supplies.pages.purchase_cards import TONES
from juxing.supplies.pages.tables import card, column, row
from juxing.supplies.pages.words import amount, entries_shown, tabs
from juxing.supplies.purchase_forms import ContactForm, ForgetForm, SupplierGoodsForm
from juxing.supplies.queries import agreements as queries
from juxing.supplies.queries.ledger import area_names
from juxing.supplies.queries.meanings import catalogue_items
from juxing.supplies.queries.purchases import purchases_from


@signed_in(policy.VIEW)
def suppliers(request: ActorRequest) -> HttpResponse:
    """List the suppliers of the register."""
    page = queries.suppliers_page(actor=request.actor, cursor=request.GET.get("cursor"))
    names = area_names([one.area_code for one in page.rows])
    columns = [column(_("Supplier")), column(pgettext("supplies", "Place")), column(_("Can deliver"))]
    rows: Any = [
        row(columns, (one.name, reverse("supplies:supplier", args=[one.uuid])),
            names.get(one.area_code, one.area_code), _can_deliver(one))
        for one in page.rows
    ]  # fmt: skip
    actions = [
        {"label": _("Purchases"), "url": reverse("supplies:purchases"), "icon": "clipboard-list"},
        {"label": _("Agreements"), "url": reverse("supplies:agreements"), "icon": "certificate"},
    ]
    new = {"label": _("Add an organisation"), "url": reverse("organisations:add"), "icon": "plus", "kind": "primary"}
    may = request.actor.may_somewhere(MANAGE)
    context = {
        "page_title": _("Suppliers"), "page_icon": "building-warehouse", "tabs": tabs("purchases"),
        "columns": columns, "caption": _("Suppliers"), "page": replace(page, rows=rows), "pager_text": _("By place"),
        "page_actions": [new, *actions] if may else actions,
        "empty": {"icon": "building-warehouse", "title": _("No suppliers"), "action": new if may else None,
                  "text": _("Suppliers are organisations of the register, of the type “supplier”.")},
    }  # fmt: skip
    return render(request, "supplies/table.html", context)


@signed_in(policy.VIEW)
def supplier(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one supplier; names and numbers stay masked."""
    return _show(request, queries.supplier_of(actor=request.actor, uuid=uuid))


@require_POST
@never_cache
@signed_in(policy.PURCHASE)
def reveal(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Open whom to call; the journal keeps it."""
    one = queries.supplier_of(actor=request.actor, uuid=uuid)
    opened = commands.reveal_contacts(actor=request.actor, now=clock.now(), supplier=one)
    return _show(request, one, opened=opened)


@require_POST
@idempotent
@signed_in(policy.PURCHASE)
def write(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Write down a contact or goods of a supplier, or forget a contact."""
    one = queries.supplier_of(actor=request.actor, uuid=uuid)
    if what not in ACTS:
        raise NotVisible
    make, act = ACTS[what]
    form = make(one, request.POST)
    if carried_out(request, form, lambda _data: act(request, one, form), done=_("Written down.")):
        return HttpResponseRedirect(reverse("supplies:supplier", args=[uuid]), status=303)
    return _show(request, one, form=form, what=what)


def _show(
    request: ActorRequest, one: Organisation, *, form: Any = None, what: str = "",
    opened: Sequence[SupplierContact] | None = None,
) -> HttpResponse:  # fmt: skip
    may = request.actor.may(policy.PURCHASE, one.area_code)
    actions = [{"label": pgettext("supplies", "Organisation"),
                "url": reverse("organisations:organisation", args=[one.uuid]),
                "icon": "building-community"}]  # fmt: skip
    if may:
        new = f"{reverse('supplies:new_purchase')}?source=s:{one.uuid}"
        agree = f"{reverse('supplies:new_agreement')}?supplier={one.uuid}"
        actions = [{"label": _("New purchase"), "url": new, "icon": "plus", "kind": "primary"},
                   {"label": _("New agreement"), "url": agree, "icon": "certificate"}, *actions]  # fmt: skip
    context = {
        "page_title": one.name, "page_icon": "building-warehouse", "page_actions": actions,
        "sections": [
            _contacts(one, opened), _goods(one), _agreements(request, one), _purchases(request, one),
        ],
        "forms": _forms(one, form, what, is_open=opened is not None) if may else [],
        "timeline": entries_shown(journal.entries_about("organisations.organisation", one.uuid)[:10]),
        "breadcrumbs": [{"label": _("Suppliers"), "url": reverse("supplies:suppliers")}, {"label": one.name}],
    }  # fmt: skip
    return card(request, context, status=422 if form is not None else 200)


def _contacts(one: Organisation, opened: Sequence[SupplierContact] | None) -> dict[str, Any]:
    columns = [column(pgettext("supplier contact", "Name")), column(_("Telephone")), column(_("Answers for"))]
    rows = [
        row(columns, contact.name if opened is not None else masked_name(contact.name),
            contact.phone if opened is not None else masked_phone(contact.phone), contact.task)
        for contact in (opened if opened is not None else queries.contacts_of(one))
    ]  # fmt: skip
    return {"id": "contacts", "title": _("Whom to call"), "columns": columns, "rows": rows,
            "empty": {"icon": "user", "title": _("Nobody is written down"), "text": ""}}  # fmt: skip


def _goods(one: Organisation) -> dict[str, Any]:
    columns = [column(_("Item")), column(_("How much a day"), is_number=True)]
    rows = [
        row(columns, {"text": goods.item.name, "muted": goods.item.unit_label}, amount(goods.a_day) or _("not known"))
        for goods in queries.goods_of_supplier(one)
    ]
    return {"id": "can", "title": _("Can deliver"), "columns": columns, "rows": rows,
            "empty": {"icon": "package", "title": _("Nothing is written down"), "text": ""}}  # fmt: skip


def _agreements(request: ActorRequest, one: Organisation) -> dict[str, Any]:
    columns = [column(pgettext("supplies", "Number")), column(_("Last day")), column(_("State"))]
    rows = [
        row(columns, (each.number, reverse("supplies:agreement", args=[each.uuid])), each.valid_until.isoformat(),
            {"text": each.get_status_display(), "tone": AGREEMENT_TONES[AgreementStatus(each.status)]})
        for each in queries.agreements_of(actor=request.actor, supplier=one)
    ]  # fmt: skip
    return {"id": "agreements", "title": _("Agreements"), "columns": columns, "rows": rows,
            "empty": {"icon": "certificate", "title": _("No agreements"), "text": ""}}  # fmt: skip


def _purchases(request: ActorRequest, one: Organisation) -> dict[str, Any]:
    columns = [column(pgettext("supplies", "Number")), column(_("Depot")), column(_("Amount"), is_number=True),
               column(_("State"))]  # fmt: skip
    rows = [
        row(columns, (each.number, reverse("supplies:purchase", args=[each.uuid])), each.depot.name,
            with_sign(each.total_fen), {"text": each.get_status_display(), "tone": TONES[PurchaseStatus(each.status)]})
        for each in purchases_from(actor=request.actor, supplier=one)
    ]  # fmt: skip
    return {"id": "purchases", "title": _("Purchases"), "columns": columns, "rows": rows,
            "empty": {"icon": "clipboard-list", "title": _("No purchases"), "text": ""}}  # fmt: skip


def _forms(one: Organisation, form: Any, what: str, *, is_open: bool) -> list[dict[str, Any]]:
    words = {
        "contact": (_("Add or correct a contact"), _("Write down")),
        "goods": (_("What it can deliver"), _("Write down")),
        "forget": (_("Forget a contact"), _("Forget it")),
    }
    has_contacts = bool(queries.contacts_of(one))
    shown = [] if is_open or not has_contacts else [
        {"title": _("Call somebody"), "form": None, "submit": _("Show names and numbers"),
         "text": _("Opening them is kept in the journal."),
         "action": reverse("supplies:reveal_supplier", args=[one.uuid])}
    ]  # fmt: skip
    return shown + [
        {"title": title, "form": form if name == what else ACTS[name][0](one, None), "submit": submit,
         "action": reverse("supplies:write_supplier", args=[one.uuid, name])}
        for name, (title, submit) in words.items() if name != "forget" or has_contacts
    ]  # fmt: skip


def _can_deliver(one: Organisation) -> str:
    return ", ".join(
        f"{goods.item.name} {amount(goods.a_day)} {goods.item.unit_label}".replace("  ", " ") if goods.a_day
        else goods.item.name
        for goods in one.supplier_goods.all()
    )  # fmt: skip


def _write_contact(request: ActorRequest, one: Organisation, form: ContactForm) -> object:
    return commands.write_contact(actor=request.actor, now=clock.now(), supplier=one, **form.cleaned_data)


def _write_goods(request: ActorRequest, one: Organisation, form: SupplierGoodsForm) -> object:
    data = form.cleaned_data
    return commands.write_supplier_goods(
        actor=request.actor, now=clock.now(), supplier=one, item=form.items[data["item"]], a_day=data["a_day"],
        is_over=data["is_over"],
    )  # fmt: skip


def _forget(request: ActorRequest, _one: Organisation, form: ForgetForm) -> object:
    contact = queries.contact_of(actor=request.actor, uuid=form.cleaned_data["contact"])
    return commands.remove_contact(actor=request.actor, now=clock.now(), contact=contact)


Act = tuple[Callable[[Organisation, Any], Any], Callable[[ActorRequest, Organisation, Any], object]]
ACTS: dict[str, Act] = {
    "contact": (lambda _one, data: ContactForm(data), _write_contact),
    "goods": (lambda _one, data: SupplierGoodsForm(data, items=catalogue_items()), _write_goods),
    "forget": (
        lambda one, data: ForgetForm(
            data, choices=[(str(each.uuid), f"{masked_name(each.name)} {masked_phone(each.phone)}")
                           for each in queries.contacts_of(one)]
        ),
        _forget,
    ),
}  # fmt: skip
