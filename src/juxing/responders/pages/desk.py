"""Pages for desks: who can help here, recording and verifying them, lists that units send."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import InvalidInput, NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.responders import commands, policy, queries
from juxing.responders.enums import ReportInStatus
from juxing.responders.forms import FilterForm, ProfileForm, ResponderForm
from juxing.responders.lifecycle import RESPONDER
from juxing.responders.pages.words import TONES, detail_items, entries_shown, page_shown, report_in_words, row_of

STEPS = {
    "verify": commands.verify_responder,
    "place": commands.place_responder,
    "release": commands.release_responder,
    "pause": commands.pause_responder,
    "return": commands.return_responder,
    "withdraw": commands.withdraw_responder,
}


@signed_in(policy.VIEW)
def responder_list(request: ActorRequest) -> HttpResponse:
    """List who can help here."""
    form = FilterForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    filters = queries.Filters(
        status=wanted.get("status", ""), kind=wanted.get("kind", ""), skill=wanted.get("skill", ""),
        text=wanted.get("q", ""), area_code=request.GET.get("area", "")[:40],
    )  # fmt: skip
    page = queries.responders_page(actor=request.actor, filters=filters, cursor=request.GET.get("cursor"))
    rows = [row_of(row, request.actor) for row in queries.listed(page.rows, now=clock.now())]
    may_record = request.actor.may_somewhere(policy.VERIFY)
    may_tick = may_record and filters.status == ReportInStatus.SUBMITTED
    context = {
        "page_title": _("Responders"), "page_icon": "users", "form": form,

        "page": page_shown(page, rows),

        "may_verify": may_tick,
        "tabs": _tabs(request.actor, filters.status),
        "page_actions": _list_actions(request.actor) if may_record else [],
        "columns": _columns(may_tick=may_tick),
        "caption": _("Responders, newest first"), "pager_text": _("Newest first"),
        "empty": {
            "icon": "users", "title": _("Nobody is in this list."),
            "text": _("Record someone who reports in, or take in the list of a unit."),
        },
    }  # fmt: skip
    return render(request, "responders/list.html", context)


@require_POST
@idempotent
@signed_in(policy.VERIFY)
def verify_selected(request: ActorRequest) -> HttpResponse:
    """Verify everyone ticked."""
    uuids = [uuid for text in request.POST.getlist("responder")[:500] if (uuid := _uuid(text)) is not None]
    count = commands.verify_many(actor=request.actor, now=clock.now(), uuids=uuids)
    told = ngettext("%(count)s person verified.", "%(count)s people verified.", count)
    messages.success(request, told % {"count": count})
    return HttpResponseRedirect(f"{reverse('responders:list')}?status={ReportInStatus.SUBMITTED}", status=303)


@require_POST
@idempotent
@signed_in(policy.VERIFY)
def take_step(request: ActorRequest, uuid: UUID, step: str) -> HttpResponse:
    """Verify, place, release, pause, take back or remove a responder."""
    if step not in STEPS:
        raise NotVisible
    responder = queries.responder_of(actor=request.actor, uuid=uuid)
    STEPS[step](actor=request.actor, now=clock.now(), responder=responder)
    messages.success(request, _("Done: %(what)s.") % {"what": RESPONDER[step].label})
    where = reverse("responders:list") if step == "withdraw" else reverse("responders:detail", args=[uuid])
    return HttpResponseRedirect(where, status=303)


@idempotent
@signed_in(policy.VERIFY)
def change(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Change what a responder can do, as they said."""
    responder = queries.responder_of(actor=request.actor, uuid=uuid)
    initial = {name: getattr(responder, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_profile(actor=request.actor, now=clock.now(), responder=responder, profile=form.profile())
        except InvalidInput as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("responders:detail", args=[uuid]), status=303)
    context = {
        "page_title": _("What %(name)s can do") % {"name": responder.name}, "form": form,
        "cancel_url": reverse("responders:detail", args=[uuid]), "form_key": new_form_key(),
    }  # fmt: skip
    return render(request, "responders/form.html", context, status=422 if form.errors else 200)


@require_POST
@idempotent
@signed_in(policy.VERIFY)
def switch_available(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Note for a responder whether they can be asked."""
    responder = queries.responder_of(actor=request.actor, uuid=uuid)
    commands.set_available(
        actor=request.actor, now=clock.now(), responder=responder, is_available=request.POST.get("to") == "on"
    )
    return HttpResponseRedirect(reverse("responders:detail", args=[uuid]), status=303)


@idempotent
@signed_in(policy.VERIFY)
def record(request: ActorRequest) -> HttpResponse:
    """Record someone who reports in."""
    form = ResponderForm(
        request.POST or None,
        communities=queries.communities_of(actor=request.actor),
        home_units=queries.home_units_of(actor=request.actor),
        initial={"languages": ["mandarin"], "transport": "foot"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            responder = commands.register_responder(actor=request.actor, now=clock.now(), given=form.given())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            told = _("%(name)s has reported in. Verify them when you know who they are.")
            messages.success(request, told % {"name": responder.name})
            return HttpResponseRedirect(reverse("responders:detail", args=[responder.uuid]), status=303)
    context = {
        "page_title": _("Record a report-in"), "page_icon": "user-plus", "form": form, "form_key": new_form_key(),
        "cancel_url": reverse("responders:list"), "keep_draft": "responder",
    }  # fmt: skip
    return render(request, "responders/form.html", context, status=422 if form.errors else 200)


@signed_in(policy.SEE_ATTENDANCE)
def attendance(request: ActorRequest) -> HttpResponse:
    """Show how many reported in, and how many came: figures of ten people and more."""
    stages = queries.attendance_funnel(actor=request.actor, now=clock.now())
    labels = {
        "reported_in": _("Reported in"), "verified": _("Verified"), "asked": _("Were offered a task"),
        "checked_in": _("Checked in"), "finished_one": _("Finished a task"),
        "finished_three": _("Finished three or more"),
    }  # fmt: skip
    shown = [(labels[stage.code], stage.count) for stage in stages]
    context: dict[str, Any] = {
        "page_title": _("From report-in to help"), "page_icon": "chart-bar", "stages": shown,
        "page_subtitle": _("Last 14 days, all responders of your area together"),
        "chart": {
            "title": _("People"), "kind": "bar", "horizontal": True, "categories": [str(label) for label, _n in shown],
            "series": [{"name": _("People"), "values": [count or 0 for _label, count in shown]}],
        },
    }  # fmt: skip
    return render(request, "responders/attendance.html", context)


@signed_in(policy.VIEW)
def responder_page(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one responder."""
    shown = queries.responder_detail(actor=request.actor, now=clock.now(), uuid=uuid)
    responder = shown.responder
    status = ReportInStatus(responder.status)
    offered = [step for step in RESPONDER.offered(request.actor, responder) if step.name in STEPS]
    context = {
        "page_title": responder.name or _("Someone who left"), "page_icon": "user", "shown": shown,
        "page_badge": {"label": status.label, "tone": TONES[status]}, "page_subtitle": shown.place,
        "items": detail_items(shown, request.actor), "entries": entries_shown(shown.entries),
        "steps": [step for step in offered if step.name != "withdraw"],
        "may_withdraw": any(step.name == "withdraw" for step in offered),
        "report_ins": report_in_words(shown),
        "may_change": policy.can_verify(request.actor, responder) and status != ReportInStatus.WITHDRAWN,
        "may_see_service": request.actor.may(policy.ROSTER, responder.area_code),
        "may_give_account": policy.can_give_account(request.actor, responder),
        "breadcrumbs": [{"label": _("Responders"), "url": reverse("responders:list")}, {"label": responder.name}],
    }  # fmt: skip
    return render(request, "responders/detail.html", context)


def _columns(*, may_tick: bool) -> list[dict[str, Any]]:
    tick: list[dict[str, Any]] = [{"label": _("Verify"), "hidden": True}] if may_tick else []
    return [
        *tick,
        {"label": _("Name")}, {"label": _("Kind")}, {"label": _("Community")}, {"label": _("Skills")},
        {"label": _("Gets about")}, {"label": _("State")}, {"label": _("Free today"), "kind": "number"},
    ]  # fmt: skip


def _tabs(actor: Any, current: str) -> list[dict[str, Any]]:
    counts = queries.counts_by_status(actor=actor)
    address = reverse("responders:list")
    everyone = sum(count for status, count in counts.items() if status != ReportInStatus.WITHDRAWN)
    tabs = [{"label": _("All"), "url": address, "is_current": not current, "badge": everyone}]
    shown = (ReportInStatus.SUBMITTED, ReportInStatus.VERIFIED, ReportInStatus.PLACED, ReportInStatus.INACTIVE)
    tabs += [
        {
            "label": status.label, "url": f"{address}?status={status}", "is_current": current == status,
            "badge": counts.get(status, 0),
        }
        for status in shown
    ]  # fmt: skip
    return tabs


def _list_actions(actor: Any) -> list[dict[str, Any]]:
    actions = [
        {"label": _("Record a report-in"), "url": reverse("responders:record"), "icon": "user-plus", "kind": "primary"},
        {"label": _("Take in a list"), "url": reverse("responders:lists"), "icon": "file-upload"},
        {"label": _("Recruitment calls"), "url": reverse("responders:calls"), "icon": "speakerphone"},
        {"label": _("Before tasks: for many"), "url": reverse("responders:clearances_many"), "icon": "shield-check"},
        {"label": _("Poster for reporting in"), "url": reverse("responders:poster"), "icon": "qrcode"},
    ]
    if actor.may_somewhere(policy.SEE_ATTENDANCE):
        actions.append({"label": _("Who came"), "url": reverse("responders:attendance"), "icon": "chart-bar"})
    return actions


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
