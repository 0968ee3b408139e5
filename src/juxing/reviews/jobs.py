"""What the clock does for reviews."""

from __future__ import annotations

from procrastinate.contrib.django import app

from juxing.kernel import clock
from juxing.reviews.commands import remind_overdue


@app.periodic(cron="20 8 * * *")
@app.task(name="reviews.remind", queue="clock", queueing_lock="reviews.remind")
def remind(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Every morning: remind of what is overdue."""
    remind_overdue(now=clock.now())
