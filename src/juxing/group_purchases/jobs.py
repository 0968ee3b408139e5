"""Background work of group purchases: the cut-off comes by the clock, and who ordered is forgotten in time."""

from __future__ import annotations

from procrastinate.contrib.django import app

from juxing.group_purchases.commands.forgetting import forget_orders
from juxing.group_purchases.commands.steps import close_due
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting

PROCESS = Actor.system("group purchases")


@app.periodic(cron="* * * * *")
@app.task(name="group_purchases.cut_off", queue="clock", queueing_lock="group_purchases.cut_off")
def cut_off(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Every minute: cut off what is due; nobody can order after the cut-off even before this has run."""
    with acting(PROCESS):
        close_due(actor=PROCESS, now=clock.now())


@app.periodic(cron="23 3 * * *")
@app.task(name="group_purchases.forget", queue="clock", queueing_lock="group_purchases.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a night: remove doors and names from purchases that ended a year ago."""
    with acting(PROCESS):
        forget_orders(actor=PROCESS, now=clock.now())
