"""Looking residents up, one resident's page, a household's page, and sending in a table of households."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.access.journal_queries import action_label
from juxing.access.purposes import ANSWERING, purposes_for
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_name, masked_phone
from juxing.kernel.models import Job
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, show_refusal, signed_in
from juxing.people import commands, jobs, own_queries, policy, queries
from juxing.people.enums import CareCategory, ConsentKind
from juxing.people.finding import PeopleFound, find_people, residents_of
from juxing.people.forms import CareForm, ConsentForm, HouseholdFileForm, RegisterForm, SearchForm
from juxing.people.household_table import template
from juxing.people.models import Resident
from juxing.people.personal_fields import purposes as known_purposes
from juxing.places import policy as places_policy
from juxing.places import queries as places

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@signed_in(policy.FIND)
@never_cache
def search(request: ActorRequest) -> HttpResponse:
    """Find residents by name part, initials, building and door, or phone."""
    form = SearchForm(request.GET)
    found = PeopleFound()
    text = request.GET.get("q", "")
    if form.is_valid() and text.strip():
        try:
            found = find_people(request.actor, text, form.cleaned_data["area"])
        except Refusal as refusal:
            show_refusal(form, refusal)
    context = {
        "page_title": _("Residents"), "form": form, "search_query": text, "found": found, "rows": found.people,
        "page_subtitle": _("Names and phones are masked; looking at one in full is written in the journal."),
        "columns": [{"label": _("Name")}, {"label": _("Place")}, {"label": pgettext("people", "Phone")},
                    {"label": _("Mobility")}],
        "caption": _("Residents found"), "empty": _nobody(text),
        "page_actions": _search_actions(request),
    }  # fmt: skip
    return render(request, "people/search.html", context, status=422 if form.errors else 200)


@signed_in(policy.FIND)
@never_cache
def resident(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one resident, masked, with care, consents and what was done."""
    return _show_resident(request, queries.resident(actor=request.actor, uuid=uuid))


