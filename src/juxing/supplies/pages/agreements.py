"""Framework agreements with suppliers: what is kept for a place, at which price, and how much was called off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock, journal
from juxing.kernel.idempotency import idempotent
from juxing.kernel.money import with_sign
from juxing.kernel.refusals import NotVisible
from juxing.kernel.web import ActorRequest, carried_out, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.alarms import agreement_soon
from juxing.supplies.contents import agreement_mark
from juxing.supplies.enums import AgreementStatus
from juxing.supplies.forms import ReasonForm, StateFilterForm
from juxing.supplies.models import SupplyAgreement
from juxing.supplies.pages.tables import card, column, one_form, row
from juxing.supplies.pages.words import amount, entries_shown, tabs
from juxing.supplies.purchase_forms import AgreementForm, SeenForm
from juxing.supplies.queries import agreements as queries
from juxing.supplies.queries.ledger import area_names
from juxing.supplies.queries.meanings import catalogue_items
from juxing.supplies.queries.plan_goods import places_with

TONES = {AgreementStatus.DRAFT: "neutral", AgreementStatus.IN_FORCE: "moving", AgreementStatus.ENDED: "ended"}


@signed_in(policy.VIEW)
def agreements(request: ActorRequest) -> HttpResponse:
    """List agreements, newest first."""
    form = StateFilterForm(request.GET, states=AgreementStatus.choices)
    page = queries.agreements_page(actor=request.actor, status=form.chosen(), cursor=request.GET.get("cursor"))
    names = area_names([one.area_code for one in page.rows])
    columns = [
        column(pgettext("supplies", "Number")), column(_("Supplier")), column(pgettext("supplies", "For")),
        column(_("Kept for us")), column(pgettext("purchase", "Within")), column(_("Last day")), column(_("State")),
    ]  # fmt: skip
    rows: Any = [row(columns, *_cells(one, names)) for one in page.rows]
    new = {"label": _("New agreement"), "url": reverse("supplies:new_agreement"), "icon": "plus", "kind": "primary"}
    may = request.actor.may_somewhere(policy.PURCHASE)
    others = [
        {"label": _("Purchases"), "url": reverse("supplies:purchases"), "icon": "clipboard-list"},
        {"label": _("Suppliers"), "url": reverse("supplies:suppliers"), "icon": "building-warehouse"},
    ]
    context = {
        "page_title": _("Agreements with suppliers"), "page_icon": "certificate", "tabs": tabs("purchases"),
        "columns": columns, "caption": _("Agreements with suppliers"), "page": replace(page, rows=rows),
        "pager_text": _("Newest first"), "form": form, "page_actions": [new, *others] if may else others,
        "empty": {"icon": "certificate", "title": _("No agreements"), "action": new if may else None,
                  "text": _("Goods that a supplier keeps for a place count for its reserves.")},
    }  # fmt: skip
    return render(request, "supplies/table.html", context)


@idempotent
@signed_in(policy.PURCHASE)
def new_agreement(request: ActorRequest) -> HttpResponse:
    """Write an agreement down."""
    actor = request.actor
    form = AgreementForm(
        request.POST or None, areas=places_with(policy.PURCHASE, actor=actor), items=catalogue_items(),
        suppliers=queries.suppliers_of(actor=actor), initial={"supplier": request.GET.get("supplier", "")},
    )  # fmt: skip

    def act(data: dict[str, Any]) -> SupplyAgreement:
        return commands.write_agreement(
            actor=actor, now=clock.now(), area_code=data["area_code"], supplier=form.suppliers[data["supplier"]],
            terms=form.terms(), goods=form.agreed(),
        )  # fmt: skip

    if done := carried_out(request, form, act, done=_("Written down. It counts from when it is signed.")):
        return _to(done.made.uuid)
    return one_form(request, form, title=_("New agreement"), back=reverse("supplies:agreements"))


@signed_in(policy.VIEW)
def agreement(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one agreement and what may be done next; one of a place above as far as it may be called off here."""
    return _show(request, queries.agreement_to_use(actor=request.actor, uuid=uuid))


