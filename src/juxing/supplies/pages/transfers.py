"""Transfers between depots: plan, send, receive with differences explained."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock, journal
from juxing.kernel.idempotency import idempotent
from juxing.kernel.web import ActorRequest, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.enums import TransferStatus
from juxing.supplies.forms import ReasonForm, StateFilterForm
from juxing.supplies.models import Transfer
from juxing.supplies.movement_forms import TransferForm, TransferQuantitiesForm
from juxing.supplies.pages.tables import attempt, card, column, one_form, row
from juxing.supplies.pages.words import amount, entries_shown, tabs
from juxing.supplies.queries import transfers as queries
from juxing.supplies.queries.meanings import catalogue_items
from juxing.supplies.queries.stock import depots_of, depots_to_fill

TONES = {
    TransferStatus.PLANNED: "waiting", TransferStatus.SENT: "moving", TransferStatus.RECEIVED: "done",
    TransferStatus.CANCELLED: "ended",
}  # fmt: skip


@signed_in(policy.VIEW)
def transfers(request: ActorRequest) -> HttpResponse:
    """List transfers from and to the actor's depots."""
    form = StateFilterForm(request.GET, states=TransferStatus.choices)
    page = queries.transfers_page(actor=request.actor, status=form.chosen(), cursor=request.GET.get("cursor"))
    names = queries.depot_names(ids=[pk for one in page.rows for pk in (one.source_id, one.target_id)])
    columns = [
        column(pgettext("supplies", "Number")),
        column(_("From depot")),
        column(_("To depot")),
        column(_("Goods")),
        column(_("Last step")),
        column(_("State")),
    ]
    rows: Any = [
        row(columns, (one.number, reverse("supplies:transfer", args=[one.uuid])), names[one.source_id],
            names[one.target_id], _goods(one), _last_step(one),
            {"text": one.get_status_display(), "tone": _tone(one)})
        for one in page.rows
    ]  # fmt: skip
    plan = {"label": _("Plan a transfer"), "url": reverse("supplies:plan_transfer"), "icon": "plus", "kind": "primary"}
    may = request.actor.may_somewhere(policy.MOVE_STOCK)
    context = {
        "page_title": _("Transfers"), "page_icon": "arrows-sort", "tabs": tabs("transfers"), "columns": columns,
        "caption": _("Transfers"), "page": replace(page, rows=rows), "pager_text": _("Newest first"),
        "form": form, "page_actions": [plan] if may else [],
        "empty": {"icon": "package", "title": _("No transfers"), "text": "", "action": plan if may else None},
    }  # fmt: skip
    return render(request, "supplies/table.html", context)


@idempotent
@signed_in(policy.MOVE_STOCK)
def plan(request: ActorRequest) -> HttpResponse:
    """Plan a transfer."""
    form = TransferForm(
        request.POST or None, depots=depots_to_fill(actor=request.actor), targets=depots_of(actor=request.actor),
        items=catalogue_items(), initial={"depot": request.GET.get("depot", "")},
    )  # fmt: skip

    def act() -> Transfer:
        depot, item, quantity = form.chosen()
        return commands.plan_transfer(
            actor=request.actor, now=clock.now(), source=depot, target=form.targets[form.cleaned_data["target"]],
            goods=[(item, quantity)],
        )  # fmt: skip

    if request.method == "POST" and form.is_valid() and (done := attempt(form, act)):
        messages.success(request, _("Planned; the goods are promised."))
        return HttpResponseRedirect(reverse("supplies:transfer", args=[done.made.uuid]), status=303)
    return one_form(request, form, title=_("Plan a transfer"), back=reverse("supplies:transfers"))


