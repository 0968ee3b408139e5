"""The sources of this room's reminders, by name: commands look at theirs at once, the clock at all of them."""

from __future__ import annotations

from datetime import datetime

from juxing.access.reminding import look_at

MEETINGS = "organisations.meetings"
DECISIONS = "organisations.decisions"
PLEDGES = "organisations.pledges"
POSTS = "organisations.posts"
DUTIES = "organisations.duties"
STANDING_IN = "organisations.standing_in"
MOST_AT_ONCE = 20


def look_around(source: str, area_codes: set[str], *, now: datetime) -> None:
    """Look at a source at these places; more than a few are left to the clock."""
    if len(area_codes) <= MOST_AT_ONCE:
        for area_code in sorted(area_codes):
            look_at(source, now=now, within=area_code)
