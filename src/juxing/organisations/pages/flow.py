"""What every form and button of this room does: act, say so, go on; or show the refusal where it belongs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from juxing.access.models import Account
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.picking import picked
from juxing.kernel.refusals import Refusal, Words
from juxing.kernel.rights import Right
from juxing.kernel.web import ActorRequest, carried_out, new_form_key
from juxing.organisations import queries
from juxing.organisations.models import Organisation

Act = Callable[[dict[str, Any]], str]
"""Does what the cleaned form says and returns the address to go on to."""


def take(
    request: ActorRequest,
    form: forms.Form,
    act: Act,
    *,
    done: Words,
    context: Mapping[str, Any],
    template: str = "organisations/form.html",
) -> HttpResponse:
    """Show a form; sent, do what it says and go on. A refusal stands beside its field, and what was typed stays."""
    url = carried_out(request, form, act, done=done)
    if url is not None:
        return redirect(url.made)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **new_form_key(), **context}, status=status)


def pressed(request: ActorRequest, act: Callable[[], object], *, done: Words, url: str) -> HttpResponse:
    """Do what a button says and go back to the page; a refusal is said there."""
    try:
        act()
    except Refusal as refusal:
        if refusal.status in {403, 404}:
            raise
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, str(done))
    return redirect(url)


def go_back(url: str, part: str = "") -> HttpResponse:
    """Go back to a page after a form that stood on it; ``part`` is the section the reader was in."""
    return redirect(f"{url}#{part}" if part else url)


def own_place(actor: Actor, right: Right) -> str:
    """Return the place where the actor holds the right, if it is one: what a form starts with."""
    prefixes = actor.areas_with(right).prefixes
    return prefixes[0] if len(prefixes) == 1 else ""


def crumbs(*steps: tuple[Words, str]) -> list[dict[str, str]]:
    """Return breadcrumbs; the last step has no address."""
    return [{"label": str(label), **({"url": url} if url else {})} for label, url in steps]


def posts_crumb() -> tuple[Words, str]:
    """Return the step to the board of posts."""
    return _("Posts"), reverse("organisations:board")


def action(label: Words, url: str, icon: str, *, kind: str = "", download: bool = False) -> dict[str, Any]:
    """Return one button of a page's head."""
    return {"label": str(label), "url": url, "icon": icon, "kind": kind, "download": download}


def person_picked(request: ActorRequest, text: str, *, right: Right, field: str = "account") -> Account:
    """Return whom a box means, of those who work where the actor holds the right; InvalidInput if unclear."""
    search = queries.choosing.people_working_in(request.actor.areas_with(right), now=clock.now())
    return picked(search, text, field=field)


def organisation_picked(request: ActorRequest, text: str, *, field: str = "organisation") -> Organisation:
    """Return which organisation the text of a box means; InvalidInput if that is unclear."""
    return picked(queries.choosing.organisations_seen(request.actor), text, field=field)


def place_picked(request: ActorRequest, text: str, *, field: str = "area_code") -> str:
    """Return the code of the place the text of a box means; a text that fits nothing is taken as a code."""
    search = queries.choosing.places_known(request.actor)
    return picked(search, text, field=field) if search(text.strip(), 1) else text.strip()
