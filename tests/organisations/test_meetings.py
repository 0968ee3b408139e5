"""Meetings of joint committees: called, answered, held, decided, followed up, and whom they remind of what."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from juxing.access.models import Account, Reminder
from juxing.access.queries import actor_of
from juxing.access.reminding import look_at, own_reminders
from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.organisations import commands, queries
from juxing.organisations.commands import DecisionInput, MeetingInput
from juxing.organisations.enums import AttendanceStatus, DecisionStatus, MeetingStatus
from juxing.organisations.lifecycle import ATTENDANCE, DECISION, MEETING
from juxing.organisations.models import (
    CommitteeDecision,
    CommitteeMeeting,
    CommitteeMember,
    JointCommittee,
    MeetingAttendance,
)
from juxing.organisations.waiting import DECISIONS, MEETINGS
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_account, make_actor, make_areas
from tests.organisations.making import SYSTEM, make_holders, make_organisation, make_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def committee_of(now: datetime, units: int = 2) -> tuple[JointCommittee, Account, list[CommitteeMember]]:
    """Return a committee with its secretary and units; the last unit has nobody who signs in."""
    make_areas()
    committee = commands.found_committee(actor=SYSTEM, now=now, area_code=COMMUNITY, name="湖滨社区大党委")
    secretary = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    commands.name_secretary(actor=SYSTEM, now=now, committee=committee, account=secretary)
    seats = []
    for number in range(units):
        unit = make_organisation(now, name=f"共建单位{number}", kind="resident_unit")
        liaison = make_account(Role.ORGANISATION_MANAGER, COMMUNITY) if number < units - 1 else None
        seats.append(
            commands.join_committee(actor=SYSTEM, now=now, committee=committee, organisation=unit, liaison=liaison)
        )
    committee.refresh_from_db()
    return committee, secretary, seats


def given(now: datetime, days: int = 2, title: str = "第四季度联席会议") -> MeetingInput:
    start = now + timedelta(days=days)
    return MeetingInput(title, "党群服务中心二楼", start, start + timedelta(hours=2))


def called(now: datetime, units: int = 2) -> tuple[CommitteeMeeting, Account, list[CommitteeMember]]:
    committee, secretary, seats = committee_of(now, units)
    actor = actor_of(secretary, now=now)
    meeting = commands.plan_meeting(
        actor=actor, now=now, committee=committee, given=given(now), agenda=["消防通道", " ", "冬季物资"]
    )
    return commands.call_meeting(actor=actor, now=now, meeting=meeting), secretary, seats


def held(now: datetime, units: int = 2) -> tuple[CommitteeMeeting, Account, datetime]:
    meeting, secretary, _seats = called(now, units)
    later = meeting.starts_at + timedelta(minutes=5)
    actor = actor_of(secretary, now=later)
    return commands.hold_meeting(actor=actor, now=later, meeting=meeting), secretary, later


def kinds_told(account: Account | None) -> list[str]:
    rows = Reminder.objects.filter(account=account, settled_at__isnull=True).order_by("id")
    return [kind.removeprefix("organisations.") for kind in rows.values_list("kind", flat=True)]


def test_meeting_is_called_to_every_unit_and_answered_by_who_speaks_for_it(now: datetime) -> None:
    meeting, secretary, seats = called(now)
    first, second = MeetingAttendance.objects.filter(meeting=meeting).order_by("member_id")
    assert [item.subject for item in queries.meetings.agenda_of(meeting)] == ["消防通道", "冬季物资"]
    assert (first.told_at, second.told_at) == (now, None), "who does not sign in still has to be told by voice"
    assert kinds_told(seats[0].liaison) == ["meeting_called"]

    assert seats[0].liaison is not None
    liaison = actor_of(seats[0].liaison, now=now)
    stranger = make_actor(Role.ORGANISATION_MANAGER, COMMUNITY)
    with pytest.raises(NotPermitted):
        commands.answer_invitation(actor=stranger, now=now, attendance=first, comes=True)
    with pytest.raises(NotPermitted):
        commands.answer_invitation(actor=liaison, now=now, attendance=second, comes=True)
    came = commands.answer_invitation(actor=liaison, now=now, attendance=first, comes=True, stands_in=" 李 干事 ")
    assert (came.status, came.stands_in) == (AttendanceStatus.COMING, "李 干事")
    assert kinds_told(seats[0].liaison) == [], "an answer settles the reminder"
    with pytest.raises(InvalidInput, match="kind_unknown"):
        commands.answer_invitation(actor=liaison, now=now, attendance=came, comes=False)
    commands.note_told(actor=actor_of(secretary, now=now), now=now, attendance=second)
    second.refresh_from_db()
    assert second.told_at == now


def test_moved_meeting_is_told_and_asked_anew_and_a_cancelled_one_told_with_its_reason(now: datetime) -> None:
    meeting, secretary, seats = called(now)
    actor = actor_of(secretary, now=now)
    row = MeetingAttendance.objects.get(meeting=meeting, member=seats[0])
    commands.answer_invitation(actor=SYSTEM, now=now, attendance=row, comes=False, excuse="on_duty")
    moved = commands.change_meeting(actor=actor, now=now, meeting=meeting, given=given(now, days=3))
    row.refresh_from_db()
    assert (row.status, row.excuse, moved.sequence) == (AttendanceStatus.INVITED, "", 1)
    assert kinds_told(seats[0].liaison) == ["meeting_called"]
    same = commands.change_meeting(actor=actor, now=now, meeting=moved, given=given(now, days=3))
    assert same.sequence == 1, "the same again tells nobody"

    with pytest.raises(InvalidInput, match="reason_missing"):
        commands.cancel_meeting(actor=actor, now=now, meeting=moved, why=" ")
    commands.cancel_meeting(actor=actor, now=now, meeting=moved, why="改为线上")
    assert kinds_told(seats[0].liaison) == ["meeting_cancelled"]
    assert seats[0].liaison is not None
    [told] = own_reminders(actor_of(seats[0].liaison, now=now))
    assert "改为线上" in told.words  # type: ignore[attr-defined]


def test_meeting_needs_an_agenda_units_and_a_time_to_come(now: datetime) -> None:
    committee, secretary, _seats = committee_of(now)
    actor = actor_of(secretary, now=now)
    bare = commands.plan_meeting(actor=actor, now=now, committee=committee, given=given(now))
    with pytest.raises(Refusal, match="agenda_empty"):
        commands.call_meeting(actor=actor, now=now, meeting=bare)
    commands.add_item(actor=actor, now=now, meeting=bare, subject="消防通道")
    with pytest.raises(Refusal, match="meeting_over"):
        commands.call_meeting(actor=actor, now=now + timedelta(days=9), meeting=bare)
    with pytest.raises(Refusal, match="meeting_to_come"):
        commands.hold_meeting(actor=actor, now=now, meeting=commands.call_meeting(actor=actor, now=now, meeting=bare))
    with pytest.raises(InvalidInput, match="meeting_order"):
        commands.plan_meeting(
            actor=actor, now=now, committee=committee,
            given=MeetingInput("会", "室", now + timedelta(hours=2), now + timedelta(hours=1)),
        )  # fmt: skip
    outsider = make_actor(Role.COMMUNITY_SECRETARY, OTHER_COMMUNITY)
    with pytest.raises(NotPermitted):
        commands.plan_meeting(actor=outsider, now=now, committee=committee, given=given(now))


def test_agenda_keeps_its_order_and_what_was_dealt_with(now: datetime) -> None:
    meeting, secretary, later = held(now)
    actor = actor_of(secretary, now=later)
    third = commands.add_item(actor=actor, now=later, meeting=meeting, subject="临时动议")
    first, second, _third = queries.meetings.agenda_of(meeting)
    commands.write_outcome(actor=actor, now=later, item=first, outcome="  周五前清理。 ")
    with pytest.raises(Refusal, match="item_dealt_with"):
        commands.remove_item(actor=actor, now=later, item=first)
    commands.remove_item(actor=actor, now=later, item=second)
    assert [(row.position, row.subject) for row in queries.meetings.agenda_of(meeting)] == [
        (1, "消防通道"), (2, "临时动议")
    ]  # fmt: skip
    third.refresh_from_db()
    with pytest.raises(Refusal, match="meeting_state"):
        commands.raise_item(actor=actor, now=later, item=third)


def test_minutes_are_confirmed_only_when_it_is_clear_who_was_there(now: datetime) -> None:
    meeting, secretary, later = held(now, units=3)
    actor = actor_of(secretary, now=later)
    rows = list(MeetingAttendance.objects.filter(meeting=meeting).order_by("member_id"))
    commands.note_attendance(actor=actor, now=later, attendance=rows[0], status="present", stands_in="王干事")
    commands.note_attendance(actor=actor, now=later, attendance=rows[1], status="excused", excuse="emergency")
    with pytest.raises(Refusal, match="attendance_open"):
        commands.confirm_minutes(actor=actor, now=later, meeting=meeting)
    missed = commands.note_attendance(actor=actor, now=later, attendance=rows[2], status="missed")
    commands.note_attendance(actor=actor, now=later, attendance=missed, status="excused", excuse="prevented")
    confirmed = commands.confirm_minutes(actor=actor, now=later, meeting=meeting)
    assert confirmed.confirmed_at == later
    rows[0].refresh_from_db()
    with pytest.raises(Refusal, match="minutes_closed"):
        commands.note_attendance(actor=actor, now=later, attendance=rows[0], status="missed")
    with pytest.raises(InvalidInput, match="reason_missing"):
        commands.reopen_minutes(actor=actor, now=later, meeting=confirmed, why="")
    assert commands.reopen_minutes(actor=actor, now=later, meeting=confirmed, why="漏记一条").confirmed_at is None


def test_decision_reminds_its_owner_before_the_day_and_the_secretary_after_it(now: datetime) -> None:
    meeting, secretary, later = held(now)
    actor = actor_of(secretary, now=later)
    seat = CommitteeMember.objects.filter(committee=meeting.committee, liaison__isnull=False).get()
    unit, liaison = seat.organisation, seat.liaison
    today = timezone.localdate(later)
    decision = commands.take_decision(
        actor=actor, now=later, meeting=meeting,
        given=DecisionInput("清理消防通道", today + timedelta(days=10), organisation=unit),
    )  # fmt: skip
    assert kinds_told(liaison) == [], "ten days ahead nobody is reminded yet"
    near, late = later + timedelta(days=8), later + timedelta(days=11)
    assert look_at(DECISIONS, now=near).told == 1
    assert look_at(DECISIONS, now=near).told == 0, "each is told once"
    assert (kinds_told(liaison), kinds_told(secretary)) == (["decision_due"], [])
    look_at(DECISIONS, now=late)
    assert (kinds_told(liaison), kinds_told(secretary)) == (["decision_late"], ["decision_late"])
    assert queries.meetings.decision_sums(actor=actor, today=timezone.localdate(late))["late"] == 1

    assert liaison is not None
    owner = actor_of(liaison, now=late)
    commands.report_progress(actor=owner, now=late, decision=decision, words="已清理一半")
    with pytest.raises(NotPermitted):
        commands.put_off(actor=owner, now=late, decision=decision, due_on=late.date() + timedelta(days=9), words="雨")
    done = commands.carry_out(actor=owner, now=late, decision=decision, words="全部清理完毕")
    assert (done.status, done.progress) == (DecisionStatus.DONE, "全部清理完毕")
    assert (kinds_told(liaison), kinds_told(secretary)) == ([], [])
    told = JournalEntry.objects.filter(action="access.reminder.tell", subject_uuid=decision.uuid)
    assert told.count() == 3, "the one before the day, and both after it, stand in the journal"


def test_decision_of_a_post_is_followed_by_its_holders_and_open_ones_come_back_on_the_next_agenda(
    now: datetime,
) -> None:
    meeting, secretary, later = held(now)
    actor, post = actor_of(secretary, now=later), make_post(now, organisation=make_organisation(now))
    holder, stands_behind = make_holders(now, post, 2)
    due = timezone.localdate(later) + timedelta(days=2)
    decision = commands.take_decision(
        actor=actor, now=later, meeting=meeting, given=DecisionInput("盘点仓库", due, post=post)
    )
    assert kinds_told(holder) == kinds_told(stands_behind) == ["decision_due"]
    with pytest.raises(InvalidInput, match="owner_missing"):
        commands.take_decision(actor=actor, now=later, meeting=meeting, given=DecisionInput("无人负责", due))
    with pytest.raises(InvalidInput, match="due_past"):
        commands.take_decision(
            actor=actor, now=later, meeting=meeting, given=DecisionInput("昨天", due - timedelta(days=9), post=post)
        )
    committee = meeting.committee
    following = commands.plan_meeting(actor=actor, now=later, committee=committee, given=given(later, title="下次"))
    assert queries.meetings.open_from_before(following) == [decision]
    put_off = commands.put_off(
        actor=actor, now=later, decision=decision, due_on=due + timedelta(days=30), words="等新货架"
    )
    assert (put_off.due_on, kinds_told(holder)) == (due + timedelta(days=30), [])
    commands.drop_decision(actor=actor, now=later, decision=put_off, words="仓库已撤")
    assert queries.meetings.open_from_before(following) == []


def test_meetings_and_decisions_walk_only_their_tables(now: datetime) -> None:
    meeting, secretary, seats = called(now)
    row = MeetingAttendance.objects.get(meeting=meeting, member=seats[0])
    assert seats[0].liaison is not None
    actors: dict[str, Actor] = {
        "secretary": actor_of(secretary, now=now), "liaison": actor_of(seats[0].liaison, now=now),
        "elsewhere": make_actor(Role.COMMUNITY_SECRETARY, OTHER_COMMUNITY),
    }  # fmt: skip
    decision = CommitteeDecision(
        meeting=meeting, organisation=seats[0].organisation, area_code=COMMUNITY, due_on=now.date(), words="x"
    )
    may: dict[str, set[str]] = {"liaison": {"come", "excuse", "carry_out"}, "elsewhere": set()}
    tables: tuple[tuple[Any, Any, Any], ...] = (
        (MEETING, meeting, MeetingStatus),
        (ATTENDANCE, row, AttendanceStatus),
        (DECISION, decision, DecisionStatus),
    )
    for (table, thing, states), (who, actor) in product(tables, actors.items()):
        for state in states.values:
            thing.status = state
            fits = {step.name for step in table.transitions if state in step.source}
            offered = {step.name for step in table.offered(actor, thing)}
            assert offered == (fits if who == "secretary" else fits & may[who]), (table.subject, state, who)


def test_pages_take_a_meeting_from_its_plan_to_its_minutes(now: datetime, client: Client) -> None:
    committee, secretary, seats = committee_of(timezone.now())
    client.force_login(secretary)
    start = timezone.localtime(timezone.now() + timedelta(minutes=20))
    sent = {"title": "联席会议", "venue": "二楼", "starts_at": f"{start:%Y-%m-%dT%H:%M}", "agenda": "一\n二",
            "ends_at": f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M}"}  # fmt: skip
    plan = reverse("organisations:plan_meeting", args=[committee.uuid])
    refused = client.post(plan, sent | {"ends_at": sent["starts_at"]})
    assert (refused.status_code, "联席会议" in refused.content.decode()) == (422, True)
    assert client.post(plan, sent).status_code == 302
    meeting = CommitteeMeeting.objects.get()
    own = reverse("organisations:meeting", args=[meeting.uuid])
    for step in ("call", "hold"):
        assert client.post(reverse("organisations:move_meeting", args=[meeting.uuid, step])).status_code == 302
    rows = list(MeetingAttendance.objects.filter(meeting=meeting).order_by("member_id"))
    for row in rows:
        note = reverse("organisations:note_attendance", args=[row.uuid])
        assert client.post(note, {"status": "present", "stands_in": "张代表"}).status_code == 302
    decide = reverse("organisations:add_decision", args=[meeting.uuid])
    assert client.post(decide, {"words": "清理", "owner": "", "due_on": "2030-01-01"}).status_code == 422
    due = timezone.localdate() + timedelta(days=1)
    taken = {"words": "清理消防通道", "owner": f"unit:{seats[0].organisation.uuid}", "due_on": due.isoformat()}
    assert client.post(decide, taken).status_code == 302
    assert "清理消防通道" in client.get(own).content.decode()
    assert client.post(reverse("organisations:move_meeting", args=[meeting.uuid, "confirm"])).status_code == 302
    paper = client.get(reverse("organisations:minutes", args=[meeting.uuid]))
    assert paper.content.startswith(b"%PDF")
    calendar = client.get(reverse("organisations:meeting_calendar", args=[meeting.uuid])).content.decode()
    assert "BEGIN:VEVENT" in calendar
    decision = CommitteeDecision.objects.get()
    follow = reverse("organisations:move_decision", args=[decision.uuid, "carry_out"])
    assert client.post(follow, {"words": ""}).status_code == 422
    assert client.post(follow, {"words": "已完成"}).status_code == 302
    assert "清理消防通道" in client.get(reverse("organisations:decisions")).content.decode()
    client.force_login(make_account(Role.COMMUNITY_SECRETARY, OTHER_COMMUNITY))
    assert client.get(own).status_code == 404


def test_lists_cost_the_same_for_one_and_for_three(now: datetime) -> None:
    committee, secretary, _seats = committee_of(now)
    actor = actor_of(secretary, now=now)
    counts: list[int] = []
    for _round in range(2):
        for _each in range(1 if not counts else 2):
            commands.plan_meeting(actor=actor, now=now, committee=committee, given=given(now), agenda=["一"])
        with CaptureQueriesContext(connection) as asked:
            queries.meetings.meetings_page(actor=actor)
            queries.meetings.decisions_page(actor=actor, today=now.date())
            look_at(MEETINGS, now=now)
        counts.append(len(asked))
    assert counts[0] == counts[1]
