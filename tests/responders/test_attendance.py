"""Checking in, being excused, alternates who step in, and hours."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.kernel.scope import acting
from juxing.organisations.enums import AssignmentSlot
from juxing.responders import commands
from juxing.responders.check_in_codes import CodeState, screen_code, sheet_code, state_of
from juxing.responders.models import Duty, ReportBack, Responder, RosterMember, ServiceRecord
from juxing.responders.problems.rosters import problem_of
from juxing.responders.queries.roster_table import roster_table
from juxing.responders.queries.rosters import moment_of
from juxing.responders.roster_enums import AttendanceStatus, Excuse
from juxing.responders.roster_inputs import PostInput
from tests.factories import make_areas
from tests.responders.roster_makers import DAY, MORNING, NOW, SYSTEM, a_roster, coordinator, published

pytestmark = pytest.mark.django_db
OWN = Actor.resident()
A_AND_B = (PostInput("门岗", count=1, alternates=1),)
LATE = MORNING + timedelta(minutes=16)


@pytest.fixture(autouse=True)
def _acting(db: None) -> object:
    with acting(SYSTEM):
        make_areas()
        yield


def _a_and_b() -> tuple[Duty, Duty]:
    rows = published(a_roster(people=2, days=1, posts=A_AND_B))
    [primary] = [row for row in rows if row.slot == AssignmentSlot.PRIMARY]
    [alternate] = [row for row in rows if row.slot == AssignmentSlot.ALTERNATE]
    for row in rows:
        row.roster.refresh_from_db()
    return primary, alternate


def test_the_code_on_the_screen_checks_in_and_hours_follow_from_it() -> None:
    duty, _alternate = _a_and_b()
    code = screen_code(duty.roster.uuid, now=MORNING)

    here = commands.check_in_by_code(actor=OWN, now=MORNING + timedelta(seconds=40), duty=duty, code=code.lower())
    done = commands.check_out(actor=OWN, now=MORNING + timedelta(hours=12), duty=here)

    assert done.status == AttendanceStatus.COMPLETED
    assert ServiceRecord.objects.get(duty=duty).minutes == 719
    with pytest.raises(WrongState):
        commands.check_out(actor=OWN, now=MORNING + timedelta(hours=13), duty=done)


def test_an_old_and_a_forged_code_are_refused_and_told_apart() -> None:
    duty, _alternate = _a_and_b()
    old = screen_code(duty.roster.uuid, now=MORNING - timedelta(minutes=5))
    other = screen_code(duty.uuid, now=MORNING)

    with pytest.raises(InvalidInput, match="code_old"):
        commands.check_in_by_code(actor=OWN, now=MORNING, duty=duty, code=old)
    for wrong in (other, "", "22222222", "x" * 500, "'; drop"):
        with pytest.raises(InvalidInput, match="code_forged"):
            commands.check_in_by_code(actor=OWN, now=MORNING, duty=duty, code=wrong)

    assert Duty.objects.get(pk=duty.pk).status == AttendanceStatus.SCHEDULED


@given(seconds=st.integers(0, 6 * 3600))
def test_a_screen_code_is_good_for_two_to_three_minutes_and_a_sheet_for_its_day(seconds: int) -> None:
    roster = UUID(int=7)
    later = MORNING + timedelta(seconds=seconds)

    state = state_of(screen_code(roster, now=MORNING), roster, now=later)

    assert state is (CodeState.VALID if seconds < 180 else CodeState.OLD)
    assert state_of(sheet_code(roster, now=MORNING), roster, now=later) is CodeState.VALID


def test_who_does_not_come_is_stood_in_for_and_coming_late_is_still_coming() -> None:
    primary, alternate = _a_and_b()

    early = commands.look_at_the_clock(now=MORNING + timedelta(minutes=14))
    first = commands.look_at_the_clock(now=LATE)
    second = commands.look_at_the_clock(now=LATE)

    assert (early.missed, first.missed, first.stepped_in, second.missed, second.stepped_in) == (0, 1, 1, 0, 0)
    stood_in = Duty.objects.select_related("roster", "responder").get(pk=alternate.pk)
    assert (stood_in.slot, stood_in.stands_in_for_id) == (AssignmentSlot.PRIMARY, primary.pk)
    missing = Duty.objects.select_related("roster", "responder").get(pk=primary.pk)
    assert moment_of(missing, now=LATE).state == "missing"
    assert moment_of(missing, now=LATE).is_covered
    late = commands.mark_here(actor=coordinator(), now=LATE + timedelta(minutes=9), duty=missing)
    assert late.status == AttendanceStatus.CHECKED_IN


def test_an_excuse_brings_the_alternate_at_once_and_has_no_reason() -> None:
    primary, alternate = _a_and_b()

    commands.excuse(actor=OWN, now=NOW, duty=primary, kind=Excuse.CARE)

    assert Duty.objects.get(pk=primary.pk).status == AttendanceStatus.EXCUSED
    assert Duty.objects.get(pk=alternate.pk).stands_in_for_id == primary.pk
    with pytest.raises(Refusal, match="stood_in_for"):
        commands.take_back_excuse(actor=OWN, now=NOW, duty=primary)
    with pytest.raises(InvalidInput):
        commands.excuse(actor=OWN, now=NOW, duty=alternate, kind="lazy")


def test_one_alternate_stands_in_for_one_person_only() -> None:
    rows = published(a_roster(people=3, days=1, posts=(PostInput("门岗", count=2, alternates=1),)))

    found = commands.look_at_the_clock(now=LATE)

    assert (len(rows), found.missed, found.stepped_in, found.uncovered) == (3, 2, 1, 1)


def test_check_in_opens_an_hour_before_and_ends_with_the_shift() -> None:
    duty, _alternate = _a_and_b()

    for when, code in ((MORNING - timedelta(minutes=61), "too_early"), (MORNING + timedelta(hours=13), "shift_over")):
        with pytest.raises(Refusal, match=code):
            commands.mark_here(actor=coordinator(), now=when, duty=duty)


def test_forgetting_to_check_out_counts_four_hours_at_most() -> None:
    duty, _alternate = _a_and_b()
    here = commands.mark_here(actor=coordinator(), now=MORNING, duty=duty)

    commands.check_out(actor=coordinator(), now=MORNING + timedelta(hours=40), duty=here)

    assert ServiceRecord.objects.get(duty=duty).minutes == 16 * 60


def test_closing_reports_back_to_community_and_home_unit() -> None:
    duty, _alternate = _a_and_b()
    here = commands.mark_here(actor=coordinator(), now=MORNING, duty=duty)
    commands.check_out(actor=coordinator(), now=MORNING + timedelta(hours=12), duty=here)

    commands.close_roster(actor=coordinator(), now=MORNING + timedelta(hours=13), roster=duty.roster)

    [told] = ReportBack.objects.all()
    assert (told.scope, told.shifts, told.minutes) == ("residence", 1, 720)


def test_who_leaves_is_released_and_no_longer_named_anywhere() -> None:
    primary, alternate = _a_and_b()
    person = primary.responder

    commands.withdraw_responder(actor=OWN, now=NOW, responder=person)

    released = Duty.objects.select_related("responder").get(pk=primary.pk)
    assert (released.status, released.excuse, released.responder.name) == (AttendanceStatus.EXCUSED, "released", "")
    assert Duty.objects.get(pk=alternate.pk).stands_in_for_id == primary.pk
    assert not RosterMember.objects.filter(responder=person).exists()


def test_neither_absence_nor_excuse_changes_how_one_is_planned_again() -> None:
    rows = published(a_roster(people=2, days=1, posts=(PostInput("门岗", count=2),)))
    coming, away = rows
    commands.mark_here(actor=coordinator(), now=MORNING, duty=coming)
    commands.look_at_the_clock(now=LATE)
    assert Duty.objects.get(pk=away.pk).status == AttendanceStatus.NO_SHOW
    later = a_roster(people=0, name="下周", starts_on=DAY + timedelta(days=14))
    members = [coming.responder_id, away.responder_id]
    commands.set_members(actor=coordinator(), now=NOW, roster=later.roster, add=members)

    problem = problem_of(roster_table(later.roster))

    for name in ("qualified", "available", "dislike", "max_shifts", "days_worked_before", "last_shift"):
        first, second = getattr(problem, name)
        assert np.array_equal(first, second), name
    assert Responder.objects.filter(pk__in=members, is_available=True).count() == 2
