"""Accounts and roles, as the administrator of an area manages them."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from juxing.access import commands, policy, queries, second_step_commands
from juxing.access.forms import AccountForm, RoleForm, SetPasswordForm
from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, signed_in


@signed_in(policy.ADMINISTER)
def accounts(request: ActorRequest) -> HttpResponse:
    """List the accounts the actor administers."""
    text = request.GET.get("q", "")
    page = queries.accounts_page(actor=request.actor, text=text, cursor=request.GET.get("cursor"))
    context = {
        "page_title": _("Accounts"), "search_text": text, "now": clock.now(), "page": page, "rows": page.rows,
        "page_subtitle": _("Who can sign in, and what they may do where."),
        "columns": [{"label": _("Sign-in name")}, {"label": _("Name")}, {"label": _("Roles")}, {"label": _("State")}],
        "caption": _("Accounts"),
        "empty": {"icon": "user", "title": _("No account was found."), "text": _("Try the beginning of the name.")},
        "page_actions": [
            {"label": _("New account"), "url": reverse("access:create_account"), "icon": "user-plus",
             "kind": "primary"},
            {"label": _("Who may do what"), "url": reverse("access:rights"), "icon": "table"},
        ],
    }  # fmt: skip
    return render(request, "access/accounts.html", context)


@idempotent
@sensitive_post_parameters("password")
@signed_in(policy.ADMINISTER)
def create_account(request: ActorRequest) -> HttpResponse:
    """Make an account; its roles are given on its own page next."""
    form = AccountForm(request.POST or None)
    created = carried_out(
        request, form, lambda filled: commands.create_account(actor=request.actor, now=clock.now(), **filled),
        done=_("The account is there. Now give it a role."),
    )  # fmt: skip
    if created:
        return redirect("access:account", created.made.uuid)
    title = _("New account")
    return _form_page(request, form, title=title, submit_label=_("Create account"), back=reverse("access:accounts"))


@signed_in(policy.ADMINISTER)
@never_cache
def account(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one account with its roles, past and present."""
    found = queries.account(actor=request.actor, uuid=uuid)
    return _show_account(request, found, RoleForm(areas=request.actor.areas_with(policy.ADMINISTER)))


@idempotent
@signed_in(policy.ADMINISTER)
@require_POST
def give_role(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give the account a role within the actor's own area."""
    found = queries.account(actor=request.actor, uuid=uuid)
    form = RoleForm(request.POST, areas=request.actor.areas_with(policy.ADMINISTER))
    if carried_out(
        request, form, lambda filled: commands.give_role(
            actor=request.actor, now=clock.now(), account=found, **filled
        ), done=_("The role holds from now on."),
    ):  # fmt: skip
        return redirect("access:account", uuid)
    return _show_account(request, found, form, status=422)


@idempotent
@signed_in(policy.ADMINISTER)
@require_POST
def end_role(request: ActorRequest, uuid: UUID, assignment_uuid: UUID) -> HttpResponse:
    """End a role now."""
    found = queries.account(actor=request.actor, uuid=uuid)
    assignment = queries.assignment_of(found, assignment_uuid)
    reason = request.POST.get("reason", "")[:400]
    commands.end_role(actor=request.actor, now=clock.now(), assignment=assignment, reason=reason)
    messages.success(request, _("The role has ended."))
    return redirect("access:account", uuid)


@sensitive_post_parameters("new")
@signed_in(policy.ADMINISTER)
def set_password(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give the account a new password."""
    found = queries.account(actor=request.actor, uuid=uuid)
    form = SetPasswordForm(request.POST or None)
    if carried_out(
        request, form, lambda filled: commands.set_password(
            actor=request.actor, now=clock.now(), account=found, new=filled["new"]
        ), done=_("The new password is set. Tell it to the person, not by group chat."),
    ):  # fmt: skip
        return redirect("access:account", uuid)
    title = _("New password for %(name)s") % {"name": found.display_name}
    back = reverse("access:account", args=[uuid])
    return _form_page(request, form, title=title, submit_label=_("Set password"), back=back)


@idempotent
@signed_in(policy.ADMINISTER)
@require_POST
def switch_account(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Close an open account, or open a closed one."""
    found = queries.account(actor=request.actor, uuid=uuid)
    switch = commands.close_account if found.is_active else commands.open_account
    switch(actor=request.actor, now=clock.now(), account=found, reason=request.POST.get("reason", "")[:400])
    messages.success(request, _("The account is closed.") if found.is_active else _("The account is open again."))
    return redirect("access:account", uuid)


@idempotent
@signed_in(policy.ADMINISTER)
@require_POST
def reset_second_step(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take the second step away from somebody who lost theirs."""
    found = queries.account(actor=request.actor, uuid=uuid)
    try:
        second_step_commands.reset_second_step(
            actor=request.actor, now=clock.now(), account=found, reason=request.POST.get("reason", "")
        )
    except InvalidInput as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The second step is gone; the next sign-in asks for the password only."))
    return redirect("access:account", uuid)


@signed_in()
def rights_table(request: ActorRequest) -> HttpResponse:
    """Show which role carries which right: the complete table, from the code itself."""
    context = {
        "page_title": _("Who may do what"), "roles": list(Role), "table": queries.rights_table(),
        "page_subtitle": _("A right holds where the role was given: at that place and below."),
    }  # fmt: skip
    return render(request, "access/rights.html", context)


def _show_account(request: ActorRequest, found: Account, form: RoleForm, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    context = {
        "page_title": found.display_name, "page_subtitle": found.sign_in_name, "form": form, "shown_account": found,
        "assignments": found.role_assignments.order_by("-starts_at"), "now": now, **new_form_key(),
        "breadcrumbs": [{"label": _("Accounts"), "url": reverse("access:accounts")}, {"label": found.display_name}],
        "page_badge": {"label": _("open") if found.is_active else pgettext("access", "closed"),
                       "tone": "done" if found.is_active else "ended"},
        "page_actions": [
            {"label": _("Set password"), "url": reverse("access:set_password", args=[found.uuid]), "icon": "key"},
            {"label": _("Reset second step"), "icon": "shield-check", "dialog": "reset-second-step"},
            {"label": _("Close account") if found.is_active else _("Open account"), "icon": "lock",
             "dialog": "switch-account"},
        ],
    }  # fmt: skip
    return render(request, "access/account.html", context, status=status)


def _form_page(request: ActorRequest, form: forms.Form, *, title: str, submit_label: str, back: str) -> HttpResponse:
    context = {"form": form, "page_title": title, "submit_label": submit_label, "cancel_url": back, **new_form_key()}
    return render(request, "access/change.html", context, status=422 if form.errors else 200)
