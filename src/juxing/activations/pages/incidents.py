"""Incidents: the list, reporting one, and from one to a response."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.activations import commands, policy, queries, words
from juxing.activations.forms import DraftForm, IncidentForm
from juxing.activations.models import Activation, Incident
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.plans.hazards import hazards
from juxing.plans.models import PlanVersion
from juxing.plans.queries import versions_usable


@idempotent
@signed_in(policy.SEE)
def incident_list(request: ActorRequest) -> HttpResponse:
    """List incidents, and report one."""
    form = IncidentForm(request.POST or None, initial={"area_code": _own_place(request)})
    may_report = request.actor.may_somewhere(policy.REPORT)
    if request.method == "POST" and may_report and form.is_valid():
        try:
            incident = commands.report_incident(actor=request.actor, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The incident is written down."))
            return redirect("activations:incident", incident.uuid)
    page = queries.incidents_page(actor=request.actor, cursor=request.GET.get("cursor"))
    names = queries.place_names(row.area_code for row in page.rows)
    context = {
        "page_title": _("Incidents and responses"), "page_icon": "urgent",
        "page": {"rows": [_row(row, names) for row in page.rows], "next_cursor": page.next_cursor,
                 "previous_cursor": page.previous_cursor},
        "form": form if may_report else None, "form_is_open": bool(form.errors),
        "waiting": [card(row) for row in
                                                                     queries.waiting_for(request.actor)],
        "running": _running(request), "live_topics": "activations", **new_form_key(),
        "columns": [{"label": _("Incident")}, {"label": _("Kind")}, {"label": _("Place")}, {"label": _("State")},
                    {"label": _("When")}, {"label": _("Responses"), "kind": "number"}],
        "caption": _("Incidents, newest first"), "pager_text": _("Newest first"),
        "empty": {"icon": "urgent", "title": _("No incident is written down here."),
                  "text": _("That is the state we work for.")},
    }  # fmt: skip
    return render(request, "activations/incidents.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.SEE)
def incident(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one incident with its responses, and prepare another."""
    found = queries.incident(actor=request.actor, uuid=uuid)
    may_prepare = request.actor.may_somewhere(policy.PREPARE)
    versions = versions_usable(actor=request.actor, hazard=found.hazard) if may_prepare else []
    form = DraftForm(request.POST or None, versions=versions, initial={"areas": found.area_code})
    if request.method == "POST" and may_prepare and form.is_valid():
        try:
            draft = _draft(request, found, form, versions)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("activations:preview", draft.uuid)
    context = {
        "page_title": found.title, "page_icon": "urgent", "incident": found,
        "page_subtitle": _hazard(found.hazard),
        "page_badge": {"label": found.get_status_display(), "tone": words.INCIDENT_TONES[found.status]},  # type: ignore[index]
        "facts": _facts(found), "responses": [card(row) for row in
                                              queries.activations_of(actor=request.actor, incident=found)],
        "form": form if may_prepare else None, "has_plan": bool(versions), **new_form_key(),
        "may_verify": policy.can_report(request.actor, found) and found.status == "reported",
        "may_close": policy.can_report(request.actor, found) and found.status in {"active", "contained", "verified"},
        "breadcrumbs": [{"label": _("Incidents and responses"), "url": reverse("activations:incidents")},
                        {"label": found.title}],
    }  # fmt: skip
    return render(request, "activations/incident.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.REPORT)
@require_POST
def judge(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Confirm an incident, note that it was not confirmed, or close it."""
    found = queries.incident(actor=request.actor, uuid=uuid)
    reason = request.POST.get("reason", "")
    if request.POST.get("answer") == "close":
        commands.close_incident(actor=request.actor, now=clock.now(), incident=found, reason=reason)
    else:
        commands.verify_incident(
            actor=request.actor, now=clock.now(), incident=found, reason=reason,
            is_confirmed=request.POST.get("answer") == "yes",
        )  # fmt: skip
    messages.success(request, _("Written down."))
    return HttpResponseRedirect(reverse("activations:incident", args=[uuid]), status=303)


def card(row: Activation) -> dict[str, Any]:
    """Return an activation as it stands in lists."""
    now = clock.now()
    status = queries.status_at(row, now)
    is_open = status in {"draft", "pending_approval"}
    name = "activations:preview" if is_open else "activations:activation"
    return {
        "url": reverse(name, args=[row.uuid]), "title": row.incident.title, "level": row.get_response_level_display(),
        "badge": words.status_badge(status), "ends_at": row.ends_at, "is_exercise": row.is_exercise,
        "matter": row.matter, "starts_at": row.starts_at, "plan": row.plan_version.plan.title,
        "is_running": status in {"active", "extended"},
    }  # fmt: skip


def _draft(request: ActorRequest, found: Incident, form: DraftForm, versions: list[PlanVersion]) -> Activation:
    filled = dict(form.cleaned_data)
    version = next(each for each in versions if str(each.uuid) == filled.pop("version"))
    now = clock.now()
    draft = commands.draft_activation(actor=request.actor, now=now, incident=found, version=version, **filled)
    return commands.preview(actor=request.actor, now=now, activation=draft)


def _running(request: ActorRequest) -> list[dict[str, Any]]:
    now = clock.now()
    rows = queries.activations_page(actor=request.actor, size=30).rows
    return [card(row) for row in rows if queries.status_at(row, now) in {"active", "extended", "standing_down"}]


def _row(row: Incident, names: dict[str, str]) -> dict[str, Any]:
    return {
        "url": reverse("activations:incident", args=[row.uuid]), "title": row.title, "hazard": _hazard(row.hazard),
        "place": names[row.area_code], "happened_at": row.happened_at,
        "badge": {"label": row.get_status_display(), "tone": words.INCIDENT_TONES[row.status]},  # type: ignore[index]
        "count": row.activation_count,  # type: ignore[attr-defined]
    }  # fmt: skip


def _facts(found: Incident) -> list[dict[str, Any]]:
    names = queries.place_names([found.area_code])
    return [
        {"term": _("Place"), "value": names[found.area_code]},
        {"term": _("Category"), "value": found.get_category_display()},
        {"term": _("Grade"), "value": found.get_grade_display() if found.grade else ""},
        {"term": _("When"), "value": found.happened_at},
        {"term": _("What is known"), "value": found.description},
    ]


def _hazard(slug: str) -> str:
    return hazards()[slug].named(get_language() or "") if slug in hazards() else slug


def _own_place(request: ActorRequest) -> str:
    prefixes = request.actor.areas_with(policy.REPORT).prefixes
    return prefixes[0] if prefixes else ""
