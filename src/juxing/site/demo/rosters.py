"""The demo district's rosters: one that runs, one that is being planned, where the demo's responder serves."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

from juxing.kernel.actors import Actor
from juxing.responders import commands
from juxing.responders.enums import SERVING
from juxing.responders.models import Responder, Roster
from juxing.responders.problems.rosters import plan
from juxing.responders.queries.roster_table import roster_table
from juxing.responders.roster_enums import RosterFor, WishKind
from juxing.responders.roster_inputs import PATTERNS, PostInput, RosterInput

LOADING = Actor.system("demo")
SHOWN_RESPONDER = 3
PEOPLE = 16
POSTS = (
    PostInput("门岗服务", count=2, alternates=1),
    PostInput("物资分装", count=2, alternates=1),
    PostInput("信息登记", count=1),
)


def load_rosters(responders: range, *, now: datetime) -> None:
    """Make both rosters with the room's own commands, planned by the engine: few shifts, so a second each."""
    if len(responders) <= SHOWN_RESPONDER:
        return
    shown = Responder.objects.get(pk=responders[SHOWN_RESPONDER])
    verified = Responder.objects.within(shown.area_code).filter(status__in=sorted(SERVING)).exclude(pk=shown.pk)
    people = [shown.pk, *verified.order_by("id").values_list("pk", flat=True)[: PEOPLE - 1]]
    today = localdate(now)
    running = _planned(shown.area_code, "党群服务站值守", today, 4, people, now=now)
    commands.publish_roster(actor=LOADING, now=now, roster=running, notice="请提前十分钟到岗，站内备有热水和口罩。")
    _planned(shown.area_code, "下周门岗与物资值守", today + timedelta(days=5), 7, people, now=now)


def _planned(area_code: str, name: str, starts_on: date, days: int, people: list[int], *, now: datetime) -> Roster:
    given = RosterInput(
        area_code=area_code, name=name, starts_on=starts_on, days=days, shifts=PATTERNS["halves"], posts=POSTS,
        roster_for=RosterFor.VENUE, place="党群服务站门厅", most_shifts=days,
    )  # fmt: skip
    roster = commands.make_roster(actor=LOADING, now=now, given=given)
    commands.set_members(actor=LOADING, now=now, roster=roster, add=people)
    for number, member in enumerate(roster.members.order_by("id")[:4]):
        day = roster.starts_on + timedelta(days=number % days)
        kind = WishKind.CANNOT if number % 2 else WishKind.RATHER_NOT
        commands.set_wish(actor=LOADING, now=now, member=member, day=day, shift_id=None, kind=kind)
    commands.write_plan(actor=LOADING, now=now, roster=roster, planned=plan(roster_table(roster)))
    Roster.objects.filter(pk=roster.pk).update(is_demo=True)
    roster.refresh_from_db()
    return roster
