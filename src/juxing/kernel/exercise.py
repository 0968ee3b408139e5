"""
Drills: what runs inside ``exercising()`` reaches nothing outside.

Gateways ask ``closed_for_exercise`` before they send; what was held back is counted, so a drill can show that nothing
went out. It is a context, not a flag of the system: a real response beside a drill sends as ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_held_back: ContextVar[HeldBack | None] = ContextVar("juxing_exercise", default=None)


@dataclass(slots=True)
class HeldBack:
    """How many messages a drill would have sent."""

    messages: int = 0


@contextmanager
def exercising() -> Iterator[HeldBack]:
    """Close every gateway for the block, and yield the count of what was held back."""
    outer = _held_back.get()
    counted = outer or HeldBack()
    token = _held_back.set(counted)
    try:
        yield counted
    finally:
        _held_back.reset(token)


def closed_for_exercise() -> bool:
    """Whether a drill runs here; then the message is counted and must not be sent."""
    counted = _held_back.get()
    if counted is None:
        return False
    counted.messages += 1
    return True
