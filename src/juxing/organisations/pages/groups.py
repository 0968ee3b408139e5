"""Action branches, temporary bodies and teams with their members."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock, journal
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.rights import Right
from juxing.kernel.web import ActorRequest, signed_in
from juxing.organisations import commands, policy, queries
from juxing.organisations.commands import BodyInput, BranchPurpose
from juxing.organisations.forms import BodyFilterForm, BodyForm, BranchFilterForm, JoinForm, PurposeForm
from juxing.organisations.models import ActionBranch, Team, TemporaryBody
from juxing.organisations.pages.flow import action, crumbs, organisation_picked, person_picked, pressed, take
from juxing.organisations.pages.words import timeline

Group = ActionBranch | TemporaryBody | Team


@signed_in(policy.SEE)
def branches(request: ActorRequest) -> HttpResponse:
    """List action branches with their leaders."""
    form = BranchFilterForm(request.GET)
    area_code, kind = (form.cleaned_data["area"], form.cleaned_data["kind"]) if form.is_valid() else ("", "")
    page = queries.groups.branches_page(
        actor=request.actor, area_code=area_code, branch_type=kind, cursor=request.GET.get("cursor")
    )
    context = {
        "page_title": _("Action branches"), "page_icon": "users-group", "form": form, "page": page, "rows": page.rows,
        "page_subtitle": _("People of many organisations who serve one speciality across communities."),
        "caption": _("Action branches"), "reset_url": reverse("organisations:branches"), "tabs": _tabs("branches"),
        "columns": [{"label": _("Its name")}, {"label": _("Kind")}, {"label": _("Led by")},
                    {"label": _("Members"), "kind": "number"},
                    {"label": pgettext("organisations", "Communities"), "kind": "number"}],
        "row_template": "organisations/_branch_row.html",
        "empty": {"icon": "users-group", "title": _("No action branch yet."),
                  "text": _("Branches are added to the organisation that convenes them.")},
    }  # fmt: skip
    return render(request, "organisations/listing.html", context)


@signed_in(policy.SEE)
def bodies(request: ActorRequest) -> HttpResponse:
    """List temporary branches, functional groups and task forces."""
    form = BodyFilterForm(request.GET)
    empty: dict[str, Any] = {"area": "", "kind": "", "ended": False}
    filled = form.cleaned_data if form.is_valid() else empty
    page = queries.groups.bodies_page(
        actor=request.actor, area_code=filled["area"], kind=filled["kind"], standing=not filled["ended"],
        cursor=request.GET.get("cursor"),
    )  # fmt: skip
    may = request.actor.may_somewhere(policy.FORM_BODIES)
    context = {
        "page_title": _("Temporary bodies"), "page_icon": "flag", "form": form, "page": page, "rows": page.rows,
        "page_subtitle": _("Temporary branches, functional groups and task forces: set up for a time, then dissolved."),
        "caption": _("Temporary bodies"), "reset_url": reverse("organisations:bodies"), "tabs": _tabs("bodies"),
        "columns": [{"label": _("Its name")}, {"label": _("Kind")}, {"label": _("Place")}, {"label": _("Led by")},
                    {"label": _("Members"), "kind": "number"}],
        "row_template": "organisations/_body_row.html",
        "page_actions": [action(_("Set up"), reverse("organisations:add_body"), "plus", kind="primary")] if may else [],
        "empty": {"icon": "flag", "title": _("Nothing is set up here."),
                  "text": _("In ordinary days that is how it should be.")},
    }  # fmt: skip
    return render(request, "organisations/listing.html", context)


def _tabs(current: str) -> list[dict[str, Any]]:
    entries = [("branches", _("Action branches"), "users-group"), ("bodies", _("Temporary bodies"), "flag")]
    return [
        {"label": label, "url": reverse(f"organisations:{name}"), "icon": icon, "is_current": name == current}
        for name, label, icon in entries
    ]


@idempotent
@signed_in(policy.FORM_BODIES)
def add_body(request: ActorRequest) -> HttpResponse:
    """Set up a body at one or several places."""
    areas = request.actor.areas_with(policy.FORM_BODIES).prefixes
    form = BodyForm(request.POST or None, initial={"area_codes": areas[0] if len(areas) == 1 else ""})

    def act(filled: dict[str, Any]) -> str:
        codes = filled["area_codes"].replace(",", " ").split()
        commands.form_bodies(
            actor=request.actor, now=clock.now(),
            bodies=[
                BodyInput(code, filled["kind"], filled["name"], filled["group_type"], filled["purpose"])
                for code in dict.fromkeys(codes)
            ],
        )  # fmt: skip
        return reverse("organisations:bodies")

    context = {
        "page_title": _("Set up"), "cancel_url": reverse("organisations:bodies"),
        "breadcrumbs": crumbs((_("Temporary bodies"), reverse("organisations:bodies")), (_("Set up"), "")),
    }  # fmt: skip
    return take(request, form, act, done=_("It is set up."), context=context)


@signed_in(policy.SEE)
def branch(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show an action branch: what it is for, who leads it, who belongs to it."""
    found = queries.groups.branch(actor=request.actor, uuid=uuid)
    facts = [
        {"term": _("Kind"), "value": found.get_branch_type_display()},
        {"term": _("What it is for"), "value": found.objective}, {"term": _("Lever"), "value": found.lever},
        {"term": _("Vehicle"), "value": found.vehicle}, {"term": _("Target group"), "value": found.target_group},
        {"term": _("Convened by"), "value": found.organisation.name if found.organisation else ""},
    ]  # fmt: skip
    changing = [action(_("Change"), reverse("organisations:change_branch", args=[uuid]), "pencil")]
    return _group(request, found, facts, changing, list_name="branches", list_label=_("Action branches"))


