"""Stand-down with what is open, undo, and area measures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.activations import authority, commands, policy, queries, words
from juxing.activations.enums import RUNNING
from juxing.activations.forms import DecisionForm, EndForm, MeasureForm
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in

COMMON = ("kind", "area_code", "title", "text", "ends_at")


@idempotent
@signed_in(policy.DECIDE)
def stand_down(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show what is open, and end the response."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    now = clock.now()
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            conversion = commands.stand_down(actor=request.actor, now=now, activation=found, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Measures have stopped. Each room puts back what it changed."))
            return HttpResponseRedirect(reverse("activations:board", args=[conversion.uuid]), status=303)
    open_steps = commands.open_items(actor=request.actor, now=now, activation=found)
    context = {
        "page_title": _("Stand down: %(title)s") % {"title": found.incident.title}, "page_icon": "arrow-back-up",
        "form": form, "activation": found, "is_running": queries.status_at(found, now) in RUNNING,
        "may_undo": found.status in RUNNING and now <= found.starts_at + authority.undo_time(),
        "open_steps": [
            {"label": words.step_label(each.step),
             "items": _joined(each)}
            for each in open_steps
        ],
        "cancel_url": reverse("activations:activation", args=[uuid]), **new_form_key(),
        "breadcrumbs": [{"label": found.incident.title, "url": reverse("activations:activation", args=[uuid])},
                        {"label": _("Stand down")}],
    }  # fmt: skip
    return render(request, "activations/stand_down.html", context, status=422 if form.errors else 200)


def _joined(found: commands.StepOpenItems) -> list[dict[str, Any]]:
    """Return what is open in words, equal lines of several streets as one."""
    lines: dict[str, dict[str, Any]] = {}
    for item in found.items:
        label = str(words.open_words(found.step, item.kind, item.facts))
        line = lines.setdefault(label, {"label": label, "count": 0, "settles": item.settles})
        line["count"] += item.count
    return list(lines.values())


@idempotent
@signed_in(policy.DECIDE)
@require_POST
def undo(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take a mistaken activation back."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    conversion = commands.undo(
        actor=request.actor, now=clock.now(), activation=found, reason=request.POST.get("reason", "")
    )
    messages.success(request, _("The activation is taken back."))
    return HttpResponseRedirect(reverse("activations:board", args=[conversion.uuid]), status=303)


@idempotent
@signed_in(policy.PREPARE)
def new_measure(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Draft an area measure."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    form = MeasureForm(request.POST or None, initial={"area_code": found.area_code})
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        try:
            measure = commands.draft_measure(
                actor=request.actor, now=clock.now(), activation=found, **{name: filled[name] for name in COMMON},
                said={name: value for name, value in filled.items() if name not in COMMON},
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("activations:measure", args=[measure.uuid]), status=303)
    context = {
        "page_title": _("Area measure"), "page_subtitle": found.incident.title, "form": form, **new_form_key(),
        "cancel_url": reverse("activations:activation", args=[uuid]), "submit_label": _("Write it down"),
    }  # fmt: skip
    return render(request, "activations/change.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.SEE)
def measure(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one measure with its services; publish it with the decision document."""
    found = queries.measure(actor=request.actor, uuid=uuid)
    now = clock.now()
    form = DecisionForm(request.POST or None)
    may_decide = policy.can_decide(request.actor, found)
    if request.method == "POST" and may_decide and form.is_valid():
        try:
            decision = commands.record_decision(
                actor=request.actor, now=now, activation=found.activation, **form.cleaned_data
            )
            commands.publish_measure(actor=request.actor, now=now, measure=found, decision=decision)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The measure is in force until its end."))
            return HttpResponseRedirect(reverse("activations:measure", args=[uuid]), status=303)
    labels = MeasureForm(None).fields
    names = queries.place_names([found.area_code])
    said = [name for name in labels if name not in COMMON]
    context = {
        "page_title": found.title, "page_subtitle": found.get_kind_display(), "measure": found,
        "page_badge": {"label": found.get_status_display(), "tone": words.MEASURE_TONES[found.status]},  # type: ignore[index]
        "facts": [{"term": _("Place"), "value": names[found.area_code]}, {"term": _("Ends"), "value": found.ends_at},
                  {"term": _("What holds, in full"), "value": found.text}],
        "services": [{"term": labels[name].label, "value": getattr(found, name)} for name in said],
        "form": form if may_decide and found.status == "draft" else None, **new_form_key(),
        "may_lift": may_decide and found.status == "published" and found.ends_at > now,
        "breadcrumbs": [{"label": _("Response"), "url": reverse("activations:activation",
                                                                args=[found.activation.uuid])},
                        {"label": found.title}],
    }  # fmt: skip
    return render(request, "activations/measure.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.DECIDE)
@require_POST
def lift(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Lift a measure before its end."""
    found = queries.measure(actor=request.actor, uuid=uuid)
    commands.lift_measure(actor=request.actor, now=clock.now(), measure=found, reason=request.POST.get("reason", ""))
    messages.success(request, _("The measure is lifted."))
    return HttpResponseRedirect(reverse("activations:measure", args=[uuid]), status=303)
