"""Recruitment calls at the desk: writing, progress, answers on paper, verifying, placing, closing."""

from __future__ import annotations

from collections.abc import Sequence
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
from juxing.kernel.qr_codes import qr_code
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.responders import commands, policy
from juxing.responders import queries as people
from juxing.responders.enums import ReportInChannel, ReportInStatus, Skill
from juxing.responders.lifecycle import RECRUITMENT
from juxing.responders.models import RecruitmentAnswer, RecruitmentCall
from juxing.responders.pages.musters import why_words
from juxing.responders.pages.own import OWN
from juxing.responders.pages.words import TONES, labels, name_for, page_shown
from juxing.responders.placing_nearest import ProposedPlace
from juxing.responders.queries import recruitment as queries
from juxing.responders.recruitment_enums import RecruitmentStatus
from juxing.responders.recruitment_forms import AnswerForm, CallForm, CloseForm, initial_of

CALL_TONES = {
    RecruitmentStatus.DRAFT: "neutral", RecruitmentStatus.PUBLISHED: "moving", RecruitmentStatus.CLOSED: "ended",
}  # fmt: skip
POSTER_SCALE = 10
MOST_SHOWN = 400


@signed_in(policy.RECRUIT)
def calls(request: ActorRequest) -> HttpResponse:
    """List recruitment calls."""
    page = queries.calls_page(actor=request.actor, cursor=request.GET.get("cursor"))
    tallies = queries.tallies(page.rows)
    names = queries.place_names({call.area_code for call in page.rows})
    rows = [
        {"url": reverse("responders:call", args=[call.uuid]), "title": call.title, "badge": _badge(call),
         "place": names.get(call.area_code, call.area_code), "wanted": tallies[call.pk][0],
         "answered": tallies[call.pk][1], "answer_by": call.answer_by}
        for call in page.rows
    ]  # fmt: skip
    context = {
        "page_title": _("Recruitment calls"), "page_icon": "speakerphone", "page": page_shown(page, rows),
        "wider": [_wider(one) for one in queries.wider_calls(actor=request.actor, now=clock.now())],
        "page_actions": [{"label": _("Write a call"), "url": reverse("responders:new_call"), "icon": "plus",
                          "kind": "primary"}],
        "columns": [{"label": _("Call")}, {"label": _("Who calls")}, {"label": _("State")},
                    {"label": _("Wanted"), "kind": "number"}, {"label": _("Answered"), "kind": "number"},
                    {"label": _("Answers until")}],
        "caption": _("Recruitment calls, newest first"), "pager_text": _("Newest first"),
        "empty": {"icon": "speakerphone", "title": _("No call yet."),
                  "text": _("A call says what is to be done, what can happen, and how many are wanted where.")},
        "breadcrumbs": _crumbs(),
    }  # fmt: skip
    return render(request, "responders/calls.html", context)


