"""One purchase on a page: what was ordered, what came, and what may be done next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from juxing.kernel import clock, journal
from juxing.kernel.money import line_fen, with_sign
from juxing.kernel.refusals import Words
from juxing.kernel.web import ActorRequest
from juxing.supplies import commands, policy
from juxing.supplies.commands.purchases import needs_second_person
from juxing.supplies.contents import purchase_mark
from juxing.supplies.enums import PurchaseStatus
from juxing.supplies.forms import ReasonForm
from juxing.supplies.lifecycle import PURCHASE, UNDER_WAY
from juxing.supplies.models import PurchaseOrder
from juxing.supplies.pages.tables import card, column, row
from juxing.supplies.pages.words import amount, entries_shown
from juxing.supplies.purchase_forms import GiveUpForm, ReviewForm, SeenForm
from juxing.supplies.queries import purchases as queries
from juxing.supplies.queries.agreements import agreement_behind

TONES = {
    PurchaseStatus.DRAFT: "neutral", PurchaseStatus.SUBMITTED: "waiting", PurchaseStatus.APPROVED: "waiting",
    PurchaseStatus.ORDERED: "moving", PurchaseStatus.PARTLY: "moving", PurchaseStatus.DELIVERED: "done",
    PurchaseStatus.CLOSED: "done", PurchaseStatus.CANCELLED: "ended",
}  # fmt: skip
WITHOUT_PAPER = frozenset({PurchaseStatus.DRAFT, PurchaseStatus.SUBMITTED, PurchaseStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do with a purchase: its form, what it does, and what is said when it is done."""

    title: Words
    submit: Words
    done: Words
    form: Callable[[PurchaseOrder, Any], Any]
    act: Callable[[ActorRequest, PurchaseOrder, Any], object]


def show_purchase(
    request: ActorRequest, one: PurchaseOrder, *, form: Form | None = None, what: str = ""
) -> HttpResponse:
    """Show one purchase; ``form`` is the one that was refused, of the step ``what``."""
    actions = []
    if one.status in UNDER_WAY and request.actor.may(policy.MOVE_STOCK, one.area_code):
        actions.append({"label": _("Goods have come"), "url": reverse("supplies:receive_purchase", args=[one.uuid]),
                        "icon": "package", "kind": "primary"})  # fmt: skip
    if one.status == PurchaseStatus.DRAFT and request.actor.may(policy.PURCHASE, one.area_code):
        actions.append({"label": _("Change the goods"), "icon": "adjustments-horizontal",
                        "url": reverse("supplies:change_purchase", args=[one.uuid])})  # fmt: skip
    if one.status not in WITHOUT_PAPER:
        actions.append({"label": _("Purchase order (PDF)"), "url": reverse("supplies:purchase_paper", args=[one.uuid]),
                        "icon": "download"})  # fmt: skip
    context = {
        "page_title": f"{one.number} · {one.supplier_name}", "page_subtitle": one.get_status_display(),
        "page_icon": "clipboard-list", "page_actions": actions, "notices": [*_said(form), *_notices(one)],
        "definitions": _definitions(request, one), "sections": [_goods(one), *_deliveries(one)],
        "forms": _forms(request, one, form, what),
        "timeline": entries_shown(journal.entries_about("supplies.purchaseorder", one.uuid)[:30]),
        "breadcrumbs": [{"label": _("Purchases"), "url": reverse("supplies:purchases")}, {"label": one.number}],
    }  # fmt: skip
    return card(request, context, status=422 if form is not None else 200)


def _said(form: Form | None) -> list[dict[str, str]]:
    """Say above the page why a step was refused: its form may not be offered any more."""
    return [{"tone": "error", "text": str(error)} for error in form.non_field_errors()] if form is not None else []


