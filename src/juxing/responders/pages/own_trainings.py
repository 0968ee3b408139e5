"""Trainings for everybody and on one's own page: what there is, signing up, saying no, checking in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.calendar_text import CONTENT_TYPE, calendar_text
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import new_form_key, open_to_all
from juxing.responders import commands
from juxing.responders.commands.training_attendance import holds_until
from juxing.responders.lessons import course_title
from juxing.responders.models import Responder, TrainingSession, TrainingSignUp
from juxing.responders.pages.own import OWN, Visit
from juxing.responders.pages.training_words import SIGN_UP_TONES, event_of, note_words, state_label, when_words
from juxing.responders.queries import trainings as queries
from juxing.responders.roster_enums import Excuse
from juxing.responders.training_enums import COMING, GONE, SignUpStatus, TrainingStatus, UnderstandingCheck
from juxing.responders.training_inputs import courses_of, labels_of

SIGNING_UP = "responders.training"
"""What a session keeps between a training's public page and having reported in: its code."""
OWN_STEPS = ("sign-up", "take-back", "excuse", "here")


@open_to_all
def public_training(request: HttpRequest, code: str) -> HttpResponse:
    """Show a training to everybody: what, when, where, what it opens, how many places are left."""
    found, now = queries.public_training(code), clock.now()
    if found is None:
        unknown = {"page_title": _("There is no such training"), "page_lead": _("Look at the address once more.")}
        return render(request, "responders/no_such_training.html", unknown, status=404)
    left = queries.left_of([found])[found.pk]
    context = {
        "page_title": found.title, "page_lead": when_words(found), "session": found, "gives": labels_of(found.gives),
        "left": max(0, left), "is_open": found.status == TrainingStatus.ANNOUNCED and now <= found.sign_up_by,
        "sign_up_url": reverse("responders:start_sign_up", args=[code]), "keep_offline": True,
        "calendar_url": reverse("responders:training_calendar", args=[code]),
        "is_cancelled": found.status == TrainingStatus.CANCELLED,
    }  # fmt: skip
    return render(request, "responders/public_training.html", context)


@open_to_all
def start_sign_up(request: HttpRequest, code: str) -> HttpResponse:
    """Begin to sign up: whoever is signed in goes to the own page, the others prove their phone."""
    found = queries.public_training(code)
    if found is None or found.status != TrainingStatus.ANNOUNCED or clock.now() > found.sign_up_by:
        return redirect("responders:public_training", code)
    actor: Actor = getattr(request, "actor", Actor.resident())
    if actor.account_id is not None:
        return redirect("responders:trainings_own")
    request.session[SIGNING_UP] = found.code
    return redirect("responders:public_report_in")


@open_to_all
def training_calendar(_request: HttpRequest, code: str) -> HttpResponse:
    """Give one training as a calendar entry."""
    found = queries.public_training(code)
    if found is None:
        raise NotVisible
    text = calendar_text([event_of(found)], name=found.title, stamped_at=clock.now())
    return HttpResponse(text, content_type=CONTENT_TYPE)


def sign_up_after_report_in(request: HttpRequest, responder: Responder) -> None:
    """Sign up for the training this visit began with, if it did; one that closed meanwhile does not undo the rest."""
    kept = request.session.pop(SIGNING_UP, None)
    found = queries.public_training(str(kept)) if kept else None
    if found is not None:
        with acting(OWN):
            _sign_up(request, commands.ONESELF, found, responder)