@require_POST
@idempotent
@signed_in(policy.AGREE)
def step(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Sign an agreement, or end it."""
    one, actor = queries.agreement_of(actor=request.actor, uuid=uuid), request.actor
    if what == "sign":
        form: Any = SeenForm(request.POST, mark=agreement_mark(one))
        done = carried_out(
            request, form, lambda data: commands.sign_agreement(
                actor=actor, now=clock.now(), agreement=one, seen=data["seen"]
            ),
            done=_("In force from its first day. It counts for reserves."),
        )  # fmt: skip
    elif what == "end":
        form = ReasonForm(request.POST)
        done = carried_out(
            request, form, lambda data: commands.end_agreement(
                actor=actor, now=clock.now(), agreement=one, reason=data["reason"]
            ), done=_("Ended. Purchases under way go on."),
        )  # fmt: skip
    else:
        raise NotVisible
    if done:
        return _to(uuid)
    return _show(request, one, form=form.shown_anew() if what == "sign" else form, what=what)


@idempotent
@signed_in(policy.PURCHASE)
def change(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write an agreement anew that nobody signed."""
    one, actor = queries.agreement_of(actor=request.actor, uuid=uuid), request.actor
    supplier = queries.supplier_under(one)
    form = AgreementForm(
        request.POST or None, areas=[area for area in places_with(policy.PURCHASE, actor=actor)
                                     if area.code == one.area_code],
        items=catalogue_items(), suppliers=[supplier],
        written=[(line.item, line.kept, line.price_fen) for line in one.lines.all()],
        initial={"supplier": str(supplier.uuid), "area_code": one.area_code, "reference": one.reference,
                 "valid_from": one.valid_from, "valid_until": one.valid_until, "delivery_hours": one.delivery_hours,
                 "note": one.note},
    )  # fmt: skip

    def act(_data: dict[str, Any]) -> SupplyAgreement:
        return commands.change_agreement(
            actor=actor, now=clock.now(), agreement=one, terms=form.terms(), goods=form.agreed()
        )

    if carried_out(request, form, act, done=_("Written down.")):
        return _to(uuid)
    return one_form(request, form, title=_("Change the agreement"), back=reverse("supplies:agreement", args=[uuid]))


def _cells(one: SupplyAgreement, names: dict[str, str]) -> list[Any]:
    goods = ", ".join(
        f"{line.item.name} {amount(line.left)}/{amount(line.kept)} {line.item.unit_label}" for line in one.lines.all()
    )
    is_soon = one.status == AgreementStatus.IN_FORCE and one.valid_until <= localdate(clock.now()) + agreement_soon()
    until = one.valid_until.isoformat()
    return [
        (one.number, reverse("supplies:agreement", args=[one.uuid])), one.supplier_name,
        names.get(one.area_code, one.area_code), goods, _hours(one),
        {"text": until, "tone": "waiting"} if is_soon else until,
        {"text": one.get_status_display(), "tone": TONES[AgreementStatus(one.status)]},
    ]  # fmt: skip


def _hours(one: SupplyAgreement) -> str:
    words = ngettext("%(count)d hour", "%(count)d hours", one.delivery_hours)
    return words % {"count": one.delivery_hours}


def _show(request: ActorRequest, one: SupplyAgreement, *, form: Any = None, what: str = "") -> HttpResponse:
    names = area_names([one.area_code])
    columns = [
        column(_("Item")), column(pgettext("purchase", "Price"), is_number=True),
        column(_("Kept for us"), is_number=True), column(_("Called off"), is_number=True),
        column(pgettext("purchase", "Left"), is_number=True),
    ]  # fmt: skip
    rows = [
        row(columns, {"text": line.item.name, "muted": line.item.unit_label}, with_sign(line.price_fen),
            amount(line.kept), amount(line.called_off), amount(line.left))
        for line in one.lines.all()
    ]  # fmt: skip
    actions = []
    if one.status == AgreementStatus.IN_FORCE and request.actor.may_somewhere(policy.PURCHASE):
        actions.append({"label": _("Buy under it"), "kind": "primary", "icon": "plus",
                        "url": f"{reverse('supplies:new_purchase')}?source=a:{one.uuid}"})  # fmt: skip
    if one.status == AgreementStatus.DRAFT and request.actor.may(policy.PURCHASE, one.area_code):
        actions.append({"label": pgettext("supplies", "Change"), "icon": "adjustments-horizontal",
                        "url": reverse("supplies:change_agreement", args=[one.uuid])})  # fmt: skip
    context = {
        "page_title": f"{one.number} · {one.supplier_name}", "page_subtitle": one.get_status_display(),
        "page_icon": "certificate", "page_actions": actions,
        "definitions": [
            {"term": _("Supplier"), "value": one.supplier_name},
            {"term": pgettext("supplies", "For"), "value": names.get(one.area_code, one.area_code)},
            {"term": _("Number on the paper"), "value": one.reference or "–"},
            {"term": _("Delivered within"), "value": _hours(one)},
            {"term": pgettext("purchase", "First day"), "value": one.valid_from.isoformat()},
            {"term": _("Last day"), "value": one.valid_until.isoformat()},
            {"term": _("Signed by"), "value": one.signed_by_name or "–"},
            {"term": _("What else was agreed"), "value": one.note or "–"},
        ],
        "sections": [{"id": "goods", "title": _("Goods kept for us"), "columns": columns, "rows": rows,
                      "text": _("These goods lie at the supplier, not in our depots. While the agreement is in force "
                                "they count for reserves as far as they come in time.")},
                     _call_offs(request, one)],
        "notices": _from_above(request, one),
        "forms": _forms(request, one, form, what),
        "timeline": entries_shown(journal.entries_about("supplies.supplyagreement", one.uuid)[:20]),
        "breadcrumbs": [{"label": _("Agreements with suppliers"), "url": reverse("supplies:agreements")},
                        {"label": one.number}],
    }  # fmt: skip
    return card(request, context, status=422 if form is not None else 200)


def _from_above(request: ActorRequest, one: SupplyAgreement) -> list[dict[str, str]]:
    if request.actor.may(policy.VIEW, one.area_code):
        return []
    words = _("An agreement of a place above. You may call off what is left for your depots; the place above sees what "
              "was called off and by whom.")  # fmt: skip
    return [{"text": words, "tone": "info"}]


def _call_offs(request: ActorRequest, one: SupplyAgreement) -> dict[str, Any]:
    """Return who called off what: to the agreement's own place all of it, to others what they ordered."""
    found = queries.call_offs_of(one, actor=request.actor)
    names = area_names([order.area_code for order in found])
    columns = [
        column(pgettext("supplies", "Number")), column(pgettext("supplies", "Place")), column(_("Delivered to")),
        column(_("Goods")), column(_("Ordered on")), column(_("State")),
    ]  # fmt: skip
    rows = [
        row(columns, (order.number, reverse("supplies:purchase", args=[order.uuid])),
            names.get(order.area_code, order.area_code), order.depot.name,
            ", ".join(f"{line.item.name} {amount(line.ordered - line.cancelled)} {line.item.unit_label}"
                      for line in order.lines.all()),
            f"{localtime(order.ordered_at):%Y-%m-%d}" if order.ordered_at else "", order.get_status_display())
        for order in found
    ]  # fmt: skip
    is_own = request.actor.may(policy.VIEW, one.area_code)
    nothing = _("Nothing was called off yet") if is_own else _("Nothing was called off for your depots yet")
    return {"id": "call-offs", "title": _("Called off by"), "columns": columns, "rows": rows,
            "empty": {"icon": "clipboard-list", "title": nothing, "text": ""}}  # fmt: skip


def _forms(request: ActorRequest, one: SupplyAgreement, form: Any, what: str) -> list[dict[str, Any]]:
    if not request.actor.may(policy.AGREE, one.area_code) or one.status == AgreementStatus.ENDED:
        return []
    end = {"title": _("End it"), "form": form if what == "end" else ReasonForm(), "submit": _("End the agreement"),
           "action": reverse("supplies:agreement_step", args=[one.uuid, "end"])}  # fmt: skip
    signing = form if what == "sign" else SeenForm(mark=agreement_mark(one))
    sign = {"title": _("Sign it"), "form": signing, "submit": _("It is signed"),
            "text": _("Say so when both sides have signed. What is signed is not changed any more."),
            "action": reverse("supplies:agreement_step", args=[one.uuid, "sign"])}  # fmt: skip
    return [sign, end] if one.status == AgreementStatus.DRAFT else [end]


def _to(uuid: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("supplies:agreement", args=[uuid]), status=303)