def _definitions(request: ActorRequest, one: PurchaseOrder) -> list[dict[str, Any]]:
    agreement = _("without agreement")
    link = ""
    if one.agreement_id:
        seen = agreement_behind(one, actor=request.actor)
        agreement = seen.number if seen else _("an agreement of a place above")
        link = reverse("supplies:agreement", args=[seen.uuid]) if seen else ""
    shown = [
        {"term": _("Supplier"), "value": one.supplier_name},
        {"term": _("Agreement"), "value": agreement, "url": link},
        {"term": _("Delivered to"), "value": one.depot.name},
        {"term": _("Amount"), "value": with_sign(one.total_fen)},
        {"term": _("Written by"), "value": one.made_by_name},
        {"term": _("Approved by"), "value": _approver(one)},
        {"term": pgettext("purchase", "Needed by"), "value": one.needed_by.isoformat() if one.needed_by else "–"},
        {"term": _("Expected"), "value": f"{localtime(one.due_at):%Y-%m-%d %H:%M}" if one.due_at else "–"},
    ]
    if one.reason:
        shown.append({"term": pgettext("purchase", "What for"), "value": one.reason})
    if one.review:
        shown.append({"term": _("Review by %(name)s") % {"name": one.reviewed_by_name}, "value": one.review})
    return shown


def _approver(one: PurchaseOrder) -> str:
    if one.approved_at is None:
        return "–"
    return one.approved_by_name or (_("emergency, reviewed afterwards") if one.is_emergency else _("not needed"))


def _notices(one: PurchaseOrder) -> list[dict[str, str]]:
    found = []
    if one.is_emergency and one.reviewed_at is None and one.status != PurchaseStatus.CANCELLED:
        found.append({"tone": "warning", "text": _("Emergency purchase: a second person reviews it afterwards.")})
    if one.status == PurchaseStatus.SUBMITTED:
        found.append({"tone": "info", "text": _("It waits for somebody else than %(name)s to approve it.")
                      % {"name": one.made_by_name}})  # fmt: skip
    return found


def _goods(one: PurchaseOrder) -> dict[str, Any]:
    lines = list(one.lines.all())
    is_ordered = one.ordered_at is not None
    quantities = [
        (pgettext("purchase line", "Ordered"), [line.ordered for line in lines], True),
        (pgettext("purchase line", "Received"), [line.received for line in lines], is_ordered),
        (_("Outstanding"), [line.outstanding for line in lines], is_ordered),
        (_("Given up"), [line.cancelled for line in lines], False),
        (_("Beyond the order"), [line.over for line in lines], False),
        (_("Sent back"), [line.refused for line in lines], False),
    ]
    shown = [(label, values) for label, values, always in quantities if always or any(values)]
    columns = [
        column(_("Item")), column(pgettext("purchase", "Price"), is_number=True),
        *(column(label, is_number=True) for label, _values in shown), column(_("Amount"), is_number=True),
    ]  # fmt: skip
    rows = [
        row(columns, {"text": line.item.name, "muted": line.item.unit_label}, with_sign(line.price_fen),
            *(amount(values[place]) for _label, values in shown), with_sign(line_fen(line.ordered, line.price_fen)))
        for place, line in enumerate(lines)
    ]  # fmt: skip
    return {"id": "goods", "title": _("Goods"), "columns": columns, "rows": rows}


def _deliveries(one: PurchaseOrder) -> list[dict[str, Any]]:
    found = queries.deliveries_of(one)
    if not found:
        return []
    columns = [column(_("When")), column(_("Delivery note")), column(_("Item")), column(_("Quantity"), is_number=True),
               column(_("Lot")), column(_("Finding"))]  # fmt: skip
    rows = [
        row(columns, f"{localtime(delivery.delivered_at):%m-%d %H:%M}", delivery.paper or "–", part.line.item.name,
            amount(part.quantity),
            " · ".join(filter(None, (part.lot_number, part.expires_on.isoformat() if part.expires_on else ""))),
            {"text": part.get_finding_display(), "muted": part.words})
        for delivery in found for part in delivery.rows_shown  # type: ignore[attr-defined]
    ]  # fmt: skip
    return [{"id": "deliveries", "title": _("Deliveries"), "columns": columns, "rows": rows}]


def _forms(request: ActorRequest, one: PurchaseOrder, form: Form | None, what: str) -> list[dict[str, Any]]:
    offered = {transition.name for transition in PURCHASE.offered(request.actor, one)}
    names: list[str] = [name for name in ("approve", "order", "close", "return") if name in offered]
    if offered & {"submit", "pass"}:
        names.append("submit")
    if _may_review(request, one):
        names.append("review")
    if one.status in UNDER_WAY and request.actor.may(policy.PURCHASE, one.area_code):
        names.append("give_up")
    if "cancel" in offered:
        names.append("cancel")
    return [
        {"title": STEPS[name].title, "form": form if form is not None and name == what else STEPS[name].form(one, None),
         "submit": STEPS[name].submit, "text": _text(name, one),
         "action": reverse("supplies:purchase_step", args=[one.uuid, name])}
        for name in names
    ]  # fmt: skip


