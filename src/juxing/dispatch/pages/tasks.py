"""Pages of tasks for desks: who helps whom and why; taking a task away; recording for a helper without a phone."""

from __future__ import annotations

from collections.abc import Callable
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
from juxing.dispatch.enums import LIVE, TaskStatus
from juxing.dispatch.forms import TaskFilterForm
from juxing.dispatch.lifecycle import TASK
from juxing.dispatch.models import Task
from juxing.dispatch.pages import reasons, words
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import InvalidInput, NotVisible
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, signed_in
from juxing.needs.enums import NeedType
from juxing.needs.policy import COUNSELLING
from juxing.supplies.units import unit_label

WRITER = Actor.system("task of a desk")
PLAIN_STEPS: dict[str, Callable[..., Task]] = {
    "accept": commands.accept_task,
    "decline": commands.decline_task,
    "check_in": commands.check_in,
    "finish": commands.finish_task,
}
REASONED_STEPS: dict[str, Callable[..., Task]] = {"block": commands.block_task, "cancel": commands.cancel_task}


@signed_in(policy.VIEW)
def task_list(request: ActorRequest) -> HttpResponse:
    """List tasks."""
    form = TaskFilterForm(request.GET)
    form.is_valid()
    status = form.cleaned_data.get("status", "")
    filters = queries.TaskFilters(status=status, area_code=request.GET.get("area", "")[:40])
    now = clock.now()
    page = queries.tasks_page(actor=request.actor, now=now, filters=filters, cursor=request.GET.get("cursor"))
    context = {
        "page_title": _("Tasks"), "page_icon": "checklist",
        "page": words.page_shown(page, [_row(task) for task in page.rows]),
         "form": form,
        "columns": _columns(), "tabs": _tabs(request.actor, status),
        "caption": _("Tasks, offered last first"), "pager_text": _("Offered last first"),
        "empty": {
            "icon": "checklist", "title": _("No tasks here."), "text": _("A matching run makes tasks out of requests."),
            "action": {"label": _("Matching"), "url": reverse("dispatch:runs"), "icon": "link"},
        },
    }  # fmt: skip
    return render(request, "dispatch/tasks.html", context)


