"""
What dispatch does to needs, set-based: only those really moved are returned, the others were someone else's by then.

Dispatch's own commands decide who may; these do not ask again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from juxing.kernel.actors import Actor
from juxing.needs.commands.upkeep import retriage
from juxing.needs.lifecycle import NEED
from juxing.needs.models import Need


def mark_matched(ids: Iterable[int], *, actor: Actor, now: datetime) -> list[int]:
    """Move waiting needs to offered; return the ids of those that were still waiting."""
    return _move(ids, "match", actor=actor, now=now)


def mark_assigned(ids: Iterable[int], *, actor: Actor, now: datetime) -> list[int]:
    """Move needs to helper found."""
    return _move(ids, "assign", actor=actor, now=now)


def mark_in_delivery(ids: Iterable[int], *, actor: Actor, now: datetime) -> list[int]:
    """Move needs to on the way."""
    return _move(ids, "start_delivery", actor=actor, now=now)


def mark_fulfilled(ids: Iterable[int], *, actor: Actor, now: datetime) -> list[int]:
    """Move needs to delivered; the household confirms or reopens."""
    return _move(ids, "fulfil", actor=actor, now=now)


@transaction.atomic
def return_to_waiting(ids: Iterable[int], *, actor: Actor, now: datetime, reason: str) -> list[int]:
    """
    Put needs back to waiting, for instance when an offer passed unanswered.

    They keep the time since which they wait: a need is not younger for having been offered in vain.
    """
    moved = _move(ids, "return_to_waiting", actor=actor, now=now, reason=reason)
    retriage(Need.objects.filter(pk__in=moved), now=now)
    return moved


@transaction.atomic
def _move(ids: Iterable[int], name: str, *, actor: Actor, now: datetime, reason: str = "") -> list[int]:
    return NEED.move_many(sorted(set(ids)), name, actor=actor, now=now, reason=reason)
