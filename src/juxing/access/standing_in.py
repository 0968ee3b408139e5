"""Who stands in for whom: asked of rooms above when an actor is built, so that nothing imports upward."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from juxing.kernel.actors import ActingFor
from juxing.kernel.registry import Registry

StandingIn = Callable[[int, datetime], Sequence[ActingFor]]
sources: Registry[StandingIn] = Registry("source of stand-ins")
"""Each is asked with an account's id and the moment, the closest place first in its answer."""


def posts_filled_by(account_id: int, *, now: datetime) -> tuple[ActingFor, ...]:
    """Return the posts this account fills for somebody else at this moment."""
    return tuple(stand for _code, source in sources for stand in source(account_id, now))
