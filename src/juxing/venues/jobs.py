"""Background work of venues: messages to bookers, what the clock ends, imports, and coverage."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from juxing.access.models import Account
from juxing.access.queries import actor_of
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.import_report import ImportReport
from juxing.kernel.jobs import JobHandle, declare_job
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.venues.commands.forgetting import forget_bookings
from juxing.venues.commands.importing import IMPORT_KIND, import_venues
from juxing.venues.commands.notices import send_notices
from juxing.venues.commands.places import CIRCLE_KIND, CircleWish, compute_life_circle
from juxing.venues.commands.returning import end_what_is_over
from juxing.venues.venue_table import VenueRow

PROCESS = Actor.system("venues")
BLOCK_ROWS = 500
BUDGET_S = 300


@declare_job(IMPORT_KIND, gettext_lazy("Import of venues"))
def run_import(handle: JobHandle) -> dict[str, Any]:
    """Import the rows with the rights their sender has now, five hundred at a time."""
    actor, report = _starter(handle), ImportReport()
    rows = [VenueRow(*row) for row in handle.arguments["rows"]]
    for start in range(0, len(rows), BLOCK_ROWS):
        with acting(actor):
            import_venues(actor=actor, now=clock.now(), rows=rows[start : start + BLOCK_ROWS], report=report)
        handle.report(stage=_("Rows"), done=min(start + BLOCK_ROWS, len(rows)), total=len(rows))
    if not report.added and not report.changed and not report.rejected:
        report.notes.append(_("Nothing changed: the register already holds all of this."))
    return report.as_json()


@declare_job(CIRCLE_KIND, gettext_lazy("Coverage on foot"))
def run_life_circle(handle: JobHandle) -> dict[str, Any]:
    """Compute an analysis that a person began; taken up again after a kill it finds its answer."""
    from juxing_engine.control import Control, Progress

    def show(progress: Progress) -> None:
        handle.report(stage=_("Choosing places"), done=round(100 * progress.fraction), total=100)

    handle.report(stage=_("Counting people"), done=0, total=100)
    circle = compute_life_circle(
        actor=_starter(handle), now=clock.now(), area_code=handle.arguments["area_code"],
        wish=CircleWish(**handle.arguments["wish"]), uuid=handle.uuid,
        control=Control(budget_s=BUDGET_S, on_progress=show, is_cancelled=handle.is_cancelled),
    )  # fmt: skip
    return {"circle": str(circle.uuid), "share": circle.result["residents_covered"]}


@app.task(name="venues.send", queue="clock")
def send() -> None:
    """Send the notices that wait."""
    _send_all()


@app.periodic(cron="* * * * *")
@app.task(name="venues.tidy", queue="clock", queueing_lock="venues.tidy")
def tidy(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a minute: begin and end conversions whose time has come, and send what waits."""
    with acting(PROCESS):
        end_what_is_over(actor=PROCESS, now=clock.now())
    _send_all()


def send_soon() -> None:
    """Have notices sent once the act that wrote them stands."""
    transaction.on_commit(_defer_sending)


def _defer_sending() -> None:
    send.defer()


def _send_all() -> None:
    sent = True
    while sent:
        with acting(PROCESS):
            sent = bool(send_notices(now=clock.now()))


def _starter(handle: JobHandle) -> Actor:
    with acting(PROCESS):
        account = Account.objects.filter(pk=handle.started_by_id or 0, is_active=True).first()
        if account is None:
            raise NotVisible
        return actor_of(account, now=clock.now())


@app.periodic(cron="47 3 * * *")
@app.task(name="venues.forget", queue="clock", queueing_lock="venues.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Once a night: remove who booked twelve months ago."""
    with acting(PROCESS):
        forget_bookings(now=clock.now())
