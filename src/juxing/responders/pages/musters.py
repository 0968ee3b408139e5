"""Who was called to help in a response: where, why they, what they said; and one's own calls on the phone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, new_form_key, signed_in
from juxing.responders import commands, policy
from juxing.responders.enums import LICENSED, Skill
from juxing.responders.gates import Missing, gates
from juxing.responders.lifecycle import MUSTER
from juxing.responders.models import Muster, Responder
from juxing.responders.muster_enums import MusterStatus
from juxing.responders.pages.own import OWN, Visit
from juxing.responders.pages.words import name_for, page_shown
from juxing.responders.queries import musters as queries

TONES = {
    MusterStatus.CALLED: "waiting", MusterStatus.COMING: "moving", MusterStatus.HERE: "done",
    MusterStatus.DECLINED: "neutral", MusterStatus.RELEASED: "ended",
}  # fmt: skip
MOST_SHOWN = 100
OWN_STEPS = ("come", "decline", "arrive")


@signed_in(policy.MUSTER)
def called(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show who was called to a response, place by place."""
    found = queries.activation_called(actor=request.actor, uuid=uuid)
    area, status = request.GET.get("area", "")[:40], request.GET.get("status", "")
    places = queries.standing_by_place(actor=request.actor, activation=found)
    page = queries.musters_page(
        actor=request.actor, activation=found, area_code=area, status=status, cursor=request.GET.get("cursor")
    )
    people = queries.people_of(page.rows)
    names = queries.place_names(
        {row.area_code for row in page.rows} | {row.area_code[: queries.COMMUNITY_LENGTH] for row in page.rows}
    )
    rows = [_row(row, people[row.responder_id], names, request.actor) for row in page.rows]
    context = {
        "page_title": _("Called to help"), "page_icon": "user-plus", "page_subtitle": found.incident.title,
        "activation": found, "figures": _figures(places), "places": places, "page": page_shown(page, rows),
        "area": area, "status": status, **new_form_key(), "live_topics": "responders",
        "filters": [{"label": _("All"), "value": ""},
                    *({"label": each.label, "value": each.value} for each in MusterStatus)],
        "columns": [{"label": _("Name")}, {"label": _("Called for")}, {"label": _("Place")},
                    {"label": pgettext("responders", "Why")},
                    {"label": _("State")}, {"label": _("What they say"), "hidden": True}],
        "caption": _("Who was called, place by place"),
        "empty": {"icon": "user-plus", "title": _("Nobody was called here."),
                  "text": _("People are called when a street is converted. Choose another place or state.")},
        "breadcrumbs": [{"label": _("Responders"), "url": reverse("responders:list")},
                        {"label": _("Called to help")}],
    }  # fmt: skip
    return render(request, "responders/called.html", context)


