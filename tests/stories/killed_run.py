"""
A process that dies in the middle of a matching run, as a power cut would have it: ``python -m tests.stories.killed_run
AREA MOMENT WHERE``. It kills itself after the plan is computed ("before") or with its offers written but not yet
committed ("inside").
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime

import django

django.setup()

from django.db import transaction  # noqa: E402 - settings first

from juxing.dispatch.commands.offering import write_offers  # noqa: E402 - settings first
from juxing.dispatch.commands.runs import begin_run, read_snapshot, solve_snapshot  # noqa: E402 - settings first
from juxing.dispatch.enums import RunTrigger  # noqa: E402 - settings first
from juxing.kernel.actors import Actor  # noqa: E402 - settings first
from juxing.kernel.scope import acting  # noqa: E402 - settings first


def main(area_code: str, moment: str, where: str) -> None:
    """Begin, read, compute, perhaps write; then die without a word."""
    actor, now = Actor.system("dispatch"), datetime.fromisoformat(moment)
    with acting(actor):
        run = begin_run(actor=actor, now=now, area_code=area_code, trigger=RunTrigger.SCHEDULE)
        snapshot = read_snapshot(run, now=now)
    solution = solve_snapshot(snapshot, control=None)
    if where == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    with acting(actor), transaction.atomic():
        write_offers(run, snapshot, solution, actor=actor, now=now)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
