"""Making, planning, editing and publishing rosters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.organisations.enums import AssignmentSlot
from juxing.responders import commands
from juxing.responders.enums import ReportInStatus
from juxing.responders.models import Duty, Roster
from juxing.responders.problems.rosters import plan
from juxing.responders.queries.roster_table import roster_table
from juxing.responders.roster_enums import AttendanceStatus, RosterStatus, WishKind
from juxing.responders.roster_inputs import PATTERNS, PostInput
from juxing.responders.roster_rules import Rule
from tests.factories import OTHER_STREET_COMMUNITY, make_areas, make_responder
from tests.responders.roster_makers import DAY, NOW, SYSTEM, a_roster, coordinator, hand_over, planned, published

pytestmark = pytest.mark.django_db
A_AND_B = (PostInput("门岗", count=1, alternates=1),)


@pytest.fixture(autouse=True)
def _acting(db: None) -> object:
    with acting(SYSTEM):
        make_areas()
        yield


def test_a_plan_fills_a_and_b_and_proves_it() -> None:
    table = planned(a_roster(people=3, posts=A_AND_B))

    cells = {(duty.day, duty.slot) for duty in table.held}
    assert len(table.held) == len(cells) == 4
    assert table.roster.plan["is_optimal"]
    assert table.roster.plan["gap"] == 0
    assert table.roster.plan["shortages"] == []
    assert table.defects() == []


def test_a_plan_keeps_what_was_fixed_by_hand_and_is_the_same_again() -> None:
    table = a_roster(people=3)
    mine = hand_over(table, table.members[2].responder)

    first = planned(roster_table(table.roster))
    second = planned(first)

    assert {row.pk for row in first.held} >= {mine.pk} <= {row.pk for row in second.held}
    assert len(second.held) == 2


def test_a_plan_hears_wishes_and_says_which_rule_leaves_a_shift_empty() -> None:
    table = a_roster(people=1)
    [member] = table.members
    commands.set_wish(
        actor=coordinator(), now=NOW, member=member, day=DAY, shift_id=None, kind=WishKind.CANNOT
    )  # fmt: skip

    done = planned(roster_table(table.roster))

    assert [duty.day for duty in done.held] == [DAY + timedelta(days=1)]
    [short] = done.roster.plan["shortages"]
    assert (short["day"], short["missing"], short["rules"]) == (DAY.isoformat(), 1, ["available"])


def test_nobody_is_planned_where_another_roster_has_them() -> None:
    table = planned(a_roster(people=1))
    [member] = table.members
    other = a_roster(people=0, name="南门值守")
    commands.set_members(actor=coordinator(), now=NOW, roster=other.roster, add=[member.responder_id])

    result = plan(roster_table(other.roster))

    assert result.placements == []
    with pytest.raises(Refusal, match="bound_elsewhere"):
        hand_over(roster_table(other.roster), member.responder)


@pytest.mark.parametrize("people", [0, 2])
def test_what_cannot_be_planned_says_why(people: int) -> None:
    table = a_roster(people=people, posts=(PostInput("门岗", count=0),))

    with pytest.raises(Refusal, match="nothing_needed" if people else "nobody_to_place"):
        plan(table)


def test_too_little_rest_shows_at_the_cell_and_holds_publication() -> None:
    table = a_roster(people=1, shifts=PATTERNS["two"])
    person = table.members[0].responder
    hand_over(table, person, shift=1)
    late = hand_over(table, person, day=1, shift=0)

    with pytest.raises(Refusal, match="roster_breaks_rules"):
        commands.publish_roster(actor=coordinator(), now=NOW, roster=table.roster)

    [defect] = roster_table(table.roster).defects()
    assert (defect.key, defect.rule, defect.number) == (late.pk, Rule.REST, 0)


def test_only_verified_people_of_the_place_become_members() -> None:
    table = a_roster(people=0)
    waiting = make_responder(status=ReportInStatus.SUBMITTED)
    elsewhere = make_responder(area_code=OTHER_STREET_COMMUNITY)

    added = commands.set_members(
        actor=coordinator(), now=NOW, roster=table.roster, add=[waiting.pk, elsewhere.pk]
    )  # fmt: skip

    assert added == (0, 0)


def test_people_with_shifts_are_not_removed() -> None:
    table = planned(a_roster(people=1))

    with pytest.raises(Refusal, match="member_has_shifts"):
        commands.set_members(actor=coordinator(), now=NOW, roster=table.roster, remove=[table.members[0].responder_id])


def test_a_published_roster_is_not_planned_anew_but_edited() -> None:
    rows = published(a_roster(people=2))

    with pytest.raises(WrongState):
        commands.start_plan(actor=coordinator(), now=NOW, roster=rows[0].roster)
    commands.place_by_hand(
        actor=coordinator(), now=NOW, roster=rows[0].roster, person=rows[0].responder_id, day=rows[0].day, choice=None
    )

    changed = Duty.objects.get(pk=rows[0].pk)
    assert (changed.status, changed.sequence) == (AttendanceStatus.RELIEVED, 1)


def test_another_places_coordinator_may_nothing() -> None:
    table = a_roster(people=1)
    stranger = coordinator(OTHER_STREET_COMMUNITY)

    for attempt in (
        lambda: commands.publish_roster(actor=stranger, now=NOW, roster=planned(table).roster),
        lambda: commands.start_plan(actor=stranger, now=NOW, roster=table.roster),
        lambda: commands.set_members(actor=stranger, now=NOW, roster=table.roster),
    ):
        with pytest.raises(NotPermitted):
            attempt()


@pytest.mark.parametrize(
    "values",
    [{"days": 0}, {"days": 32}, {"name": " "}, {"shifts": ()}, {"shifts": ((600, 500),)}, {"posts": ()},
     {"least_rest_hours": 4}, {"posts": (PostInput("门岗", skill="x"),)}, {"posts": (PostInput("门岗", count=999),)}],
)  # fmt: skip
def test_bad_input_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        a_roster(**values)

    assert not Roster.objects.exists()


def test_demand_is_set_cell_by_cell_and_the_same_again_changes_nothing() -> None:
    table = a_roster(people=1)
    cell = (DAY, table.shifts[0].pk, table.posts[0].pk)

    changed = [
        commands.set_demand(actor=coordinator(), now=NOW, roster=table.roster, wanted={cell: (3, 1)})
        for _time in range(2)
    ]

    assert changed == [1, 0]
    with pytest.raises(InvalidInput):
        commands.set_demand(
            actor=coordinator(), now=NOW, roster=table.roster, wanted={(DAY - timedelta(days=1), *cell[1:]): (1, 0)}
        )


def test_a_roster_is_read_in_a_constant_number_of_queries() -> None:
    counts = []
    for people in (1, 6):
        table = planned(a_roster(people=people, name=f"值守{people}"))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            roster_table(table.roster).defects()
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_signing_up_takes_an_open_shift_once_and_keeps_rest() -> None:
    table = a_roster(people=2, shifts=PATTERNS["two"], posts=(PostInput("门岗", count=1),))
    first, second = (member.responder for member in table.members)
    hand_over(table, first, shift=0)
    commands.publish_roster(actor=coordinator(), now=NOW, roster=table.roster)
    own = Actor.resident()
    roster = Roster.objects.get(pk=table.roster.pk)
    cell: dict[str, Any] = {"day": DAY, "shift_id": table.shifts[1].pk, "post_id": table.posts[0].pk}

    with pytest.raises(Refusal, match="breaks_rule"):
        commands.sign_up(actor=own, now=NOW, roster=roster, responder=first, **cell)
    taken = commands.sign_up(actor=own, now=NOW, roster=roster, responder=second, **cell)

    assert (taken.slot, taken.status) == (AssignmentSlot.PRIMARY, AttendanceStatus.SCHEDULED)
    with pytest.raises(WrongState):
        commands.sign_up(actor=own, now=NOW, roster=roster, responder=second, **cell)


def test_a_shift_changes_hands_when_offered_accepted_and_approved() -> None:
    table = a_roster(people=2, days=1)
    giver, taker = (member.responder for member in table.members)
    duty = hand_over(table, giver)
    commands.publish_roster(actor=coordinator(), now=NOW, roster=table.roster)
    duty.refresh_from_db()
    own = Actor.resident()

    swap = commands.offer_swap(actor=own, now=NOW, duty=duty)
    with pytest.raises(WrongState):
        commands.offer_swap(actor=own, now=NOW, duty=duty)
    commands.accept_swap(actor=own, now=NOW, swap=swap, taker=taker)
    assert Duty.objects.get(pk=duty.pk).status == AttendanceStatus.SCHEDULED
    new = commands.approve_swap(actor=coordinator(), now=NOW, swap=swap)

    assert new.responder_id == taker.pk
    assert Duty.objects.get(pk=duty.pk).status == AttendanceStatus.RELIEVED


def test_closing_relieves_who_was_still_planned() -> None:
    rows = published(a_roster(people=2))

    closed = commands.close_roster(actor=coordinator(), now=NOW, roster=rows[0].roster)

    assert closed.status == RosterStatus.CLOSED
    assert set(Duty.objects.values_list("status", flat=True)) == {AttendanceStatus.RELIEVED}