@signed_in(policy.REVEAL)
@never_cache
@require_POST
def reveal(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show name and phone in full, once, and write down who looked."""
    found = queries.resident(actor=request.actor, uuid=uuid)
    reason = request.POST.get("reason") or _("looked up on the page")
    purpose = request.POST.get("purpose") or ANSWERING.code
    commands.reveal(actor=request.actor, now=clock.now(), resident=found, reason=reason, purpose=purpose)
    context = {"name": found.name, "telephone": found.phone, "place": _place(found), "is_masked": False}
    return render(request, "components/person_name.html", context)


@idempotent
@signed_in(policy.REGISTER)
@require_POST
def add_care(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Begin special care."""
    found = queries.resident(actor=request.actor, uuid=uuid)
    form = CareForm(request.POST)
    if carried_out(
        request, form, lambda filled: commands.add_care(
            actor=request.actor, now=clock.now(), resident=found, starts_on=timezone.localdate(), **filled
        ), done=_("Special care has begun."),
    ):  # fmt: skip
        return redirect("people:resident", uuid)
    return _show_resident(request, found, care_form=form, status=422)


@idempotent
@signed_in(policy.REGISTER)
@require_POST
def end_care(request: ActorRequest, uuid: UUID, care_uuid: UUID) -> HttpResponse:
    """End special care today."""
    found = queries.resident(actor=request.actor, uuid=uuid)
    profile = queries.care_profile(actor=request.actor, resident=found, uuid=care_uuid)
    commands.end_care(actor=request.actor, now=clock.now(), profile=profile, on=timezone.localdate())
    messages.success(request, _("Special care has ended."))
    return redirect("people:resident", uuid)


@idempotent
@signed_in(policy.REGISTER)
@require_POST
def give_consent(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write a consent down."""
    found = queries.resident(actor=request.actor, uuid=uuid)
    form = ConsentForm(request.POST)
    if form.is_valid():
        commands.give_consent(actor=request.actor, now=clock.now(), resident=found, **form.cleaned_data)
        messages.success(request, _("The consent is written down."))
        return redirect("people:resident", uuid)
    return _show_resident(request, found, consent_form=form, status=422)


@idempotent
@signed_in(policy.REGISTER)
@require_POST
def withdraw_consent(request: ActorRequest, uuid: UUID, consent_uuid: UUID) -> HttpResponse:
    """Write down that a consent was withdrawn."""
    found = queries.resident(actor=request.actor, uuid=uuid)
    consent = queries.consent(actor=request.actor, resident=found, uuid=consent_uuid)
    commands.withdraw_consent(actor=request.actor, now=clock.now(), consent=consent)
    messages.success(request, _("The consent is withdrawn."))
    return redirect("people:resident", uuid)


@idempotent
@signed_in(policy.FIND)
@never_cache
def household(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show who lives behind a door, masked, and take a new resident in."""
    found = places.household(actor=request.actor, uuid=uuid)
    form = RegisterForm(request.POST or None)
    if carried_out(
        request, form, lambda filled: commands.register_resident(
            actor=request.actor, now=clock.now(), household=found, **filled
        ), done=_("The resident is written down."),
    ):  # fmt: skip
        return redirect("people:household", uuid)
    residents = residents_of(actor=request.actor, household=found)
    building = found.building
    context = {
        "page_title": f"{building.estate.name} {building.label} {found.door}", "form": form, **new_form_key(),
        "residents": [_masked(one) for one in residents],
        "may_register": request.actor.may(policy.REGISTER, found.area_code),
        "page_actions": [{"label": _("Change the door"), "url": reverse("places:change_household", args=[uuid]),
                          "icon": "pencil"}] if places_policy.can_manage(request.actor, found.area_code) else [],
        "breadcrumbs": [
            {"label": building.estate.name, "url": reverse("places:estate", args=[building.estate.uuid])},
            {"label": building.label, "url": reverse("places:building", args=[building.uuid])},
            {"label": found.door},
        ],
    }  # fmt: skip
    return render(request, "people/household.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.IMPORT)
def import_file(request: ActorRequest) -> HttpResponse:
    """Take a table of households in and start its import."""
    areas = request.actor.areas_with(policy.IMPORT)
    form = HouseholdFileForm(request.POST or None, request.FILES or None, areas=areas)
    started = carried_out(
        request, form, lambda filled: jobs.start_import(
            actor=request.actor, now=clock.now(), area_code=filled["area"], filename=filled["file"].name,
            content=filled["file"].read(),
        ),
    )  # fmt: skip
    if started:
        return redirect("people:import_job", started.made.uuid)
    context = {
        "page_title": _("Import households"), "form": form, **new_form_key(),
        "page_subtitle": _("Estates, buildings, doors and residents from one table. Sending it again doubles nothing."),
        "page_actions": [{"label": _("Empty table"), "url": reverse("people:template"), "icon": "download",
                          "download": True}],
    }  # fmt: skip
    return render(request, "people/import.html", context, status=422 if form.errors else 200)


@signed_in(policy.IMPORT)
def download_template(_request: ActorRequest) -> HttpResponse:
    """Give the table to fill in."""
    disposition = 'attachment; filename="households.xlsx"'
    return HttpResponse(template(), content_type=EXCEL, headers={"Content-Disposition": disposition})


@signed_in(policy.IMPORT)
@never_cache
def import_job(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show how far an import is, and its report at the end."""
    mine = Job.objects.inside(request.actor.areas_with(policy.IMPORT)).filter(kind=jobs.run_import.code)
    job = get_object_or_404(mine, uuid=uuid)
    context = {
        "job": job, "url": request.path, "title": _("Import of households"), "result_url": request.path,
        "page_title": _("Import of households"), "report": job.result,
        "retry_url": reverse("people:import"), "is_done": job.status == "done",
    }  # fmt: skip
    is_asked_again = request.headers.get("HX-Request") == "true"
    return render(request, "components/progress.html" if is_asked_again else "people/import_job.html", context)


def _show_resident(
    request: ActorRequest, found: Resident, *, care_form: forms.Form | None = None,
    consent_form: forms.Form | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    actor = request.actor
    context = {
        "page_title": masked_name(found.name), "page_subtitle": _place(found), "person": _masked(found),
        "resident": found, "care": queries.care_of(actor=actor, resident=found, today=timezone.localdate()),
        "may_see_care": actor.may(policy.SEE_CARE, found.area_code), "may_change": policy.can_change(actor, found),
        "consents": queries.consents_of(actor=actor, resident=found), "care_form": care_form or CareForm(),
        "consent_form": consent_form or ConsentForm(), "categories": CareCategory.choices,
        "kinds": ConsentKind.choices,
        "objections": [
            {"label": known_purposes[one.objection], "asked": one}
            for one in own_queries.objections_of(actor=actor, resident=found) if one.objection in known_purposes
        ],
        "reveal_purposes": [
            (one.code, one.label) for one in purposes_for(actor, area_code=found.area_code)
        ] if policy.can_reveal(actor, found) else [], **new_form_key(), "page_actions": _resident_actions(actor, found),
        "items": [
            {"term": _("Mobility"), "value": found.get_mobility_display()},
            {"term": _("Born"), "value": found.birth_year},
            {"term": _("Languages"), "value": " ".join(found.languages)},
            {"term": _("Uses a smartphone"),
             "value": {True: pgettext("people", "yes"), False: pgettext("people", "no"),
                       None: None}[found.has_smartphone]},
            *([{"term": _("Moved out"), "value": found.left_on}] if found.left_on else []),
        ],
        "entries": [
            {"title": action_label(entry.action), "happened_at": entry.happened_at, "actor": entry.by_whom,
             "acting_for": entry.acting_for, "reason": entry.reason, "changes": entry.changes.get("fields", [])}
            for entry in queries.timeline_of(found)
        ],
        "breadcrumbs": [
            {"label": _("Residents"), "url": reverse("people:search")},
            {"label": _place(found), "url": reverse("people:household", args=[found.household.uuid])},
            {"label": masked_name(found.name)},
        ],
    }  # fmt: skip
    return render(request, "people/resident.html", context, status=status)


def _search_actions(request: ActorRequest) -> list[dict[str, str]]:
    offered = [
        (policy.REGISTER, {"label": _("Write a resident down"), "url": reverse("people:register"),
                           "icon": "user-plus"}),
        (policy.IMPORT, {"label": _("Import households"), "url": reverse("people:import"), "icon": "upload"}),
        (policy.EXPORT, {"label": _("Take out a list"), "url": reverse("access:export", args=["people.residents"]),
                         "icon": "download"}),
        (policy.EXPORT, {"label": _("Take out who is visited first"),
                         "url": reverse("access:export", args=["people.care"]), "icon": "download"}),
        (policy.ANSWER_REQUESTS, {"label": _("Requests about own data"), "url": reverse("people:requests"),
                                  "icon": "inbox"}),
        (policy.SEE_PURPOSES, {"label": _("Why fields are kept"), "url": reverse("people:purposes"),
                               "icon": "info-circle"}),
    ]  # fmt: skip
    return [action for right, action in offered if request.actor.may_somewhere(right)]


def _resident_actions(actor: Actor, found: Resident) -> list[dict[str, str]]:
    if not policy.can_change(actor, found) or found.left_on is not None:
        return []
    return [
        {"label": _("Change details"), "url": reverse("people:change", args=[found.uuid]), "icon": "pencil"},
        {"label": _("Moved out"), "url": reverse("people:move_out", args=[found.uuid]), "icon": "logout"},
    ]


def _masked(found: Resident) -> dict[str, object]:
    return {
        "uuid": found.uuid, "name": masked_name(found.name), "telephone": masked_phone(found.phone),
        "mobility": found.get_mobility_display(), "reveal_url": reverse("people:reveal", args=[found.uuid]),
    }  # fmt: skip


def _place(found: Resident) -> str:
    building = found.household.building
    return f"{building.estate.name} {building.label} {found.household.door}"


def _nobody(text: str) -> dict[str, object]:
    if text.strip():
        return {"icon": "user-search", "title": _("Nobody was found in your area."),
                "text": _("Try fewer characters, the initials (wxy), or building and door (5-301).")}  # fmt: skip
    return {"icon": "user-search", "title": _("Whom are you looking for?"),
            "text": _("Part of the name, pinyin initials (wxy), building and door (5-301), or a phone.")}  # fmt: skip
