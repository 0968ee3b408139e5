"""What the clock does for drills: injects come at their time."""

from __future__ import annotations

from procrastinate.contrib.django import app

from juxing.drills.commands import advance_all
from juxing.kernel import clock


@app.periodic(cron="* * * * *")
@app.task(name="drills.advance", queue="clock", queueing_lock="drills.advance")
def advance(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a minute: give the injects whose exercise time has come."""
    advance_all(now=clock.now())
