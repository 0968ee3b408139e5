"""Links with which a household follows its need without an account: random, kept as a digest, ending by themselves."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

LINK_DAYS = 30
LINK_LASTS = timedelta(days=LINK_DAYS)


def new_link() -> tuple[str, str]:
    """Return a new token for the resident and the digest to keep."""
    token = secrets.token_urlsafe(18)
    return token, link_digest(token)


def link_digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(f"juxing.needs.link\x00{token}".encode()).hexdigest()
