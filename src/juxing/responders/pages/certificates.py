"""Service on paper: hours and their correction, certificates with a code, and what that code tells anyone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.areas import NOWHERE, Areas
from juxing.kernel.documents import pdf
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, new_form_key, open_to_all, show_refusal, signed_in
from juxing.responders import commands, policy, queries
from juxing.responders.models import Responder, ServiceCertificate
from juxing.responders.pages.own import OWN, Visit
from juxing.responders.queries import service as service_queries

YEAR = timedelta(days=365)
MINUTES_AN_HOUR = 60


class CorrectionForm(forms.Form):
    """Other minutes for one shift, and why."""

    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=0, max_value=1440)
    reason = forms.CharField(label=gettext_lazy("Reason (kept in the journal)"), max_length=200)


class ThanksForm(forms.Form):
    """Thanks to somebody."""

    text = forms.CharField(
        label=gettext_lazy("Thanks"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Say what was done. Only the person reads it, until they agree to publish it."),
    )  # fmt: skip


class VerifyForm(forms.Form):
    """The code of a certificate."""

    code = forms.CharField(label=gettext_lazy("Code on the certificate"), max_length=40)


@idempotent
@signed_in(policy.ROSTER)
def service(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one person's service to the coordinator, and take thanks."""
    responder = queries.responder_of(actor=request.actor, uuid=uuid)
    form = ThanksForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.write_thanks(
                actor=request.actor, now=clock.now(), responder=responder, text=form.cleaned_data["text"]
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Written. The person reads it on their own page."))
            return HttpResponseRedirect(request.path, status=303)
    context = {
        "page_title": _("Service of %(name)s") % {"name": responder.name}, "page_icon": "clock", "form": form,
        "shown": shown(service_queries.service_of(responder), corrects=request.actor.areas_with(policy.ROSTER)),
        "responder": responder, "form_key": new_form_key(),
        "breadcrumbs": [{"label": _("Responders"), "url": reverse("responders:list")},
                        {"label": responder.name, "url": reverse("responders:detail", args=[uuid])},
                        {"label": _("Service"), "url": ""}],
    }  # fmt: skip
    return render(request, "responders/service.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.ROSTER)
def correct(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Correct the minutes of one shift, with a reason."""
    record = service_queries.record_of(actor=request.actor, uuid=uuid)
    back = reverse("responders:service", args=[record.responder.uuid])
    form = CorrectionForm(request.POST or None, initial={"minutes": record.corrected_minutes or record.minutes})
    if request.method == "POST" and form.is_valid():
        try:
            commands.correct_hours(
                actor=request.actor, now=clock.now(), record=record, minutes=form.cleaned_data["minutes"],
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Corrected. What was measured stays beside it."))
            return HttpResponseRedirect(back, status=303)
    context = {
        "page_title": _("Correct %(day)s") % {"day": record.served_on.isoformat()}, "form": form, "cancel_url": back,
        "form_key": new_form_key(),
    }  # fmt: skip
    return render(request, "responders/form.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in(policy.ROSTER)
@never_cache
def certificate(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Issue a certificate over the last year as a PDF; its code is printed and kept nowhere."""
    responder = queries.responder_of(actor=request.actor, uuid=uuid)
    return issue(request, request.actor, responder, back=reverse("responders:service", args=[uuid]))


@require_POST
@idempotent
@signed_in(policy.ROSTER)
def withdraw(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Withdraw a certificate, with a reason."""
    made = service_queries.certificate_of(actor=request.actor, uuid=uuid)
    commands.withdraw_certificate(
        actor=request.actor, now=clock.now(), certificate=made, reason=request.POST.get("reason", "")
    )
    messages.success(request, _("Withdrawn. Whoever verifies it reads so."))
    where = reverse("responders:service", args=[made.responder.uuid]) if made.responder else reverse("responders:list")
    return HttpResponseRedirect(where, status=303)


def own(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show one's own service: hours, certificates, thanks."""
    with acting(OWN):
        found = service_queries.service_of(visit.responder)
        context = {
            "page_title": _("My hours"), "base": visit.base, "shown": shown(found), "home_url": visit.url("home"),
            "certificate_url": visit.url("certificate" if visit.token else "own_certificate"),
            "form_key": new_form_key(),
            "thanks": [{"text": row.text, "written_at": row.written_at, "is_published": row.published_at is not None,
                        "url": visit.url("thanks", row.uuid)} for row in found.thanks],
        }  # fmt: skip
    return render(request, "responders/my_hours.html", context)


def own_certificate(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Give one's own certificate as a PDF."""
    with acting(OWN):
        return issue(request, visit.actor, visit.responder, back=visit.url("hours"))


def answer_thanks(request: HttpRequest, visit: Visit, uuid: UUID) -> HttpResponse:
    """Agree that thanks are published, or take that back."""
    with acting(OWN):
        thanks = service_queries.thanks_of(visit.responder, uuid)
        commands.answer_thanks(
            actor=visit.actor, now=clock.now(), thanks=thanks, may_publish=request.POST.get("may") == "yes"
        )
    return HttpResponseRedirect(visit.url("hours"), status=303)


def issue(request: HttpRequest, actor: Actor, responder: Responder, *, back: str) -> HttpResponse:
    """Issue a certificate and answer with its PDF."""
    now = clock.now()
    today = localdate(now)
    try:
        made, code = commands.issue_certificate(
            actor=actor, now=now, responder=responder, served_from=today - YEAR, served_until=today,
            issuer=service_queries.issuer_of(responder.area_code),
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return HttpResponseRedirect(back, status=303)
    link = request.build_absolute_uri(reverse("responders:verify_certificate"))
    answer = HttpResponse(pdf("responders/certificate", _printed(made, code, link), now=now),
                          content_type="application/pdf")  # fmt: skip
    answer["Content-Disposition"] = f'attachment; filename="service-{today:%Y%m%d}.pdf"'
    return answer


@open_to_all
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Tell whether a certificate is ours: what is printed on it, and nothing more."""
    form = VerifyForm(request.POST or None)
    found, asked = None, False
    if request.method == "POST" and form.is_valid():
        asked = True
        with acting(OWN):
            found = service_queries.certificate_by_code(form.cleaned_data["code"])
    context = {
        "page_title": _("Verify a service certificate"), "form": form, "asked": asked, "found": found,
        "page_lead": _("Write the code. You read what is printed on the paper, nothing else."),
        "facts": facts(found) if found and not found.withdrawn_at else [],
    }  # fmt: skip
    return render(request, "responders/verify.html", context, status=422 if form.errors else 200)


@open_to_all
def thanks_wall(request: HttpRequest) -> HttpResponse:
    """Show thanks whose persons agreed to it."""
    with acting(OWN):
        rows = [(row.responder.name, row.text, row.published_at) for row in service_queries.published_thanks()]
    context = {"page_title": _("Thank you"), "rows": rows, "page_lead": _("Published with each person's consent.")}
    return render(request, "responders/thanks_wall.html", context)


def facts(made: ServiceCertificate) -> list[tuple[str, str]]:
    """Return what is printed on a certificate."""
    training = _("%(count)s, %(hours)s hours") % {"count": made.trainings, "hours": hours(made.training_minutes)}
    return [
        (pgettext("responders", "Person"), made.printed_name),
        (_("Time of service"), f"{made.served_from.isoformat()} – {made.served_until.isoformat()}"),
        (_("Hours"), hours(made.minutes)),
        (_("Shifts"), str(made.shifts)),
        *([(_("Trainings completed beside it"), training)] if made.trainings else []),
        (pgettext("responders", "Issued by"), made.issuer),
        (_("Issued on"), localdate(made.issued_at).isoformat()),
    ]


def hours(minutes: int) -> str:
    """Return minutes as hours with one digit."""
    return f"{minutes / MINUTES_AN_HOUR:.1f}"


def shown(found: service_queries.Service, *, corrects: Areas = NOWHERE) -> dict[str, Any]:
    """Return somebody's service for a page whose reader may correct hours served in these places."""
    return {
        "hours": hours(found.minutes), "shifts": found.shifts, "certificates": found.certificates,
        "records": [
            {"uuid": row.uuid, "day": row.served_on, "post": row.duty.post.title, "roster": row.duty.roster.name,
             "hours": hours(row.minutes if row.corrected_minutes is None else row.corrected_minutes),
             "measured": hours(row.minutes) if row.corrected_minutes is not None else "",
             "reason": row.correction_reason, "may_correct": row.area_code in corrects}
            for row in found.records
        ],
        "trainings": [
            {"day": localdate(row.session.starts_at), "title": row.session.title, "hours": hours(row.minutes)}
            for row in found.trainings
        ],
        "reports": [
            {"to": row.organisation.name if row.organisation else row.get_scope_display(), "roster": row.roster.name,
             "hours": hours(row.minutes), "at": row.reported_at}
            for row in found.reports
        ],
    }  # fmt: skip


def _printed(made: ServiceCertificate, code: str, link: str) -> dict[str, Any]:
    return {
        "title": _("Certificate of voluntary service"), "issuer": made.issuer,
        "statement": _("This certifies the voluntary service of %(name)s.") % {"name": made.printed_name},
        "facts": [[term, value] for term, value in facts(made)], "code": code, "link": link,
        "verify": _("Hours were measured from check-in to check-out. Verify this certificate with its code:"),
        "signatures": [_("Community"), _("Date")],
    }  # fmt: skip
