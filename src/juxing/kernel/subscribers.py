"""
Following the journal: upper rooms react to what lower rooms did, after it was committed.

Each subscriber keeps its own place in the journal and handles entries in the transaction that moves it: at least
once, in order, and idempotent by contract. One that fails is tried again and stays where it is; the others go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.registry import Registry
from juxing.kernel.scope import acting

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who follows which actions; ``handle`` must bear being given an entry twice."""

    name: str
    actions: frozenset[str]
    handle: Callable[[Sequence[JournalEntry]], None]


subscribers: Registry[Subscriber] = Registry("subscriber")


def subscribe(
    name: str, *, actions: Sequence[str]
) -> Callable[[Callable[[Sequence[JournalEntry]], None]], Callable[[Sequence[JournalEntry]], None]]:
    """Register the decorated function as a follower of these actions."""

    def register(handle: Callable[[Sequence[JournalEntry]], None]) -> Callable[[Sequence[JournalEntry]], None]:
        subscribers.add(name, Subscriber(name=name, actions=frozenset(actions), handle=handle))
        return handle

    return register


def deliver(subscriber: Subscriber, *, limit: int = 1000) -> int:
    """Give the subscriber what is new, and return how many entries were read (its own or not)."""
    with acting(Actor.system(subscriber.name)):
        entries = journal.read_new(subscriber.name, limit=limit)
        wanted = [entry for entry in entries if entry.action in subscriber.actions]
        if wanted:
            subscriber.handle(wanted)
    return len(entries)


def deliver_all() -> int:
    """Give every subscriber what is new; a failure is logged and does not hold up the others."""
    read = 0
    for name, subscriber in subscribers:
        try:
            read += deliver(subscriber)
        except Exception:
            logger.exception("Subscriber %s failed and will try the same entries again.", name)
    return read
