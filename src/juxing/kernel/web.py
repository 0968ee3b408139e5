"""What every page and endpoint shares: the acting request, the door for signed-in people, refusals on forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Generic, TypeVar
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.forms import BaseForm, Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import FORM_FIELD
from juxing.kernel.refusals import NotPermitted, Refusal, Words
from juxing.kernel.rights import Right

View = Callable[..., HttpResponse]
T = TypeVar("T")


class ActorRequest(HttpRequest):
    """A request after the scope middleware: it knows who acts."""

    actor: Actor


def signed_in(right: Right | None = None) -> Callable[[View], View]:
    """
    Let only accounts through, and only those that hold the right somewhere.

    This decides whether the page is offered at all; what may be done where is decided by queries and commands. Every
    view wears this or ``open_to_all``; a test pairs each address with its roles.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.actor.account_id is None:
                return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
            if right is not None and not request.actor.may_somewhere(right):
                raise NotPermitted
            return view(request, *args, **kwargs)

        guarded.required_right = right  # type: ignore[attr-defined]
        guarded.is_open = False  # type: ignore[attr-defined]
        return guarded

    return decorate


def open_to_all(view: View) -> View:
    """Mark a view that residents without an account may use."""
    view.is_open = True  # type: ignore[attr-defined]
    return view


def show_refusal(form: BaseForm, refusal: Refusal) -> None:
    """Put a command's no beside the field it concerns, or above the form; what was typed stays."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, str(refusal.message))


@dataclass(frozen=True, slots=True)
class CarriedOut(Generic[T]):
    """That something was done, and what came of it."""

    made: T


def carried_out(
    request: HttpRequest, form: Form, act: Callable[[dict[str, Any]], T], *, done: Words = ""
) -> CarriedOut[T] | None:
    """
    Do what a form says once it is sent and valid, and say so; a refusal stands beside its field.

    None where the form is to be shown, for the first time or with what is wrong.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        made = act(form.cleaned_data)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return None
    if done:
        messages.success(request, str(done))
    return CarriedOut(made)


def new_form_key() -> dict[str, str]:
    """Return the hidden field that makes a form safe to send twice, for the template's context."""
    return {FORM_FIELD: str(uuid4())}
