"""Donations at the desk: pledge, arrival, inspection, receipt, publication."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock, journal
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_name, masked_phone
from juxing.kernel.refusals import NotVisible
from juxing.kernel.web import ActorRequest, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.enums import DonationStatus, DonorKind
from juxing.supplies.exports import receipt_pdf
from juxing.supplies.forms import ReasonForm, StateFilterForm
from juxing.supplies.models import Donation
from juxing.supplies.movement_forms import ArrivalForm, InspectionForm, PledgeForm
from juxing.supplies.pages.tables import attempt, card, column, one_form, row
from juxing.supplies.pages.words import amount, entries_shown, tabs
from juxing.supplies.queries import donations as queries
from juxing.supplies.queries.ledger import area_names, communities_of
from juxing.supplies.queries.meanings import catalogue_items
from juxing.supplies.queries.stock import depots_to_fill

TONES = {
    DonationStatus.PLEDGED: "waiting", DonationStatus.RECEIVED: "waiting", DonationStatus.INSPECTED: "moving",
    DonationStatus.ACCEPTED: "moving", DonationStatus.REFUSED: "problem", DonationStatus.ALLOCATED: "moving",
    DonationStatus.DELIVERED: "done", DonationStatus.REPORTED: "done", DonationStatus.WITHDRAWN: "ended",
}  # fmt: skip
WITH_RECEIPT = (DonationStatus.ACCEPTED, DonationStatus.ALLOCATED, DonationStatus.DELIVERED, DonationStatus.REPORTED)


@signed_in(policy.VIEW)
def donations(request: ActorRequest) -> HttpResponse:
    """List donations, with the clock of publication."""
    form = StateFilterForm(request.GET, states=DonationStatus.choices)
    page = queries.donations_page(actor=request.actor, status=form.chosen(), cursor=request.GET.get("cursor"))
    columns = [
        column(pgettext("supplies", "Number")),
        column(_("Donor")),
        column(_("Goods")),
        column(_("Depot")),
        column(_("State")),
    ]
    rows: Any = [
        row(columns, (one.number, reverse("supplies:donation", args=[one.uuid])), donor_words(one),
            ", ".join(f"{line.item.name} {amount(line.pledged)} {line.item.unit_label}" for line in one.lines.all()),
            one.depot.name, {"text": one.get_status_display(), "tone": TONES[DonationStatus(one.status)]})
        for one in page.rows
    ]  # fmt: skip
    pledge = {"label": _("Write down a donation"), "url": reverse("supplies:pledge"), "icon": "plus", "kind": "primary"}
    may = request.actor.may_somewhere(policy.MOVE_STOCK)
    context = {
        "page_title": _("Donations"), "page_icon": "heart-handshake", "tabs": tabs("donations"), "columns": columns,
        "caption": _("Donations"), "page": replace(page, rows=rows), "pager_text": _("Newest first"),
        "form": form, "notices": _clock(request), "page_actions": [pledge] if may else [],
        "empty": {"icon": "package", "title": _("No donations yet"), "text": "", "action": pledge if may else None},
    }  # fmt: skip
    return render(request, "supplies/table.html", context)


@idempotent
@signed_in(policy.MOVE_STOCK)
def pledge(request: ActorRequest) -> HttpResponse:
    """Write down what someone promises."""
    depots = depots_to_fill(actor=request.actor)
    form = PledgeForm(
        request.POST or None, depots=depots, items=catalogue_items(),
        areas=communities_of([depot.area_code[:9] for depot in depots]),
    )  # fmt: skip

    def act() -> Donation:
        data = form.cleaned_data
        return commands.pledge_donation(
            actor=request.actor, now=clock.now(), depot=form.depots[data["depot"]], donor=form.donor(),
            goods=form.goods(), intended_use=data["intended_use"],
        )  # fmt: skip

    if request.method == "POST" and form.is_valid() and (done := attempt(form, act)):
        messages.success(request, _("Written down. The donor can follow it by the code below."))
        return HttpResponseRedirect(reverse("supplies:donation", args=[done.made.uuid]), status=303)
    return one_form(request, form, title=_("Write down a donation"), back=reverse("supplies:donations"))


@signed_in(policy.VIEW)
def donation(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one donation and what may be done next."""
    return _show(request, queries.donation_of(actor=request.actor, uuid=uuid))


