"""From preview to signature: what would change, what is short, edits, the decision document, the approvals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.activations import authority, commands, policy, previews, queries, words
from juxing.activations.enums import BEFORE_START, ActivationStatus
from juxing.activations.forms import DecisionForm
from juxing.activations.models import Activation
from juxing.kernel import clock
from juxing.kernel.areas import Areas
from juxing.kernel.conversion import steps
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import InvalidInput, NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in

MOST = 100_000


@idempotent
@signed_in(policy.SEE)
def preview(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the preview by room, and take the decision document."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.record_decision(actor=request.actor, now=clock.now(), activation=found, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The decision document is recorded."))
            return _back(uuid)
    return render(request, "activations/preview.html", _context(request, found, form),
                  status=422 if form.errors else 200)  # fmt: skip


@signed_in(policy.PREPARE)
def edit(request: ActorRequest, uuid: UUID, step: str) -> HttpResponse:
    """Strike lines of one step out of the preview, or change their numbers."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    if step not in steps:
        raise NotVisible
    if request.method == "POST":
        lines = {line["key"]: line["count"] for line in queries.grouped_lines(found.preview, step)}
        left_out = ["*"] if "strike_all" in request.POST else sorted(set(lines) - set(request.POST.getlist("keep")))
        commands.edit_preview(
            actor=request.actor, now=clock.now(), activation=found, step=step, left_out=left_out,
            quantities=_numbers(request, found, step, lines),
        )  # fmt: skip
        messages.success(request, _("Saved. Whoever signs now signs this."))
        return _back(uuid)
    names = queries.place_names(words.codes_in(found.preview))
    shown = next((each for each in words.preview_shown(found, names) if each["code"] == step), None)
    if shown is None:
        raise NotVisible
    context = {
        "page_title": shown["label"], "page_subtitle": found.incident.title, "step": shown, "activation": found,
        "breadcrumbs": [{"label": _("Preview"), "url": reverse("activations:preview", args=[uuid])},
                        {"label": shown["label"]}],
    }  # fmt: skip
    return render(request, "activations/edit.html", context)


@idempotent
@signed_in(policy.PREPARE)
@require_POST
def prepare(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Compute the preview again, put it before the approvers, take it back, or give it up."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    acts = {
        "compute": (commands.preview, _("The preview is new.")),
        "submit": (commands.submit, _("It waits for signatures now.")),
        "take_back": (commands.take_back, _("It is a draft again; signatures ended.")),
        "cancel": (commands.cancel_draft, _("The draft is given up.")),
    }
    command, said = acts.get(request.POST.get("act", ""), acts["compute"])
    command(actor=request.actor, now=clock.now(), activation=found)
    messages.success(request, said)
    return _back(uuid)


@idempotent
@signed_in(policy.DECIDE)
@require_POST
def approve(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Sign the preview whose digest was looked at."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    signed = commands.approve(
        actor=request.actor, now=clock.now(), activation=found, digest=request.POST.get("digest", "")
    )
    if signed.status == ActivationStatus.PENDING_APPROVAL:
        messages.success(request, _("Signed. A second person signs now."))
        return _back(uuid)
    messages.success(request, _("The response is in force. Streets are being converted."))
    return HttpResponseRedirect(reverse("activations:activation", args=[uuid]), status=303)


def _numbers(request: ActorRequest, found: Activation, step: str, lines: Mapping[str, int]) -> dict[str, int]:
    """
    Return the numbers that differ from what was proposed, or did so before; an empty field is what the plan says.

    Raises:
        InvalidInput: if one is no whole number from 0 to 100,000.
    """
    changed = {}
    before = previews.edits_of(found, step).quantities
    for key, count in lines.items() if steps[step].has_numbers else ():
        typed = request.POST.get(f"number:{key}", "").strip()
        if not typed:
            continue
        if not typed.isdecimal() or len(typed) > 6 or int(typed) > MOST:
            raise InvalidInput("number_bad", _("Write whole numbers from 0 to 100,000."))
        if int(typed) != count or key in before:
            changed[key] = int(typed)
    return changed


def _context(request: ActorRequest, found: Activation, form: DecisionForm) -> dict[str, Any]:
    names = queries.place_names({*words.codes_in(found.preview), *found.planned_areas, found.area_code})
    shown = words.preview_shown(found, names)
    is_draft = found.status == ActivationStatus.DRAFT
    rule = authority.rule_of(found.response_level)
    rank = authority.rank_of(request.actor, Areas(found.planned_areas))
    is_own = request.actor.account_id is not None and found.decided_by_id == request.actor.account_id
    needed = rule.second if found.decided_by_id else rule.approver
    return {
        "page_title": _("Preview: %(title)s") % {"title": found.incident.title}, "page_icon": "switch-horizontal",
        "page_subtitle": found.matter, "activation": found, "steps": shown,
        "page_badge": words.status_badge(ActivationStatus(found.status)),
        "areas": [names[code] for code in found.planned_areas], "form": form, "rule": rule,
        "short_count": sum(len(step["shortages"]) for step in shown), "exercise": _exercise(found),
        "change_count": sum(step["total"] for step in shown if not step["is_left_out"]),
        "is_draft": is_draft, "is_open": found.status in BEFORE_START,
        "may_prepare": policy.can_prepare(request.actor, found),
        "may_sign": found.status == ActivationStatus.PENDING_APPROVAL and rank >= needed and not is_own,
        "is_own_signature": is_own, "digest_short": found.digest[:16], **new_form_key(),
        "stages": _stages(found),
        "breadcrumbs": [{"label": _("Incidents and responses"), "url": reverse("activations:incidents")},
                        {"label": found.incident.title,
                         "url": reverse("activations:incident", args=[found.incident.uuid])},
                        {"label": _("Preview")}],
    }  # fmt: skip


def _stages(found: Activation) -> list[dict[str, str]]:
    done = [bool(found.digest), found.decision_id is not None, found.status != ActivationStatus.DRAFT,
            found.status not in BEFORE_START]  # fmt: skip
    labels = [_("Preview"), _("Decision document"), _("Before the approvers"), _("In force")]
    current = next((number for number, is_done in enumerate(done) if not is_done), len(done))
    return [
        {"label": label, "state": "done" if done[number] else "current" if number == current else "coming"}
        for number, label in enumerate(labels)
    ]


def _exercise(found: Activation) -> dict[str, str] | None:
    return {"name": found.incident.title, "url": ""} if found.is_exercise else None


def _back(uuid: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("activations:preview", args=[uuid]), status=303)
