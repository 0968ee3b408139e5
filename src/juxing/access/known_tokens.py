"""
Actors of API tokens, remembered for a moment: a system that sends a hundred needs in a row is looked up once.

What ends in the meantime (token, role, account, post filled for another) still opens the door for at most that moment;
``JUXING_TOKEN_SECONDS=0`` has every request look.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from juxing.access.queries import account_of_token, actor_of, token_digest
from juxing.kernel.actors import Actor

MOST_KNOWN = 1000
_known: dict[str, tuple[datetime, Actor]] = {}


def actor_of_token(secret: str, *, now: datetime) -> Actor | None:
    """Return the actor behind a token that is in force or was a moment ago, None for any other."""
    lasts = timedelta(seconds=settings.TOKEN_SECONDS)
    digest = token_digest(secret)
    known = _known.get(digest)
    if known is not None and now - lasts < known[0] <= now:
        return known[1]
    account = account_of_token(secret, now=now)
    if account is None:
        return None
    actor = actor_of(account, now=now)
    if lasts:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[digest] = (now, actor)
    return actor
