"""Organisations on the screen."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.organisations import commands, policy, queries
from juxing.organisations.forms import FilterForm, OrganisationForm
from juxing.organisations.models import Organisation
from juxing.organisations.pages.flow import own_place, place_picked


@signed_in(policy.SEE)
def organisation_list(request: ActorRequest) -> HttpResponse:
    """List organisations by place and name."""
    form = FilterForm(request.GET)
    area_code, kind = (form.cleaned_data["area"], form.cleaned_data["kind"]) if form.is_valid() else ("", "")
    page = queries.organisations_page(
        actor=request.actor, area_code=area_code, organisation_type=kind, cursor=request.GET.get("cursor")
    )
    actions = [
        {"label": _("Add an organisation"), "url": reverse("organisations:add"), "icon": "plus", "kind": "primary"},
        {"label": _("Import a table"), "url": reverse("organisations:import"), "icon": "upload"},
    ]
    context = {
        "page_title": _("Organisations"), "form": form, "page": page, "rows": page.rows,
        "page_subtitle": _("Party and government, committees, property, social organisations, resident units."),
        "columns": [{"label": _("Its name")}, {"label": _("Kind")}, {"label": _("Area code")}],
        "caption": _("Organisations"), "reset_url": reverse("organisations:list"),
        "page_actions": actions if request.actor.may_somewhere(policy.MANAGE) else [],
        "empty": {"icon": "building-community", "title": _("No organisation is registered here."),
                  "text": _("Add the ones that take part in this place.")},
    }  # fmt: skip
    return render(request, "organisations/list.html", context)


@signed_in(policy.SEE)
def organisation(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one organisation with its teams, branches and posts."""
    actor = request.actor
    found = queries.organisation(actor=actor, uuid=uuid)
    context = {
        "page_title": found.name, "page_subtitle": found.get_organisation_type_display(),
        "facts": _facts(found),
        "teams": queries.teams_of(actor=actor, organisation=found),
        "branches": queries.branches_of(actor=actor, organisation=found),
        "posts": queries.posts_of(actor=actor, organisation=found, now=clock.now()),
        "may_manage": policy.can_manage(actor, found), "page_actions": _actions(actor, found),
        "breadcrumbs": [{"label": _("Organisations"), "url": reverse("organisations:list")}, {"label": found.name}],
    }  # fmt: skip
    return render(request, "organisations/organisation.html", context)


@idempotent
@signed_in(policy.MANAGE)
def add(request: ActorRequest) -> HttpResponse:
    """Add an organisation."""
    form = OrganisationForm(request.POST or None, initial={"area_code": own_place(request.actor, policy.MANAGE)})
    if request.method == "POST" and form.is_valid():
        try:
            place = place_picked(request, form.cleaned_data["area_code"])
            added = commands.add_organisation(
                actor=request.actor, now=clock.now(), **form.cleaned_data | {"area_code": place}
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The organisation is registered."))
            return redirect("organisations:organisation", added.uuid)
    context = {
        "page_title": _("Add an organisation"), "form": form, "cancel_url": reverse("organisations:list"),
        **new_form_key(),
    }  # fmt: skip
    return render(request, "organisations/add.html", context, status=422 if form.errors else 200)


def _actions(actor: Actor, found: Organisation) -> list[dict[str, str]]:
    if not policy.can_manage(actor, found):
        return []
    parts = [
        ("add_post", _("Add a post"), "plus"), ("add_branch", _("Add an action branch"), "plus"),
        ("add_team", _("Add a team"), "plus"), ("describe", _("Describe it"), "pencil"),
    ]  # fmt: skip
    return [
        {"label": label, "url": reverse(f"organisations:{name}", args=[found.uuid]), "icon": icon}
        for name, label, icon in parts
    ]


def _facts(found: Organisation) -> list[dict[str, str]]:
    facts = [
        {"term": _("Supervised by"), "value": found.supervising_department},
        {"term": _("What it can do"), "value": _(", ").join(found.capabilities)},
    ]
    return [fact for fact in facts if fact["value"]]
