"""Recording for others: at the desk for a resident looked up, on the hotline, and in a stairwell by phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import InvalidInput, NotVisible, Refusal
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, show_refusal, signed_in
from juxing.needs import policy, queries
from juxing.needs.commands import NeedInput, record_need
from juxing.needs.enums import IntakeChannel
from juxing.needs.forms import StaffNeedForm, StaffPlaceForm
from juxing.needs.pages.shown import shown
from juxing.needs.queries.collecting import is_form_short
from juxing.needs.queries.doors import estate_choices, meant_place
from juxing.people.finding import PeopleFound, find_people
from juxing.people.models import Resident


@idempotent
@signed_in(policy.RECORD)
def record(request: ActorRequest) -> HttpResponse:
    """Look a resident up, then record; or write the place where nobody is registered."""
    resident = (
        queries.resident_for(request.actor, _uuid(request.GET["resident"])) if "resident" in request.GET else None
    )
    form = _form(request, resident)
    similar: list[Any] = []
    if request.method == "POST" and form.is_valid():
        given = _given(request, form, resident)
        similar = [] if given.is_distinct else _similar(request, given)
        if not similar:
            try:
                recorded = record_need(actor=request.actor, now=clock.now(), given=given)
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                request.session["needs.new_link"] = request.build_absolute_uri(
                    reverse("needs:track", args=[recorded.link_token])
                )
                messages.success(request, _("Recorded as %(number)s.") % {"number": recorded.need.number})
                return HttpResponseRedirect(reverse("needs:detail", args=[recorded.need.uuid]), status=303)
    found, problem = _people(request)
    context = {
        "form": form, "resident": resident, "found": found, "problem": problem, "q": request.GET.get("q", ""),
        "similar": similar, "page_title": _("Record a need"), "is_written": "written" in request.GET,
        "household_place": _place(resident),
        "page_subtitle": _("For a resident who calls, comes by, or is visited"), **new_form_key(),
    }  # fmt: skip
    return render(request, "needs/record.html", context, status=422 if form.errors or similar else 200)


@idempotent
@signed_in(policy.RECORD)
def record_phone(request: ActorRequest) -> HttpResponse:
    """Record at a door, with or without signal; what repeats an open need is joined with it by itself."""
    estates = estate_choices(policy.recording_areas(request.actor))
    initial = {"channel": IntakeChannel.DOOR_KNOCK, **{name: request.GET[name] for name in ("estate", "building")
                                                       if name in request.GET}}  # fmt: skip
    form = StaffPlaceForm(request.POST or None, initial=initial, estates=estates)
    form.is_short = _is_short(request, estates)
    recorded = carried_out(
        request, form, lambda _filled: record_need(
            actor=request.actor, now=clock.now(), given=_given(request, form, None)
        ),
    )  # fmt: skip
    if recorded:
        need = recorded.made
        messages.success(request, _said_after_door(need.need.number, is_duplicate=need.is_duplicate))
        address = f"{reverse('needs:record_phone')}?estate={form.cleaned_data['estate']}"
        return HttpResponseRedirect(address, status=303)
    context = {"form": form, "page_title": _("Record at the door"), "keep_offline": True, **new_form_key()}
    return render(request, "needs/record_phone.html", context, status=422 if form.errors else 200)


def _is_short(request: ActorRequest, estates: list[tuple[str, list[tuple[str, str]]]]) -> bool:
    """Whether the form is short at the estate in the address, or at the only place where this person records."""
    offered = [code for _community, rows in estates for code, _name in rows]
    held = policy.recording_areas(request.actor).prefixes
    place = request.GET.get("estate", "")
    if place not in offered:
        place = held[0] if len(held) == 1 else ""
    return bool(place) and is_form_short(place, now=clock.now())


def _said_after_door(number: str, *, is_duplicate: bool) -> str:
    if is_duplicate:
        return _("%(number)s: the household had asked already; both are answered together.") % {"number": number}
    return _("Recorded as %(number)s.") % {"number": number}


def _form(request: ActorRequest, resident: Resident | None) -> StaffNeedForm:
    initial = {"channel": request.GET.get("channel", IntakeChannel.PHONE)}
    if resident is not None:
        return StaffNeedForm(request.POST or None, initial=initial)
    estates = estate_choices(policy.recording_areas(request.actor))
    return StaffPlaceForm(request.POST or None, initial=initial, estates=estates)


def _given(request: ActorRequest, form: StaffNeedForm, resident: Resident | None) -> NeedInput:
    data = form.cleaned_data
    said = {
        **form.said(), "channel": data["channel"], "contact_name": data["contact_name"],
        "contact_phone": data["contact_phone"], "is_proxy": data["is_proxy"],
    }  # fmt: skip
    if resident is not None:
        return NeedInput(**said, household_id=resident.household_id, resident_id=resident.pk)
    place = meant_place(
        actor=request.actor, area_code=data["estate"], building=data["building"], unit=data["unit"],
        door=data["door"], place_text=data["place_text"],
    )  # fmt: skip
    return NeedInput(**said, household_id=place.household_id, area_code=place.area_code, place_text=place.place_text)


def _similar(request: ActorRequest, given: NeedInput) -> list[Any]:
    now = clock.now()
    return [shown(need, now=now) for need in queries.possible_duplicates(request.actor, given, now=now)]


def _people(request: ActorRequest) -> tuple[PeopleFound | None, str]:
    text = request.GET.get("q", "").strip()
    if not text:
        return None, ""
    try:
        return find_people(request.actor, text), ""
    except InvalidInput as unclear:
        return None, str(unclear.message)


def _place(resident: Resident | None) -> str:
    if resident is None:
        return ""
    building = resident.household.building
    return f"{building.estate.name} {building.label} {resident.household.door}"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotVisible from None
