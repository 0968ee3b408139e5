"""Pages of matching runs: what ran, starting one, and one explained."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.dispatch import commands, policy, queries
from juxing.dispatch.commands.schedules import EVERY_MINUTES
from juxing.dispatch.enums import PlacementStatus, RunTrigger, TaskStatus
from juxing.dispatch.forms import AreaForm, ScheduleForm
from juxing.dispatch.models import MatchingRun
from juxing.dispatch.pages import reasons, words
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, signed_in

WRITER = Actor.system("runs of a desk")
NOT_ACCEPTED = frozenset({TaskStatus.OFFERED, TaskStatus.DECLINED, TaskStatus.EXPIRED, TaskStatus.CANCELLED})


@idempotent
@signed_in(policy.VIEW)
def run_list(request: ActorRequest) -> HttpResponse:
    """List runs, and start one."""
    places = queries.places_to_match(actor=request.actor)
    form = AreaForm(request.POST or None, areas=places)
    begun = carried_out(
        request, form, lambda filled: commands.start_run(actor=request.actor, now=clock.now(), **filled)
    )
    if begun:
        return HttpResponseRedirect(reverse("dispatch:run", args=[begun.made.uuid]), status=303)
    page = queries.runs_page(actor=request.actor, cursor=request.GET.get("cursor"))
    names = queries.place_names([run.area_code for run in page.rows])
    context = {
        "page_title": _("Matching"), "page_icon": "link",
        "page": words.page_shown(page, [_row(run, names) for run in page.rows]),
         "form": form if places else None,
        "form_key": new_form_key(), "columns": _columns(),
        "caption": _("Matching runs, newest first"), "pager_text": _("Newest first"),
        "schedules": _schedules(request),
        "empty": {
            "icon": "link", "title": _("Nothing was matched here yet."),
            "text": _("Choose a place above: everything that waits there is matched with those who can help."),
        },
    }  # fmt: skip
    return render(request, "dispatch/runs.html", context, status=422 if form.errors else 200)


@signed_in(policy.VIEW)
def run_page(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one run: what was asked, what was proven, who was not served and what would change that."""
    detail = queries.run_detail(actor=request.actor, uuid=uuid)
    run = detail.run
    context = {
        "page_title": _("Matching run: %(place)s") % {"place": detail.place}, "page_icon": "link",
        "page_badge": words.run_state(run), "page_subtitle": words.trigger_words(run), "detail": detail, "run": run,
        "failure": words.failure_words(run.failure), "proof": reasons.proof_words(detail),
        "figures": _figures(detail), "weights": words.weight_items(run.weights),
        "minutes": words.offer_minutes(run.weights), "parts": _parts(run),
        "proof_items": reasons.proof_items(detail), "live_topics": "dispatch",
        "gates": reasons.gate_words(run.gates),
        "placements": reasons.placements_shown(detail, may_take=request.actor.may(policy.STEER, run.area_code)),
        "unserved": [reasons.unserved_words(group) for group in detail.unserved],
        "breadcrumbs": [{"label": _("Matching"), "url": reverse("dispatch:runs")}, {"label": detail.place}],
    } | _progress(request, run)  # fmt: skip
    return render(request, "dispatch/run.html", context)


