"""The key to live updates: signed, short-lived, and good only for the holder's areas."""

from __future__ import annotations

from django.core import signing

from juxing.kernel.actors import Actor

SALT = "juxing.live"
LIVES_S = 12 * 3600


def token_for(actor: Actor) -> str:
    """Return a token with which the actor's pages hear of changes in the actor's areas."""
    return signing.dumps(list(actor.areas.prefixes), salt=SALT)


def areas_of(token: str) -> tuple[str, ...] | None:
    """Return the areas of a valid token, or None."""
    try:
        return tuple(signing.loads(token, salt=SALT, max_age=LIVES_S))
    except signing.BadSignature:
        return None
