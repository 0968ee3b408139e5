"""Situation reports: made from the journal, on the screen, on paper, as a table; every figure with its rows."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import xlsxwriter
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from juxing.activations.queries import place_names
from juxing.command import commands, policy, queries, situation, words
from juxing.command.forms import ReportForm
from juxing.command.models import SituationReport
from juxing.command.pages.overview import shell
from juxing.kernel import clock
from juxing.kernel.documents import pdf
from juxing.kernel.idempotency import idempotent
from juxing.kernel.journal import actions
from juxing.kernel.refusals import Refusal
from juxing.kernel.spreadsheets import safe_cell
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in


@idempotent
@signed_in(policy.SEE)
def report_list(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """List the reports, and make one for the time since the last."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    reports = queries.reports_of(found)
    periods = queries.periods_of(found)
    since = reports[0].until if reports else found.starts_at
    form = ReportForm(request.POST or None, initial={"since": _typed(since)})
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.write_report(
                actor=request.actor, now=clock.now(), activation=found, period=periods[0] if periods else None,
                **form.cleaned_data,
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The report is made; its figures stay."))
            return HttpResponseRedirect(reverse("command:report", args=[made.uuid]), status=303)
    context = shell(request, found, _("Situation reports"), "reports") | {
        "page_icon": "file-text", "reports": reports, "form": form, **new_form_key(),
    }  # fmt: skip
    return render(request, "command/reports.html", context, status=422 if form.errors else 200)


@signed_in(policy.SEE)
def report(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one report."""
    found = queries.report(actor=request.actor, uuid=uuid)
    lines = words.report_lines(found)
    context = shell(request, found.activation, _title(found), "reports") | {
        "page_icon": "file-text", "report": found, "lines": [line for line in lines if line["is_declared"]],
        "others": [line for line in lines if not line["is_declared"]],
        "standing": [{"term": label, "value": value} for label, value in words.standing_lines(found)],
        "page_actions": [
            {"label": "PDF", "icon": "printer", "url": reverse("command:report_pdf", args=[uuid]), "download": True},
            {"label": _("Spreadsheet"), "icon": "table", "url": reverse("command:report_sheet", args=[uuid]),
             "download": True},
        ],
    }  # fmt: skip
    return render(request, "command/report.html", context)


@signed_in(policy.SEE)
def report_rows(request: ActorRequest, uuid: UUID, code: str) -> HttpResponse:
    """Show the entries one figure was counted from."""
    found = queries.report(actor=request.actor, uuid=uuid)
    page = queries.report_rows(actor=request.actor, report=found, code=code, cursor=request.GET.get("cursor"))
    names = place_names(entry.area_code for entry in page.rows)
    context = shell(request, found.activation, str(situation.label_of(code)), "reports") | {
        "page_subtitle": _title(found), "back_url": reverse("command:report", args=[uuid]),
        "more_url": f"?cursor={page.next_cursor}" if page.next_cursor else None,
        "count": next(count for each, count in found.figures if each == code),
        "entries": [
            {"title": str(actions[entry.action]) if entry.action in actions else entry.action,
             "happened_at": entry.happened_at, "place": names.get(entry.area_code, entry.area_code),
             "actor": entry.by_whom, "reason": entry.reason}
            for entry in page.rows
        ],
    }  # fmt: skip
    return render(request, "command/report_rows.html", context)


@signed_in(policy.SEE)
def report_pdf(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give the report as a PDF."""
    found = queries.report(actor=request.actor, uuid=uuid)
    lines = words.report_lines(found)
    values = {
        "title": _title(found), "subtitle": found.activation.incident.title, "meta": _meta(found),
        "exercise": str(_("DRILL")) if found.activation.is_exercise else "",
        "assessment_title": _("Assessment"), "assessment": found.assessment,
        "figures_title": _("What happened in this time"), "heads": [_("Figure"), _("Count")],
        "figures": [[str(line["label"]), str(line["count"])] for line in lines if line["is_declared"]],
        "others_title": _("Everything else in the journal"),
        "others": [[str(line["label"]), str(line["count"])] for line in lines if not line["is_declared"]],
        "standing_title": _("How it stood at the end"),
        "standing": [[str(label), str(value)] for label, value in words.standing_lines(found)],
        "signatures": [_("Reported by"), pgettext("command", "Received by")],
    }  # fmt: skip
    made = pdf("command/situation", values, now=found.written_at)
    return _file(made, "application/pdf", f"situation-{found.number}.pdf")


@signed_in(policy.SEE)
def report_sheet(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give the report as a spreadsheet; each figure carries the address of its rows."""
    found = queries.report(actor=request.actor, uuid=uuid)
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(_("Figures"))
        sheet.set_column(0, 0, 46)
        sheet.set_column(2, 2, 60)
        sheet.write_row(0, 0, [_("Figure"), _("Count"), _("Rows")], bold)
        for row, line in enumerate(words.report_lines(found), start=1):
            sheet.write_string(row, 0, safe_cell(str(line["label"])))
            sheet.write_number(row, 1, line["count"])
            sheet.write_url(row, 2, request.build_absolute_uri(line["url"]))
        state = book.add_worksheet(_("State"))
        state.set_column(0, 0, 46)
        for row, (label, value) in enumerate(words.standing_lines(found)):
            state.write_string(row, 0, safe_cell(str(label)))
            state.write_number(row, 1, value)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(stream.getvalue(), kind, f"situation-{found.number}.xlsx")


def _title(found: SituationReport) -> str:
    return _("Situation report %(number)d") % {"number": found.number}


def _meta(found: SituationReport) -> list[list[str]]:
    names = place_names(found.areas)
    return [
        [_("Time"), f"{_said(found.since)} – {_said(found.until)}"],
        [_("Places"), ", ".join(names[code] for code in found.areas)],
        [_("Response level"), str(found.activation.get_response_level_display())],
        [_("Made"), _said(found.written_at)],
        [pgettext("situation report", "By"), found.written_by.display_name if found.written_by else ""],
    ]


def _said(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d H:i")


def _typed(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
