"""
What every endpoint of the HTTP API shares: token sign-in, problem details, pages by key.

Errors are problem details (RFC 9457) whose ``code`` is stable. Answers never say whether a thing exists outside the
token's scope.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.decorators import decorate_view
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.keyset import Page
from juxing.kernel.refusals import Refusal

Row = TypeVar("Row")
PROBLEM_TYPE = "application/problem+json"
once: Callable[..., Any] = decorate_view(idempotent)
"""Decorator of endpoints that write: a repeated Idempotency-Key gets the first answer again."""


class TokenSignIn(HttpBearer):
    """``Authorization: Bearer …``; the scope middleware has already turned the token into an actor."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:  # noqa: ARG002 - checked before
        """Return the token's actor, or None for a bad token."""
        actor: Actor = request.actor  # type: ignore[attr-defined]
        return actor if actor.account_id is not None else None


class PageSchema(Schema, Generic[Row]):
    """One page of a list; follow ``next`` until it is null."""

    rows: list[Row]
    next: str | None
    previous: str | None


def page_answer(page: Page[Any], make: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a page as an endpoint answers it."""
    return {"rows": [make(row) for row in page.rows], "next": page.next_cursor, "previous": page.previous_cursor}


def problem(status: int, code: str, detail: object, *, errors: Sequence[dict[str, Any]] = ()) -> HttpResponse:
    """Return problem details."""
    body: dict[str, Any] = {
        "type": f"urn:juxing:problem:{code}",
        "title": code,
        "status": status,
        "detail": str(detail),
    }
    body["code"] = code
    if errors:
        body["errors"] = list(errors)
    return JsonResponse(body, status=status, content_type=PROBLEM_TYPE)


def use_problem_details(api: NinjaAPI) -> None:
    """Make every error of this API problem details."""

    @api.exception_handler(Refusal)
    def refused(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
        errors = [{"field": refusal.field, "message": str(refusal.message)}] if refusal.field else []
        return problem(refusal.status, refusal.code, refusal.message, errors=errors)

    @api.exception_handler(ValidationError)
    def invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [
            {"field": ".".join(str(part) for part in each["loc"][1:]), "message": each["msg"]} for each in error.errors
        ]
        return problem(422, "invalid_input", _("Some fields cannot be used as sent."), errors=errors)

    @api.exception_handler(AuthenticationError)
    def unknown(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return problem(401, "token_missing_or_expired", _("Send a valid token as Authorization: Bearer …"))

    @api.exception_handler(HttpError)
    def other(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, "http_error", error.message)
