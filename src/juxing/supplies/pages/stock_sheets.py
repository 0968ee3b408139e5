"""Stock lists: send one as it is, see what it would do, answer what is open, take it over."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.web import ActorRequest, carried_out, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.enums import PlaceKind
from juxing.supplies.models import StockSheet
from juxing.supplies.pages.tables import card, column, row
from juxing.supplies.pages.words import amount
from juxing.supplies.queries.meanings import catalogue_items
from juxing.supplies.queries.stock import depots_to_fill
from juxing.supplies.queries.stock_sheets import (
    QUESTIONS,
    TAKEN,
    PlannedRow,
    RowState,
    SheetPlan,
    plan_of,
    sheet_of,
    sheets_of,
)
from juxing.supplies.sheet_forms import AnswersForm, SendSheetForm

SHOWN_ROWS = 500
TONES = {
    RowState.READY: "moving", RowState.SAME: "done", RowState.POSTED: "done", RowState.MEANING: "waiting",
    RowState.PLACE: "waiting", RowState.PACK: "waiting", RowState.UNUSUAL: "waiting", RowState.WAITING: "waiting",
    RowState.REFUSED: "problem", RowState.LEFT_OUT: "ended",
}  # fmt: skip
FIRST = [
    RowState.MEANING, RowState.PLACE, RowState.PACK, RowState.UNUSUAL, RowState.REFUSED, RowState.WAITING,
    RowState.READY, RowState.SAME, RowState.POSTED, RowState.LEFT_OUT,
]  # fmt: skip


def state_words(state: RowState) -> str:
    """Return what becomes of a row, in words."""
    return {
        RowState.READY: pgettext("stock list", "Clear"),
        RowState.SAME: pgettext("stock list", "As in the books"),
        RowState.POSTED: pgettext("stock list", "Taken over"),
        RowState.MEANING: pgettext("stock list", "Meaning open"),
        RowState.PLACE: pgettext("stock list", "Place open"),
        RowState.PACK: pgettext("stock list", "Pack size open"),
        RowState.UNUSUAL: pgettext("stock list", "Unusual: is it right?"),
        RowState.WAITING: pgettext("stock list", "Waits for another row"),
        RowState.REFUSED: pgettext("stock list", "Not possible"),
        RowState.LEFT_OUT: pgettext("stock list", "Left out"),
    }[state]


@idempotent
@signed_in(policy.MOVE_STOCK)
def sheets(request: ActorRequest) -> HttpResponse:
    """Send a stock list; the same file again opens what became of it."""
    form = SendSheetForm(
        request.POST or None, request.FILES or None, depots=depots_to_fill(actor=request.actor),
        initial={"depot": request.GET.get("depot", "")},
    )  # fmt: skip

    def act(data: dict[str, Any]) -> tuple[StockSheet, bool]:
        return commands.read_in_stock_sheet(
            actor=request.actor, now=clock.now(), depot=form.depots[data["depot"]], name=data["file"].name,
            content=data["file"].read(),
        )  # fmt: skip

    if done := carried_out(request, form, act):
        sheet, is_new = done.made
        if not is_new:
            messages.info(request, _("This very file was sent before: here is what became of it. Nothing was changed."))
        return HttpResponseRedirect(reverse("supplies:stock_sheet", args=[sheet.uuid]), status=303)
    columns = [column(pgettext("supplies", "File")), column(_("Depot")), column(_("Sent")), column(_("Taken over by"))]
    context = {
        "page_title": _("Stock lists"),
        "page_subtitle": _("Send the list as it is kept: titles, merged cells, totals and mixed units are read. "
                           "Nothing is posted before you say so."),
        "sections": [{
            "id": "sheets", "title": pgettext("stock list", "Sent before"), "columns": columns,
            "rows": [
                row(columns, (one.name, reverse("supplies:stock_sheet", args=[one.uuid])), one.depot.name,
                    f"{localtime(one.uploaded_at):%m-%d %H:%M}", one.posted_by_name)
                for one in sheets_of(actor=request.actor)
            ],
            "empty": {"icon": "file-upload", "title": _("No stock list yet"), "text": ""},
        }],
        "forms": [{"title": _("Send a list"), "form": form, "action": "", "submit": _("Read it")}],
        "breadcrumbs": _crumbs(_("Stock lists")),
    }  # fmt: skip
    return card(request, context, status=422 if form.errors else 200)


@signed_in(policy.MOVE_STOCK)
def sheet(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show what taking the list over would do, and what is open."""
    return _page(request, sheet_of(actor=request.actor, uuid=uuid))


