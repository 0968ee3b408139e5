"""What the clock does for the picture: sizes of communities, and the check of the counts against the journal."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.overview.commands import check_counts, count_households, recount_everything

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="overview.tally", queue="clock", queueing_lock="overview.tally")
def tally(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a minute: tally everything anew, because waiting grows and periods end without an entry in the journal."""
    with acting(Actor.system("overview")):
        recount_everything(now=clock.now())


@app.periodic(cron="11 * * * *")
@app.task(name="overview.check", queue="clock", queueing_lock="overview.check")
def check(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once an hour: count households anew, and put right what differs from the journal."""
    now = clock.now()
    with acting(Actor.system("overview")):
        count_households(now=now)
        wrong = check_counts(now=now, repair=True)
    if wrong:
        logger.error("Counts of the operating picture differed from the journal and were put right: %s", wrong[:20])
