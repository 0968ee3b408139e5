"""Adding teams, branches and posts to an organisation, and saying who holds a post."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.organisations import commands, policy, queries
from juxing.organisations.forms import BranchForm, HoldForm, PostForm, TeamForm
from juxing.organisations.models import Organisation

Command = Callable[..., object]


@idempotent
@signed_in(policy.MANAGE)
def add_team(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Add a team."""
    return _add(request, uuid, TeamForm(request.POST or None), commands.add_team, title=_("Add a team"))


@idempotent
@signed_in(policy.MANAGE)
def add_branch(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Add an action branch."""
    return _add(request, uuid, BranchForm(request.POST or None), commands.add_branch, title=_("Add an action branch"))


@idempotent
@signed_in(policy.MANAGE)
def add_post(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Add a post."""
    return _add(request, uuid, PostForm(request.POST or None), commands.add_post, title=_("Add a post"))


@idempotent
@signed_in(policy.MANAGE)
def post(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show who holds a post, and let somebody take it over."""
    actor, now = request.actor, clock.now()
    found = queries.post_to_manage(actor=actor, uuid=uuid)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        try:
            account = queries.account_for_post(actor=actor, sign_in_name=filled["account"], now=now)
            commands.hold_post(
                actor=actor, now=now, post=found, account=account, slot=filled["slot"], rank=filled["rank"]
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The post is taken over."))
            return redirect("organisations:post", uuid)
    context = {
        "page_title": found.title, "page_subtitle": found.organisation.name, "form": form, "post": found,
        "holdings": queries.holdings_of(actor=actor, post=found, now=now), **new_form_key(),
        "breadcrumbs": _crumbs(found.organisation, found.title), "submit_label": _("Take it over"),
    }  # fmt: skip
    return render(request, "organisations/post.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.MANAGE)
@require_POST
def relieve_post(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """End a holding."""
    found = queries.post_to_manage(actor=request.actor, uuid=uuid)
    rank = request.POST.get("rank", "1")
    commands.relieve_post(
        actor=request.actor, now=clock.now(), post=found, slot=request.POST.get("slot", ""),
        rank=int(rank) if rank.isdecimal() and len(rank) <= 2 else 1,
    )  # fmt: skip
    messages.success(request, _("The post is given up."))
    return redirect("organisations:post", uuid)


def _add(request: ActorRequest, uuid: UUID, form: forms.Form, command: Command, *, title: str) -> HttpResponse:
    found = queries.organisation_to_manage(actor=request.actor, uuid=uuid)
    if request.method == "POST" and form.is_valid():
        try:
            command(actor=request.actor, now=clock.now(), organisation=found, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("It is written down."))
            return redirect("organisations:organisation", uuid)
    context: dict[str, Any] = {
        "page_title": title, "page_subtitle": found.name, "form": form, **new_form_key(),
        "cancel_url": reverse("organisations:organisation", args=[uuid]), "breadcrumbs": _crumbs(found, title),
    }  # fmt: skip
    return render(request, "organisations/add.html", context, status=422 if form.errors else 200)


def _crumbs(organisation: Organisation, last: str) -> list[dict[str, str]]:
    return [
        {"label": _("Organisations"), "url": reverse("organisations:list")},
        {"label": organisation.name, "url": reverse("organisations:organisation", args=[organisation.uuid])},
        {"label": last},
    ]
