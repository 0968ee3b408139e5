"""The one place that asks the machine for the time; everything below the edges is told it."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware, in UTC. For pages, API, jobs and command lines only; commands are told."""
    return datetime.now(tz=UTC)
