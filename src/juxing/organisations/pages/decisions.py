"""Decisions of meetings: written down, followed up, and what is overdue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock, journal
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, signed_in
from juxing.organisations import commands, policy, queries
from juxing.organisations.enums import DecisionStatus
from juxing.organisations.lifecycle import DECISION
from juxing.organisations.meeting_forms import DecisionFilterForm, DecisionForm, ProgressForm, PutOffForm
from juxing.organisations.models import CommitteeDecision
from juxing.organisations.pages.committees import committee_tabs
from juxing.organisations.pages.flow import action, crumbs, go_back, pressed
from juxing.organisations.pages.meetings import show_meeting
from juxing.organisations.pages.words import timeline

TONES = {DecisionStatus.OPEN: "moving", DecisionStatus.DONE: "done", DecisionStatus.DROPPED: "ended"}


@signed_in(policy.SEE)
def decisions(request: ActorRequest) -> HttpResponse:
    """List decisions, the earliest day first."""
    form = DecisionFilterForm(request.GET)
    filled = form.cleaned_data if form.is_valid() else {"area": "", "state": ""}
    today = timezone.localdate(clock.now())
    page = queries.meetings.decisions_page(
        actor=request.actor, today=today, area_code=filled["area"], state=filled["state"],
        cursor=request.GET.get("cursor"),
    )  # fmt: skip
    for row in page.rows:
        row.tone, row.late = TONES[DecisionStatus(row.status)], row.is_late(today)  # type: ignore[attr-defined]
        row.owner_name = queries.meetings.owner_name(row)  # type: ignore[attr-defined]
    actions = []
    if request.actor.may_somewhere(policy.EXPORT):
        url = f"{reverse('organisations:export_decisions')}?area={filled['area']}"
        actions.append(action(_("Take out as a table"), url, "download"))
    sums = queries.meetings.decision_sums(actor=request.actor, today=today, area_code=filled["area"])
    context = {
        "page_title": _("Decisions"), "page_icon": "gavel", "form": form, "page": page, "rows": page.rows,
        "page_subtitle": _("What joint committees decided, who answers for it, until when, and how far it is."),
        "caption": _("Decisions"), "reset_url": reverse("organisations:decisions"),
        "tabs": committee_tabs("decisions"), "figures": decision_figures(sums, area_code=filled["area"]),
        "columns": [{"label": _("What was decided")}, {"label": pgettext("decision", "Who answers for it")},
                    {"label": _("Until")}, {"label": _("Joint committee")}, {"label": _("Step")}],
        "row_template": "organisations/_decision_row.html", "page_actions": actions,
        "empty": {"icon": "gavel", "title": _("No decision fits."),
                  "text": _("Decisions are written down while a meeting is held.")},
    }  # fmt: skip
    return render(request, "organisations/listing.html", context)


def decision_figures(sums: dict[str, Any], *, area_code: str) -> list[dict[str, Any]]:
    """Return how many decisions are open, overdue, carried out, as figures that lead to them."""
    listed = reverse("organisations:decisions")
    rows = [
        ("open", pgettext("decision", "Open"), "gavel", "neutral", "open"),
        ("late", pgettext("decision", "Overdue"), "alert-triangle", "bad" if sums["late"] else "good", "late"),
        ("done", pgettext("decision", "Carried out"), "check", "neutral", "done"),
    ]
    return [
        {"label": label, "value": sums[name], "icon": icon, "tone": tone,
         "url": f"{listed}?area={area_code}&state={state}"}
        for name, label, icon, tone, state in rows
    ]  # fmt: skip


@idempotent
@signed_in(policy.SEE)
@require_POST
def add_decision(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write down what a meeting decided."""
    found = queries.meetings.meeting(actor=request.actor, uuid=uuid)
    if not policy.can_run_meeting(request.actor, found):
        raise NotVisible
    units, posts = queries.meetings.owners_to_choose(actor=request.actor, meeting=found)
    form = DecisionForm(request.POST, units=units, posts=posts, items=queries.meetings.agenda_of(found))

    def act(_filled: dict[str, Any]) -> CommitteeDecision:
        return commands.take_decision(actor=request.actor, now=clock.now(), meeting=found, given=form.given())

    if carried_out(request, form, act, done=_("It is written down. Who answers for it is reminded in time.")):
        return go_back(reverse("organisations:meeting", args=[uuid]), "decisions")
    return show_meeting(request, found, status=422, decision_form=form)