@signed_in(policy.VIEW)
def task_page(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one task with the reasons for it."""
    return _show(request, uuid)


@require_POST
@idempotent
@signed_in(policy.STEER)
def take_step(request: ActorRequest, uuid: UUID, step: str) -> HttpResponse:
    """Take a task away, or record what a helper without a phone said."""
    if step not in {*PLAIN_STEPS, *REASONED_STEPS}:
        raise NotVisible
    values: dict[str, Any] = {"actor": request.actor, "now": clock.now()}
    try:
        with acting(WRITER):
            task = queries.task_to_steer(actor=request.actor, uuid=uuid)
            if step in REASONED_STEPS:
                REASONED_STEPS[step](**values, task=task, reason=request.POST.get("reason", ""))
            else:
                PLAIN_STEPS[step](**values, task=task)
    except InvalidInput as refusal:
        messages.error(request, str(refusal.message))
        return _show(request, uuid, status=422)
    messages.success(request, _("Recorded: %(what)s.") % {"what": TASK[step].label})
    return HttpResponseRedirect(reverse("dispatch:task", args=[uuid]), status=303)


@signed_in(policy.VIEW)
def photo(request: ActorRequest, uuid: UUID, photo: UUID) -> HttpResponse:
    """Hand out a photo of a delivery."""
    found = queries.photo_of(actor=request.actor, task_uuid=uuid, uuid=photo)
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(found.content), content_type=found.content_type, headers=headers)


def _show(request: ActorRequest, uuid: UUID, *, status: int = 200) -> HttpResponse:
    detail = queries.task_detail(actor=request.actor, uuid=uuid)
    task, need = detail.task, detail.task.need
    may_steer = policy.can_steer(request.actor, task)
    context = {
        "page_title": NeedType(need.need_type).label, "page_subtitle": need.number, "page_icon": "checklist",
        "page_badge": words.task_state(task), "detail": detail, "task": task, "items": _items(task),
        "reasons": reasons.reasons_for(task), "priority": need.priority,
        "lines": [] if need.need_type == COUNSELLING else _lines(detail),
        "entries": words.entries_shown(detail.entries),
        "steps": [step for step in PLAIN_STEPS if step in detail.steps] if may_steer else [],
        "may_block": may_steer and "block" in detail.steps, "may_cancel": may_steer and "cancel" in detail.steps,
        "breadcrumbs": [{"label": _("Tasks"), "url": reverse("dispatch:tasks")}, {"label": need.number}],
    }  # fmt: skip
    return render(request, "dispatch/task.html", context, status=status)


def _items(task: Task) -> list[dict[str, Any]]:
    run = task.match.run if task.match else None
    return [
        {"term": pgettext("dispatch", "Request"), "value": task.need.number},
        {"term": pgettext("dispatch", "Place"), "value": _place(task)},
        {"term": _("Helper"), "value": words.helper_name(task)},
        {"term": _("Way"), "value": words.distance(task.match.distance_m) if task.match else ""},
        {"term": _("Offered"), "value": task.offered_at},
        {"term": _("Answer until"), "value": task.expires_at if task.status == TaskStatus.OFFERED else _("answered")},
        {
            "term": _("Matching run"), "value": run.started_at if run else _("none"),
            "url": reverse("dispatch:run", args=[run.uuid]) if run else "",
        },
        {
            "term": _("Round"),
            "value": _("stop %(position)s") % {"position": task.position} if task.round_id else _("none"),
        },
    ]  # fmt: skip


def _lines(detail: queries.TaskDetail) -> list[dict[str, Any]]:
    depots = {row.item_id: row.depot.name for row in detail.reservations}
    return [
        {
            "words": line.item.name if line.item else line.written, "quantity": line.quantity,
            "unit": line.item.unit_label if line.item else unit_label(line.unit),
            "depot": depots.get(line.item_id or 0, ""),
        }
        for line in detail.lines
        if line.item is None or not line.item.is_medicine
    ]  # fmt: skip


def _place(task: Task) -> str:
    household = task.need.household
    if household is None:
        return str(task.need.place_text) or _("not known yet")
    return f"{household.building.estate.name} {household.building.label}"


def _row(task: Task) -> dict[str, Any]:
    return {
        "url": reverse("dispatch:task", args=[task.uuid]), "number": task.need.number, "priority": task.need.priority,
        "title": NeedType(task.need.need_type).label, "place": _place(task), "helper": words.helper_name(task),
        "way": words.distance(task.match.distance_m) if task.match else "", "state": words.task_state(task),
        "offered_at": task.offered_at,
    }  # fmt: skip


def _columns() -> list[dict[str, Any]]:
    return [
        {"label": pgettext("dispatch", "Request")}, {"label": _("Priority")},
        {"label": pgettext("dispatch", "What")}, {"label": pgettext("dispatch", "Place")},
        {"label": _("Helper")}, {"label": _("Way"), "kind": "number"}, {"label": _("State")}, {"label": _("Offered")},
    ]  # fmt: skip


def _tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    counts = queries.counts_by_status(actor=actor)
    address = reverse("dispatch:tasks")
    tabs = [
        {"label": _("All"), "url": address, "is_current": not current},
        {"label": pgettext("dispatch", "Not ended"), "url": f"{address}?status=live", "is_current": current == "live",
         "badge": sum(counts.values())},
    ]  # fmt: skip
    shown = [status for status in TaskStatus if status in LIVE]
    tabs += [
        {"label": status.label, "url": f"{address}?status={status}", "is_current": current == status,
         "badge": counts.get(status, 0)}
        for status in shown
    ]  # fmt: skip
    return tabs
