"""Adding teams and branches to an organisation, and describing it."""

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

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.organisations import commands, policy, queries
from juxing.organisations.forms import BranchForm, DescribeForm, TeamForm
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
def describe(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Say who supervises an organisation and what it can do."""
    found = queries.organisation_to_manage(actor=request.actor, uuid=uuid)
    initial = {
        "supervising_department": found.supervising_department, "capabilities": ", ".join(found.capabilities),
    }  # fmt: skip
    form = DescribeForm(request.POST or None, initial=initial)
    return _add(request, uuid, form, commands.describe_organisation, title=_("Describe it"))


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
