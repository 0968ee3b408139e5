"""
What responders have done and hold now: asked here, answered by the room that gives out the work.

That room stands above this one, so it registers itself; without it there is simply no work to show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from juxing.kernel.areas import Areas
from juxing.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class ServiceSummary:
    """One's own service: tasks done and hours between check-in and done."""

    tasks: int = 0
    hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Came:
    """How many different people were asked, checked in, and finished one or three tasks."""

    asked: int = 0
    checked_in: int = 0
    finished_one: int = 0
    finished_three: int = 0


class WorkRecord(Protocol):
    """What the room that gives out work answers."""

    def load(self, responder_ids: Sequence[int], *, now: datetime) -> Mapping[int, int]:
        """Return how many tasks of today's capacity are used, by responder; those at 0 may be left out."""

    def summary(self, responder_id: int, *, since: datetime) -> ServiceSummary:
        """Return one responder's service since then."""

    def came(self, areas: Areas, *, since: datetime) -> Came:
        """Return how many of the responders of these places came since then; counts of people only."""


work_records: Registry[WorkRecord] = Registry("work record")


def load_of(responder_ids: Sequence[int], *, now: datetime) -> dict[int, int]:
    """Return the used capacity of each of these responders."""
    used = dict.fromkeys(responder_ids, 0)
    for _name, record in work_records:
        for responder_id, count in record.load(responder_ids, now=now).items():
            used[responder_id] += count
    return used


def summary_of(responder_id: int, *, since: datetime) -> ServiceSummary:
    """Return one responder's service over all kinds of work."""
    parts = [record.summary(responder_id, since=since) for _name, record in work_records]
    return ServiceSummary(tasks=sum(part.tasks for part in parts), hours=sum(part.hours for part in parts))


def came_in(areas: Areas, *, since: datetime) -> Came:
    """Return who came, from the one record there is (people are not added up over records)."""
    return next((record.came(areas, since=since) for _name, record in work_records), Came())
