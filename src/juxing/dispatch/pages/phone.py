"""The helper's own pages: offers near me, yes or no with one tap, on my way, cannot, done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.dispatch import commands, queries
from juxing.dispatch.enums import HELD, TaskStatus
from juxing.dispatch.forms import DoneForm, ReasonForm
from juxing.dispatch.models import Task
from juxing.dispatch.pages import reasons, round_words, words
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_name
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, show_refusal, signed_in
from juxing.needs.enums import NeedType

OWN = Actor.system("own tasks")
STEPS: dict[str, Callable[..., Task]] = {
    "accept": commands.accept_task,
    "decline": commands.decline_task,
    "check_in": commands.check_in,
}


@signed_in()
def my_tasks(request: ActorRequest) -> HttpResponse:
    """Show offers near me, what I hold, and what ended today."""
    now = clock.now()
    own = queries.own_tasks(actor=request.actor, now=now)
    context = {
        "page_title": _("My tasks"), "keep_offline": True, "live_topics": "dispatch",
        "offers": [card(seen, now=now) for seen in own.offers], "held": [card(seen, now=now) for seen in own.held],
        "ended": [card(seen, now=now) for seen in own.ended], "rounds": own.rounds,
        "has_map": bool([*own.offers, *own.held]), "map_url": reverse("dispatch:my_map"),
    }  # fmt: skip
    return render(request, "dispatch/my_tasks.html", context)


@signed_in()
def my_map(request: ActorRequest) -> HttpResponse:
    """Answer the map of one's own tasks: buildings, never persons."""
    own = queries.own_tasks(actor=request.actor, now=clock.now())
    features = [_feature(seen) for seen in [*own.offers, *own.held] if seen.longitude is not None]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@signed_in()
