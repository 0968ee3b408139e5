"""
Every request acts as someone, in one transaction, inside that one's scope.

A failed request leaves nothing behind: on an exception or an answer of 500 and above the transaction is rolled
back. Refusals become pages or problem details that say what to do next.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from juxing.access.enrolment import led_to_second_step
from juxing.access.known_tokens import actor_of_token
from juxing.access.models import Account
from juxing.access.queries import actor_of
from juxing.access.signing_in import note_use
from juxing.kernel import clock, journal
from juxing.kernel.actors import Actor
from juxing.kernel.api import problem
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting

API = "/api/"
WITHOUT_DATABASE = ("/static/", "/healthz")


class ScopeMiddleware:
    """Sets ``request.actor`` and opens its scope; must stand after authentication."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the actor's transaction."""
        if request.path.startswith(WITHOUT_DATABASE):
            return self.get_response(request)
        request.actor = self._actor(request)  # type: ignore[attr-defined]
        with acting(request.actor), journal.correlated():  # type: ignore[attr-defined]
            now = clock.now()
            note_use(request, now=now)
            response = led_to_second_step(request, request.actor, now=now) or self.get_response(request)  # type: ignore[attr-defined]
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
            if response.status_code >= 500 or getattr(request, "undo_everything", False):
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Mark the request's work for undoing; turn a refusal no view handled into its page."""
        request.undo_everything = True  # type: ignore[attr-defined]
        if isinstance(exception, Refusal):
            if request.path.startswith(API):
                return problem(exception.status, exception.code, exception.message)
            if exception.status == 404:
                raise Http404(str(exception.message))
            context = {"message": exception.message, "code": exception.code, "status": exception.status}
            return render(request, "refused.html", context, status=exception.status)
        return None

    def _actor(self, request: HttpRequest) -> Actor:
        now = clock.now()
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.casefold() == "bearer":
            actor = actor_of_token(secret.strip(), now=now)
            request.token_is_bad = actor is None  # type: ignore[attr-defined]
            return actor or Actor.resident()
        if isinstance(request.user, Account):
            return actor_of(request.user, now=now)
        return Actor.resident()
