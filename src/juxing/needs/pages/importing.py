"""Bringing in a spreadsheet: template, upload, preview, progress, report."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from juxing.access.export_pages import give_back
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.models import Job
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, signed_in
from juxing.needs import policy
from juxing.needs.commands.importing import begin_import, upload_table
from juxing.needs.imports import columns, preview, template
from juxing.needs.jobs import IMPORT_NEEDS
from juxing.needs.models import NeedImport
from juxing.needs.queries.doors import place_choices

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    """A table and the place its doors are in."""

    area = forms.ChoiceField(
        label=gettext_lazy("Where are the doors of this list?"),
        help_text=gettext_lazy("Street, community or estate; estates are read from the list."),
    )
    file = forms.FileField(
        label=gettext_lazy("The filled-in table"),
        help_text=gettext_lazy("Excel or CSV, at most 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv"}),
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area"].choices = [("", _("Choose…")), *places]  # type: ignore[attr-defined]


@signed_in(policy.IMPORT)
def import_needs(request: ActorRequest) -> HttpResponse:
    """
    Take a table.

    No idempotency key here: a key does not see the file, so a second file sent from the same page would be taken for
    the first; uploading twice records nothing.
    """
    form = UploadForm(
        request.POST or None, request.FILES or None, places=place_choices(request.actor.areas_with(policy.IMPORT))
    )
    kept = carried_out(
        request, form, lambda filled: upload_table(
            actor=request.actor, now=clock.now(), area_code=filled["area"], file_name=filled["file"].name,
            content=filled["file"].read(),
        ),
    )  # fmt: skip
    if kept:
        return HttpResponseRedirect(reverse("needs:import_one", args=[kept.made.uuid]), status=303)
    recent = NeedImport.objects.inside(request.actor.areas_with(policy.IMPORT)).order_by("-uploaded_at")
    context = {
        "form": form, "page_title": _("Import a list"), "recent": recent.defer("content", "report")[:10],
        "page_subtitle": _("Every good row is taken; the others are named with what to correct"),
        "page_actions": [{"label": _("Template"), "url": reverse("needs:import_template"), "icon": "download",
                          "download": True}],
    }  # fmt: skip
    return render(request, "needs/import.html", context, status=422 if form.errors else 200)


@signed_in(policy.IMPORT)
def import_template(_request: ActorRequest) -> HttpResponse:
    """Give the empty template."""
    return _spreadsheet(template(), "needs.xlsx")


@signed_in(policy.IMPORT)
def import_one(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a table before, while and after it is brought in."""
    kept = _import(request, uuid)
    context: dict[str, Any] = {
        "kept": kept, "page_title": kept.file_name, "job": _job(kept), "report": kept.report or None,
        "progress_url": reverse("needs:import_progress", args=[uuid]),
        "breadcrumbs": [{"label": _("Import a list"), "url": reverse("needs:import")}, {"label": kept.file_name}],
        **new_form_key(),
    }  # fmt: skip
    if kept.job_uuid is None:
        rows, context["count"] = preview(base64.b64decode(kept.content), filename=kept.file_name)
        language = "en" if request.LANGUAGE_CODE == "en" else "zh-hans"
        used = [column for column in columns() if any(row.values.get(column.field) for row in rows)]
        context["heads"] = [column.headers[language] for column in used]
        context["rows"] = [
            {"line": row.line, "cells": [row.values.get(column.field, "") for column in used]} for row in rows
        ]
    return render(request, "needs/import_one.html", context)


@require_POST
@idempotent
@signed_in(policy.IMPORT)
def import_start(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Start bringing a table in."""
    try:
        begin_import(actor=request.actor, now=clock.now(), kept=_import(request, uuid), kind=IMPORT_NEEDS)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return HttpResponseRedirect(reverse("needs:import_one", args=[uuid]), status=303)


@signed_in(policy.IMPORT)
def import_progress(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show how far it is."""
    kept = _import(request, uuid)
    context = {"job": _job(kept), "title": kept.file_name, "url": request.path,
               "result_url": reverse("needs:import_one", args=[uuid])}  # fmt: skip
    return render(request, "components/progress.html", context)


@signed_in(policy.IMPORT)
def import_rejected(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give the lines to correct as a spreadsheet."""
    kept = _import(request, uuid)
    return give_back(request, "needs.rejected", area_code=kept.area_code, arguments={"import": str(kept.uuid)})


def _import(request: ActorRequest, uuid: UUID) -> NeedImport:
    kept = NeedImport.objects.inside(request.actor.areas_with(policy.IMPORT)).filter(uuid=uuid).first()
    if kept is None:
        raise NotVisible
    return kept


def _job(kept: NeedImport) -> Job | None:
    return Job.objects.filter(uuid=kept.job_uuid).first() if kept.job_uuid else None


def _spreadsheet(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=EXCEL, headers={"Content-Disposition": f'attachment; filename="{name}"'})