def my_task(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one of one's own tasks."""
    return _show(request, uuid)


@require_POST
@idempotent
@signed_in()
def take_step(request: ActorRequest, uuid: UUID, step: str) -> HttpResponse:
    """Accept, decline or check in."""
    if step not in STEPS:
        raise NotVisible
    now = clock.now()
    task = queries.own_task_to_answer(actor=request.actor, uuid=uuid)
    try:
        with acting(OWN):
            STEPS[step](actor=request.actor, now=now, task=task)
    except Refusal as refusal:
        if request.headers.get("X-Juxing-Queue"):
            raise
        messages.error(request, str(refusal.message))
        return HttpResponseRedirect(reverse("dispatch:my_tasks"), status=303)
    told = {
        "accept": _("Thank you! You see the door and the telephone now."),
        "decline": _("All right, someone else is asked. It changes nothing for you."),
        "check_in": _("Noted: on the way."),
    }  # fmt: skip
    messages.success(request, told[step])
    where = reverse("dispatch:my_tasks") if step == "decline" else reverse("dispatch:my_task", args=[uuid])
    return HttpResponseRedirect(where, status=303)


@idempotent
@signed_in()
def block(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Say what is in the way."""
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        now = clock.now()
        task = queries.own_task_to_answer(actor=request.actor, uuid=uuid)
        try:
            with acting(OWN):
                commands.block_task(actor=request.actor, now=now, task=task, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Thank you. The community looks for a way."))
            return HttpResponseRedirect(reverse("dispatch:my_task", args=[uuid]), status=303)
    return _show(request, uuid, reason_form=form)


@idempotent
@signed_in()
def finish(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Report that it is done, with a word or a picture."""
    form = DoneForm(request.POST or None, request.FILES or None) if request.method == "POST" else DoneForm()
    if form.is_valid():
        now = clock.now()
        task = queries.own_task_to_answer(actor=request.actor, uuid=uuid)
        photo = form.cleaned_data["photo"]
        try:
            with acting(OWN):
                commands.finish_task(
                    actor=request.actor, now=now, task=task, note=form.cleaned_data["note"],
                    photo=photo.read() if photo else b"",
                )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Done. Thank you!"))
            return HttpResponseRedirect(reverse("dispatch:my_tasks"), status=303)
    return _show(request, uuid, done_form=form)


@signed_in()
def my_round(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the stops of one's own round on the map and in order; persons are masked until a stop is opened."""
    now = clock.now()
    planned, stops = queries.own_round(actor=request.actor, now=now, uuid=uuid)
    done = [seen for seen in stops if seen.task.status in round_words.DONE]
    ahead = [seen for seen in stops if seen.task.status in {TaskStatus.OFFERED, *HELD}]
    home = (planned.responder.longitude, planned.responder.latitude)
    context = {
        "page_title": _("My round"), "back_url": reverse("dispatch:my_tasks"), "keep_offline": True,
        "live_topics": "dispatch", "round": planned, "way": words.distance(planned.distance_m),
        "facts": round_words.round_facts(planned), "done_count": len(done),
        "offered_count": sum(1 for seen in ahead if seen.task.status == TaskStatus.OFFERED),
        "stops": [_round_card(seen, now=now) for seen in ahead],
        "may_replan": len(ahead) > 1 and round_words.may_change(planned),
    } | round_words.sketch_of(planned, ahead, phone=True, home=None if done else home)  # fmt: skip
    return render(request, "dispatch/my_round.html", context)


@require_POST
@idempotent
@signed_in()
def accept_round(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Say yes to every offer of one's own round."""
    now = clock.now()
    planned, stops = queries.own_round(actor=request.actor, now=now, uuid=uuid)
    taken = 0
    for seen in stops:
        if seen.task.status != TaskStatus.OFFERED:
            continue
        try:
            with acting(OWN):
                commands.accept_task(actor=request.actor, now=now, task=seen.task)
            taken += 1
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            break
    if taken:
        messages.success(request, _("Thank you! You see the doors and the telephones now."))
    return HttpResponseRedirect(reverse("dispatch:my_round", args=[planned.uuid]), status=303)


@require_POST
@idempotent
@signed_in()
def replan_round(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Plan what remains of one's own round again."""
    now = clock.now()
    planned, _stops = queries.own_round(actor=request.actor, now=now, uuid=uuid)
    with acting(OWN):
        commands.replan_round(actor=request.actor, now=now, walked=planned)
    messages.success(request, _("Planned again. Stops already set out for stay first."))
    return HttpResponseRedirect(reverse("dispatch:my_round", args=[planned.uuid]), status=303)


def _round_card(seen: queries.HelperTask, *, now: datetime) -> dict[str, Any]:
    """A stop for the order of a round: whom one goes to is masked, the task's own page says it."""
    shown = card(seen, now=now)
    return shown | {
        "person": masked_name(seen.person), "telephone": "", "details": "", "reasons": [],
        "window": shown["window"] or _arrival_words(seen),
    }  # fmt: skip


def _arrival_words(seen: queries.HelperTask) -> str:
    at = round_words.arrival(seen.task.planned_for)
    return _("about %(time)s") % {"time": at} if at else ""


def card(seen: queries.HelperTask, *, now: datetime) -> dict[str, Any]:
    """Return a task for the phone's card."""
    task = seen.task
    status = TaskStatus(task.status)
    address = reverse("dispatch:my_task", args=[task.uuid])
    window = words.minutes_left(task.expires_at, now) if status == TaskStatus.OFFERED else ""
    way = words.distance(task.match.distance_m) if task.match else ""
    return {
        "uuid": task.uuid, "title": NeedType(task.need.need_type).label, "number": task.need.number,
        "priority": task.need.priority if status in {TaskStatus.OFFERED, *HELD} else "",
        "state": words.task_state(task), "place": words.place_words(seen),
        "place_note": words.stairs_words(seen), "distance": way if status == TaskStatus.OFFERED else "",
        "window": window, "person": seen.person, "telephone": seen.telephone,
        "note": " · ".join(words.item_words(seen)), "details": seen.details,
        "reasons": reasons.reasons_for(task) if status in {TaskStatus.OFFERED, *HELD} else [],
        "url": address if status in HELD else "", "actions": _actions(seen, address),
    }  # fmt: skip


def _actions(seen: queries.HelperTask, address: str) -> list[dict[str, Any]]:
    status = seen.task.status
    if status == TaskStatus.OFFERED:
        return [
            {"label": _("I will do it"), "url": f"{address}accept/", "icon": "check", "kind": "primary",
             "offline": _("Accepting a task")},
            {"label": _("Not this time"), "url": f"{address}decline/", "icon": "hand-stop",
             "offline": _("Declining a task")},
        ]  # fmt: skip
    if status in {TaskStatus.ACCEPTED, TaskStatus.BLOCKED}:
        return [
            {"label": _("On my way"), "url": f"{address}check_in/", "icon": "route", "kind": "primary",
             "offline": _("On my way")}
        ]  # fmt: skip
    return []


def _feature(seen: queries.HelperTask) -> dict[str, Any]:
    task = seen.task
    is_offer = task.status == TaskStatus.OFFERED
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [seen.longitude, seen.latitude]},
        "properties": {
            "title": str(NeedType(task.need.need_type).label), "text": " ".join([seen.estate, seen.building]),
            "priority": task.need.priority, "tone": "warn" if is_offer else "info",
            "url": "" if is_offer else reverse("dispatch:my_task", args=[task.uuid]),
        },
    }  # fmt: skip


def _show(
    request: ActorRequest, uuid: UUID, *, reason_form: ReasonForm | None = None, done_form: DoneForm | None = None
) -> HttpResponse:
    now = clock.now()
    seen = queries.own_task(actor=request.actor, now=now, uuid=uuid)
    status = seen.task.status
    has_errors = any(form is not None and form.errors for form in (reason_form, done_form))
    context = {
        "page_title": NeedType(seen.task.need.need_type).label, "back_url": reverse("dispatch:my_tasks"),
        "keep_offline": True, "task": card(seen, now=now) | {"url": ""}, "uuid": uuid,
        "may_finish": status in HELD, "may_block": status in {TaskStatus.ACCEPTED, TaskStatus.IN_PROGRESS},
        "may_decline": status == TaskStatus.ACCEPTED, "details": seen.details,
        "reason_form": reason_form or ReasonForm(), "done_form": done_form or DoneForm(),
    }  # fmt: skip
    return render(request, "dispatch/my_task.html", context, status=422 if has_errors else 200)
