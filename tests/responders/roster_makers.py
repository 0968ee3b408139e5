"""Rosters for tests: two communities' people, three shifts, small enough to reckon by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.responders import commands
from juxing.responders.models import Duty, Responder, Roster
from juxing.responders.problems.rosters import plan
from juxing.responders.queries.roster_table import RosterTable, roster_table
from juxing.responders.roster_inputs import PATTERNS, PostInput, RosterInput
from tests.factories import COMMUNITY, make_responder
from tests.responders.makers import actor_with

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
"""When the first shift of the first day begins: 08:00 in Shanghai."""
SYSTEM = Actor.system("test")


def coordinator(area_code: str = COMMUNITY) -> Actor:
    """Return who plans there."""
    return actor_with(Role.COMMUNITY_WORKER, area_code, account_id=None)


def a_roster(
    *, people: int = 3, posts: tuple[PostInput, ...] = (PostInput("门岗"),), has_shown: bool = True, **values: Any
) -> RosterTable:
    """Make a draft of two days of one shift from eight to eight, with people in it; call it inside ``acting``."""
    given = RosterInput(
        **{"area_code": COMMUNITY, "name": "北门值守", "starts_on": DAY, "days": 2, "shifts": PATTERNS["day"],
           "posts": posts, "place": "北门", **values}
    )  # fmt: skip
    roster = commands.make_roster(actor=coordinator(), now=NOW, given=given)
    members = [make_responder(name=f"志愿者{number}", has_shown=has_shown) for number in range(people)]
    commands.set_members(actor=coordinator(), now=NOW, roster=roster, add=[row.pk for row in members])
    return roster_table(roster)


def planned(table: RosterTable) -> RosterTable:
    """Plan it at once, without a job."""
    commands.write_plan(actor=coordinator(), now=NOW, roster=table.roster, planned=plan(table))
    return roster_table(Roster.objects.get(pk=table.roster.pk))


def published(table: RosterTable) -> list[Duty]:
    """Plan and publish; return the shifts."""
    done = planned(table)
    commands.publish_roster(actor=coordinator(), now=NOW, roster=done.roster, notice="请提前十分钟到岗")
    rows = Duty.objects.filter(roster=done.roster).select_related("roster", "responder", "shift", "post")
    return list(rows.order_by("day", "id"))


def hand_over(table: RosterTable, person: Responder, *, day: int = 0, slot: str = "primary", shift: int = 0) -> Duty:
    """Place someone by hand."""
    placed = commands.place_by_hand(
        actor=coordinator(), now=NOW, roster=table.roster, person=person.pk, day=DAY + timedelta(days=day),
        choice=(table.shifts[shift].pk, table.posts[0].pk, slot),
    )  # fmt: skip
    assert placed is not None
    return placed
