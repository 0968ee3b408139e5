"""Requests and offers: lists, and one line with what may be done about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.keyset import Page
from juxing.kernel.refusals import InvalidInput, NotVisible, Refusal
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, show_refusal, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.enums import LineKind, SupplyRequestStatus
from juxing.supplies.forms import ArrivedForm, DepotForm, LineFilterForm, QuantityForm
from juxing.supplies.imports.place_names import names_of
from juxing.supplies.lifecycle import REQUEST
from juxing.supplies.models import Donation, SupplyOffer, SupplyRequest
from juxing.supplies.pages.words import TONES, amount, entries_shown, note_on_real_lines, shown_line, tabs
from juxing.supplies.quantities import plain
from juxing.supplies.queries import lines as queries
from juxing.supplies.queries.catalogue import stand_ins
from juxing.supplies.queries.meanings import catalogue_items, item_of
from juxing.supplies.queries.stock import depots_to_fill

Line = SupplyRequest | SupplyOffer


@signed_in(policy.VIEW)
def requests(request: ActorRequest) -> HttpResponse:
    """List what organisations ask for."""
    form = LineFilterForm(request.GET, kind=LineKind.REQUEST, items=catalogue_items())
    page = queries.requests_page(actor=request.actor, filters=form.filters(), cursor=request.GET.get("cursor"))
    return _list(request, form, page, kind="request", title=_("Requests of organisations"))


@signed_in(policy.VIEW)
def offers(request: ActorRequest) -> HttpResponse:
    """List what organisations offer."""
    form = LineFilterForm(request.GET, kind=LineKind.OFFER, items=catalogue_items())
    page = queries.offers_page(actor=request.actor, filters=form.filters(), cursor=request.GET.get("cursor"))
    return _list(request, form, page, kind="offer", title=_("Offers of organisations"))


@signed_in(policy.VIEW)
def request(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one request."""
    return _detail(request, queries.request_of(actor=request.actor, uuid=uuid))


