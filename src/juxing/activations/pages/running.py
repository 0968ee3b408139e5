"""A response in force: its clock, where it holds, how far streets are converted, and changing it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.activations import commands, policy, queries, words
from juxing.activations.enums import BEFORE_START, RUNNING, ActivationStatus, ConversionKind
from juxing.activations.forms import ChangeForm
from juxing.activations.models import Activation, ModeConversion
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.journal import actions
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in

DECISION = ("issuer", "rank", "number", "issued_on", "legal_basis", "file_sha256")


@signed_in(policy.SEE)
def activation(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one response: clock, scope, conversions, measures, timeline."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    if found.status in BEFORE_START:
        return redirect("activations:preview", uuid)
    now = clock.now()
    status = queries.status_at(found, now)
    parts = queries.parts_of(found)
    names = queries.place_names(part.area_code for part in parts)
    conversions = queries.conversions_of(found)
    may_decide = policy.can_decide(request.actor, found) and status in RUNNING
    context = {
        "page_title": found.incident.title, "page_icon": "urgent", "page_subtitle": found.matter,
        "page_badge": words.status_badge(status), "activation": found, "status": status, "now": now,
        "figures": _figures(found, status, now), "is_running": status in RUNNING, "may_decide": may_decide,
        "parts": [_part(part, names, now) for part in parts], "facts": _facts(found),
        "conversions": [_conversion(row) for row in conversions], "progress": _latest(conversions),
        "measures": [_measure(row, now) for row in queries.measures_of(found)],
        "entries": [_entry(entry, names) for entry in queries.timeline_of(found)],
        "live_topics": "activations", "exercise": {"name": found.incident.title} if found.is_exercise else None,
        "page_actions": [*_always(found, status), *(_actions(found) if may_decide else [])],
        "breadcrumbs": [{"label": _("Incidents and responses"), "url": reverse("activations:incidents")},
                        {"label": found.incident.title}],
    }  # fmt: skip
    return render(request, "activations/activation.html", context)


@signed_in(policy.SEE)
def board(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show how far a conversion is: streets by steps."""
    context = _board(request, uuid)
    if request.headers.get("HX-Request"):
        return render(request, "activations/_board.html", context)
    conversion: ModeConversion = context["conversion"]
    title = conversion.activation.incident.title
    context |= {
        "page_title": _("Progress: %(what)s") % {"what": conversion.get_kind_display()}, "page_icon": "progress",
        "page_subtitle": title, "live_topics": "activations",
        "breadcrumbs": [{"label": title, "url": reverse("activations:activation",
                                                        args=[conversion.activation.uuid])},
                        {"label": _("Progress")}],
    }  # fmt: skip
    return render(request, "activations/board.html", context)


