"""A roster as a spreadsheet, out and in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from juxing.access.export_pages import take_out
from juxing.kernel import clock
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, show_refusal, signed_in
from juxing.responders import commands, policy
from juxing.responders.exports import ROSTER
from juxing.responders.queries import rosters as queries


class RosterFileForm(forms.Form):
    """A table of shifts."""

    file = forms.FileField(label=gettext_lazy("Spreadsheet (.xlsx or .csv)"))


@never_cache
@signed_in(policy.ROSTER)
def export(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Ask what the roster is needed for, and give it as a marked spreadsheet."""
    roster = queries.roster_of(actor=request.actor, uuid=uuid)
    return take_out(request, ROSTER.code, arguments={"roster": str(roster.uuid)})


@signed_in(policy.ROSTER)
def take_in(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take shifts in from a table; what became of each line is shown. Sent twice, nothing is doubled."""
    roster = queries.roster_of(actor=request.actor, uuid=uuid)
    form = RosterFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {
        "page_title": _("Take in a table"), "page_subtitle": roster.name, "form": form,
        "cancel_url": reverse("responders:roster", args=[uuid]),
        "breadcrumbs": [{"label": _("Rosters"), "url": reverse("responders:rosters")},
                        {"label": roster.name, "url": reverse("responders:roster", args=[uuid])},
                        {"label": _("Take in a table"), "url": ""}],
        "export_url": reverse("responders:roster_export", args=[uuid]),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            context["report"] = commands.take_in_roster(
                actor=request.actor, now=clock.now(), roster=roster, content=file.read(), filename=str(file.name or "")
            )
            context["file_name"] = file.name
        except Refusal as refusal:
            show_refusal(form, refusal)
    return render(request, "responders/roster_import.html", context, status=422 if form.errors else 200)
