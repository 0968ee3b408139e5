"""The data vault of a response that is over: what was gathered, what may be kept, destruction and its certificate."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.activations import commands, policy, queries, words
from juxing.activations.forms import ReviewDataForm
from juxing.activations.models import DestructionCertificate, EmergencyDataSet
from juxing.kernel import clock
from juxing.kernel.documents import pdf
from juxing.kernel.emergency_data import emergency_data
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in


@signed_in(policy.SEE)
def data(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show what the response gathered about people, and what becomes of it."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    sets = queries.data_sets_of(found)
    now = clock.now()
    context = {
        "page_title": _("Emergency data"), "page_subtitle": found.incident.title, "page_icon": "lock",
        "activation": found, "rows": [_row(row) for row in sets], "now": now,
        "may_review": bool(sets) and policy.can_review_data(request.actor, sets[0]),
        "may_destroy": policy.can_decide(request.actor, found)
        and any(row.reviewed_at and not row.destroyed_at for row in sets),
        "certificates": queries.certificates_of(found), **new_form_key(),
        "breadcrumbs": [{"label": found.incident.title, "url": reverse("activations:activation", args=[uuid])},
                        {"label": _("Emergency data")}],
    }  # fmt: skip
    return render(request, "activations/data.html", context)


@idempotent
@signed_in(policy.REVIEW_DATA)
def review(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Say whether one data set may go, or must be kept and why."""
    found = queries.data_set(actor=request.actor, uuid=uuid)
    form = ReviewDataForm(request.POST if request.method == "POST" else None)
    back = reverse("activations:data", args=[found.activation.uuid])
    if request.method == "POST" and form.is_valid():
        try:
            commands.review_data(actor=request.actor, now=clock.now(), data_set=found, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Reviewed."))
            return HttpResponseRedirect(back, status=303)
    row = _row(found)
    context = {
        "page_title": row["label"], "page_subtitle": found.activation.incident.title, "row": row, "form": form,
        "cancel_url": back, "submit_label": _("Reviewed"), **new_form_key(),
    }  # fmt: skip
    return render(request, "activations/review_data.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.DECIDE)
@require_POST
def destroy(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Destroy what was reviewed and need not be kept."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    commands.destroy_data(actor=request.actor, now=clock.now(), activation=found)
    messages.success(request, _("Destroyed. The certificate is below."))
    return HttpResponseRedirect(reverse("activations:data", args=[uuid]), status=303)


@signed_in(policy.SEE)
def certificate_pdf(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give the certificate of destruction as a PDF."""
    found = queries.certificate(actor=request.actor, uuid=uuid)
    made = pdf("activations/certificate", _paper(found), now=found.issued_at)
    headers = {"Content-Disposition": f'attachment; filename="destruction-{found.number}.pdf"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _paper(found: DestructionCertificate) -> dict[str, Any]:
    by = found.destroyed_by.display_name if found.destroyed_by else _("by the clock")
    return {
        "title": _("Certificate of destruction"), "subtitle": found.activation.incident.title,
        "meta": [[_("Number"), str(found.number)], [_("Destroyed"), _said(found.issued_at)], [_("Destroyed by"), by],
                 [_("Digest of this certificate"), found.digest]],
        "said": _("The personal data listed here was gathered for the response and destroyed after its end, as the "
                  "law demands. Only figures without persons are kept."),
        "heads": [_("Data"), _("Destroyed"), _("Still in use"), _("Reviewed by")],
        "cells": [[_label(line["set"]), str(line["count"]), str(line["left"]), line["reviewed_by"] or "–"]
                  for line in found.lines],
        "digest_heads": [_("Data"), "SHA-256"],
        "digests": [[_label(line["set"]), line["digest"]] for line in found.lines],
        "kept_title": _("Figures that are kept"), "kept_heads": [_("Figure"), _("Count")],
        "kept": [[f"{_label(line['set'])} · {words.statistic_words(name)}", str(value)] for line in found.lines
                 for name, value in sorted(line["statistics"].items())],
        "signatures": [_("Destroyed by"), _("Privacy officer")],
    }  # fmt: skip


def _row(row: EmergencyDataSet) -> dict[str, Any]:
    if row.destroyed_at is not None:
        badge = {"label": _("destroyed"), "tone": "done"}
    elif row.kept_until is not None:
        badge = {"label": _("kept for a reason"), "tone": "problem"}
    elif row.reviewed_at is not None:
        badge = {"label": _("may be destroyed"), "tone": "moving"}
    else:
        badge = {"label": _("waits for review"), "tone": "waiting"}
    known = row.code in emergency_data
    return {
        "set": row, "label": _label(row.code), "badge": badge,
        "purpose": str(emergency_data[row.code].purpose) if known else "",
        "statistics": [{"term": words.statistic_words(name), "value": value} for name, value in row.statistics.items()],
        "url": reverse("activations:review_data", args=[row.uuid]),
    }  # fmt: skip


def _label(code: str) -> str:
    return str(emergency_data[code].label) if code in emergency_data else code


def _said(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d H:i")
