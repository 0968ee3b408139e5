"""Sending in a table of organisations, and what became of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.models import Job
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.organisations import jobs, policy
from juxing.organisations.forms import OrganisationFileForm
from juxing.organisations.organisation_table import read_rows, template

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@idempotent
@signed_in(policy.IMPORT)
def import_file(request: ActorRequest) -> HttpResponse:
    """Take a table of organisations in and start its import."""
    form = OrganisationFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            rows = read_rows(sent.read(), sent.name)
            job = jobs.start_import(actor=request.actor, now=clock.now(), rows=rows)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("organisations:import_job", job.uuid)
    context = {
        "page_title": _("Import organisations"), "form": form, **new_form_key(),
        "page_subtitle": _("Name, kind and place from a table. Sending it again doubles nothing."),
        "page_actions": [{"label": _("Empty table"), "url": reverse("organisations:template"), "icon": "download",
                          "download": True}],
        "cancel_url": reverse("organisations:list"),
    }  # fmt: skip
    return render(request, "organisations/import.html", context, status=422 if form.errors else 200)


@signed_in(policy.IMPORT)
def download_template(_request: ActorRequest) -> HttpResponse:
    """Give the table to fill in."""
    disposition = 'attachment; filename="organisations.xlsx"'
    return HttpResponse(template(), content_type=EXCEL, headers={"Content-Disposition": disposition})


@signed_in(policy.IMPORT)
@never_cache
def import_job(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show how far an import is, and its report at the end."""
    mine = Job.objects.inside(request.actor.areas_with(policy.IMPORT)).filter(kind=jobs.run_import.code)
    job = get_object_or_404(mine, uuid=uuid)
    context = {
        "job": job, "url": request.path, "title": _("Import of organisations"), "report": job.result,
        "page_title": _("Import of organisations"), "is_done": job.status == "done", "result_url": request.path,
        "retry_url": reverse("organisations:import"),
    }  # fmt: skip
    is_asked_again = request.headers.get("HX-Request") == "true"
    name = "components/progress.html" if is_asked_again else "organisations/import_job.html"
    return render(request, name, context)