@signed_in(policy.VIEW)
def run_progress(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Answer the progress bar."""
    run = queries.run_of(actor=request.actor, uuid=uuid)
    return render(request, "components/progress.html", _progress(request, run))


@require_POST
@idempotent
@signed_in(policy.MATCH)
def cancel(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Ask a run to stop."""
    run = queries.run_of(actor=request.actor, uuid=uuid)
    commands.cancel_run(actor=request.actor, now=clock.now(), run=run)
    messages.success(request, _("Asked to stop. Nothing will be offered."))
    return HttpResponseRedirect(reverse("dispatch:run", args=[uuid]), status=303)


@require_POST
@idempotent
@signed_in(policy.MATCH)
def finish(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Ask a run for the best answer it has found so far."""
    run = queries.run_of(actor=request.actor, uuid=uuid)
    commands.finish_run_now(actor=request.actor, now=clock.now(), run=run)
    messages.success(request, _("The best answer so far is being offered; the page says how good it is."))
    return HttpResponseRedirect(reverse("dispatch:run", args=[uuid]), status=303)


@require_POST
@idempotent
@signed_in(policy.STEER)
def take_exact(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Carry out the exact plan that stood beside an instant placement."""
    placement = queries.placement_to_decide(actor=request.actor, uuid=uuid)
    try:
        with acting(WRITER):
            taken = commands.take_exact_plan(actor=request.actor, now=clock.now(), placement=placement)
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        if taken.status == PlacementStatus.TAKEN:
            messages.success(request, _("The better plan was taken. Everyone concerned is asked now."))
        else:
            messages.warning(request, _("Someone answered meanwhile, so the better plan no longer holds."))
    return HttpResponseRedirect(reverse("dispatch:run", args=[placement.run.uuid]), status=303)


@idempotent
@signed_in(policy.STEER)
def schedule(request: ActorRequest) -> HttpResponse:
    """Say how often runs start in a street."""
    streets = [area for area, _minutes in queries.schedules_of(actor=request.actor)]
    form = ScheduleForm(request.POST or None, areas=streets)
    if carried_out(
        request, form, lambda filled: commands.set_schedule(actor=request.actor, **filled), done=_("Saved.")
    ):
        return HttpResponseRedirect(reverse("dispatch:runs"), status=303)
    context = {
        "page_title": _("When runs start by themselves"), "page_icon": "clock", "form": form,
        "form_key": new_form_key(), "cancel_url": reverse("dispatch:runs"),
    }  # fmt: skip
    return render(request, "dispatch/schedule.html", context, status=422 if form.errors else 200)


def _progress(request: ActorRequest, run: MatchingRun) -> dict[str, Any]:
    may_cancel = request.actor.may(policy.MATCH, run.area_code)
    return {
        "job": words.shown_job(queries.job_of(run)), "title": _("Computing who helps whom"),
        "url": reverse("dispatch:run_progress", args=[run.uuid]),
        "result_url": reverse("dispatch:run", args=[run.uuid]),
        "cancel_url": reverse("dispatch:cancel_run", args=[run.uuid]) if may_cancel else "",
        "finish_url": reverse("dispatch:finish_run", args=[run.uuid])
        if may_cancel and run.finish_asked_at is None and run.trigger != RunTrigger.LIFE_CRITICAL else "",
    }  # fmt: skip


def _figures(detail: queries.RunDetail) -> list[dict[str, Any]]:
    run = detail.run
    accepted = sum(count for status, count in detail.offers.items() if status not in NOT_ACCEPTED)
    return [
        {"label": _("Requests waiting"), "value": run.need_count, "icon": "inbox"},
        {"label": _("Helpers with room"), "value": run.responder_count, "icon": "users"},
        {"label": _("Offers sent"), "value": run.matched_count, "icon": "circle-check", "tone": "good"},
        {"label": _("Left waiting"), "value": run.unserved_count, "icon": "hourglass",
         "tone": "warn" if run.unserved_count else "neutral"},
        {"label": _("Accepted so far"), "value": accepted, "icon": "thumb-up"},
        {"label": _("Way on average"), "value": words.distance(detail.mean_m) or "–", "icon": "route",
         "change": _("farthest %(way)s") % {"way": words.distance(detail.farthest_m)} if detail.farthest_m else ""},
    ]  # fmt: skip


def _parts(run: MatchingRun) -> list[tuple[str, str, int]]:
    labels = {
        "read": _("Reading what waits"), "solve": _("Computing"), "explain": _("Finding the reasons"),
        "write": _("Writing the offers"),
    }  # fmt: skip
    total = sum(run.seconds.values()) or 1.0
    return [
        (label, f"{run.seconds[name]:.2f}", round(100 * run.seconds[name] / total))
        for name, label in labels.items()
        if name in run.seconds
    ]


def _row(run: MatchingRun, names: dict[str, str]) -> dict[str, Any]:
    return {
        "url": reverse("dispatch:run", args=[run.uuid]), "place": names.get(run.area_code, run.area_code),
        "started_at": run.started_at, "trigger": words.trigger_words(run), "state": words.run_state(run),
        "needs": run.need_count, "matched": run.matched_count, "unserved": run.unserved_count,
        "seconds": f"{sum(run.seconds.values()):.1f}" if run.seconds else "",
        "is_proven": run.objective is not None and run.objective == run.bound,
    }  # fmt: skip


def _columns() -> list[dict[str, Any]]:
    return [
        {"label": pgettext("dispatch", "Place")}, {"label": _("Started")}, {"label": pgettext("dispatch", "By")},
        {"label": _("State")}, {"label": _("Waiting"), "kind": "number"}, {"label": _("Offers"), "kind": "number"},
        {"label": pgettext("dispatch", "Left"), "kind": "number"}, {"label": _("Proven best")},
        {"label": _("Seconds"), "kind": "number"},
    ]  # fmt: skip


def _schedules(request: ActorRequest) -> list[dict[str, Any]]:
    return [
        {"name": area.name, "minutes": EVERY_MINUTES if minutes is None else minutes}
        for area, minutes in queries.schedules_of(actor=request.actor)
    ]
