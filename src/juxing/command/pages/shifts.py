"""Periods with their lead and handover, and the activity log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from juxing.access.models import Account
from juxing.activations.enums import RUNNING
from juxing.activations.queries import place_names
from juxing.command import commands, policy, queries
from juxing.command.forms import HandoverForm, LogForm, PeriodForm, TakeOverForm
from juxing.command.models import OperationalPeriod
from juxing.command.pages.overview import shell
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, signed_in

SHIFT = timedelta(hours=12)


@idempotent
@signed_in(policy.SEE)
def shifts(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the periods, and open the first."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    form = PeriodForm(request.POST or None, initial=_in_a_shift())
    if carried_out(
        request,
        form,
        lambda filled: commands.open_period(actor=request.actor, now=clock.now(), activation=found, **filled),
        done=_("The period has begun; you lead it."),
    ):
        return _to_shifts(uuid)
    periods = queries.periods_of(found)
    current = next((row for row in periods if row.ended_at is None), None)
    context = shell(request, found, _("Periods and handover"), "shifts") | {
        "page_icon": "clock", "periods": periods, "current": current, "form": form, **new_form_key(),
        "is_running": found.status in RUNNING and found.ends_at > clock.now(),
        "is_lead": current is not None and current.lead_id == request.actor.account_id,
        "is_next": current is not None and current.handed_to_id == request.actor.account_id,
    }  # fmt: skip
    return render(request, "command/shifts.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.LEAD)
def hand_over(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write down what the next shift must know."""
    period = queries.period(actor=request.actor, uuid=uuid)
    leads = queries.leads_for(period.activation, now=clock.now(), but=request.actor.account_id)
    form = HandoverForm(request.POST or None, leads=leads)
    if carried_out(
        request,
        form,
        lambda filled: commands.hand_over(
            actor=request.actor,
            now=clock.now(),
            period=period,
            text=filled["text"],
            to=Account.objects.get(sign_in_name=filled["to"]),
        ),
        done=_("Handed over. You lead until it is accepted."),
    ):
        return _to_shifts(period.activation.uuid)
    return _form_page(request, period, form, _("Hand over"))


@idempotent
@signed_in(policy.LEAD)
def accept(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Accept the lead with new aims."""
    period = queries.period(actor=request.actor, uuid=uuid)
    form = PeriodForm(request.POST or None, initial=_in_a_shift())
    if carried_out(
        request,
        form,
        lambda filled: commands.accept_handover(actor=request.actor, now=clock.now(), period=period, **filled),
        done=_("The period has begun; you lead it."),
    ):
        return _to_shifts(period.activation.uuid)
    return _form_page(request, period, form, _("Accept the lead"))


@idempotent
@signed_in(policy.LEAD)
def take_over(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take the lead when nobody can hand it over."""
    period = queries.period(actor=request.actor, uuid=uuid)
    form = TakeOverForm(request.POST or None, initial=_in_a_shift())
    if carried_out(
        request,
        form,
        lambda filled: commands.take_over(actor=request.actor, now=clock.now(), period=period, **filled),
        done=_("The period has begun; you lead it."),
    ):
        return _to_shifts(period.activation.uuid)
    return _form_page(request, period, form, _("Take over"))


@idempotent
@signed_in(policy.SEE)
def log(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the activity log, and write into it."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    form = LogForm(request.POST or None)
    if carried_out(
        request,
        form,
        lambda filled: commands.write_log(actor=request.actor, now=clock.now(), activation=found, text=filled["text"]),
    ):
        return HttpResponseRedirect(reverse("command:log", args=[uuid]), status=303)
    page = queries.log_page(actor=request.actor, activation=found, cursor=request.GET.get("cursor"))
    names = place_names(row.area_code for row in page.rows)
    more = f"?cursor={page.next_cursor}" if page.next_cursor else None
    context = shell(request, found, _("Activity log"), "log") | {
        "page_icon": "pencil", "form": form, **new_form_key(), "more_url": more,
        "entries": [{"title": row.text, "happened_at": row.happened_at, "place": names[row.area_code],
                     "actor": row.written_by.display_name if row.written_by else ""} for row in page.rows],
    }  # fmt: skip
    return render(request, "command/log.html", context, status=422 if form.errors else 200)


def _form_page(request: ActorRequest, period: OperationalPeriod, form: Any, title: str) -> HttpResponse:
    if not policy.can_lead(request.actor, period.activation):
        raise NotVisible
    context = shell(request, period.activation, title, "shifts") | {
        "form": form, "period": period, "submit_label": title, **new_form_key(),
        "cancel_url": reverse("command:shifts", args=[period.activation.uuid]),
    }  # fmt: skip
    return render(request, "command/shift_form.html", context, status=422 if form.errors else 200)


def _in_a_shift() -> dict[str, str]:
    return {"planned_end_at": timezone.localtime(clock.now() + SHIFT).strftime("%Y-%m-%dT%H:%M")}


def _to_shifts(uuid: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("command:shifts", args=[uuid]), status=303)