@idempotent
@signed_in(policy.MANAGE)
def change_branch(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Change what an action branch is for."""
    found = queries.groups.branch(actor=request.actor, uuid=uuid)
    names = ("objective", "lever", "vehicle", "target_group")
    form = PurposeForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    own = reverse("organisations:branch", args=[uuid])

    def act(filled: dict[str, Any]) -> str:
        purpose = BranchPurpose(**{name: filled[name] for name in names})
        commands.change_branch(actor=request.actor, now=clock.now(), branch=found, purpose=purpose)
        return own

    context = {"page_title": found.name, "cancel_url": own, "breadcrumbs": crumbs((found.name, own), (_("Change"), ""))}
    return take(request, form, act, done=_("It is written down."), context=context)


@signed_in(policy.SEE)
def body(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a temporary body and its members."""
    found = queries.groups.body(actor=request.actor, uuid=uuid)
    facts = [
        {"term": _("Kind"), "value": found.get_group_type_display() if found.group_type else found.get_kind_display()},
        {"term": _("Place"), "value": found.area_code}, {"term": _("What it is for"), "value": found.purpose},
        {"term": _("Set up"), "value": found.formed_at},
        *([{"term": _("Dissolved"), "value": found.dissolved_at}] if found.dissolved_at else []),
    ]  # fmt: skip
    closing: list[dict[str, Any]] = [{"label": _("Dissolve"), "dialog": "dissolve", "icon": "x", "kind": "danger"}]
    changing = [] if found.dissolved_at else closing
    return _group(request, found, facts, changing, list_name="bodies", list_label=_("Temporary bodies"))


@idempotent
@signed_in(policy.FORM_BODIES)
@require_POST
def dissolve(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Dissolve a temporary body."""
    found = queries.groups.body(actor=request.actor, uuid=uuid)
    return pressed(
        request,
        lambda: commands.dissolve_body(
            actor=request.actor, now=clock.now(), body=found, reason=request.POST.get("reason", "")
        ),
        done=_("It is dissolved."), url=reverse("organisations:bodies"),
    )  # fmt: skip


@signed_in(policy.SEE)
def team(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a standing team and its members."""
    found = queries.groups.team(actor=request.actor, uuid=uuid)
    facts: list[dict[str, Any]] = [
        {"term": _("Kind"), "value": found.get_team_type_display()},
        {"term": _("Duties in ordinary days"), "value": found.steady_duties},
        {"term": _("Duties when called"), "value": found.emergency_duties},
        {"term": _("Ready within (minutes)"), "value": found.muster_minutes},
        {"term": _("Organisation"), "value": found.organisation.name,
         "url": reverse("organisations:organisation", args=[found.organisation.uuid])},
    ]  # fmt: skip
    return _group(request, found, facts, [], list_name="list", list_label=_("Organisations"))


def _group(
    request: ActorRequest,
    found: Group,
    facts: list[dict[str, Any]],
    changing: list[dict[str, Any]],
    *,
    list_name: str,
    list_label: str,
) -> HttpResponse:
    may_manage = request.actor.may(_right(found), found.area_code)
    listed = reverse(f"organisations:{list_name}")
    context = {
        "page_title": found.name, "group": found, "kind": _kind(found), "facts": facts, "may_manage": may_manage,
        "members": queries.groups.members_of(actor=request.actor, group=found),
        "form": _join_form(request, found) if may_manage else None,
        "page_actions": changing if may_manage else [], "own_id": request.actor.account_id,
        "breadcrumbs": crumbs((list_label, listed), (found.name, "")),
        "entries": timeline(journal.entries_about(found._meta.label_lower, found.uuid)[:10]),
        "join_url": reverse("organisations:join", args=[_kind(found), found.uuid]),
    }  # fmt: skip
    return render(request, "organisations/group.html", context)


def _right(found: Group) -> Right:
    return policy.FORM_BODIES if isinstance(found, TemporaryBody) else policy.MANAGE


def _kind(found: Group) -> str:
    return {ActionBranch: "branch", TemporaryBody: "body", Team: "team"}[type(found)]


def _join_form(request: ActorRequest, found: Group) -> JoinForm:
    return JoinForm(request.POST or None, scope=_right(found).code)


@idempotent
@signed_in(policy.SEE)
def join(request: ActorRequest, kind: str, uuid: UUID) -> HttpResponse:
    """Let somebody join a team, branch or body."""
    found = _found(request.actor, kind, uuid)
    form = _join_form(request, found)
    own = reverse(f"organisations:{_kind(found)}", args=[uuid])

    def act(filled: dict[str, Any]) -> str:
        actor, now = request.actor, clock.now()
        account = person_picked(request, filled["account"], right=_right(found))
        chosen = filled["organisation"]
        home = organisation_picked(request, chosen) if chosen else None
        commands.join(
            actor=actor, now=now, group=found, account=account, office=filled["office"], organisation=home
        )  # fmt: skip
        return own

    context = {"page_title": found.name, "cancel_url": own, "breadcrumbs": crumbs((found.name, own), (_("Add"), ""))}
    return take(request, form, act, done=_("It is written down."), context=context)


def _found(actor: Actor, kind: str, uuid: UUID) -> Group:
    if kind == "branch":
        return queries.groups.branch(actor=actor, uuid=uuid)
    return (
        queries.groups.body(actor=actor, uuid=uuid) if kind == "body" else queries.groups.team(actor=actor, uuid=uuid)
    )


@idempotent
@signed_in(policy.SEE)
@require_POST
def leave(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """End a membership."""
    found = queries.groups.membership_for(actor=request.actor, uuid=uuid)
    kind, group = next(
        (kind, group) for kind in ("team", "branch", "body") if (group := getattr(found, kind)) is not None
    )
    return pressed(
        request, lambda: commands.leave(actor=request.actor, now=clock.now(), membership=found),
        done=_("It is written down."), url=reverse(f"organisations:{kind}", args=[group.uuid]),
    )  # fmt: skip