@signed_in(policy.SEE)
def decision(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a decision and what can be done with it."""
    return _show(request, queries.meetings.decision(actor=request.actor, uuid=uuid))


def _show(request: ActorRequest, found: CommitteeDecision, *, status: int = 200, **shown: Any) -> HttpResponse:
    actor, today = request.actor, timezone.localdate(clock.now())
    steps = {step.name for step in DECISION.offered(actor, found)}
    own = reverse("organisations:meeting", args=[found.meeting.uuid])
    is_late = found.is_late(today)
    context = {
        "page_title": found.words, "page_subtitle": f"{found.meeting.committee.name} · {found.meeting.title}",
        "page_badge": {"label": pgettext("decision", "Overdue") if is_late else found.get_status_display(),
                       "tone": "problem" if is_late else TONES[DecisionStatus(found.status)]},
        "decision": found, "steps": steps, "facts": _facts(found),
        "may_put_off": found.status == DecisionStatus.OPEN and policy.can_change_decision(actor, found),
        "progress_form": ProgressForm(auto_id="id_progress_%s"), "done_form": ProgressForm(auto_id="id_done_%s"),
        "drop_form": ProgressForm(auto_id="id_drop_%s"), "put_off_form": PutOffForm(auto_id="id_put_off_%s"),
        "entries": timeline(journal.entries_about("organisations.committeedecision", found.uuid)[:40]),
        "breadcrumbs": crumbs((_("Decisions"), reverse("organisations:decisions")), (found.meeting.title, own),
                              (found.words[:30], "")),
        "write_label": _("Write it down"), "done_label": pgettext("decision", "It is carried out"),
        "drop_label": _("It is no longer needed"), "put_off_label": _("Give it another day"), **new_form_key(),
    } | shown  # fmt: skip
    return render(request, "organisations/decision.html", context, status=status)


def _facts(found: CommitteeDecision) -> list[dict[str, Any]]:
    label = pgettext("decision", "Who answers for it")
    owner: dict[str, Any] = {"term": label, "value": queries.meetings.owner_name(found)}
    if found.organisation is not None:
        owner["url"] = reverse("organisations:organisation", args=[found.organisation.uuid])
    elif found.post is not None:
        owner["url"] = reverse("organisations:post", args=[found.post.uuid])
    return [
        owner, {"term": _("Until"), "value": found.due_on},
        *([{"term": _("Point of the agenda"), "value": f"{found.item.position}. {found.item.subject}"}]
          if found.item else []),
        *([{"term": pgettext("decision", "How far it is"), "value": f"{found.progress} ({found.progress_on or ''})"}]
          if found.progress else []),
    ]  # fmt: skip


@idempotent
@signed_in(policy.SEE)
@require_POST
def move_decision(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Say how far a decision is, that it is carried out or not needed, give it another day, or open it again."""
    found = queries.meetings.decision(actor=request.actor, uuid=uuid)
    own = reverse("organisations:decision", args=[uuid])
    given: dict[str, Any] = {"actor": request.actor, "now": clock.now(), "decision": found}
    if what == "reopen":
        return pressed(request, lambda: commands.reopen_decision(**given), done=_("It is open again."), url=own)
    acts: dict[str, tuple[type[forms.Form], Callable[..., object], str, str]] = {
        "report": (ProgressForm, commands.report_progress, "progress_form", "id_progress_%s"),
        "carry_out": (ProgressForm, commands.carry_out, "done_form", "id_done_%s"),
        "drop": (ProgressForm, commands.drop_decision, "drop_form", "id_drop_%s"),
        "put_off": (PutOffForm, commands.put_off, "put_off_form", "id_put_off_%s"),
    }
    if what not in acts:
        raise NotVisible
    form_type, command, name, auto_id = acts[what]
    form = form_type(request.POST, auto_id=auto_id)
    if carried_out(request, form, lambda filled: command(**given, **filled), done=_("It is written down.")):
        return go_back(own)
    return _show(request, found, status=422, **{name: form})
