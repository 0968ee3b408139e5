"""Pages of delivery rounds for desks: planning them, and the sheet a courier carries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from juxing.dispatch import commands, policy, queries
from juxing.dispatch.enums import PlanStatus, RoundStatus
from juxing.dispatch.forms import RoundForm
from juxing.dispatch.models import DeliveryRound, RoundPlan
from juxing.dispatch.pages import round_words, words
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_door, masked_name, masked_phone
from juxing.kernel.models import Job
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, signed_in
from juxing.needs.enums import NeedType

WRITER = Actor.system("rounds of a desk")
SHOWN_ROUNDS = 25
"""Rounds of a search on its page, the longest; all are on the list of rounds."""
PLAN_TONES: dict[str, str] = {
    PlanStatus.RUNNING: "moving",
    PlanStatus.DONE: "done",
    PlanStatus.FAILED: "problem",
    PlanStatus.CANCELLED: "ended",
}


@idempotent
@signed_in(policy.VIEW)
def round_list(request: ActorRequest) -> HttpResponse:
    """List rounds, and plan them: a first order at once, a better one searched in the background."""
    places = queries.places_to_match(actor=request.actor)
    form = RoundForm(request.POST or None, areas=places)
    begun = carried_out(request, form, lambda filled: _begin(request, **filled))
    if begun:
        return HttpResponseRedirect(reverse("dispatch:round_plan", args=[begun.made.uuid]), status=303)
    page = queries.rounds_page(actor=request.actor, cursor=request.GET.get("cursor"))
    context = {
        "page_title": _("Delivery rounds"), "page_icon": "route",
        "page": words.page_shown(page, [_row(row) for row in page.rows]),
         "form": form if places else None,
        "form_key": new_form_key(), "columns": _columns(),
        "caption": _("Delivery rounds, planned last first"), "pager_text": _("Planned last first"),
        "empty": {
            "icon": "route", "title": _("No rounds yet."),
            "text": _("When helpers have accepted tasks, plan their rounds: choose a place above."),
        },
    }  # fmt: skip
    return render(request, "dispatch/rounds.html", context, status=422 if form.errors else 200)


def _begin(request: ActorRequest, **filled: Any) -> RoundPlan:
    with acting(WRITER):
        return commands.start_round_plan(actor=request.actor, now=clock.now(), **filled)


@signed_in(policy.VIEW)
def plan_page(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one search for rounds: what was asked, how good the answer is, and who was left."""
    detail = queries.plan_detail(actor=request.actor, uuid=uuid)
    plan = detail.plan
    place = queries.place_names([plan.area_code]).get(plan.area_code, plan.area_code)
    context = {
        "page_title": _("Rounds: %(place)s") % {"place": place}, "page_icon": "route",
        "page_badge": {"label": PlanStatus(plan.status).label, "tone": PLAN_TONES[plan.status]},
        "page_subtitle": plan.started_by.display_name if plan.started_by else "", "plan": plan,
        "figures": _plan_figures(detail), "proof": round_words.plan_proof(detail), "formula": round_words.formula(),
        "left": [round_words.left_words(group) for group in detail.left],
        "rows": [_row(one) for one in detail.rounds[:SHOWN_ROUNDS]],
        "more_rounds": max(0, len(detail.rounds) - SHOWN_ROUNDS),
        "columns": _columns(), "caption": _("Rounds of this search, longest first"),
        "failure": words.failure_words(plan.failure), "is_running": plan.status == PlanStatus.RUNNING,
        "empty": {"icon": "route", "title": _("No rounds."), "text": _("Nobody here has accepted anything to bring.")},
        "breadcrumbs": [{"label": _("Delivery rounds"), "url": reverse("dispatch:rounds")}, {"label": place}],
    } | _progress(request, plan, detail.job)  # fmt: skip
    return render(request, "dispatch/round_plan.html", context)


