"""Time-based one-time passwords (RFC 6238) as every authenticator app shows them: SHA-1, six digits, half a minute."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_SECONDS, DIGITS, SECRET_BYTES = 30, 6, 20
STEPS_AROUND = (0, -1, 1)
"""A clock may be half a minute off either way."""


def new_secret() -> str:
    """Return a new secret in base 32, as it is typed by hand."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_at(secret: str, step: int) -> str:
    """Return the six digits of one half minute since 1970."""
    clock = TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - what the apps compute
    return clock.generate(step * STEP_SECONDS).decode()


def matching_step(secret: str, code: str, *, now: datetime) -> int | None:
    """Return the half minute whose code this is, now or half a minute around; None for a wrong one."""
    present = int(now.timestamp()) // STEP_SECONDS
    for offset in STEPS_AROUND:
        if hmac.compare_digest(code_at(secret, present + offset), code):
            return present + offset
    return None


def app_address(secret: str, *, issuer: str, name: str) -> str:
    """Return the ``otpauth`` address that a QR code carries into the app."""
    label = quote(f"{issuer}:{name}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer, 'digits': DIGITS})}"
