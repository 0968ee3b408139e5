"""Collection rounds, from the list to the building; and pausing what residents send in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.activations.queries import place_names
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, show_refusal, signed_in
from juxing.needs import commands, policy
from juxing.needs.collecting_forms import BuildingReportForm, PauseForm
from juxing.needs.models import CollectionRound, IntakePause
from juxing.needs.queries import collecting as queries
from juxing.needs.queries.doors import pause_places


@signed_in(policy.RECORD)
def rounds(request: ActorRequest) -> HttpResponse:
    """Show the rounds under way, and how far each pass is."""
    now = clock.now()
    page = queries.rounds_page(actor=request.actor, now=now, cursor=request.GET.get("cursor"))
    names = place_names(row.area_code for row in page.rows)
    listed = queries.progress_of(actor=request.actor, rounds=page.rows, now=now)
    context = {
        "page_title": _("Collection rounds"), "page_icon": "door",
        "page_subtitle": _("From door to door, so that nobody is missed who cannot ask"),
        "page": {"rows": [_round_row(row, names) for row in listed], "next_cursor": page.next_cursor,
                 "previous_cursor": page.previous_cursor},
        "columns": [{"label": _("Place")}, {"label": pgettext("needs", "Round")},
                    {"label": _("Buildings"), "kind": "number"},
                    {"label": pgettext("needs", "Doors"), "kind": "number"}, {"label": _("Needs"), "kind": "number"},
                    {"label": _("This pass ends")}],
        "caption": _("Rounds under way, place by place"),
        "empty": {"icon": "door", "title": _("No round is under way."),
                  "text": _("A response opens them, where its plan wants them.")},
    }  # fmt: skip
    return render(request, "needs/rounds.html", context)


@idempotent
@signed_in(policy.RECORD)
def collection_round(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the buildings of a round, those nobody was at first, and take what was found at one."""
    now = clock.now()
    found = queries.round_for(actor=request.actor, uuid=uuid)
    current = queries.pass_at(found, now)
    listed = queries.buildings_of(actor=request.actor, found=found, current=current)
    form = BuildingReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        building = next((each.building for each in listed if each.building.area_code == form.cleaned_data["building"]),
                        None)  # fmt: skip
        if building is None:
            raise NotVisible
        try:
            commands.report_building(
                actor=request.actor, now=now, found=found, building=building,
                doors_reached=form.cleaned_data["doors_reached"], unanswered=form.cleaned_data["unanswered"],
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("%(building)s is done for this pass.") % {"building": building.label})
            return HttpResponseRedirect(reverse("needs:round", args=[uuid]), status=303)
    [progress] = queries.progress_of(actor=request.actor, rounds=[found], now=now)
    context = {
        "page_title": _title(found), "page_lead": place_names([found.area_code])[found.area_code],
        "back_url": reverse("needs:rounds"), "round": found, "progress": progress, "current": current,
        "buildings": listed, "form": form, "is_over": found.closed_at is not None or found.ends_at <= now,
        **new_form_key(),
    }  # fmt: skip
    return render(request, "needs/round.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.READ)
def pauses(request: ActorRequest) -> HttpResponse:
    """Show where intake is paused, and pause it."""
    now = clock.now()
    may_pause = request.actor.may_somewhere(policy.PAUSE)
    form = PauseForm(request.POST or None, places=pause_places(request.actor.areas_with(policy.PAUSE)))
    if request.method == "POST" and not may_pause:
        raise NotVisible
    if carried_out(
        request, form, lambda filled: commands.pause_intake(actor=request.actor, now=now, **filled),
        done=_("Paused. The form for residents says so now."),
    ):  # fmt: skip
        return HttpResponseRedirect(reverse("needs:pauses"), status=303)
    page = queries.pauses_page(actor=request.actor, cursor=request.GET.get("cursor"))
    names = place_names(row.area_code for row in page.rows)
    context = {
        "page_title": _("Paused intake"), "page_icon": "player-pause",
        "page_subtitle": _("What residents send in can wait for a time; what life depends on always comes in"),
        "form": form if may_pause else None, **new_form_key(),
        "page": {"rows": [_pause_row(request, row, names, now) for row in page.rows],
                 "next_cursor": page.next_cursor, "previous_cursor": page.previous_cursor},
        "columns": [{"label": _("Place")}, {"label": _("Why")}, {"label": _("What residents do instead")},
                    {"label": _("Until")}, {"label": _("Paused by")}, {"label": _("Resume intake"), "hidden": True}],
        "caption": _("Pauses, those that end last first"),
        "empty": {"icon": "player-play", "title": _("Intake is open everywhere."), "text": ""},
    }  # fmt: skip
    return render(request, "needs/pauses.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.PAUSE)
@require_POST
def resume(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take in again what residents send."""
    pause = queries.pause_for(actor=request.actor, uuid=uuid)
    commands.resume_intake(actor=request.actor, now=clock.now(), pause=pause)
    messages.success(request, _("Everything is taken in again."))
    return HttpResponseRedirect(reverse("needs:pauses"), status=303)


def _title(found: CollectionRound) -> str:
    is_chinese = (get_language() or "").startswith("zh")
    return found.title if is_chinese or not found.title_en else found.title_en


def _round_row(row: queries.RoundProgress, names: dict[str, str]) -> dict[str, Any]:
    return {
        "place": names[row.round.area_code], "title": _title(row.round), "progress": row,
        "incident": row.round.activation.incident.title, "url": reverse("needs:round", args=[row.round.uuid]),
    }  # fmt: skip


def _pause_row(request: ActorRequest, row: IntakePause, names: dict[str, str], now: Any) -> dict[str, Any]:
    return {
        "pause": row, "place": names[row.area_code], "is_on": row.ends_at > now,
        "by": row.paused_by.display_name if row.paused_by else "",
        "may_resume": row.ends_at > now and request.actor.may(policy.PAUSE, row.area_code),
    }  # fmt: skip
