"""
Writes that may be sent twice do their work once.

A phone in a stairwell, a double click and another system's retry all send the same key; the first answer is kept
and given again. The key is the sender's choice; the same key with different content is refused, not guessed at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from juxing.kernel.models import IdempotencyKey
from juxing.kernel.refusals import InvalidInput, Refusal

View = Callable[..., HttpResponse]
HEADER = "Idempotency-Key"
FORM_FIELD = "idempotency_key"
MAXIMUM_KEY_LENGTH = 80
KEPT_FOR = timedelta(days=7)
KEPT_HEADERS = ("Location", "Content-Type", "HX-Redirect", "HX-Trigger")


def idempotent(view: View) -> View:
    """
    Answer a repeated POST with the first one's answer.

    Needs the request's own transaction (see ``juxing.access.middleware``); without a key the view just runs. Answers
    of 400 and above are not kept: after a correction the same form may be sent again.
    """

    @wraps(view)
    def once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(HEADER) or request.POST.get(FORM_FIELD, "")
        if request.method in {"GET", "HEAD", "OPTIONS"} or not key:
            return view(request, *args, **kwargs)
        kept = reserve(key, sender=_sender(request), fingerprint=_fingerprint(request))
        if kept.status_code is not None:
            return _answer_again(kept)
        response = view(request, *args, **kwargs)
        if response.status_code < 400:
            keep(kept, response)
        else:
            kept.delete()
        return response

    return once


def reserve(key: str, *, sender: str, fingerprint: str) -> IdempotencyKey:
    """
    Return the row of this key, waiting for a first sender that is still at work.

    Raises:
        InvalidInput: if the key is too long.
        Refusal: if the key was used for other content.
    """
    if len(key) > MAXIMUM_KEY_LENGTH:
        raise InvalidInput("idempotency_key_too_long", _("The idempotency key is longer than 80 characters."))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_idempotencykey (sender, key, fingerprint, headers, body) "
            "VALUES (%s, %s, %s, '{}', '') ON CONFLICT (sender, key) DO NOTHING RETURNING id",
            [sender, key, fingerprint],
        )
        reserved = cursor.fetchone()
    if reserved is not None:
        return IdempotencyKey(pk=reserved[0], sender=sender, key=key, fingerprint=fingerprint)
    kept = IdempotencyKey.objects.get(sender=sender, key=key)
    if kept.fingerprint != fingerprint:
        raise Refusal(
            "idempotency_key_reused",
            _("This key was already used for a different message. Send it with a new key."),
        )
    return kept


def keep(kept: IdempotencyKey, response: HttpResponse) -> None:
    """Store the answer beside the work."""
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    body = response.content.decode(errors="replace")
    values: list[Any] = [response.status_code, Jsonb(headers), body, kept.pk]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_idempotencykey SET status_code = %s, headers = %s, body = %s WHERE id = %s", values
        )


def forget_keys(*, now: datetime) -> int:
    """Delete the answers of a week ago, which no phone asks for any more; return how many."""
    return IdempotencyKey.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]


def _answer_again(kept: IdempotencyKey) -> HttpResponse:
    response = HttpResponse(kept.body, status=kept.status_code)
    for name, value in kept.headers.items():
        response[name] = value
    response["Idempotent-Replay"] = "true"
    return response


def _sender(request: HttpRequest) -> str:
    actor = getattr(request, "actor", None)
    if actor is not None and actor.account_id is not None:
        return f"account:{actor.account_id}"
    return f"session:{request.session.session_key or 'none'}" if hasattr(request, "session") else "none"


def _fingerprint(request: HttpRequest) -> str:
    digest = hashlib.sha256(request.path.encode())
    if request.content_type == "application/json":
        digest.update(request.body)
    else:
        for name, values in sorted(request.POST.lists()):
            if name not in {FORM_FIELD, "csrfmiddlewaretoken"}:
                digest.update(repr((name, values)).encode())
    return digest.hexdigest()