@require_POST
@idempotent
@signed_in(policy.MOVE_STOCK)
def step(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Take a donation one step on."""
    one = queries.donation_of(actor=request.actor, uuid=uuid)
    if what not in STEPS:
        raise NotVisible
    make, act, done = STEPS[what]
    form = make(one, request.POST)
    if form.is_valid() and attempt(form, lambda: act(request, one, form)):
        messages.success(request, str(done()))
        return HttpResponseRedirect(reverse("supplies:donation", args=[uuid]), status=303)
    return _show(request, one, form=form, what=what, status=422)


@signed_in(policy.VIEW)
def receipt(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Hand out the receipt of what was accepted (捐赠票据)."""
    one = queries.donation_of(actor=request.actor, uuid=uuid)
    if one.status not in WITH_RECEIPT:
        raise NotVisible
    link = request.build_absolute_uri(reverse("supplies:trace", args=[one.trace_code]))
    content = receipt_pdf(one, link=link, handled_by=request.actor.name, now=clock.now())
    headers = {"Content-Disposition": f'attachment; filename="{one.number}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_POST
@idempotent
@signed_in(policy.PUBLISH)
def publish(request: ActorRequest) -> HttpResponse:
    """Publish the table of the actor's places."""
    done = 0
    for place in request.actor.areas_with(policy.PUBLISH).prefixes:
        commands.publish_donations(actor=request.actor, now=clock.now(), area_code=place)
        done += 1
    messages.success(request, ngettext("%(count)d table is public now.", "%(count)d tables are public now.", done)
                     % {"count": done})  # fmt: skip
    return HttpResponseRedirect(reverse("supplies:donations"), status=303)


def donor_words(one: Donation) -> str:
    """Return the donor for a list: in full only where the donor agreed or is no person."""
    if one.donor_kind == DonorKind.PERSON and not one.is_name_public:
        return masked_name(one.donor_name)
    return one.donor_name or str(DonorKind(one.donor_kind).label)


def _clock(request: ActorRequest) -> list[dict[str, str]]:
    clock_now = queries.publication_clock(actor=request.actor)
    if not clock_now.count or clock_now.due_at is None:
        return []
    shown = {"count": clock_now.count, "due": f"{localtime(clock_now.due_at):%m-%d %H:%M}"}
    words = ngettext(
        "%(count)d donation received is not published yet. The law asks for it by %(due)s (within five days).",
        "%(count)d donations received are not published yet. The law asks for it by %(due)s (within five days).",
        clock_now.count,
    )
    tone = "error" if clock_now.is_late(clock.now()) else "warning"
    link = {"url": reverse("supplies:to_publish"), "url_label": _("Look at the table")}
    return [{"text": words % shown, "tone": tone, **link}]


@signed_in(policy.PUBLISH)
def to_publish(request: ActorRequest) -> HttpResponse:
    """Show the table that would be published now."""
    found = queries.to_publish(actor=request.actor)
    columns = [
        column(pgettext("supplies", "Number")),
        column(_("Donor in public")),
        column(_("Received on")),
        column(_("State")),
    ]
    rows = [
        row(
            columns,
            (one.number, reverse("supplies:donation", args=[one.uuid])),
            queries.public_donor(one) or _("not named"),
            f"{localtime(one.received_at):%Y-%m-%d}" if one.received_at else "",
            one.get_status_display(),
        )
        for one in found
    ]
    context = {
        "page_title": _("Publish donations"),
        "notices": _clock(request),
        "sections": [
            {
                "id": "rows",
                "title": _("What would be published"),
                "columns": columns,
                "rows": rows,
                "empty": {"icon": "check", "title": _("Everything is published"), "text": ""},
            }
        ],
        "forms": [
            {
                "title": pgettext("supplies", "Publish"),
                "form": None,
                "action": reverse("supplies:publish"),
                "submit": _("Publish the table"),
                "text": _("Names of donors who did not agree are left out. It cannot be taken back."),
            }
        ]
        if found
        else [],
        "breadcrumbs": [
            {"label": _("Donations"), "url": reverse("supplies:donations")},
            {"label": _("Publish donations")},
        ],
    }
    return card(request, context)


def _show(request: ActorRequest, one: Donation, *, form: Any = None, what: str = "", status: int = 200) -> HttpResponse:
    lines = list(one.lines.select_related("item").order_by("id"))
    names = area_names([line.restricted_area for line in lines])
    columns = [
        column(_("Item")),
        column(_("Pledged"), is_number=True),
        column(pgettext("donation", "Received"), is_number=True),
        column(pgettext("donation", "Accepted"), is_number=True),
        column(pgettext("donation", "Refused"), is_number=True),
        column(_("Lot")),
        column(_("Only for")),
        column(_("Finding")),
    ]
    rows = [
        row(
            columns,
            {"text": line.item.name, "muted": line.item.unit_label},
            amount(line.pledged),
            amount(line.received),
            amount(line.accepted),
            amount(line.refused),
            " · ".join(
                filter(
                    None, (line.lot_number, line.expires_on.isoformat() if line.expires_on else "", line.certificate)
                )
            ),
            names.get(line.restricted_area, line.restricted_area),
            line.finding,
        )
        for line in lines
    ]
    actions = [{"label": _("Where it went"), "url": reverse("supplies:trace", args=[one.trace_code]), "icon": "route"}]
    if one.status in WITH_RECEIPT:
        actions.append(
            {"label": _("Receipt (PDF)"), "url": reverse("supplies:receipt", args=[one.uuid]), "icon": "download"}
        )
    context = {
        "page_title": one.number,
        "page_subtitle": one.get_status_display(),
        "page_actions": actions,
        "definitions": [
            {"term": _("Donor"), "value": donor_words(one)},
            {"term": _("Telephone"), "value": masked_phone(one.donor_phone)},
            {
                "term": _("May be named in public"),
                "value": pgettext("supplies", "yes") if one.is_name_public else pgettext("supplies", "no"),
            },
            {"term": _("Brought to"), "value": one.depot.name},
            {"term": _("Wished use"), "value": one.intended_use or "–"},
            {"term": _("Code for following it"), "value": one.trace_code},
        ],
        "sections": [{"id": "lines", "title": _("Goods"), "columns": columns, "rows": rows}],
        "forms": _forms(request, one, form, what),
        "timeline": entries_shown(journal.entries_about("supplies.donation", one.uuid)[:20]),
        "breadcrumbs": [{"label": _("Donations"), "url": reverse("supplies:donations")}, {"label": one.number}],
    }
    return card(request, context, status=status)


def _forms(request: ActorRequest, one: Donation, form: Any, what: str) -> list[dict[str, Any]]:
    if not request.actor.may(policy.MOVE_STOCK, one.area_code):
        return []
    offered = {
        DonationStatus.PLEDGED: [
            ("receive", _("What came"), _("Received, to be inspected")),
            ("withdraw", _("The donor withdraws"), pgettext("supplies", "Withdrawn")),
        ],
        DonationStatus.RECEIVED: [("inspect", _("What the inspection found"), _("Write the findings"))],
        DonationStatus.INSPECTED: [("settle", _("Take it in"), _("Good goods into stock, the rest back"))],
    }
    return [
        {
            "title": title,
            "form": form if name == what else STEPS[name][0](one, None),
            "submit": submit,
            "action": reverse("supplies:donation_step", args=[one.uuid, name]),
        }
        for name, title, submit in offered.get(DonationStatus(one.status), [])
    ]


def _lines(one: Donation) -> list[Any]:
    return list(one.lines.select_related("item").order_by("id"))


Step = tuple[Callable[[Donation, Any], Any], Callable[[ActorRequest, Donation, Any], object], Callable[[], str]]
STEPS: dict[str, Step] = {
    "receive": (
        lambda one, data: ArrivalForm(data, lines=_lines(one)),
        lambda request, one, form: commands.receive_donation(
            actor=request.actor,
            now=clock.now(),
            donation=one,
            arrived=form.arrived(),
            is_sure=form.cleaned_data["is_sure"],
        ),
        lambda: _("Received. It waits for inspection, apart from the stock."),
    ),
    "inspect": (
        lambda one, data: InspectionForm(data, lines=_lines(one)),
        lambda request, one, form: commands.inspect_donation(
            actor=request.actor, now=clock.now(), donation=one, findings=form.findings()
        ),
        lambda: _("The findings are written down."),
    ),
    "settle": (
        lambda _one, data: ReasonForm(data, is_required=False),
        lambda request, one, _form: commands.settle_donation(actor=request.actor, now=clock.now(), donation=one),
        lambda: _("Done. What was good is stock now."),
    ),
    "withdraw": (
        lambda _one, data: ReasonForm(data),
        lambda request, one, form: commands.withdraw_donation(
            actor=request.actor, now=clock.now(), donation=one, reason=form.cleaned_data["reason"]
        ),
        lambda: _("Withdrawn. Thank the donor all the same."),
    ),
}
