"""Links that open one thing to someone without an account: random, kept as a digest, ending by themselves."""

from __future__ import annotations

import hashlib
import secrets


def new_link(room: str) -> tuple[str, str]:
    """Return a new token to hand out and the digest to keep; a token opens nothing in another room."""
    token = secrets.token_urlsafe(18)
    return token, link_digest(token, room)


def link_digest(token: str, room: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(f"juxing.{room}.link\x00{token}".encode()).hexdigest()
