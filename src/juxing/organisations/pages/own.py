"""One's own posts on the phone: what I hold, for whom I stand in, "I am away", "I am here"."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.web import ActorRequest, new_form_key, signed_in
from juxing.organisations import commands, policy, queries
from juxing.organisations.checklists import CHECKLISTS
from juxing.organisations.pages.flow import pressed, take
from juxing.organisations.post_forms import NoteForm, OwnAwayForm


@signed_in(policy.SEE)
def own_posts(request: ActorRequest) -> HttpResponse:
    """Show what I hold, for whom I stand in, and what is asked of me."""
    actor, now = request.actor, clock.now()
    own = queries.posts.own_posts(actor=actor, now=now)
    context = {
        "page_title": _("My posts"), "own": own, "stands": actor.acting_for, "now": now, **new_form_key(),
        "account_id": actor.account_id,
        "away": [row for row in own.absences if row.starts_at <= now],
        "coming": [row for row in own.absences if row.starts_at > now],
        "sheets": [
            {"sheet": sheet, "name": CHECKLISTS[sheet.checklist].name if sheet.checklist in CHECKLISTS else ""}
            for sheet in queries.duties.own_sheets(actor=actor, month=now.date())
        ],
    }  # fmt: skip
    return render(request, "organisations/own_posts.html", context)


@idempotent
@signed_in(policy.SEE)
def own_away(request: ActorRequest) -> HttpResponse:
    """Say that I am away from all my posts."""
    form = OwnAwayForm(request.POST or None)

    def act(_filled: dict[str, Any]) -> str:
        account = queries.posts.own_account(request.actor)
        commands.declare_absence(actor=request.actor, now=clock.now(), account=account, given=form.given())
        return reverse("organisations:own_posts")

    context = {
        "page_title": _("I am away"), "back_url": reverse("organisations:own_posts"), "submit_label": _("Hand over"),
        "lead": _("From then on the next in order works in each of your posts and finds your note."),
    }  # fmt: skip
    return take(
        request, form, act, done=_("Handed over. Take care."), context=context, template="organisations/own_form.html"
    )


@idempotent
@signed_in(policy.SEE)
@require_POST
def own_return(request: ActorRequest) -> HttpResponse:
    """Say that I am back."""
    account = queries.posts.own_account(request.actor)
    return pressed(
        request, lambda: commands.declare_return(actor=request.actor, now=clock.now(), account=account),
        done=_("Welcome back. Your posts are yours again."), url=reverse("organisations:own_posts"),
    )  # fmt: skip


@idempotent
@signed_in(policy.SEE)
@require_POST
def own_here(request: ActorRequest) -> HttpResponse:
    """Give a sign of life."""
    return pressed(
        request, lambda: commands.answer_presence(actor=request.actor, now=clock.now()),
        done=_("Thank you for the sign of life."), url=reverse("organisations:own_posts"),
    )  # fmt: skip


@idempotent
@signed_in(policy.SEE)
@require_POST
def read_note(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Confirm that a hand-over note was read."""
    found = queries.posts.backfill_for(actor=request.actor, uuid=uuid)
    return pressed(
        request, lambda: commands.read_note(actor=request.actor, now=clock.now(), backfill=found),
        done=_("Confirmed."), url=reverse("organisations:own_posts"),
    )  # fmt: skip


@idempotent
@signed_in(policy.SEE)
def own_note(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write the standing hand-over note of a post I hold."""
    found = queries.posts.post_for(actor=request.actor, uuid=uuid)
    form = NoteForm(request.POST or None, initial={"note": found.standing_note})

    def act(filled: dict[str, Any]) -> str:
        commands.write_standing_note(actor=request.actor, now=clock.now(), post=found, note=filled["note"])
        return reverse("organisations:own_posts")

    context = {
        "page_title": found.title, "back_url": reverse("organisations:own_posts"),
        "lead": _("What anyone who steps in has to know: where the keys are, whom to call, what runs. "
                  "No names of residents."),
    }  # fmt: skip
    return take(
        request, form, act, done=_("It is written down."), context=context, template="organisations/own_form.html"
    )
