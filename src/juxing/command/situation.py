"""
Counting a situation report out of the journal.

``newest`` fixes which entries were there, so the entries behind a figure are the same ones years later. A drill
counts only its own entries, a real response none of a drill's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from juxing.activations.models import Activation
from juxing.command.models import SituationReport
from juxing.kernel.areas import Areas
from juxing.kernel.journal import actions
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import Words
from juxing.kernel.situation import Figure, figures

Counted = list[list[Any]]
SINGLE = "action:"


def newest_entry() -> int:
    """Return the id of the newest entry there is."""
    return int(JournalEntry.objects.aggregate(newest=Max("id"))["newest"] or 0)


def entries(
    activation: Activation, areas: Areas, *, since: datetime, until: datetime, newest: int
) -> QuerySet[JournalEntry]:
    """Return the entries a report of this time counts; call it inside a scope that holds the places."""
    own = Q(changes__activation=str(activation.uuid)) | Q(subject_uuid=activation.uuid)
    rows = JournalEntry.objects.filter(
        areas.condition() | Q(subject_uuid=activation.uuid), happened_at__gte=since, happened_at__lt=until,
        id__lte=newest,
    )  # fmt: skip
    return rows.filter(own) if activation.is_exercise else rows.exclude(changes__has_key="exercise")


def counted(activation: Activation, areas: Areas, *, since: datetime, until: datetime, newest: int) -> Counted:
    """Return [code, count] of every declared figure, and of each action no figure counts, in two queries at most."""
    rows = entries(activation, areas, since=since, until=until, newest=newest)
    by_action = {
        row["action"]: row["total"]
        for row in rows.order_by().values("action").annotate(total=Count("id"))
    }  # fmt: skip
    found: Counted = []
    covered: set[str] = set()
    for code, figure in figures:
        covered |= figure.actions
        total = sum(by_action.get(action, 0) for action in figure.actions)
        if figure.things and total:
            matching = rows.filter(action__in=sorted(figure.actions))
            total = matching.order_by().values("subject_uuid").distinct().count()
        found.append([code, total])
    found += [[SINGLE + action, total] for action, total in sorted(by_action.items()) if action not in covered]
    return found


def rows_of(report: SituationReport, code: str) -> QuerySet[JournalEntry]:
    """Return the entries behind one figure of a report, newest first."""
    rows = entries(
        report.activation, Areas(report.areas), since=report.since, until=report.until, newest=report.newest_entry
    )
    wanted = [code.removeprefix(SINGLE)] if code.startswith(SINGLE) else sorted(figures[code].actions)
    return rows.filter(action__in=wanted)


def label_of(code: str) -> Words:
    """Return what a figure is called."""
    if code.startswith(SINGLE):
        action = code.removeprefix(SINGLE)
        return dict(actions).get(action, action)
    figure = figure_of(code)
    return figure.label if figure is not None else code


def figure_of(code: str) -> Figure | None:
    """Return the declared figure, None for a single action."""
    return dict(figures).get(code)
