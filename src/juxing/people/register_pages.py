"""Writing residents down, changing what is written about them, moving them out, and why each field is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_name, masked_phone
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, signed_in
from juxing.people import commands, policy, queries
from juxing.people.forms import ChangeForm, MoveOutForm, RegisterAtDoorForm
from juxing.people.models import Resident
from juxing.people.personal_fields import table_of_fields


@idempotent
@signed_in(policy.REGISTER)
@never_cache
def register(request: ActorRequest) -> HttpResponse:
    """Write a resident down at a door given as people write it."""
    form = RegisterAtDoorForm(request.POST or None)
    registered = carried_out(
        request, form, lambda filled: _register(request, **filled), done=_("The resident is written down.")
    )
    if registered:
        return redirect("people:household", registered.made.household.uuid)
    crumbs = [{"label": _("Residents"), "url": reverse("people:search")}, {"label": _("Write a resident down")}]
    return _form_page(request, form, page_title=_("Write a resident down"), breadcrumbs=crumbs,
                      cancel_url=reverse("people:search"))  # fmt: skip


def _register(request: ActorRequest, *, address: str, **filled: Any) -> Resident:
    household = queries.household_written(actor=request.actor, address=address)
    return commands.register_resident(actor=request.actor, now=clock.now(), household=household, **filled)


@idempotent
@signed_in(policy.REGISTER)
@never_cache
def change(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Change a resident's details; name and phone stay masked, and are kept where nothing is written."""
    found = queries.resident(actor=request.actor, uuid=uuid)
    known = {name: getattr(found, name) for name in ("birth_year", "mobility", "has_smartphone")}
    form = ChangeForm(request.POST or None, initial=known)
    form.fields["name"].help_text = _("Now %(name)s. Leave empty to keep it.") % {"name": masked_name(found.name)}
    if found.phone:
        form.fields["phone"].help_text = _("Now %(phone)s. Leave empty to keep it.") % {
            "phone": masked_phone(found.phone)
        }
    if carried_out(
        request, form, lambda _filled: commands.change_resident(
            actor=request.actor, now=clock.now(), resident=found, changes=form.changes()
        ), done=_("The change is written down."),
    ):  # fmt: skip
        return redirect("people:resident", uuid)
    return _about(request, found, form, page_title=_("Change details"))


@idempotent
@signed_in(policy.REGISTER)
@never_cache
def move_out(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Note that a resident no longer lives here."""
    found = queries.resident(actor=request.actor, uuid=uuid)
    form = MoveOutForm(request.POST or None, initial={"on": timezone.localdate()})
    if carried_out(
        request, form, lambda filled: commands.move_out(
            actor=request.actor, now=clock.now(), resident=found, **filled
        ), done=_("The move is written down. Special care has ended with it."),
    ):  # fmt: skip
        return redirect("people:household", found.household.uuid)
    return _about(request, found, form, page_title=_("Moved out"))


@signed_in(policy.SEE_PURPOSES)
def purposes(request: ActorRequest) -> HttpResponse:
    """List why each personal field is kept, on what basis, and for how long."""
    context = {
        "page_title": _("Why each personal field is kept"),
        "page_subtitle": _("No movements, no contact lists, no scores: what is not in this list is not kept."),
        "rows": table_of_fields(), "caption": _("Personal fields"),
        "columns": [{"label": _("Purpose")}, {"label": _("Fields")}, {"label": _("Basis")},
                    {"label": _("Sensitivity")}, {"label": _("Kept")}],
    }  # fmt: skip
    return render(request, "people/purposes.html", context)


def _about(request: ActorRequest, found: Resident, form: forms.Form, *, page_title: str) -> HttpResponse:
    address = reverse("people:resident", args=[found.uuid])
    crumbs = [
        {"label": _("Residents"), "url": reverse("people:search")},
        {"label": masked_name(found.name), "url": address},
        {"label": page_title},
    ]
    return _form_page(request, form, page_title=page_title, breadcrumbs=crumbs, cancel_url=address)


def _form_page(request: ActorRequest, form: forms.Form, **context: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "people/form.html", {"form": form, **new_form_key(), **context}, status=status)
