"""The seals of the journal on the screen: their heads to print, and a look over the whole chain."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.access import policy
from juxing.access.jobs import start_verification, verify_seals
from juxing.access.journal_queries import latest_seals, seals_page
from juxing.kernel import clock
from juxing.kernel.documents import pdf
from juxing.kernel.idempotency import idempotent
from juxing.kernel.models import Job
from juxing.kernel.web import ActorRequest, new_form_key, signed_in

MINUTE = "%Y-%m-%d %H:%M"


@signed_in(policy.READ_JOURNAL)
def seals(request: ActorRequest) -> HttpResponse:
    """List the seals, newest first, for reading and for print."""
    context = {
        "page_title": _("Seals of the journal"), **new_form_key(),
        "page_subtitle": _(
            "Each seal binds a batch of entries to the seal before. Print the heads, or keep them elsewhere: then "
            "nobody can rewrite the past unseen."
        ),
        "breadcrumbs": [{"label": _("Journal"), "url": reverse("access:journal")}, {"label": _("Seals")}],
        "page_actions": [{"label": _("Sheet of heads"), "url": reverse("access:print_seals"), "icon": "printer",
                          "download": True}],
        "page": seals_page(cursor=request.GET.get("cursor")), "pager_text": _("Newest first"),
        "columns": [
            {"label": _("Number")}, {"label": _("Sealed")}, {"label": _("Entries"), "kind": "number"},
            {"label": _("Head")},
        ],
        "caption": _("Seals of the journal"),
        "empty": {
            "icon": "lock", "title": _("Nothing is sealed yet."),
            "text": _("New entries are sealed every ten minutes while the service runs."),
        },
    }  # fmt: skip
    return render(request, "access/seals.html", context)


@signed_in(policy.READ_JOURNAL)
@never_cache
def print_seals(request: ActorRequest) -> HttpResponse:
    """Give the latest heads as a sheet to sign and keep where no administrator of this system reaches."""
    now = clock.now()
    values = {
        "title": _("Heads of the journal's seals"),
        "subtitle": _("Sign this sheet and keep it where no administrator of this system can change it."),
        "meta": [[_("Printed"), localtime(now).strftime(MINUTE)], [_("By"), request.actor.name]],
        "heads": [_("Number"), _("Sealed"), _("Entries"), _("Head")],
        "cells": [
            [str(seal.number), localtime(seal.sealed_at).strftime(MINUTE), str(seal.entry_count), seal.head]
            for seal in latest_seals()
        ],
        "signatures": [_("Security auditor"), _("Witness")],
    }
    headers = {"Content-Disposition": f'attachment; filename="seals-{localtime(now):%Y%m%d-%H%M}.pdf"'}
    return HttpResponse(pdf("access/seals", values, now=now), content_type="application/pdf", headers=headers)


@idempotent
@signed_in(policy.READ_JOURNAL)
@require_POST
def verify(request: ActorRequest) -> HttpResponse:
    """Start a look over the whole chain."""
    job = start_verification(actor=request.actor, now=clock.now())
    return redirect("access:verification", job.uuid)


@signed_in(policy.READ_JOURNAL)
@never_cache
def verification(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show how far the look is, and what it found."""
    mine = Job.objects.inside(request.actor.areas_with(policy.READ_JOURNAL)).filter(kind=verify_seals.code)
    job = get_object_or_404(mine, uuid=uuid)
    title = _("Verification of the journal")
    context = {
        "job": job, "url": request.path, "title": title, "page_title": title, "verdict": job.result,
        "is_done": job.status == "done", "result_url": request.path, "retry_url": reverse("access:seals"),
        "breadcrumbs": [{"label": _("Seals"), "url": reverse("access:seals")}, {"label": title}],
    }  # fmt: skip
    is_asked_again = request.headers.get("HX-Request") == "true"
    return render(request, "components/progress.html" if is_asked_again else "access/verification.html", context)