@idempotent
@signed_in(policy.DECIDE)
@require_POST
def retry(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Try failed steps again."""
    found = queries.conversion(actor=request.actor, uuid=uuid)
    commands.retry_steps(actor=request.actor, now=clock.now(), conversion=found)
    messages.success(request, _("The failed steps are tried again."))
    return HttpResponseRedirect(reverse("activations:board", args=[uuid]), status=303)


@idempotent
@signed_in(policy.DECIDE)
@require_POST
def skip(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Let a failed step be, for a reason."""
    run = queries.step_run(actor=request.actor, uuid=uuid)
    commands.skip_step(actor=request.actor, now=clock.now(), run=run, reason=request.POST.get("reason", ""))
    messages.success(request, _("The step is left undone; the reason is in the journal."))
    return HttpResponseRedirect(reverse("activations:board", args=[run.conversion.uuid]), status=303)


@idempotent
@signed_in(policy.DECIDE)
def change(request: ActorRequest, uuid: UUID, kind: str) -> HttpResponse:
    """Widen, narrow, change the level, or extend."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    if kind not in ChangeForm.FIELDS:
        raise NotVisible
    form = ChangeForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            ordered = commands.order_change(
                actor=request.actor, now=clock.now(), activation=found, given=_wanted(kind, form)
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            waits = ordered.effective_at is None
            messages.success(
                request, _("Signed. A second person signs now.") if waits else _("The change is in force.")
            )
            return HttpResponseRedirect(reverse("activations:activation", args=[uuid]), status=303)
    titles = {"widen": _("Widen the scope"), "narrow": _("Narrow the scope"), "level": _("Change the level"),
              "extend": _("Extend by a new decision")}  # fmt: skip
    context = {
        "page_title": titles[kind], "page_subtitle": found.incident.title, "form": form, **new_form_key(),
        "cancel_url": reverse("activations:activation", args=[uuid]), "submit_label": titles[kind],
    }  # fmt: skip
    return render(request, "activations/change.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.DECIDE)
@require_POST
def countersign(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Sign a change that waits for a second person."""
    found = queries.conversion(actor=request.actor, uuid=uuid)
    commands.countersign_change(actor=request.actor, now=clock.now(), conversion=found)
    messages.success(request, _("The change is in force."))
    return HttpResponseRedirect(reverse("activations:activation", args=[found.activation.uuid]), status=303)


def _wanted(kind: str, form: ChangeForm) -> commands.ChangeInput:
    filled = form.cleaned_data
    decision = commands.DecisionInput(**{name: filled[name] for name in DECISION}) if form.has_decision else None
    return commands.ChangeInput(
        kind=kind, reason=filled["reason"], areas=filled.get("areas", ()), level=filled.get("level", ""),
        ends_at=filled.get("ends_at"), decision=decision,
    )  # fmt: skip


def _board(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    conversion = queries.conversion(actor=request.actor, uuid=uuid)
    progress = queries.progress_of(conversion)
    names = queries.place_names(street.street for street in progress.streets)
    columns = [words.step_label(run.step) for run in progress.streets[0].runs] if progress.streets else []
    return {
        "conversion": conversion, "progress": progress, "steps": columns, "is_over": conversion.finished_at is not None,
        "may_decide": policy.can_decide(request.actor, conversion.activation), **new_form_key(),
        "streets": [
            {"name": names[street.street], "is_done": street.is_done,
             "cells": [{"badge": words.step_badge(run.status), "counts": words.counts_words(run.counts), "run": run,
                        "reason": words.reason_words(run.reason), "label": words.step_label(run.step)}
                       for run in street.runs]}
            for street in progress.streets
        ],
        "totals": [{"label": f"{words.step_label(name.rpartition('.')[0])}",
                    "value": count, "what": words.counts_words({name.rpartition(".")[2]: 1}).rpartition(" ")[0]}
                   for name, count in sorted(progress.totals.items()) if count],
    }  # fmt: skip


def _latest(conversions: list[ModeConversion]) -> queries.Progress | None:
    effective = next((row for row in conversions if row.effective_at is not None), None)
    return queries.progress_of(effective) if effective is not None else None


def _figures(found: Activation, status: ActivationStatus, now: datetime) -> list[dict[str, Any]]:
    left = found.ends_at - now
    hours = max(0, int(left.total_seconds() // 3600))
    is_running = status in RUNNING
    return [
        {"label": _("Response level"), "value": found.get_response_level_display(), "icon": "bell-ringing"},
        {"label": _("Ends by itself in"), "icon": "hourglass",
         "value": _("%(days)d d %(hours)d h") % {"days": hours // 24, "hours": hours % 24} if is_running else "–",
         "tone": "bad" if is_running and hours < 24 else "warn" if is_running and hours < 72 else "neutral"},
        {"label": _("In force for"), "icon": "clock",
         "value": _("%(days)d d") % {"days": ((found.ended_at or now) - found.starts_at).days}},
        {"label": _("Plan"), "value": f"v{found.plan_version.number}", "icon": "clipboard-list",
         "note": found.plan_version.plan.title},
    ]  # fmt: skip


def _facts(found: Activation) -> list[dict[str, Any]]:
    decision = found.decision
    return [
        {"term": _("Decision document"), "value": f"{decision.issuer} {decision.number}" if decision else ""},
        {"term": _("Legal basis"), "value": decision.legal_basis if decision else ""},
        {"term": _("Signed by"), "value": found.decided_by.display_name if found.decided_by else ""},
        {"term": _("Second signature"), "value": found.second_by.display_name if found.second_by else "–"},
        {"term": _("Began"), "value": found.starts_at}, {"term": _("Ends"), "value": found.ends_at},
    ]  # fmt: skip


def _part(part: Any, names: dict[str, str], now: datetime) -> dict[str, Any]:
    is_on = part.since <= now < part.until
    return {
        "place": names[part.area_code], "code": part.area_code, "level": part.get_level_display(),
        "since": part.since, "until": part.until,
        "badge": {"label": _("holds"), "tone": "moving"} if is_on else {"label": _("over"), "tone": "ended"},
    }  # fmt: skip


def _conversion(row: ModeConversion) -> dict[str, Any]:
    waits = row.effective_at is None
    state = (
        {"label": _("waits for a second signature"), "tone": "waiting"} if waits
        else {"label": _("finished"), "tone": "done"} if row.finished_at
        else {"label": _("under way"), "tone": "moving"}
    )  # fmt: skip
    return {
        "number": row.number, "kind": row.get_kind_display(), "badge": state, "ordered_at": row.ordered_at,
        "by": row.ordered_by.display_name if row.ordered_by else _("by the clock"), "waits": waits, "uuid": row.uuid,
        "url": reverse("activations:board", args=[row.uuid]), "reason": row.reason, "places": len(row.areas),
        "is_expiry": row.kind == ConversionKind.EXPIRE,
    }  # fmt: skip


def _measure(row: Any, now: datetime) -> dict[str, Any]:
    is_over = row.ends_at <= now and row.status == "published"
    return {
        "title": row.title, "kind": row.get_kind_display(), "ends_at": row.ends_at,
        "url": reverse("activations:measure", args=[row.uuid]),
        "badge": {"label": _("ended"), "tone": "ended"} if is_over
        else {"label": row.get_status_display(), "tone": words.MEASURE_TONES[row.status]},
    }  # fmt: skip


def _entry(entry: JournalEntry, names: dict[str, str]) -> dict[str, Any]:
    step = entry.changes.get("step")
    counts = words.counts_words(entry.changes.get("counts") or {})
    label = str(actions[entry.action]) if entry.action in actions else entry.action
    return {
        "title": f"{label}: {words.step_label(step)}" if step else label, "happened_at": entry.happened_at,
        "actor": entry.by_whom,
        "reason": " · ".join(filter(None, [words.reason_words(entry.reason), counts])),
        "place": names.get(entry.area_code, ""),
        "tone": "bad" if entry.action.endswith(".fail") else "neutral",
    }  # fmt: skip


def _always(found: Activation, status: ActivationStatus) -> list[dict[str, Any]]:
    offered = [{"label": _("Command and muster"), "url": reverse("command:overview", args=[found.uuid]),
                "icon": "speakerphone"},
               {"label": _("Called to help"), "url": reverse("responders:called", args=[found.uuid]),
                "icon": "user-plus"},
               {"label": _("Notices"), "url": reverse("command:notices", args=[found.uuid]), "icon": "message-circle"},
               {"label": _("Looking back"), "url": reverse("reviews:look_back", args=[found.uuid]),
                "icon": "history"}]  # fmt: skip
    if status not in RUNNING:
        offered.append(
            {"label": _("Emergency data"), "url": reverse("activations:data", args=[found.uuid]), "icon": "lock"}
        )
    return offered


def _actions(found: Activation) -> list[dict[str, Any]]:
    change_url = [("widen", _("Widen"), "plus"), ("narrow", _("Narrow"), "minus"), ("level", _("Level"), "arrows-sort"),
                  ("extend", _("Extend"), "clock")]  # fmt: skip
    return [
        {"label": _("Stand down"), "url": reverse("activations:stand_down", args=[found.uuid]), "kind": "primary",
         "icon": "arrow-back-up"},
        *({"label": label, "url": reverse("activations:change", args=[found.uuid, kind]), "icon": icon}
          for kind, label, icon in change_url),
    ]  # fmt: skip
