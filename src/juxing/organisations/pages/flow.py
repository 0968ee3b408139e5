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

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal, Words
from juxing.kernel.rights import Right
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal

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
    if request.method == "POST" and form.is_valid():
        try:
            url = act(form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, str(done))
            return redirect(url)
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
