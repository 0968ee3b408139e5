"""What the clock does for command: silence is followed up."""

from __future__ import annotations

from procrastinate.contrib.django import app

from juxing.command.commands.silence import follow_up
from juxing.kernel import clock


@app.periodic(cron="* * * * *")
@app.task(name="command.follow_up", queue="clock", queueing_lock="command.follow_up")
def follow_up_silence(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a minute: send again what nobody acknowledged, escalate what stays silent."""
    follow_up(now=clock.now())