@require_POST
@idempotent
@signed_in(policy.MOVE_STOCK)
def answer(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Keep answers."""
    one = sheet_of(actor=request.actor, uuid=uuid)
    plan = plan_of(one, actor=request.actor, today=localdate(clock.now()))
    form = _answers(request, one, plan)

    def act(_data: dict[str, Any]) -> None:
        commands.answer_stock_sheet(actor=request.actor, sheet=one, **form.answers())

    if carried_out(request, form, act, done=_("Noted. The rows below follow from it.")):
        return HttpResponseRedirect(reverse("supplies:stock_sheet", args=[uuid]), status=303)
    return _page(request, one, plan=plan, form=form, status=422)


@require_POST
@idempotent
@signed_in(policy.MOVE_STOCK)
def take_over(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Post what is clear."""
    one = sheet_of(actor=request.actor, uuid=uuid)
    count = commands.take_over_stock_sheet(actor=request.actor, now=clock.now(), sheet=one)
    said = ngettext("%(count)d row is in the books.", "%(count)d rows are in the books.", count) % {"count": count}
    messages.success(request, said)
    return HttpResponseRedirect(reverse("supplies:stock_sheet", args=[uuid]), status=303)


def _answers(request: ActorRequest, one: StockSheet, plan: SheetPlan) -> AnswersForm:
    return AnswersForm(
        request.POST or None, plan=plan, sheet=one, depots=depots_to_fill(actor=request.actor),
        items={item.code: item for item in catalogue_items()},
    )  # fmt: skip


def _page(
    request: ActorRequest, one: StockSheet, *, plan: SheetPlan | None = None, form: AnswersForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    plan = plan or plan_of(one, actor=request.actor, today=localdate(clock.now()))
    form = form or _answers(request, one, plan)
    clear = len(plan.in_state(*TAKEN))
    forms: list[dict[str, Any]] = []
    if form.fields:
        forms.append({"title": _("What you have to say"), "form": form, "submit": _("Note the answers"),
                      "action": reverse("supplies:answer_sheet", args=[one.uuid]),
                      "text": _("What you leave empty stays open; its rows are not taken over.")})  # fmt: skip
    if clear:
        said = ngettext("Take %(count)d row over", "Take %(count)d rows over", clear) % {"count": clear}
        forms.append({"title": _("Into the books"), "form": None, "submit": said,
                      "action": reverse("supplies:take_over_sheet", args=[one.uuid]),
                      "text": _("Goods the books never had are taken over; where they know some, the difference is "
                                "counted. What the list does not mention stays as it is.")})  # fmt: skip
    context = {
        "page_title": one.name,
        "page_subtitle": one.depot.name,
        "notices": [{"text": note, "tone": "info"} for note in one.report.get("notes", ())],
        "definitions": _definitions(one, plan),
        "sections": [_problems(one), _rows(one, plan)] if one.report.get("problems") else [_rows(one, plan)],
        "forms": forms,
        "breadcrumbs": _crumbs(one.name),
    }
    return card(request, context, status=status)


def _definitions(one: StockSheet, plan: SheetPlan) -> list[dict[str, Any]]:
    counts = Counter(row.state for row in plan.rows)
    shown = [
        (pgettext("stock list", "Clear"), sum(counts[state] for state in TAKEN)),
        (pgettext("stock list", "Questions"), sum(counts[state] for state in QUESTIONS)),
        (pgettext("stock list", "Taken over"), counts[RowState.POSTED]),
        (pgettext("stock list", "Not possible"),
         counts[RowState.REFUSED] + counts[RowState.WAITING] + one.report.get("rejected", 0)),
    ]  # fmt: skip
    return [{"term": label, "value": amount(count)} for label, count in shown] + [
        {"term": _("Sent"), "value": f"{localtime(one.uploaded_at):%Y-%m-%d %H:%M}"},
        {"term": _("Taken over by"), "value": one.posted_by_name or "–"},
    ]


def _problems(one: StockSheet) -> dict[str, Any]:
    columns = [column(pgettext("spreadsheet", "Line"), is_number=True), column(pgettext("spreadsheet", "Column")),
               column(_("Written there")), column(_("What is wrong and what to do"))]  # fmt: skip
    rows = [
        row(columns, problem["line"], problem["column"], problem["written"], problem["message"])
        for problem in one.report["problems"]
    ]
    text = _("Correct these in the file and send it again, or write them down by hand: nothing is counted twice.")
    return {"id": "problems", "title": _("Rows that could not be read"), "text": text, "columns": columns, "rows": rows}


def _rows(one: StockSheet, plan: SheetPlan) -> dict[str, Any]:
    columns = [
        column(_("Written there")), column(pgettext("spreadsheet", "Line"), is_number=True), column(_("Item")),
        column(_("Quantity"), is_number=True), column(_("Lot")), column(_("In the books"), is_number=True),
        column(_("State")),
    ]  # fmt: skip
    listed = sorted(plan.rows, key=lambda planned: (FIRST.index(planned.state), planned.row.line))
    text = ""
    if len(listed) > SHOWN_ROWS:
        text = _("The first %(shown)d of %(total)d rows, what is open before the rest.") % {
            "shown": SHOWN_ROWS, "total": len(listed)}  # fmt: skip
    return {
        "id": "rows", "title": pgettext("stock list", "Rows"), "columns": columns, "text": text,
        "rows": [_shown(columns, planned, one) for planned in listed[:SHOWN_ROWS]],
    }  # fmt: skip


def _shown(columns: list[dict[str, str]], planned: PlannedRow, one: StockSheet) -> dict[str, Any]:
    written, lot = planned.row, planned.lot
    about = " · ".join(part for part in (written.lot, written.expires_on) if part)
    if lot and lot.place == PlaceKind.SET_ASIDE:
        about = f"{about} · {PlaceKind.SET_ASIDE.label}"
    elsewhere = planned.depot.name if planned.depot and planned.depot.pk != one.depot_id else ""
    return row(
        columns,
        {"text": written.item, "muted": " · ".join(part for part in (written.specification, written.written) if part)},
        written.line,
        {"text": planned.item.name if planned.item else "", "muted": elsewhere or written.depot},
        {"text": amount(planned.quantity), "muted": _reckoned(planned)},
        about,
        amount(lot.books) if lot else "",
        {"text": state_words(planned.state), "tone": TONES[planned.state], "muted": str(planned.message)},
    )


def _reckoned(planned: PlannedRow) -> str:
    """Return the unit, and how the quantity was reckoned where it was."""
    unit = planned.item.unit_label if planned.item else ""
    return f"{unit} = {planned.reckoning}" if "×" in planned.reckoning or "+" in planned.reckoning else unit


def _crumbs(label: str) -> list[dict[str, str]]:
    crumbs = [{"label": _("Supplies"), "url": reverse("supplies:stock")}]
    if label != _("Stock lists"):
        crumbs.append({"label": _("Stock lists"), "url": reverse("supplies:stock_sheets")})
    return [*crumbs, {"label": label}]
