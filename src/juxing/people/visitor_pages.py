"""A visitor without an account, who has proved a phone: remembered in the session, sealed, for two hours."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest

from juxing.kernel import clock
from juxing.kernel.fields import UnreadableField, decrypt, encrypt

PHONE, PROVED_AT, ASKED, DEMO_CODE = "people.phone", "people.proved_at", "people.asked_phone", "people.demo_code"
COLUMN = "session.phone"
LASTS = timedelta(hours=2)


def proved_phone(request: HttpRequest) -> str:
    """Return the phone the visitor has proved, or ""."""
    proved_at = request.session.get(PROVED_AT, 0)
    if clock.now().timestamp() - proved_at > LASTS.total_seconds():
        return ""
    return _opened(request.session.get(PHONE, ""))


def asked_phone(request: HttpRequest) -> str:
    """Return the phone to which a code was sent last, or ""."""
    return _opened(request.session.get(ASKED, ""))


def remember_asked(request: HttpRequest, phone: str) -> None:
    """Keep the phone to which a code goes."""
    request.session[ASKED] = encrypt(phone, column=COLUMN)


def remember_proved(request: HttpRequest, phone: str) -> None:
    """Keep that this visitor holds the phone, under a new session key."""
    request.session.cycle_key()
    request.session[PHONE] = encrypt(phone, column=COLUMN)
    request.session[PROVED_AT] = clock.now().timestamp()
    request.session.pop(DEMO_CODE, None)


def _opened(sealed: str) -> str:
    try:
        return decrypt(sealed, column=COLUMN) if sealed else ""
    except UnreadableField:
        return ""