@signed_in(policy.VIEW)
def plan_progress(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Answer the progress bar."""
    detail = queries.plan_detail(actor=request.actor, uuid=uuid)
    return render(request, "components/progress.html", _progress(request, detail.plan, detail.job))


@require_POST
@idempotent
@signed_in(policy.STEER)
def plan_cancel(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Ask a search to stop; the first order stands."""
    plan = queries.plan_of(actor=request.actor, uuid=uuid)
    commands.cancel_round_plan(actor=request.actor, now=clock.now(), plan=plan)
    messages.success(request, _("Asked to stop. The first order stands."))
    return HttpResponseRedirect(reverse("dispatch:round_plan", args=[uuid]), status=303)


@signed_in(policy.VIEW)
def round_page(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one round on the map and in order, with what there is to say about it."""
    sheet = queries.round_detail(actor=request.actor, now=clock.now(), uuid=uuid)
    walked, status = sheet.round, RoundStatus(sheet.round.status)
    stops = [round_words.stop_line(seen, number) for number, seen in enumerate(sheet.stops, start=1)]
    ahead = [stop for stop in stops if not stop["is_done"]]
    context = {
        "page_title": _("Delivery round of %(name)s") % {"name": _name(walked, is_open=False)}, "page_icon": "route",
        "page_badge": {"label": status.label, "tone": words.ROUND_TONES[status]},
        "round": walked, "stops": stops, "facts": round_words.round_facts(walked), "live_topics": "dispatch",
        "figures": [
            {"label": _("Stops ahead"), "value": len(ahead), "icon": "map-pin"},
            {"label": pgettext("dispatch", "Done"), "value": len(stops) - len(ahead), "icon": "circle-check",
             "tone": "good"},
            {"label": _("Way ahead"), "value": words.distance(walked.distance_m), "icon": "route"},
            {"label": _("Time ahead"), "value": round_words.minutes(walked.duration_s), "icon": "clock"},
        ],
        "may_replan": round_words.may_change(walked) and request.actor.may(policy.STEER, walked.area_code),
        "breadcrumbs": [{"label": _("Delivery rounds"), "url": reverse("dispatch:rounds")},
                        {"label": _name(walked, is_open=False)}],
    } | round_words.sketch_of(walked, list(sheet.stops))  # fmt: skip
    return render(request, "dispatch/round.html", context)


@require_POST
@idempotent
@signed_in(policy.STEER)
def round_replan(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Plan what remains of a round again."""
    try:
        with acting(WRITER):
            walked = queries.round_to_steer(actor=request.actor, uuid=uuid)
            commands.replan_round(actor=request.actor, now=clock.now(), walked=walked)
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Planned again. Stops already set out for stay first."))
    return HttpResponseRedirect(reverse("dispatch:round", args=[uuid]), status=303)


@signed_in(policy.VIEW)
def round_print(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the sheet of a round; by POST with names, doors and telephones, which is journalled."""
    now = clock.now()
    sheet = queries.round_sheet(actor=request.actor, now=now, uuid=uuid)
    is_open = request.method == "POST"
    if is_open:
        with acting(WRITER):
            commands.note_round_printed(actor=request.actor, now=now, planned=sheet.round)
    context = {
        "page_title": _("Delivery round of %(name)s") % {"name": _name(sheet.round, is_open)},
        "page_subtitle": _subtitle(sheet), "stops": [_stop(seen, is_open) for seen in sheet.stops],
        "printed_by": request.actor.name, "printed_at": now, "contains_persons": is_open,
        "back_url": reverse("dispatch:round", args=[uuid]), "is_open": is_open,
        "may_open": request.actor.may(policy.STEER, sheet.round.area_code) and not is_open, "landscape": True,
    } | round_words.sketch_of(sheet.round, list(sheet.stops))  # fmt: skip
    return render(request, "dispatch/round_print.html", context)


def _progress(request: ActorRequest, plan: RoundPlan, job: Job | None) -> dict[str, Any]:
    may_cancel = request.actor.may(policy.STEER, plan.area_code)
    address = reverse("dispatch:round_plan", args=[plan.uuid])
    return {
        "job": words.shown_job(job), "title": _("Searching for shorter rounds"), "result_url": address,
        "url": reverse("dispatch:round_plan_progress", args=[plan.uuid]),
        "cancel_url": reverse("dispatch:cancel_round_plan", args=[plan.uuid]) if may_cancel else "",
    }  # fmt: skip


def _plan_figures(detail: queries.PlanDetail) -> list[dict[str, Any]]:
    plan, saved = detail.plan, max(0, detail.first_m - detail.distance_m)
    left = sum(group.count for group in detail.left)
    return [
        {"label": _("Stops"), "value": plan.stop_count, "icon": "map-pin"},
        {"label": _("Rounds"), "value": plan.round_count, "icon": "route"},
        {"label": _("Way in all"), "value": words.distance(detail.distance_m), "icon": "route",
         "change": _("%(way)s shorter than the first order") % {"way": words.distance(saved)} if saved else ""},
        {"label": _("Offered with a round"), "value": plan.offered_count, "icon": "inbox"},
        {"label": _("Left waiting"), "value": left, "icon": "hourglass", "tone": "warn" if left else "neutral"},
        {"label": _("Seconds of search"), "value": f"{plan.seconds.get('search', 0):.1f}", "icon": "clock"},
    ]  # fmt: skip


def _subtitle(sheet: queries.RoundSheet) -> str:
    count = ngettext("%(count)s stop", "%(count)s stops", len(sheet.stops)) % {"count": len(sheet.stops)}
    time = round_words.minutes(sheet.round.duration_s)
    start = sheet.round.depot.name if sheet.round.depot else _("from where the helper lives")
    return " · ".join([count, words.distance(sheet.round.distance_m), time, start])


def _stop(seen: queries.HelperTask, is_open: bool) -> dict[str, Any]:
    place = " ".join(part for part in (seen.estate, seen.building) if part) or (seen.place_text if is_open else "")
    unit = _("unit %(unit)s") % {"unit": seen.unit} if seen.unit else ""
    return {
        "number": seen.task.need.number, "at": round_words.arrival(seen.task.planned_for),
        "priority": seen.task.need.priority,
        "title": NeedType(seen.task.need.need_type).label, "place": " ".join(part for part in (place, unit) if part),
        "door": seen.door if is_open else masked_door(seen.door), "stairs": words.stairs_words(seen),
        "person": seen.person if is_open else masked_name(seen.person),
        "telephone": seen.telephone if is_open else masked_phone(seen.telephone),
        "items": words.item_words(seen) if is_open else [], "note": seen.details if is_open else "",
    }  # fmt: skip


def _row(planned: DeliveryRound) -> dict[str, Any]:
    status = RoundStatus(planned.status)
    return {
        "url": reverse("dispatch:round", args=[planned.uuid]),
        "print_url": reverse("dispatch:round_print", args=[planned.uuid]), "helper": _name(planned, is_open=False),
        "state": {"label": status.label, "tone": words.ROUND_TONES[status]},
        "stops": planned.stop_count, "left": planned.left_count,  # type: ignore[attr-defined]
        "way": words.distance(planned.distance_m), "time": round_words.minutes(planned.duration_s),
        "start": planned.depot.name if planned.depot else "",
        "planned_at": planned.planned_at,
    }  # fmt: skip


def _name(planned: DeliveryRound, is_open: bool) -> str:
    name = planned.responder.name if is_open else masked_name(planned.responder.name)
    return name or _("someone who left")


def _columns() -> list[dict[str, Any]]:
    return [
        {"label": _("Helper")}, {"label": _("State")}, {"label": _("Stops"), "kind": "number"},
        {"label": pgettext("stops", "Left"), "kind": "number"}, {"label": _("Way"), "kind": "number"},
        {"label": _("Time"), "kind": "number"}, {"label": _("Starts at")},
        {"label": _("Planned")}, {"label": _("Sheet"), "hidden": True},
    ]  # fmt: skip
