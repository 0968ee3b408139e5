"""Drills on the screen: prepared, held, and what they measured of the plan, beside earlier ones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.access.models import Account
from juxing.access.queries import actor_of
from juxing.command.queries import leads_for
from juxing.drills import commands, measuring, policy, queries
from juxing.drills.enums import DrillStatus
from juxing.drills.forms import DrillForm, StartForm
from juxing.drills.models import Drill
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.plans.queries import version_of

TONES = {DrillStatus.PLANNED: "neutral", DrillStatus.RUNNING: "moving", DrillStatus.ENDED: "done",
         DrillStatus.CANCELLED: "ended"}  # fmt: skip
GOOD, FAIR = 80, 60


@idempotent
@signed_in(policy.SEE)
def drill_list(request: ActorRequest) -> HttpResponse:
    """List drills, and prepare one."""
    may_hold = request.actor.may_somewhere(policy.HOLD)
    versions = queries.versions_to_drill(actor=request.actor) if may_hold else []
    form = DrillForm(
        request.POST or None,
        versions=[(str(row.uuid), f"{row.plan.title} v{row.number} ({row.get_status_display()})") for row in versions],
        initial={"planned_at": timezone.localtime(clock.now()).strftime("%Y-%m-%dT%H:%M"),
                 "version": request.GET.get("version", "")},
    )  # fmt: skip
    if request.method == "POST" and may_hold and form.is_valid():
        filled = dict(form.cleaned_data)
        try:
            version = version_of(actor=request.actor, uuid=UUID(filled.pop("version")))
            made = commands.prepare_drill(actor=request.actor, now=clock.now(), version=version, **filled)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The drill is prepared."))
            return HttpResponseRedirect(reverse("drills:drill", args=[made.uuid]), status=303)
    page = queries.drills_page(actor=request.actor, cursor=request.GET.get("cursor"))
    context = {
        "page_title": _("Drills"), "page_icon": "target", "caption": _("Drills, newest first"),
        "page": {"rows": [_row(row) for row in page.rows], "next_cursor": page.next_cursor,
                 "previous_cursor": page.previous_cursor},
        "columns": [{"label": _("Drill")}, {"label": _("Plan")}, {"label": _("When")}, {"label": _("State")},
                    {"label": _("Readiness of the plan"), "kind": "number"}],
        "form": form if may_hold else None, "form_is_open": bool(form.errors) or "version" in request.GET,
        "empty": {"icon": "target", "title": _("No drill yet."),
                  "text": _("A plan comes into force only after a drill, or for a reason that is kept.")},
        **new_form_key(),
    }  # fmt: skip
    return render(request, "drills/drills.html", context, status=422 if form.errors else 200)


@signed_in(policy.SEE)
def drill(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one drill: its injects, the way it runs, its report beside earlier ones."""
    found = queries.drill(actor=request.actor, uuid=uuid)
    return _show(request, found, _start_form(request, found))


@idempotent
@signed_in(policy.HOLD)
@require_POST
def act(request: ActorRequest, uuid: UUID, act: str) -> HttpResponse:
    """Begin it with people, let it play by itself, end it, give it up."""
    found = queries.drill(actor=request.actor, uuid=uuid)
    now, form = clock.now(), _start_form(request, found)
    try:
        if act == "play":
            commands.run_by_itself(actor=request.actor, now=now, drill=found)
            messages.success(request, _("Played by itself and rolled back; what it measured is below."))
        elif act == "start" and form.is_valid():
            second = Account.objects.get(sign_in_name=form.cleaned_data["second"])
            commands.start_drill(actor=request.actor, second=actor_of(second, now=now), now=now, drill=found)
            messages.success(request, _("The drill has begun. Everybody called sees that it is a drill."))
        elif act == "end":
            commands.end_drill(actor=request.actor, now=now, drill=found)
            messages.success(request, _("The drill is over; its report is below."))
        elif act == "cancel":
            commands.cancel_drill(actor=request.actor, now=now, drill=found)
        elif act != "start":
            raise NotVisible
    except Refusal as refusal:
        if refusal.status == NotVisible.status:
            raise
        show_refusal(form, refusal)
    if form.is_bound and form.errors and act == "start":
        return _show(request, found, form)
    if form.non_field_errors():
        return _show(request, found, form)
    return HttpResponseRedirect(reverse("drills:drill", args=[uuid]), status=303)


