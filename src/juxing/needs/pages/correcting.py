"""Correcting a need while it waits, at the desk or by the household's link; two at once see each other's words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, new_form_key, open_to_all, show_refusal, signed_in
from juxing.needs import policy, queries
from juxing.needs.commands import ChangedMeanwhile, correct_need
from juxing.needs.corrections import DUE_BY_HAND, is_said_dangerous, is_said_urgent, mark_of
from juxing.needs.enums import WAITING
from juxing.needs.forms import CorrectionForm, StaffCorrectionForm
from juxing.needs.models import Need, NeedLine
from juxing.needs.pages.asking import INTAKE, RESIDENT
from juxing.needs.pages.tracking import no_such_link
from juxing.needs.queries import need_by_link
from juxing_text.quantities import units


@dataclass(frozen=True, slots=True)
class Place:
    """Where the correction is made: by whom, with which form and layout, and where it leads back."""

    actor: Actor
    form: type[CorrectionForm]
    base: str
    back_url: str


@idempotent
@signed_in()
def correct(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Correct a need at the desk."""
    need = queries.need_for(request.actor, uuid)
    policy.require(policy.can_correct(request.actor, need))
    place = Place(request.actor, StaffCorrectionForm, "desk.html", reverse("needs:detail", args=[uuid]))
    return _page(request, need, place)


@idempotent
@open_to_all
@never_cache
def correct_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Let the household correct its own request."""
    with acting(INTAKE):
        need = need_by_link(token, now=clock.now())
        if need is None:
            return no_such_link(request)
        return _page(
            request, need, Place(RESIDENT, CorrectionForm, "public.html", reverse("needs:track", args=[token]))
        )


def _page(request: HttpRequest, need: Need, place: Place) -> HttpResponse:
    if need.status not in WAITING or need.duplicate_of_id is not None:
        messages.info(request, _("It can no longer be changed: someone is already at work on it."))
        return HttpResponseRedirect(place.back_url, status=303)
    lines = list(need.lines.order_by("id"))
    form = place.form(request.POST or None, initial=_initial(need, lines, place))
    there, seen, status = None, request.POST.get("seen") or mark_of(need, lines), 200
    if request.method == "POST" and form.is_valid():
        try:
            correct_need(
                actor=place.actor, now=clock.now(), need=need, given=form.correction(), seen=form.cleaned_data["seen"]
            )
        except ChangedMeanwhile as refusal:
            form.add_error(None, str(refusal.message))
            there, seen, status = need, mark_of(need, lines), 409
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The correction is saved."))
            return HttpResponseRedirect(place.back_url, status=303)
    context = {
        "base": place.base, "form": form, "there": there, "seen": seen, "back_url": place.back_url, "need": need,
        "there_is_urgent": is_said_urgent(need), "there_is_dangerous": is_said_dangerous(need),
        "page_title": _("Correct %(number)s") % {"number": need.number}, **new_form_key(),
    }  # fmt: skip
    return render(request, "needs/correct.html", context, status=422 if form.errors and status == 200 else status)


def _initial(need: Need, lines: list[NeedLine], place: Place) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "need_type": need.need_type, "is_urgent": is_said_urgent(need), "is_danger_to_life": is_said_dangerous(need),
    }  # fmt: skip
    if need.triage.get(DUE_BY_HAND):
        initial["due_at"] = need.due_at
    counted = {item.pk for item in place.form().items}
    words = []
    for line in lines:
        name = f"item_{line.item_id}"
        if line.item_id in counted and name not in initial and _is_count(line.quantity):
            initial[name] = int(line.quantity or 0)
        else:
            words.append(_in_words(line))
    return {**initial, "other_things": "\n".join(words)}


def _is_count(quantity: Decimal | None) -> bool:
    return quantity is not None and quantity == quantity.to_integral_value() and 0 < quantity < 100


def _in_words(line: NeedLine) -> str:
    """Return the words of a thing, with how much unless they say it themselves."""
    amount = "" if line.quantity is None else f"{line.quantity.normalize():f}"
    known = units().get(line.unit)
    unit = known.names[0] if known else line.unit
    return line.written if not amount or amount in line.written else f"{line.written} {amount}{unit}"
