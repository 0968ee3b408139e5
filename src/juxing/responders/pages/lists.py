"""Pages for lists that units send: the template, the upload, and what became of each row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from juxing.access.export_pages import give_back
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.responders import commands, policy, queries
from juxing.responders.forms import ListForm
from juxing.responders.queries.recruitment import open_calls_of
from juxing.responders.template import template_file

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@idempotent
@signed_in(policy.VERIFY)
def lists(request: ActorRequest) -> HttpResponse:
    """Take in a list of people."""
    calls = open_calls_of(actor=request.actor, now=clock.now())
    form = ListForm(
        request.POST or None, request.FILES or None, areas=queries.list_areas_of(actor=request.actor),
        home_units=queries.home_units_of(actor=request.actor), calls=calls,
        initial={"call": request.GET.get("call", "")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        file, unit_id = form.cleaned_data["file"], form.cleaned_data["home_unit"]
        unit = next((row for row in queries.home_units_of(actor=request.actor) if row.pk == unit_id), None)
        try:
            sent, _job = commands.send_list(
                actor=request.actor, now=clock.now(), area_code=form.cleaned_data["area_code"],
                file_name=str(file.name or ""), content=file.read(), organisation=unit,
                call=next((row for row in calls if str(row.uuid) == form.cleaned_data["call"]), None),
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("responders:list_report", args=[sent.uuid]), status=303)
    context = {
        "page_title": _("Take in a list"), "page_icon": "file-upload", "form": form, "form_key": new_form_key(),
        "cancel_url": reverse("responders:list"), "recent": queries.recent_lists(actor=request.actor),
        "breadcrumbs": [{"label": _("Responders"), "url": reverse("responders:list")}, {"label": _("Take in a list")}],
    }  # fmt: skip
    return render(request, "responders/lists.html", context, status=422 if form.errors else 200)


@signed_in(policy.VERIFY)
def template(_request: ActorRequest) -> HttpResponse:
    """Hand out the empty template."""
    answer = HttpResponse(template_file(), content_type=SPREADSHEET)
    answer["Content-Disposition"] = 'attachment; filename="report-in-list.xlsx"'
    return answer


@signed_in(policy.VERIFY)
def list_report(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show how far a list is, then what became of each row."""
    sent = queries.list_of(actor=request.actor, uuid=uuid)
    job = queries.job_of(sent)
    context: dict[str, Any] = {
        "page_title": sent.file_name or _("List"), "page_icon": "file-upload", "sent": sent, "report": sent.report,
        "job": job, "title": _("Taking in the list"), "url": reverse("responders:list_progress", args=[uuid]),
        "retry_url": reverse("responders:lists"), "result_url": reverse("responders:list_report", args=[uuid]),
        "download_url": reverse("responders:list_problems", args=[uuid]) if sent.report.get("problems") else "",
        "breadcrumbs": [
            {"label": _("Responders"), "url": reverse("responders:list")},
            {"label": _("Take in a list"), "url": reverse("responders:lists")},
            {"label": sent.file_name},
        ],
    }  # fmt: skip
    return render(request, "responders/list_report.html", context)


@signed_in(policy.VERIFY)
def list_progress(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Answer the progress bar."""
    sent = queries.list_of(actor=request.actor, uuid=uuid)
    context = {
        "job": queries.job_of(sent), "title": _("Taking in the list"),
        "url": reverse("responders:list_progress", args=[uuid]),
        "result_url": reverse("responders:list_report", args=[uuid]),
    }  # fmt: skip
    return render(request, "components/progress.html", context)


@signed_in(policy.VERIFY)
def list_problems(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Hand out the lines to correct as a table."""
    sent = queries.list_of(actor=request.actor, uuid=uuid)
    return give_back(request, "responders.rejected", area_code=sent.area_code, arguments={"list": str(uuid)})