def _start_form(request: ActorRequest, found: Drill) -> StartForm:
    leads = leads_for(found, now=clock.now(), but=request.actor.account_id)
    return StartForm(request.POST if request.method == "POST" else None, leads=leads)


def _show(request: ActorRequest, found: Drill, form: StartForm) -> HttpResponse:
    now = clock.now()
    may_hold = policy.can_hold(request.actor, found)
    is_planned, is_running = found.status == DrillStatus.PLANNED, found.status == DrillStatus.RUNNING
    earlier = queries.earlier(found)
    errors = form.is_bound and bool(form.errors)
    context = {
        "page_title": found.title, "page_icon": "target", "drill": found,
        "page_subtitle": f"{found.version.plan.title} v{found.version.number} · {found.get_kind_display()}",
        "page_badge": {"label": found.get_status_display(), "tone": TONES[DrillStatus(found.status)]},
        "exercise": {"name": found.title} if is_running else None, "form": form, "may_hold": may_hold,
        "is_planned": is_planned, "is_running": is_running, "minutes": queries.exercise_minutes(found, now),
        "injects": [{**inject, "is_given": number < found.injects_given}
                    for number, inject in enumerate(found.injects)],
        "to_test": queries.to_test(found), "figures": _figures(found), "shares": _shares(found),
        "late_steps": _late(found), "live_topics": "drills command",
        "chart": _chart(earlier) if len(earlier) > 1 else None, **new_form_key(),
        "breadcrumbs": [{"label": _("Drills"), "url": reverse("drills:list")}, {"label": found.title}],
    }  # fmt: skip
    return render(request, "drills/drill.html", context, status=422 if errors else 200)


def _figures(found: Drill) -> list[dict[str, Any]]:
    told = found.measures
    if not told:
        return []
    score = found.score or 0
    tone = "good" if score >= GOOD else "warn" if score >= FAIR else "bad"
    return [
        {"label": _("Readiness of the plan"), "value": score, "unit": "/100", "tone": tone, "icon": "target"},
        {"label": _("First order, minutes"), "value": _number(told["first_order_min"]), "icon": "speakerphone"},
        {"label": _("Eight of ten posts manned, minutes"), "value": _number(told["muster_min"]), "icon": "users"},
        {"label": _("Acknowledged after, minutes (median)"), "value": _number(told["acknowledge_min"]),
         "icon": "check"},
        {"label": _("Conversion, seconds"), "value": _number(told["convert_s"]), "icon": "switch-horizontal"},
        {"label": _("Posts with A and B"), "value": f"{told['posts_ab']}/{told['posts']}", "icon": "user-check"},
        {"label": _("Steps in time"), "value": f"{told['steps_in_time']}/{told['steps']}", "icon": "clock"},
        {"label": _("Injects answered in time"), "value": f"{told['injects_answered']}/{told['injects']}",
         "icon": "bolt"},
        {"label": _("Messages held back"), "value": told["held_back"], "icon": "lock"},
    ]  # fmt: skip


def _shares(found: Drill) -> list[dict[str, Any]]:
    named = measuring.labels()
    shares = found.measures.get("shares", {})
    return [
        {"label": named[name], "percent": round(100 * shares[name]), "weight": weight}
        for name, weight in measuring.WEIGHTS.items() if name in shares
    ]  # fmt: skip


def _late(found: Drill) -> list[str]:
    titles = {row["code"]: row["title"] for row in found.version.content.get("playbook", [])}
    return [titles.get(code, code) for code in found.measures.get("late_steps", [])]


def _chart(earlier: list[Drill]) -> dict[str, Any]:
    return {
        "title": _("Readiness from drill to drill"), "kind": "bar", "unit": "/100",
        "description": _("Of the plan's versions, same level. It measures plans, never persons."),
        "categories": [f"v{row.version.number} {timezone.localtime(row.ended_at):%m-%d}" for row in earlier
                       if row.ended_at],
        "series": [{"name": _("Readiness of the plan"), "values": [row.score for row in earlier], "tone": "good"}],
    }  # fmt: skip


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _row(row: Drill) -> dict[str, Any]:
    return {
        "url": reverse("drills:drill", args=[row.uuid]), "title": row.title, "kind": row.get_kind_display(),
        "plan": f"{row.version.plan.title} v{row.version.number}", "at": row.started_at or row.planned_at,
        "badge": {"label": row.get_status_display(), "tone": TONES[DrillStatus(row.status)]}, "score": row.score,
    }  # fmt: skip