@signed_in(policy.RECRUIT)
def call_here(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a call of the district or street as it concerns this place: what is wanted here, and who comes."""
    found = queries.wider_call(actor=request.actor, now=clock.now(), uuid=uuid)
    context = _wider(found) | {
        "page_title": found.call.title, "page_icon": "speakerphone", "page_badge": _badge(found.call),
        "page_subtitle": _("Called for by %(place)s") % {"place": found.place}, "call": found.call,
        "link": _link(request, found.call),
        "coming": [
            {"name": name_for(request.actor, row.responder)[0], "work": row.need.title if row.need else "",
             "why": why_words(row.need.skill if row.need else "", row.way_m or 0, row.next_m),
             "skills": labels(Skill, row.responder.skills)}
            for row in found.coming
        ],
        "breadcrumbs": [*_crumbs(), {"label": found.call.title}],
    }  # fmt: skip
    return render(request, "responders/call_here.html", context)


@idempotent
@signed_in(policy.RECRUIT)
def new_call(request: ActorRequest) -> HttpResponse:
    """Write a call."""
    return _call_form(request, None)


@idempotent
@signed_in(policy.RECRUIT)
def change_call(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write a draft anew."""
    return _call_form(request, queries.call_of(actor=request.actor, uuid=uuid))


@signed_in(policy.RECRUIT)
def call(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show how a call stands: what is wanted, who answered by which way, who waits to be verified."""
    found = queries.call_of(actor=request.actor, uuid=uuid)
    only = request.GET.get("only", "")
    standing = queries.standing_of(found)
    page = queries.answers_page(call=found, only=only, cursor=request.GET.get("cursor"))
    works = dict(queries.works_of(found))
    context = {
        "page_title": found.title, "page_icon": "speakerphone", "page_badge": _badge(found), "call": found,
        "figures": _figures(found, standing), "standing": standing, "link": _link(request, found),
        "works": [{"title": row.need.title, "place": row.place, "count": row.need.count, "placed": row.placed,
                   "skill": Skill(row.need.skill).label if row.need.skill else ""} for row in standing.works],
        "channels": [{"label": ReportInChannel(code).label, "count": count} for code, count in standing.by_channel],
        "page": page_shown(page, [_answer_row(row, request.actor, works) for row in page.rows]), "only": only,
        "may_tick": only == ReportInStatus.SUBMITTED, "form": CloseForm(), **new_form_key(),
        "steps": RECRUITMENT.offered(request.actor, found), "page_actions": _actions(found),
        "is_draft": found.status == RecruitmentStatus.DRAFT,
        "is_published": found.status == RecruitmentStatus.PUBLISHED, "live_topics": "responders",
        "columns": [*([{"label": _("Verify"), "hidden": True}] if only else []), {"label": _("Name")},
                    {"label": _("Would do")}, {"label": _("Skills")}, {"label": _("Answered by")},
                    {"label": _("State")}, {"label": _("Placed")}],
        "caption": _("Who answered, newest first"), "pager_text": _("Newest first"),
        "empty": {"icon": "users", "title": _("Nobody in this list."),
                  "text": _("Hang up the poster, enter what comes on paper, or take in the list of a unit.")},
        "breadcrumbs": [*_crumbs(), {"label": found.title}],
    }  # fmt: skip
    return render(request, "responders/call.html", context)


@require_POST
@idempotent
@signed_in(policy.RECRUIT)
def call_step(request: ActorRequest, uuid: UUID, step: str) -> HttpResponse:
    """Publish, close or discard a call."""
    found = queries.call_of(actor=request.actor, uuid=uuid)
    now, actor = clock.now(), request.actor
    try:
        if step == "publish":
            commands.publish_call(actor=actor, now=now, call=found)
        elif step == "close":
            commands.close_call(actor=actor, now=now, call=found, note=request.POST.get("note", ""))
        elif step == "discard":
            commands.discard_call(actor=actor, now=now, call=found)
        else:
            raise NotVisible
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Done: %(what)s.") % {"what": RECRUITMENT[step].label})
    return _to(found)


@require_POST
@idempotent
@signed_in(policy.VERIFY)
def verify_answers(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Verify everyone ticked."""
    found = queries.call_of(actor=request.actor, uuid=uuid)
    uuids = [one for text in request.POST.getlist("responder")[:500] if (one := _uuid(text)) is not None]
    count = commands.verify_many(actor=request.actor, now=clock.now(), uuids=uuids)
    told = ngettext("%(count)s person verified.", "%(count)s people verified.", count)
    messages.success(request, told % {"count": count})
    return HttpResponseRedirect(f"{reverse('responders:call', args=[found.uuid])}?only=submitted", status=303)


@signed_in(policy.RECRUIT)
def call_poster(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the sheet to hang up: the call with its risks, and the picture that opens it."""
    found = queries.call_of(actor=request.actor, uuid=uuid)
    link = _link(request, found)
    context = {
        "page_title": found.title, "page_subtitle": found.place, "call": found, "link": link,
        "works": queries.works_of(found), "qr": qr_code(link, scale=POSTER_SCALE),
        "back_url": reverse("responders:call", args=[uuid]),
    }  # fmt: skip
    return render(request, "responders/call_poster.html", context)


@idempotent
@signed_in(policy.VERIFY)
def enter_answer(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Enter an answer that came on paper, by telephone or through somebody else."""
    found = queries.call_of(actor=request.actor, uuid=uuid)
    form = AnswerForm(
        request.POST or None, works=queries.works_of(found), communities=people.communities_of(actor=request.actor),
        home_units=people.home_units_of(actor=request.actor),
        initial={"languages": ["mandarin"], "transport": "foot"},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            _entered(request, found, form)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The answer is entered."))
            return HttpResponseRedirect(reverse("responders:enter_answer", args=[uuid]), status=303)
    context = {
        "page_title": _("Enter an answer"), "page_icon": "user-plus", "page_subtitle": found.title, "form": form,
        "form_key": new_form_key(), "cancel_url": reverse("responders:call", args=[uuid]),
        "breadcrumbs": [*_crumbs(), {"label": found.title, "url": reverse("responders:call", args=[uuid])},
                        {"label": _("Enter an answer")}],
    }  # fmt: skip
    return render(request, "responders/form.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.RECRUIT)
def placement(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show who would go where and why; a person signs it."""
    found = queries.call_of(actor=request.actor, uuid=uuid)
    if request.method == "POST":
        try:
            count = commands.sign_placement(
                actor=request.actor, now=clock.now(), call=found, digest=request.POST.get("digest", "")
            )
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            told = ngettext("Signed: %(count)s person placed.", "Signed: %(count)s people placed.", count)
            messages.success(request, told % {"count": count})
        return HttpResponseRedirect(reverse("responders:placement", args=[uuid]), status=303)
    proposal = queries.proposal_for(actor=request.actor, call=found)
    names = queries.place_names({row.need.area_code for row in proposal.rows}
                                | {need.area_code for need, _count in proposal.short})  # fmt: skip
    context = {
        "page_title": _("Who goes where"), "page_icon": "map-pin", "page_subtitle": found.title, "call": found,
        "proposal": proposal, "places": _by_place(proposal.rows, names, request.actor), **new_form_key(),
        "short": [{"title": need.title, "place": names.get(need.area_code, need.area_code), "count": count}
                  for need, count in proposal.short],
        "mean_m": round(proposal.way_m / len(proposal.rows)) if proposal.rows else 0,
        "is_cut": len(proposal.rows) > MOST_SHOWN, "most_shown": MOST_SHOWN,
        "breadcrumbs": [*_crumbs(), {"label": found.title, "url": reverse("responders:call", args=[uuid])},
                        {"label": _("Who goes where")}],
    }  # fmt: skip
    return render(request, "responders/placement.html", context)


def _call_form(request: ActorRequest, found: RecruitmentCall | None) -> HttpResponse:
    initial = {"area_code": request.GET.get("area", "")} if found is None else initial_of(
        found, queries.needs_of(found)
    )  # fmt: skip
    form = CallForm(
        request.POST or None, places=queries.recruiting_places(actor=request.actor),
        communities=people.communities_of(actor=request.actor), initial=initial,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            written = commands.write_call(actor=request.actor, now=clock.now(), given=form.given(), call=found)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved. Read it once more, then publish it."))
            return _to(written)
    context = {
        "page_title": _("Write a call") if found is None else _("Change the call"), "page_icon": "speakerphone",
        "form": form, "form_key": new_form_key(), "breadcrumbs": [*_crumbs(), {"label": _("Write a call")}],
        "cancel_url": reverse("responders:call", args=[found.uuid]) if found else reverse("responders:calls"),
    }  # fmt: skip
    return render(request, "responders/call_form.html", context, status=422 if form.errors else 200)


def _entered(request: ActorRequest, found: RecruitmentCall, form: AnswerForm) -> None:
    given, now = form.given(), clock.now()
    with acting(OWN):
        known = people.responder_of_phone(given.phone)
    responder = known or commands.register_responder(actor=request.actor, now=now, given=given)
    with acting(OWN):
        commands.answer_call(
            actor=request.actor, now=now, call=found, responder=responder, wish=form.cleaned_data["wish"],
            channel=given.channel,
        )  # fmt: skip


def _wider(one: queries.WiderCall) -> dict[str, Any]:
    return {
        "title": one.call.title, "place": one.place, "url": reverse("responders:call_here", args=[one.call.uuid]),
        "badge": _badge(one.call), "answer_by": one.call.answer_by,
        "works": [{"title": row.need.title, "place": row.place, "count": row.need.count, "placed": row.placed,
                   "skill": Skill(row.need.skill).label if row.need.skill else ""} for row in one.works],
    }  # fmt: skip


def _answer_row(row: RecruitmentAnswer, actor: Any, works: dict[int, str]) -> dict[str, Any]:
    name, is_masked = name_for(actor, row.responder)
    status = ReportInStatus(row.responder.status)
    is_seen = policy.can_see(actor, row.responder)
    return {
        "responder": row.responder.uuid, "name": name, "is_masked": is_masked,
        "url": reverse("responders:detail", args=[row.responder.uuid]) if is_seen else "",
        "wish": works.get(row.wish, "") if row.wish is not None else "", "skills": labels(Skill, row.responder.skills),
        "channel": ReportInChannel(row.channel).label, "at": row.answered_at,
        "state": {"label": status.label, "tone": TONES[status]},
        "placed": row.need.title if row.need else "",
        "why": why_words(row.need.skill, row.way_m or 0, row.next_m) if row.need else "",
    }  # fmt: skip


def _by_place(rows: Sequence[ProposedPlace], names: dict[str, str], actor: Any) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows[:MOST_SHOWN]:
        name, is_masked = name_for(actor, row.answer.responder)
        place = names.get(row.need.area_code, row.need.area_code)
        found.setdefault((place, row.need.title), []).append(
            {"name": name, "is_masked": is_masked, "why": why_words(row.need.skill, row.way_m, row.next_m)}
        )
    return [{"place": place, "title": title, "people": listed} for (place, title), listed in sorted(found.items())]


def _figures(found: RecruitmentCall, standing: queries.CallStanding) -> list[dict[str, Any]]:
    here = reverse("responders:call", args=[found.uuid])
    return [
        {"label": _("Wanted"), "value": standing.wanted, "icon": "target", "url": ""},
        {"label": _("Answered"), "value": standing.answered, "icon": "heart-handshake", "url": here,
         "tone": "good" if standing.answered >= standing.wanted else "neutral"},
        {"label": _("To be verified"), "value": standing.answered - standing.verified, "icon": "user-check",
         "url": f"{here}?only=submitted", "tone": "warn" if standing.answered > standing.verified else "neutral"},
        {"label": _("Placed"), "value": standing.placed, "icon": "map-pin",
         "url": reverse("responders:placement", args=[found.uuid])},
    ]  # fmt: skip


def _actions(found: RecruitmentCall) -> list[dict[str, Any]]:
    if found.status == RecruitmentStatus.DRAFT:
        return [{"label": _("Change"), "url": reverse("responders:change_call", args=[found.uuid]), "icon": "pencil"}]
    place = {"label": _("Who goes where"), "url": reverse("responders:placement", args=[found.uuid]),
             "icon": "map-pin", "kind": "primary"}  # fmt: skip
    if found.status == RecruitmentStatus.CLOSED:
        return [place]
    return [
        place,
        {"label": _("Enter an answer"), "url": reverse("responders:enter_answer", args=[found.uuid]),
         "icon": "user-plus"},
        {"label": _("Take in a list"), "url": f"{reverse('responders:lists')}?call={found.uuid}",
         "icon": "file-upload"},
        {"label": _("Before tasks: for many"), "icon": "shield-check",
         "url": f"{reverse('responders:clearances_many')}?call={found.uuid}&area={found.area_code}"},
        {"label": _("Poster"), "url": reverse("responders:call_poster", args=[found.uuid]), "icon": "qrcode"},
    ]  # fmt: skip


def _badge(found: RecruitmentCall) -> dict[str, Any]:
    status = RecruitmentStatus(found.status)
    if status == RecruitmentStatus.PUBLISHED and found.answer_by <= clock.now():
        return {"label": _("Time to answer is over"), "tone": "waiting"}
    return {"label": status.label, "tone": CALL_TONES[status]}


def _link(request: ActorRequest, found: RecruitmentCall) -> str:
    return request.build_absolute_uri(reverse("responders:public_call", args=[found.code]))


def _to(found: RecruitmentCall) -> HttpResponse:
    return HttpResponseRedirect(reverse("responders:call", args=[found.uuid]), status=303)


def _crumbs() -> list[dict[str, Any]]:
    return [{"label": _("Responders"), "url": reverse("responders:list")},
            {"label": _("Recruitment calls"), "url": reverse("responders:calls")}]  # fmt: skip


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