@signed_in(policy.VIEW)
def transfer(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one transfer and what may be done next."""
    return _show(request, queries.transfer_of(actor=request.actor, uuid=uuid))


@require_POST
@idempotent
@signed_in(policy.MOVE_STOCK)
def send(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Send a transfer."""
    one = queries.transfer_of(actor=request.actor, uuid=uuid)
    form = TransferQuantitiesForm(request.POST, lines=list(one.lines.select_related("item")), is_arrival=False)
    if form.is_valid() and attempt(form, lambda: commands.send_transfer(
        actor=request.actor, now=clock.now(), transfer=one, quantities=form.quantities(),
    )):  # fmt: skip
        messages.success(request, _("The goods are under way."))
        return HttpResponseRedirect(reverse("supplies:transfer", args=[uuid]), status=303)
    return _show(request, one, form=form, status=422)


@require_POST
@idempotent
@signed_in(policy.MOVE_STOCK)
def receive(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Receive a transfer."""
    one = queries.transfer_of(actor=request.actor, uuid=uuid)
    form = TransferQuantitiesForm(request.POST, lines=list(one.lines.select_related("item")), is_arrival=True)
    if form.is_valid() and attempt(form, lambda: commands.receive_transfer(
        actor=request.actor, now=clock.now(), transfer=one, quantities=form.quantities(),
        explanation=form.cleaned_data["explanation"],
    )):  # fmt: skip
        messages.success(request, _("Received into stock."))
        return HttpResponseRedirect(reverse("supplies:transfer", args=[uuid]), status=303)
    return _show(request, one, form=form, status=422)


@require_POST
@idempotent
@signed_in(policy.MOVE_STOCK)
def cancel(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give a planned transfer up."""
    one = queries.transfer_of(actor=request.actor, uuid=uuid)
    form = ReasonForm(request.POST)
    if form.is_valid() and attempt(form, lambda: commands.cancel_transfer(
        actor=request.actor, now=clock.now(), transfer=one, reason=form.cleaned_data["reason"],
    )):  # fmt: skip
        messages.success(request, _("Given up; the goods are free again."))
        return HttpResponseRedirect(reverse("supplies:transfer", args=[uuid]), status=303)
    return _show(request, one, form=form, status=422)


def _show(request: ActorRequest, one: Transfer, *, form: Any = None, status: int = 200) -> HttpResponse:
    names = queries.depot_names(ids=[one.source_id, one.target_id])
    lines = list(one.lines.select_related("item").order_by("item_id"))
    columns = [
        column(_("Item")),
        column(pgettext("supplies", "Planned"), is_number=True),
        column(pgettext("transfer", "Sent"), is_number=True),
        column(pgettext("transfer", "Received"), is_number=True),
    ]
    rows = [
        row(columns, {"text": line.item.name, "muted": line.item.unit_label}, amount(line.planned), amount(line.sent),
            amount(line.received))
        for line in lines
    ]  # fmt: skip
    context = {
        "page_title": one.number,
        "page_subtitle": one.get_status_display(),
        "definitions": [
            {"term": _("From depot"), "value": names[one.source_id]},
            {"term": _("To depot"), "value": names[one.target_id]},
            {
                "term": _("Planned for"),
                "value": one.planned_for.isoformat() if one.planned_for else _("as soon as possible"),
            },
            *([{"term": _("Why it differs"), "value": one.difference_explained}] if one.difference_explained else []),
        ],
        "sections": [{"id": "lines", "title": _("Goods"), "columns": columns, "rows": rows}],
        "forms": _forms(request, one, lines, form),
        "timeline": entries_shown(journal.entries_about("supplies.transfer", one.uuid)[:20]),
        "breadcrumbs": [{"label": _("Transfers"), "url": reverse("supplies:transfers")}, {"label": one.number}],
    }
    return card(request, context, status=status)


def _forms(request: ActorRequest, one: Transfer, lines: list[Any], form: Any) -> list[dict[str, Any]]:
    may = request.actor.may
    is_reason = isinstance(form, ReasonForm)
    if one.status == TransferStatus.PLANNED and may(policy.MOVE_STOCK, one.area_code):
        leaving = TransferQuantitiesForm(lines=lines, is_arrival=False) if is_reason or form is None else form
        return [
            {
                "title": pgettext("transfer", "Send"),
                "form": leaving,
                "action": reverse("supplies:send_transfer", args=[one.uuid]),
                "submit": _("These leave now"),
            },
            {
                "title": _("Give up"),
                "form": form if is_reason else ReasonForm(),
                "submit": _("Give the transfer up"),
                "action": reverse("supplies:cancel_transfer", args=[one.uuid]),
            },
        ]
    if one.status == TransferStatus.SENT and may(policy.MOVE_STOCK, one.target_area_code):
        arrived = form or TransferQuantitiesForm(lines=lines, is_arrival=True)
        return [
            {
                "title": pgettext("transfer", "Receive"),
                "form": arrived,
                "submit": _("These arrived"),
                "action": reverse("supplies:receive_transfer", args=[one.uuid]),
            }
        ]
    return []


def _goods(one: Transfer) -> str:
    return ", ".join(f"{line.item.name} {amount(line.planned)} {line.item.unit_label}" for line in one.lines.all())


def _tone(one: Transfer) -> str:
    return "problem" if one.difference_explained else TONES[TransferStatus(one.status)]


def _last_step(one: Transfer) -> str:
    at = one.received_at or one.sent_at or one.planned_at
    return f"{localtime(at):%m-%d %H:%M}"
