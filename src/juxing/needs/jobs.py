"""Background work of needs: what the clock does to those that wait."""

from __future__ import annotations

from procrastinate.contrib.django import app

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.areas import EVERYWHERE
from juxing.kernel.scope import acting
from juxing.needs.commands.upkeep import ask_freshness, retriage_waiting

PROCESS = Actor.system("needs")


@app.periodic(cron="*/5 * * * *")
@app.task(name="needs.tidy", queue="clock", queueing_lock="needs.tidy")
def tidy(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Every five minutes: let waiting count, and ask about needs that are no longer fresh."""
    now = clock.now()
    with acting(PROCESS):
        retriage_waiting(now=now, areas=EVERYWHERE)
    with acting(PROCESS):
        ask_freshness(actor=PROCESS, now=now)