@signed_in(policy.VIEW)
def offer(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one offer."""
    return _detail(request, queries.offer_of(actor=request.actor, uuid=uuid))


@require_POST
@idempotent
@signed_in(policy.RECORD)
def quantity(request: ActorRequest, kind: str, uuid: UUID) -> HttpResponse:
    """State how much a line means."""
    line = _line(request, kind, uuid)
    form = QuantityForm(request.POST)
    if form.is_valid():
        try:
            commands.state_quantity(
                actor=request.actor,
                now=clock.now(),
                line=line,
                quantity=form.cleaned_data["quantity"],
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The quantity is written down."))
            return _back(line)
    return _detail(request, line, form=form, status=422)


@require_POST
@idempotent
@signed_in(policy.RECORD)
def meaning(request: ActorRequest, kind: str, uuid: UUID) -> HttpResponse:
    """Correct what a line means."""
    line = _line(request, kind, uuid)
    code = request.POST.get("item", "")
    item = item_of(code)
    try:
        if item is None and code:
            raise InvalidInput("item_unknown", _("Choose an item of the catalogue."), field="item")
        commands.change_meaning(actor=request.actor, now=clock.now(), line=line, item=item)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return _detail(request, _line(request, kind, uuid), status=refusal.status)
    messages.success(request, _("The meaning is settled."))
    return _back(line)


@require_POST
@idempotent
@signed_in(policy.VIEW)
def step(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Take a request one step on."""
    asked = queries.request_of(actor=request.actor, uuid=uuid)
    if what not in commands.STEPS:
        raise NotVisible
    try:
        commands.move_request(
            actor=request.actor, now=clock.now(), request=asked, step=what, reason=request.POST.get("reason", "")
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return _detail(request, queries.request_of(actor=request.actor, uuid=uuid), status=refusal.status)
    messages.success(request, str(REQUEST[what].label))
    return _back(asked)


@require_POST
@idempotent
@signed_in(policy.VIEW)
def receive(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write down how much of a request's goods arrived."""
    asked = queries.request_of(actor=request.actor, uuid=uuid)
    form = ArrivedForm(request.POST, depots=depots_to_fill(actor=request.actor))

    def act(data: dict[str, Any]) -> SupplyRequest:
        return commands.receive_request(
            actor=request.actor, now=clock.now(), request=asked, arrived=data["arrived"], reason=data["reason"],
            back_to=form.depots.get(data["rest"]),
        )  # fmt: skip

    if done := carried_out(request, form, act):
        is_whole = done.made.received_quantity == done.made.committed_quantity
        messages.success(
            request,
            _("Received.") if is_whole else _("Received in part. The rest stands open as a request of its own."),
        )
        return _back(asked)
    return _detail(request, asked, arrived_form=form, status=422)


@require_POST
@idempotent
@signed_in(policy.MOVE_STOCK)
def serve(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Send what is committed to a request out of a depot's stock."""
    asked = queries.request_of(actor=request.actor, uuid=uuid)
    form = DepotForm(request.POST, depots=depots_to_fill(actor=request.actor))

    def act(data: dict[str, Any]) -> None:
        commands.serve_requests(
            actor=request.actor, now=clock.now(), depot=form.depots[data["depot"]], requests=[asked.pk]
        )

    if carried_out(request, form, act, done=_("Booked out of the stock and on its way.")):
        return _back(asked)
    return _detail(request, asked, depot_form=form, status=422)


@require_POST
@idempotent
@signed_in(policy.MOVE_STOCK)
def pledge_offer(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Make an offer a pledge to a depot."""
    offered = queries.offer_of(actor=request.actor, uuid=uuid)
    form = DepotForm(request.POST, depots=depots_to_fill(actor=request.actor))

    def act(data: dict[str, Any]) -> Donation:
        return commands.pledge_offer(
            actor=request.actor, now=clock.now(), offer=offered, depot=form.depots[data["depot"]]
        )

    if done := carried_out(request, form, act, done=_("Pledged. Write down here what arrives.")):
        return HttpResponseRedirect(reverse("supplies:donation", args=[done.made.uuid]), status=303)
    return _detail(request, offered, depot_form=form, status=422)


def _from_stock(request: ActorRequest, line: Line) -> tuple[str, str, str] | None:
    """Return what may be done with a depot's stock here: title, explanation, address; None where nothing."""
    if not request.actor.may_somewhere(policy.MOVE_STOCK) or line.item is None:
        return None
    if isinstance(line, SupplyRequest):
        if line.status != SupplyRequestStatus.COMMITTED or not line.committed_quantity:
            return None
        said = _("What is committed leaves the depot's books, first expired first; the request is dispatched.")
        return _("Send it out of the stock"), said, reverse("supplies:serve_request", args=[line.uuid])
    if line.quantity is None or queries.is_pledged(line):
        return None
    said = _("The offer becomes a donation to this depot: received, inspected, and followed to whoever gets it.")
    return _("Make it a pledge"), said, reverse("supplies:pledge_offer", args=[line.uuid])


def _list(request: ActorRequest, form: LineFilterForm, page: Page[Any], *, kind: str, title: str) -> HttpResponse:
    places = names_of(line.area_code for line in page.rows)
    rows: Any = [shown_line(line, kind=kind, places=places) for line in page.rows]
    columns = [
        {"label": pgettext("supplies", "Organisation")},
        {"label": pgettext("supplies", "Written")},
        {"label": pgettext("supplies", "Means")},
        {"label": _("Quantity"), "kind": "number"},
        {"label": pgettext("supplies", "Committed"), "kind": "number"},
        *([{"label": _("State")}] if kind == "request" else []),
    ]
    send = {
        "label": pgettext("supplies", "Take in a list"),
        "url": reverse("supplies:lists"),
        "icon": "file-upload",
        "kind": "primary",
    }
    new = {
        "label": pgettext("supplies", "Write down a request") if kind == "request" else _("Write down an offer"),
        "url": reverse(f"supplies:new_{kind}"),
        "icon": "plus",
    }
    actions = [send, new] if request.actor.may_somewhere(policy.RECORD) else []
    context = {
        **note_on_real_lines(page.rows),
        "page_title": title,
        "page_icon": "package",
        "tabs": tabs(f"{kind}s"),
        "form": form,
        "page": replace(page, rows=rows),
        "page_actions": actions,
        "columns": columns,
        "caption": title,
        "pager_text": _("Newest first"),
        "empty": {
            "icon": "inbox",
            "title": _("Nothing here fits these filters"),
            "text": _("Take a filter away, or take in a list."),
            "action": actions[0] if actions else None,
        },
    }
    return render(request, "supplies/lines.html", context)


def _detail(
    request: ActorRequest, line: Line, *, form: QuantityForm | None = None, depot_form: DepotForm | None = None,
    arrived_form: ArrivedForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    kind = _kind(line)
    place = names_of([line.area_code])[line.area_code]
    offered = REQUEST.offered(request.actor, line) if isinstance(line, SupplyRequest) else []
    shares = queries.shares_of(actor=request.actor, request=line) if isinstance(line, SupplyRequest) else []
    from_stock = _from_stock(request, line)
    if from_stock and depot_form is None:
        depot_form = DepotForm(depots=depots_to_fill(actor=request.actor))
    steps = [one.name for one in offered if one.name in commands.STEPS]
    if "receive" in steps and arrived_form is None:
        arrived_form = ArrivedForm(depots=depots_to_fill(actor=request.actor),
                                   initial={"arrived": plain(line.committed_quantity)})  # fmt: skip
    context = {
        **note_on_real_lines([line]),
        "arrived_form": arrived_form,
        "parts": _parts(request, line),
        "stand_ins": _stand_ins(request, line),
        "from_stock": from_stock,
        "depot_form": depot_form,
        "page_title": line.organisation.name,
        "page_subtitle": place,
        "line": line,
        "kind": kind,
        "row": shown_line(line, kind=kind, places={line.area_code: place}),
        "definitions": _definitions(line),
        "steps": [
            {"name": name, "label": _asking(name), "needs_reason": name in commands.NEEDS_REASON}
            for name in steps
            if name != "receive"
        ],
        "shares": [
            {
                "url": reverse("supplies:allocation", args=[one.run.uuid]),
                "at": one.run.computed_at,
                "quantity": amount(one.quantity),
                "is_signed": one.run.signed_at is not None,
            }
            for one in shares
        ],
        "timeline": entries_shown(queries.timeline_of(line)),
        "form": form or QuantityForm(),
        "may_record": policy.can_record(request.actor, line),
        "items": catalogue_items() if policy.can_record(request.actor, line) else [],
        "breadcrumbs": [
            {
                "label": pgettext("supplies", "Requests") if kind == "request" else pgettext("supplies", "Offers"),
                "url": reverse(f"supplies:{kind}s"),
            },
            {"label": line.written_item},
        ],
        **new_form_key(),
    }
    return render(request, "supplies/line.html", context, status=status)


def _parts(request: ActorRequest, line: Line) -> list[dict[str, Any]]:
    if not isinstance(line, SupplyRequest):
        return []
    return [
        {
            "url": reverse("supplies:request", args=[one.uuid]),
            "words": _("Rest: %(why)s") % {"why": one.get_remainder_kind_display()}
            if one.remainder_of_id
            else _("Asked for first"),
            "quantity": amount(one.quantity),
            "arrived": amount(one.received_quantity),
            "state": {"label": one.get_status_display(), "tone": TONES[SupplyRequestStatus(one.status)]},
        }
        for one in queries.parts_of(actor=request.actor, request=line)
    ]


def _stand_ins(request: ActorRequest, line: Line) -> str:
    """Return what may stand in for what is asked for, with what is free of it."""
    if not isinstance(line, SupplyRequest) or line.item is None:
        return ""
    return ", ".join(
        f"{one.item.name} ({amount(one.free)} {one.item.unit_label})"
        for one in stand_ins(actor=request.actor, item=line.item)
    )


def _definitions(line: Line) -> list[dict[str, Any]]:
    unit = line.item.unit_label if line.item else ""
    dated = line.requested_on if isinstance(line, SupplyRequest) else line.offered_on
    return [
        {"term": _("Written item"), "value": line.written_item},
        {"term": _("Specification"), "value": line.specification or "–"},
        {"term": pgettext("supplies", "Means"), "value": line.item.name if line.item else _("not settled")},
        {"term": _("Written quantity"), "value": line.written_quantity or "–"},
        {"term": _("Quantity"), "value": f"{amount(line.quantity)} {unit}" if line.quantity is not None else None},
        {"term": pgettext("supplies", "Committed"), "value": amount(line.committed_quantity)},
        *_arrived(line),
        {"term": _("Date"), "value": dated},
        {"term": _("Line of its list"), "value": line.source_line},
    ]


def _arrived(line: Line) -> list[dict[str, Any]]:
    if not isinstance(line, SupplyRequest) or line.received_quantity is None:
        return []
    return [{"term": _("Arrived"), "value": amount(line.received_quantity)}]


def _asking(name: str) -> str:
    return {
        "accept": pgettext("supplies", "Accept"),
        "decline": pgettext("supplies", "Decline"),
        "dispatch": _("Goods are on their way"),
        "receive": _("Goods arrived"),
        "cancel": _("Cancel the request"),
    }[name]


def _line(request: ActorRequest, kind: str, uuid: UUID) -> Line:
    if kind == "request":
        return queries.request_of(actor=request.actor, uuid=uuid)
    if kind == "offer":
        return queries.offer_of(actor=request.actor, uuid=uuid)
    raise NotVisible


def _kind(line: Line) -> str:
    return "request" if isinstance(line, SupplyRequest) else "offer"


def _back(line: Line) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"supplies:{_kind(line)}", args=[line.uuid]), status=303)
