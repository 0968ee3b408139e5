"""Conversions: order them, work through the checklist, open, return, and see what became of bookings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.venues import commands, policy
from juxing.venues.enums import OPEN_CONVERSIONS, VenueConversionStatus, VenueFunction
from juxing.venues.forms import ConversionFilterForm, ConversionForm
from juxing.venues.models import VenueConversion
from juxing.venues.pages.words import conversion_badge, crumbs, slot_badge, tabs, venue_crumb
from juxing.venues.queries import conversions as queries
from juxing.venues.queries import venues as venue_queries

State = VenueConversionStatus


@signed_in(policy.SEE)
def conversion_list(request: ActorRequest) -> HttpResponse:
    """List conversions, newest first."""
    form, now = ConversionFilterForm(request.GET), clock.now()
    status = form.cleaned_data["status"] if form.is_valid() else ""
    page = queries.conversions_page(actor=request.actor, status=status, cursor=request.GET.get("cursor"))
    for row in page.rows:
        row.badge = conversion_badge(row, now=now)  # type: ignore[attr-defined]
    order = {"label": _("Convert venues"), "url": reverse("venues:convert"), "icon": "switch-horizontal",
             "kind": "primary"}  # fmt: skip
    context = {
        "page_title": pgettext("venue", "Conversions"), "page_icon": "switch-horizontal",
        "tabs": tabs(request.actor, "conversions"),
        "page_subtitle": _("Venues that are turned into another function, and back."), "form": form, "page": page,
        "page_actions": [order] if request.actor.may_somewhere(policy.CONVERT) else [],
        "reset_url": reverse("venues:conversions"), "caption": pgettext("venue", "Conversions"),
        "columns": [{"label": _("Venue")}, {"label": _("Into")}, {"label": _("Ready by")},
                    {"label": pgettext("venue", "Until")}, {"label": _("Checklist")}, {"label": _("State")}],
        "empty": {"icon": "switch-horizontal", "title": _("No venue is converted"),
                  "text": _("Every venue serves as on ordinary days.")},
    }  # fmt: skip
    return render(request, "venues/conversions.html", context)


@idempotent
@signed_in(policy.CONVERT)
def convert(request: ActorRequest) -> HttpResponse:
    """Choose a function, then the venues that can serve it, from when, until when and why."""
    function = request.POST.get("function") or request.GET.get("function", VenueFunction.TESTING_SITE)
    if function not in VenueFunction.values:
        function = VenueFunction.TESTING_SITE
    now = clock.now()
    venues = venue_queries.venues_to_convert(actor=request.actor, area_code="", function=function)
    form = ConversionForm(request.POST or None, venues=venues, initial=ConversionForm.usual(now))
    if request.method == "POST" and form.is_valid():
        try:
            outcome = _order(request, form, function)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            _tell(request, outcome)
            return redirect("venues:conversions")
    context = {
        "page_title": _("Convert venues"), "form": form, "function": function, "functions": VenueFunction.choices,
        "venues": venues, "cancel_url": reverse("venues:conversions"),
        "breadcrumbs": crumbs(_all_crumb(), (_("Convert venues"), "")),
        **new_form_key(),
    }  # fmt: skip
    return render(request, "venues/convert.html", context, status=422 if form.errors else 200)


@signed_in(policy.SEE)
def conversion(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one conversion: its checklists, and the bookings whose rooms it took."""
    return _page(request, queries.conversion(actor=request.actor, uuid=uuid))