def _may_review(request: ActorRequest, one: PurchaseOrder) -> bool:
    is_open = one.is_emergency and one.reviewed_at is None and one.ordered_at is not None
    may = request.actor.may(policy.APPROVE_PURCHASE, one.area_code) and policy.is_second_person(request.actor, one)
    return is_open and may and one.status != PurchaseStatus.CANCELLED


def _text(name: str, one: PurchaseOrder) -> str:
    if name != "submit":
        return ""
    if one.is_emergency:
        return _("It may be ordered at once; a second person reviews it afterwards.")
    limit = {"limit": with_sign(settings.PURCHASE_APPROVAL_YUAN * 100)}
    if needs_second_person(one, now=clock.now()):
        return _("Above %(limit)s a second person approves it.") % limit
    return _("Up to %(limit)s nobody else has to approve it.") % limit


def _nothing_more(_one: PurchaseOrder, data: Any) -> Form:
    return Form(data)


def _why(_one: PurchaseOrder, data: Any) -> ReasonForm:
    return ReasonForm(data)


def _give_up(request: ActorRequest, one: PurchaseOrder, form: GiveUpForm) -> object:
    data = form.cleaned_data
    return commands.give_up_rest(
        actor=request.actor, now=clock.now(), order=one, line_id=data["line"], quantity=data["quantity"],
        reason=data["reason"],
    )  # fmt: skip


def _plainly(command: Callable[..., object]) -> Callable[[ActorRequest, PurchaseOrder, Any], object]:
    return lambda request, one, _form: command(actor=request.actor, now=clock.now(), order=one)


def _with_reason(command: Callable[..., object]) -> Callable[[ActorRequest, PurchaseOrder, Any], object]:
    return lambda request, one, form: command(
        actor=request.actor, now=clock.now(), order=one, reason=form.cleaned_data["reason"]
    )


STEPS: dict[str, Step] = {
    "submit": Step(
        gettext_lazy("Send it on its way"), gettext_lazy("The list is right"), gettext_lazy("It is on its way."),
        _nothing_more, _plainly(commands.submit_purchase),
    ),
    "approve": Step(
        gettext_lazy("Approve"), gettext_lazy("Approve the purchase"), gettext_lazy("Approved. It may be ordered."),
        lambda one, data: SeenForm(data, mark=purchase_mark(one)),
        lambda request, one, form: commands.approve_purchase(
            actor=request.actor, now=clock.now(), order=one, seen=form.cleaned_data["seen"]
        ),
    ),
    "return": Step(
        pgettext_lazy("purchase", "Give it back"), gettext_lazy("Give it back to be changed"),
        gettext_lazy("Given back."), _why, _with_reason(commands.return_purchase),
    ),
    "order": Step(
        gettext_lazy("Order it"), gettext_lazy("It is ordered from the supplier"),
        gettext_lazy("Ordered. Print the purchase order or send it."), _nothing_more,
        _plainly(commands.place_purchase),
    ),
    "give_up": Step(
        gettext_lazy("Will not come any more"), gettext_lazy("Give this up"), gettext_lazy("Given up."),
        lambda one, data: GiveUpForm(data, lines=list(one.lines.all())), _give_up,
    ),
    "review": Step(
        gettext_lazy("Review the emergency purchase"), gettext_lazy("Write the review"),
        gettext_lazy("The review is written down."), lambda _one, data: ReviewForm(data),
        lambda request, one, form: commands.review_purchase(
            actor=request.actor, now=clock.now(), order=one, words=form.cleaned_data["words"]
        ),
    ),
    "close": Step(
        gettext_lazy("Close the file"), gettext_lazy("Everything is settled"), gettext_lazy("Closed."), _nothing_more,
        _plainly(commands.close_purchase),
    ),
    "cancel": Step(
        pgettext_lazy("purchase", "Cancel it"), gettext_lazy("Cancel the purchase"), gettext_lazy("Cancelled."), _why,
        _with_reason(commands.cancel_purchase),
    ),
}  # fmt: skip
