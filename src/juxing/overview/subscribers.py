"""What the picture counts while it happens."""

from __future__ import annotations

from collections.abc import Sequence

from juxing.kernel import clock, journal
from juxing.kernel.models import JournalEntry
from juxing.kernel.subscribers import subscribe
from juxing.overview.commands import FOLLOWER, count_entries, recount_touched
from juxing.overview.flow import COUNTED

TALLIED = ("needs.need.", "dispatch.task.", "responders.responder.")


@subscribe(FOLLOWER, actions=list(COUNTED.values()))
def count_by_hour(entries: Sequence[JournalEntry]) -> None:
    """Keep the counts by the hour."""
    count_entries(entries)


@subscribe("overview.tallies", actions=[action for action, _words in journal.actions if action.startswith(TALLIED)])
def tally_again(entries: Sequence[JournalEntry]) -> None:
    """Keep the tallies of the communities where something changed."""
    recount_touched(entries, now=clock.now())