@require_POST
@idempotent
@signed_in(policy.WORK)
def tick(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Tick a line of the checklist, or take the tick back."""
    task = queries.task(actor=request.actor, uuid=uuid)
    try:
        commands.set_task(
            actor=request.actor, now=clock.now(), task=task, is_done=request.POST.get("done", "1") == "1"
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return redirect("venues:conversion", task.conversion.uuid)


@require_POST
@idempotent
@signed_in(policy.CONVERT)
def step(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Open it, return it, say that it is returned, or give the work up."""
    found = queries.conversion(actor=request.actor, uuid=uuid)
    try:
        words = _do(request, found, what)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return _page(request, queries.conversion(actor=request.actor, uuid=uuid), status=refusal.status)
    messages.success(request, words)
    return redirect("venues:conversion", uuid)


def _do(request: ActorRequest, found: VenueConversion, what: str) -> str:
    actor, now, reason = request.actor, clock.now(), request.POST.get("reason", "")
    if what == "open":
        commands.open_conversion(actor=actor, now=now, conversion=found)
        return _("The venue is open in its new function.")
    if what == "return":
        outcome = commands.return_venues(actor=actor, now=now, conversions=[found], reason=reason)
        return _("Return ordered. Bookings that stand again: %(count)s.") % {"count": outcome.restored}
    if what == "close":
        commands.close_conversion(actor=actor, now=now, conversion=found)
        return _("The venue is back in its ordinary use.")
    if what == "give-up":
        commands.give_up_conversion(actor=actor, now=now, conversion=found, reason=reason)
        return _("The work was given up.")
    raise InvalidInput("step_unknown", _("There is no such step."))


def _order(request: ActorRequest, form: ConversionForm, function: str) -> commands.Converted:
    now = clock.now()
    chosen = venue_queries.chosen_venues(
        actor=request.actor, uuids=[UUID(uuid) for uuid in form.cleaned_data["venues"]]
    )
    return commands.convert_venues(actor=request.actor, now=now, venues=chosen, wish=form.wish(function, now=now))


def _tell(request: ActorRequest, outcome: commands.Converted) -> None:
    displaced = outcome.displaced
    words = _(
        "Ordered for %(venues)s venues. Bookings: %(offered)s were offered another room, %(suspended)s suspended, "
        "%(kept)s keep their room because they begin too soon."
    ) % {
        "venues": len(outcome.conversions), "offered": displaced.offered, "suspended": displaced.suspended,
        "kept": displaced.kept,
    }  # fmt: skip
    messages.success(request, words)
    if displaced.to_call:
        messages.warning(
            request, _("%(count)s bookers must be telephoned: see Bookings.") % {"count": displaced.to_call}
        )
    for code in sorted(set(outcome.left_out.values())):
        count = sum(each == code for each in outcome.left_out.values())
        messages.warning(request, f"{_reason(code)} ({count})")


def _all_crumb() -> tuple[str, str]:
    return pgettext("venue", "Conversions"), reverse("venues:conversions")


def _reason(code: str) -> str:
    return {
        "no_layout": _("Left out: no layout for this function."),
        "closed": _("Left out: closed for good."),
        "rooms_taken": _("Left out: its rooms are taken by another conversion."),
        "converted": _("Left out: it is converted already."),
        "serves_already": _("Left out: it serves so on ordinary days."),
    }[code]


def _page(request: ActorRequest, found: VenueConversion, *, status: int = 200) -> HttpResponse:
    now, tasks = clock.now(), queries.tasks_of(found)
    at_hand = "return" if found.status in {State.REVERTING, State.REVERTED, State.FAILED} else "convert"
    listed = [task for task in tasks if task.phase == at_hand]
    done = sum(task.done_at is not None for task in listed)
    slots = queries.displaced_by(found)
    for slot in slots:
        slot.badge = slot_badge(slot)  # type: ignore[attr-defined]
    actions = _actions(request, found)
    context = {
        "page_title": f"{found.venue.name} → {found.get_function_display()}", "conversion": found, "tasks": listed,
        "other_tasks": [task for task in tasks if task.phase != at_hand], "at_hand": at_hand, "done": done,
        "percent": 100 * done // len(listed) if listed else 100, "slots": slots,
        "page_badge": conversion_badge(found, now=now), "page_subtitle": found.number,
        "may_tick": policy.can_work(request.actor, found) and found.status in _TICKED, "page_actions": actions,
        "may_return": any(action.get("dialog") == "return" for action in actions),
        "breadcrumbs": crumbs(_all_crumb(), venue_crumb(found.venue),
                              (found.get_function_display(), "")),
        **new_form_key(),
    }  # fmt: skip
    return render(request, "venues/conversion.html", context, status=status)


_TICKED = frozenset({State.PLANNED, State.ORDERED, State.CONVERTING, State.REVERTING})


def _actions(request: ActorRequest, found: VenueConversion) -> list[dict[str, Any]]:
    if not policy.can_convert(request.actor, found):
        return []
    steps: list[dict[str, Any]] = []
    if found.status == State.READY:
        steps.append({"label": _("Open it"), "url": reverse("venues:step", args=[found.uuid, "open"]),
                      "method": "post", "kind": "primary", "icon": "player-play"})  # fmt: skip
    if found.status in OPEN_CONVERSIONS:
        steps.append({"label": _("Return it"), "dialog": "return", "icon": "arrow-back-up"})
    if found.status == State.REVERTING:
        steps.append({"label": _("It is returned"), "url": reverse("venues:step", args=[found.uuid, "close"]),
                      "method": "post", "kind": "primary", "icon": "check"})  # fmt: skip
    return steps