@signed_in(policy.MUSTER)
def kept_out(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show who is near and able but was not called, because they have not shown what the task asks, and what it is."""
    found = queries.activation_called(actor=request.actor, uuid=uuid)
    groups = commands.kept_out(actor=request.actor, now=clock.now(), activation=found)
    people = queries.people_behind({person for group in groups for person, _missing in group.kept_out[:MOST_SHOWN]})
    names = queries.place_names({group.place for group in groups})
    is_zh = (get_language() or "").startswith("zh")
    context = {
        "page_title": _("Not called: something is to be shown first"), "page_icon": "shield-check",
        "page_subtitle": found.incident.title, "activation": found, **new_form_key(),
        "groups": [
            {"title": group.row["title"] if is_zh else group.row.get("title_en") or group.row["title"],
             "task": gates()[group.task_type].label, "place": names.get(group.place, group.place),
             "wanted": group.wanted, "found": group.found, "more": max(0, len(group.kept_out) - MOST_SHOWN),
             "people": [_kept_out_row(people[person], missing, request.actor)
                        for person, missing in group.kept_out[:MOST_SHOWN] if person in people]}
            for group in groups
        ],
        "breadcrumbs": [{"label": _("Responders"), "url": reverse("responders:list")},
                        {"label": _("Called to help"), "url": reverse("responders:called", args=[uuid])},
                        {"label": _("Not called"), "url": ""}],
    }  # fmt: skip
    return render(request, "responders/kept_out.html", context)


@require_POST
@idempotent
@signed_in(policy.MUSTER)
def muster_step(request: ActorRequest, uuid: UUID, step: str) -> HttpResponse:
    """Note what somebody who was called says on the telephone, or that they are here."""
    if step not in commands.MUSTER_STEPS:
        raise NotVisible
    muster = queries.muster_of(actor=request.actor, uuid=uuid)
    try:
        commands.answer_muster(actor=request.actor, now=clock.now(), muster=muster, step=step)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Done: %(what)s.") % {"what": MUSTER[step].label})
    activation = queries.activation_uuid(muster)
    where = urlencode({"area": request.POST.get("area", "")[:40]})
    return HttpResponseRedirect(f"{reverse('responders:called', args=[activation])}?{where}", status=303)


@require_POST
@idempotent
@signed_in(policy.MUSTER)
def call_next(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Call the next nearest for those who cannot come."""
    found = queries.activation_called(actor=request.actor, uuid=uuid)
    try:
        count = commands.call_next(actor=request.actor, now=clock.now(), activation=found)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        told = ngettext("%(count)s more person called.", "%(count)s more people called.", count)
        messages.success(request, told % {"count": count} if count else _("Nobody else can be asked near enough."))
    return HttpResponseRedirect(reverse("responders:called", args=[uuid]), status=303)


def own_shown(visit: Visit) -> list[dict[str, Any]]:
    """Return one's own calls for the phone; call it in the system's scope."""
    return [
        {
            "title": title_of(one.muster), "response": one.response, "place": one.place, "way_m": one.muster.way_m,
            "until": one.muster.ends_at, "why": why(one.muster), "state": state_of(one.muster),
            "steps": [
                {"label": _own_label(step.name), "url": visit.url("own_muster", one.muster.uuid, step.name),
                 "is_yes": step.name != "decline"}
                for step in MUSTER.transitions if step.name in OWN_STEPS and one.muster.status in step.source
            ],
        }
        for one in queries.own_musters(visit.responder, now=clock.now())
    ]  # fmt: skip


def own_step(request: HttpRequest, visit: Visit, uuid: UUID, step: str) -> HttpResponse:
    """Take one's own answer to a call."""
    if step not in OWN_STEPS:
        raise NotVisible
    try:
        with acting(OWN):
            muster = queries.own_muster(visit.responder, uuid)
            commands.answer_muster(actor=visit.actor, now=clock.now(), muster=muster, step=step)
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(
            request, _("Noted. It changes nothing for you.") if step == "decline" else _("Done. Thank you.")
        )
    return HttpResponseRedirect(visit.url("home"), status=303)


def title_of(muster: Muster) -> str:
    """Return what somebody is called for, in the reader's language."""
    is_chinese = (get_language() or "").startswith("zh")
    return muster.title if is_chinese or not muster.title_en else muster.title_en


def state_of(muster: Muster) -> dict[str, Any]:
    """Return the state as a badge."""
    status = MusterStatus(muster.status)
    return {"label": status.label, "tone": TONES[status]}


def why(muster: Muster) -> str:
    """Return why this person was called."""
    return why_words(muster.skill, muster.way_m, muster.next_m)


def why_words(skill: str, way_m: int, next_m: int | None) -> str:
    """Return why this person: nearest, with what it takes, and how much farther the next would have to go."""
    words = {"metres": way_m, "skill": Skill(skill).label if skill else ""}
    if skill in LICENSED:
        told = _("Nearest with the licence (%(skill)s), %(metres)s m.") % words
    elif skill:
        told = _("Nearest with the skill (%(skill)s), %(metres)s m.") % words
    else:
        told = _("Nearest who can be asked, %(metres)s m.") % words
    if next_m is None:
        compared = _("Nobody else near enough could be asked.")
    elif next_m <= way_m:
        compared = _("Others are just as near.")
    else:
        compared = _("The next would walk %(more)s m more.") % {"more": next_m - way_m}
    return _("%(why)s %(compared)s") % {"why": told, "compared": compared}


def _own_label(step: str) -> str:
    labels = {
        "come": pgettext("called to help", "I come"), "decline": pgettext("called to help", "I cannot"),
        "arrive": pgettext("called to help", "I am here"),
    }  # fmt: skip
    return labels[step]


def _row(muster: Muster, person: Responder, names: dict[str, str], actor: Any) -> dict[str, Any]:
    name, is_masked = name_for(actor, person)
    is_seen = policy.can_see(actor, person)
    return {
        "uuid": muster.uuid, "name": name, "is_masked": is_masked,
        "url": reverse("responders:detail", args=[person.uuid]) if is_seen else "",
        "title": title_of(muster), "place": queries.place_words(muster.area_code, names), "why": why(muster),
        "state": state_of(muster), "until": muster.ends_at,
        "steps": [{"label": step.label, "url": reverse("responders:muster_step", args=[muster.uuid, step.name])}
                  for step in MUSTER.transitions if muster.status in step.source],
    }  # fmt: skip


def _kept_out_row(person: Responder, missing: tuple[Missing, ...], actor: Any) -> dict[str, Any]:
    may_note = policy.can_verify(actor, person)
    return {
        "name": name_for(actor, person)[0], "missing": [one.words for one in missing],
        "url": reverse("responders:clearances", args=[person.uuid]) if may_note else "",
    }  # fmt: skip


def _figures(places: list[queries.PlaceStanding]) -> list[dict[str, Any]]:
    called = sum(place.called for place in places)
    return [
        {"label": _("People called"), "value": called, "icon": "bell-ringing", "url": "?"},
        {"label": MusterStatus.COMING.label, "value": sum(place.coming for place in places), "icon": "check",
         "url": "?status=coming"},
        {"label": MusterStatus.HERE.label, "value": sum(place.here for place in places), "icon": "map-pin",
         "tone": "good", "url": "?status=here"},
        {"label": MusterStatus.DECLINED.label, "value": sum(place.declined for place in places), "icon": "x",
         "url": "?status=declined"},
    ]  # fmt: skip