def show(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show one's own trainings, and those one may sign up for."""
    now = clock.now()
    with acting(OWN):
        rows = queries.own_sign_ups(visit.responder, now=now)
        coming = [row for row in rows if row.session.ends_at > now and row.status in COMING]
        context = {
            "page_title": _("Trainings"), "base": visit.base, "home_url": visit.url("home"), "keep_offline": True,
            "coming": [_shown(row, visit) for row in sorted(coming, key=lambda row: row.session.starts_at)],
            "others": [_shown(row, visit) for row in rows if row not in coming],
            "open": [_offered(one, visit) for one in queries.open_trainings(visit.responder, now=now)],
            "excuses": Excuse.choices[:-1], "calendar_url": visit.url("calendar"), **new_form_key(),
        }  # fmt: skip
    return render(request, "responders/my_trainings.html", context)


def step(request: HttpRequest, visit: Visit, uuid: UUID, name: str) -> HttpResponse:
    """Sign up, take it back, be excused, or check in with the code that is shown there."""
    try:
        with acting(OWN):
            _take(request, visit, uuid, name)
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return HttpResponseRedirect(visit.url("trainings_own"), status=303)


@never_cache
def check_in_page(
    request: HttpRequest, session: TrainingSession, responder: Responder, *, actor: Any, code: str
) -> HttpResponse:
    """Say that one is here, by the picture at the door; who did not sign up takes a free place."""
    refused = ""
    if request.method == "POST":
        try:
            commands.check_in_to_training(actor=actor, now=clock.now(), session=session, responder=responder, code=code)
        except Refusal as refusal:
            refused = str(refusal.message)
        else:
            messages.success(request, _("You are checked in. Thank you for coming."))
            return HttpResponseRedirect(request.path, status=303)
    sign_up = next((row for row in queries.sign_ups_of(session) if row.responder_id == responder.pk), None)
    context = {
        "page_title": _("Check in"), "session": session, "when": when_words(session), "refused": refused,
        "sign_up": sign_up, "since": sign_up.checked_in_at if sign_up else None,
        "left": max(0, queries.left_of([session])[session.pk]),
        "is_expected": sign_up is not None and sign_up.status not in {SignUpStatus.WAITING, *GONE},
        "asks_questions": session.understanding == UnderstandingCheck.QUESTIONS, **new_form_key(),
    }  # fmt: skip
    return render(request, "responders/training_check_in.html", context, status=422 if refused else 200)


def _take(request: HttpRequest, visit: Visit, uuid: UUID, name: str) -> None:
    now = clock.now()
    if name in {"sign-up", "here"}:
        session = queries.training_at(uuid)
        if session is None:
            raise NotVisible
        if name == "sign-up":
            _sign_up(request, visit.actor, session, visit.responder)
            return
        commands.check_in_to_training(
            actor=visit.actor, now=now, session=session, responder=visit.responder,
            code=request.POST.get("code", "")[:40],
        )  # fmt: skip
        messages.success(request, _("You are checked in. Thank you for coming."))
        return
    own = queries.own_sign_up(visit.responder, uuid)
    if name == "take-back":
        commands.take_back_sign_up(actor=visit.actor, now=now, sign_up=own)
    elif name == "excuse":
        commands.excuse_from_training(actor=visit.actor, now=now, sign_up=own, kind=request.POST.get("excuse", ""))
    else:
        raise NotVisible
    messages.success(request, _("Noted. It changes nothing for you."))


def _sign_up(request: HttpRequest, actor: Any, session: TrainingSession, responder: Responder) -> None:
    try:
        made = commands.sign_up_for_training(actor=actor, now=clock.now(), session=session, responder=responder)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return
    said = {"title": session.title, "when": when_words(session)}
    if made.status == SignUpStatus.WAITING:
        messages.info(request, _("Every place of “%(title)s” is taken. You are on the waiting list and told when one "
                                 "becomes free.") % said)  # fmt: skip
    else:
        messages.success(request, _("You have a place in “%(title)s”, %(when)s.") % said)


def _offered(one: queries.Open, visit: Visit) -> dict[str, Any]:
    session = one.session
    return {
        "session": session, "when": when_words(session), "gives": labels_of(session.gives), "left": max(0, one.left),
        "url": visit.url("training_own", session.uuid, "sign-up"),
    }  # fmt: skip


def _shown(row: TrainingSignUp, visit: Visit) -> dict[str, Any]:
    session, now = row.session, clock.now()
    is_off = session.status == TrainingStatus.CANCELLED
    asks = row.status == SignUpStatus.PRESENT and session.understanding == UnderstandingCheck.QUESTIONS
    return {
        "row": row, "session": session, "when": when_words(session), "gives": labels_of(session.gives),
        "state": {"label": _("Cancelled") if is_off else state_label(row, now=now),
                  "tone": "ended" if is_off else SIGN_UP_TONES[SignUpStatus(row.status)]},
        "note": note_words(row), "turn": queries.turn_of(row) if row.status == SignUpStatus.WAITING else 0,
        "is_off": is_off,
        **{f"{name.replace('-', '_')}_url": visit.url("training_own", session.uuid, name) for name in OWN_STEPS},
        "lessons": [{"title": course_title(code), "url": visit.url("lesson", code)}
                    for code in courses_of(session.gives)] if asks else [],
        "holds_until": holds_until(session) if row.status == SignUpStatus.COMPLETED else None,
        "may_say_no": not is_off and row.status in COMING and session.ends_at > now,
        "may_come": not is_off and row.status == SignUpStatus.SIGNED_UP and session.ends_at > now
        and session.starts_at - now <= commands.EARLY,
        "may_return": not is_off and row.status in GONE and session.sign_up_by > now,
    }  # fmt: skip
