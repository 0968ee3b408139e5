"""Counting a depot: begin, write what was found, post the differences."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.enums import StocktakeStatus
from juxing.supplies.models import Stocktake, StocktakeLine
from juxing.supplies.movement_forms import CountForm, StocktakeForm
from juxing.supplies.pages.tables import attempt, card, column, one_form, row
from juxing.supplies.pages.words import amount
from juxing.supplies.queries.ledger import stocktake_of, stocktakes_open
from juxing.supplies.queries.meanings import catalogue_items
from juxing.supplies.queries.stock import depots_to_fill


@idempotent
@signed_in(policy.MOVE_STOCK)
def start(request: ActorRequest) -> HttpResponse:
    """Begin a count; a count that is open already is gone on with."""
    form = StocktakeForm(
        request.POST or None, depots=depots_to_fill(actor=request.actor), items=catalogue_items(),
        initial={"depot": request.GET.get("depot", "")},
    )  # fmt: skip

    def act() -> Stocktake:
        data = form.cleaned_data
        items = [form.items[data["item"]]] if data["item"] else None
        depot = form.depots[data["depot"]]
        return commands.start_stocktake(actor=request.actor, now=clock.now(), depot=depot, items=items)

    if request.method == "POST" and form.is_valid() and (done := attempt(form, act)):
        return HttpResponseRedirect(reverse("supplies:stocktake", args=[done.made.uuid]), status=303)
    open_now = stocktakes_open(actor=request.actor)
    if open_now and request.method == "GET" and "new" not in request.GET:
        columns = [column(_("Depot")), column(pgettext("supplies", "Since")), column(_("Begun by"))]
        rows = [
            row(columns, (one.depot.name, reverse("supplies:stocktake", args=[one.uuid])),
                f"{localtime(one.started_at):%m-%d %H:%M}", one.started_by_name)
            for one in open_now
        ]  # fmt: skip
        context = {
            "page_title": _("Stocktake"), "sections": [{"id": "open", "title": _("Being counted now"),
                                                        "columns": columns, "rows": rows}],
            "page_actions": [{"label": _("Begin another"), "url": "?new=1", "kind": "primary", "icon": "plus"}],
        }  # fmt: skip
        return card(request, context)
    return one_form(request, form, title=_("Stocktake"), back=reverse("supplies:stock"),
                    subtitle=_("What is counted stands still until the count is posted or given up."))  # fmt: skip


@idempotent
@signed_in(policy.MOVE_STOCK)
def stocktake(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write what was found; with the second button post it."""
    one = stocktake_of(actor=request.actor, uuid=uuid)
    lines = list(one.lines.select_related("item", "lot").order_by("item_id", "lot_id"))
    form = CountForm(request.POST or None, lines=lines)

    def act() -> None:
        commands.write_counts(actor=request.actor, stocktake=one, counts=form.counts())
        if "post" in request.POST:
            differing = commands.post_stocktake(actor=request.actor, now=clock.now(), stocktake=one)
            said = ngettext("Posted: %(count)d line differed.", "Posted: %(count)d lines differed.", differing)
            messages.success(request, said % {"count": differing})

    if request.method == "POST" and form.is_valid() and attempt(form, act):
        if "post" not in request.POST:
            messages.success(request, _("Written down; not posted yet."))
        return HttpResponseRedirect(reverse("supplies:stocktake", args=[uuid]), status=303)
    return card(request, _context(one, lines, form), status=422 if form.errors else 200)


@require_POST
@idempotent
@signed_in(policy.MOVE_STOCK)
def give_up(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give a count up."""
    one = stocktake_of(actor=request.actor, uuid=uuid)
    try:
        commands.cancel_stocktake(actor=request.actor, now=clock.now(), stocktake=one)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Given up; the books stay as they were."))
    return HttpResponseRedirect(reverse("supplies:stocktake", args=[uuid]), status=303)


def _context(one: Stocktake, lines: list[StocktakeLine], form: CountForm) -> dict[str, Any]:
    is_open = one.status == StocktakeStatus.COUNTING
    columns = [
        column(_("Item")),
        column(_("Lot")),
        column(_("In the books"), is_number=True),
        column(pgettext("supplies", "Found"), is_number=True),
        column(_("Difference"), is_number=True),
    ]
    rows = [
        row(columns, {"text": line.item.name, "muted": line.item.unit_label},
            line.lot.number or (line.lot.expires_on.isoformat() if line.lot.expires_on else ""),
            amount(line.expected), amount(line.counted), _difference(line))
        for line in lines
    ]  # fmt: skip
    return {
        "page_title": _("Stocktake of %(depot)s") % {"depot": one.depot.name},
        "page_subtitle": one.get_status_display(),
        "sections": [{"id": "lines", "title": pgettext("supplies", "Lines"), "columns": columns, "rows": rows}],
        "forms": [
            {
                "title": pgettext("stocktake", "Found"),
                "form": form,
                "action": "",
                "submit": _("Write down"),
                "also": {"name": "post", "label": _("Write down and post the differences")},
            },
            {
                "title": _("Give up"),
                "form": None,
                "action": reverse("supplies:give_up_stocktake", args=[one.uuid]),
                "submit": _("Give the count up"),
            },
        ]
        if is_open
        else [],
        "breadcrumbs": [
            {"label": _("Stocktake"), "url": reverse("supplies:start_stocktake")},
            {"label": one.depot.name},
        ],
    }


def _difference(line: StocktakeLine) -> str:
    if line.counted is None:
        return ""
    change = line.counted - line.expected
    return "0" if not change else f"{'+' if change > 0 else '-'}{amount(abs(change))}"
