"""Sending in a table of venues and what became of it, and taking the register away."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from juxing.access.export_pages import take_out
from juxing.kernel import clock
from juxing.kernel.models import Job
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, show_refusal, signed_in
from juxing.venues import commands, policy
from juxing.venues.commands.importing import IMPORT_KIND
from juxing.venues.forms import VenueFileForm, VenueFilterForm
from juxing.venues.pages.words import area_choices, crumbs, spreadsheet
from juxing.venues.venue_table import read_rows, template


@signed_in(policy.IMPORT)
def import_file(request: ActorRequest) -> HttpResponse:
    """
    Take a table of venues in and start its import.

    No idempotency key: it does not see the file; sending a table twice doubles nothing.
    """
    form = VenueFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            job = commands.start_import(
                actor=request.actor, now=clock.now(), rows=read_rows(sent.read(), sent.name)
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("venues:import_job", job.uuid)
    context = {
        "page_title": _("Import venues"), "form": form, "cancel_url": reverse("venues:list"),
        "page_subtitle": _("Name, kind and place, and what else is known. Sending it again doubles nothing."),
        "page_actions": [{"label": _("Empty table"), "url": reverse("venues:template"), "icon": "download",
                          "download": True}],
        "breadcrumbs": crumbs((_("Import"), "")),
    }  # fmt: skip
    return render(request, "venues/import.html", context, status=422 if form.errors else 200)


@signed_in(policy.IMPORT)
def download_template(_request: ActorRequest) -> HttpResponse:
    """Give the table to fill in."""
    return spreadsheet(template(), "venues.xlsx")


@signed_in(policy.SEE)
def export(request: ActorRequest) -> HttpResponse:
    """Ask what the list is for, and give its venues as a table."""
    filters = VenueFilterForm(request.GET, areas=area_choices(request.actor, policy.SEE)).filters()
    arguments = {"filters": asdict(filters), "at": clock.now().isoformat()}
    return take_out(request, "venues.venues", arguments=arguments)


@signed_in(policy.IMPORT)
@never_cache
def import_job(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show how far an import is, and its report at the end."""
    mine = Job.objects.inside(request.actor.areas_with(policy.IMPORT)).filter(kind=IMPORT_KIND)
    job = get_object_or_404(mine, uuid=uuid)
    context = {
        "job": job, "url": request.path, "title": _("Import of venues"), "report": job.result,
        "page_title": _("Import of venues"), "is_done": job.status == "done", "result_url": request.path,
        "retry_url": reverse("venues:import"), "breadcrumbs": crumbs((_("Import"), "")),
    }  # fmt: skip
    is_asked_again = request.headers.get("HX-Request") == "true"
    name = "components/progress.html" if is_asked_again else "venues/import_job.html"
    return render(request, name, context)
