"""What leaves this room as a table: a roster, and lines of one's own list to correct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.access.exporting import Table, declare_export
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.refusals import NotVisible
from juxing.responders import policy, queries
from juxing.responders.pages.words import name_for
from juxing.responders.queries import rosters, trainings
from juxing.responders.queries.roster_table import roster_table
from juxing.responders.roster_table_file import headings, rows_of
from juxing.responders.training_table_file import headings as training_headings
from juxing.responders.training_table_file import rows_of as training_rows


def gather_problems(actor: Actor, _areas: Areas, arguments: Mapping[str, Any], _purpose: str) -> Table:
    """Return the lines of a list that were not taken in, with what to do about each."""
    sent = queries.list_of(actor=actor, uuid=arguments["list"])
    names = ("line", "column", "written", "message")
    return Table(
        (_("Line"), _("Column"), _("Written there"), _("What to do")),
        [[problem[name] for name in names] for problem in sent.report.get("problems", [])],
    )


def gather_roster(actor: Actor, areas: Areas, arguments: Mapping[str, Any], _purpose: str) -> Table:
    """Return one roster of these places, a line for each shift."""
    roster = rosters.roster_of(actor=actor, uuid=UUID(str(arguments.get("roster", ""))))
    if roster.area_code not in areas:
        raise NotVisible
    table = roster_table(roster)
    return Table(
        headings(),
        rows_of(table, lambda one: name_for(actor, one)[0]),
        sorted({duty.responder.uuid for duty in table.held}),
    )


def gather_training(actor: Actor, areas: Areas, arguments: Mapping[str, Any], _purpose: str) -> Table:
    """Return who signed up for a training of these places, a line for each, masked as on the page."""
    session = trainings.training_of(actor=actor, uuid=UUID(str(arguments.get("training", ""))))
    if session.area_code not in areas:
        raise NotVisible
    people = trainings.sign_ups_of(session)
    named = [(row, name_for(actor, row.responder)[0]) for row in people]
    return Table(training_headings(), training_rows(named), sorted({row.responder.uuid for row in people}))


TRAINING = declare_export(
    "responders.training", gettext_lazy("Who signed up for a training"), right=policy.TRAIN, gather=gather_training,
    file_name="training",
)  # fmt: skip
ROSTER = declare_export(
    "responders.roster", gettext_lazy("A roster"), right=policy.ROSTER, gather=gather_roster, file_name="roster"
)
PROBLEMS = declare_export(
    "responders.rejected", gettext_lazy("Lines of report-ins to correct"), right=policy.VERIFY, gather=gather_problems,
    file_name="lines-to-correct",
)  # fmt: skip
