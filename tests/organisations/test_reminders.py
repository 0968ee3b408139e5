"""What this room reminds of, and whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juxing.access.models import Account, Reminder
from juxing.access.queries import actor_of
from juxing.access.reminding import look_at, sources
from juxing.access.roles import Role
from juxing.organisations import commands
from juxing.organisations.commands import PledgeInput, PostWords, TrainingInput
from juxing.organisations.desks import desks_of
from juxing.organisations.lifecycle import PLEDGE
from juxing.organisations.waiting import DUTIES, PLEDGES, POSTS
from tests.factories import COMMUNITY, OTHER_COMMUNITY, STREET, make_account
from tests.organisations.making import SYSTEM, make_holders, make_organisation, make_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def waits_for(account: Account | None) -> dict[str, str]:
    rows = Reminder.objects.filter(account=account, settled_at__isnull=True)
    return {row.kind.removeprefix("organisations."): row.facts.get("count", "") for row in rows}


def test_place_is_answered_for_by_the_nearest_desk_that_has_somebody(now: datetime) -> None:
    make_organisation(now)
    street = make_account(Role.STREET_OPERATOR, STREET)
    assert desks_of([COMMUNITY, OTHER_COMMUNITY], now=now)[COMMUNITY] == {street.pk}
    secretary = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    assert desks_of([COMMUNITY], now=now) == {COMMUNITY: {secretary.pk}}


def test_posts_without_b_are_counted_for_the_secretary_until_they_have_one(now: datetime) -> None:
    secretary = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    unit = make_organisation(now)
    first, second = make_post(now, unit, "仓管员"), make_post(now, unit, "门岗员")
    look_at(POSTS, now=now)
    assert waits_for(secretary) == {"posts_without_b": "2", "posts_vacant": "2"}
    make_holders(now, first, 2)
    look_at(POSTS, now=now)
    assert waits_for(secretary) == {"posts_without_b": "1", "posts_vacant": "1"}
    make_holders(now, second, 2)
    look_at(POSTS, now=now)
    assert waits_for(secretary) == {}


def test_pledge_waits_for_the_committee_then_for_the_unit_then_for_both(now: datetime) -> None:
    secretary = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    liaison = make_account(Role.ORGANISATION_MANAGER, COMMUNITY)
    unit = make_organisation(now, name="云间第一小学", kind="resident_unit")
    committee = commands.found_committee(actor=SYSTEM, now=now, area_code=COMMUNITY, name="大党委")
    member = commands.join_committee(actor=SYSTEM, now=now, committee=committee, organisation=unit, liaison=liaison)
    given = PledgeInput("people", "带货车的司机", 3, "人", valid_until=now.date() + timedelta(days=10))
    pledge = commands.offer_pledge(actor=actor_of(liaison, now=now), now=now, member=member, given=given)
    assert (set(waits_for(secretary)), set(waits_for(liaison))) == ({"pledge_offered"}, set())
    commands.move_pledge(actor=SYSTEM, now=now, pledge=pledge, step="accept")
    assert set(waits_for(secretary)) == set(waits_for(liaison)) == {"pledge_ends"}
    due_at = now + timedelta(hours=3)
    commands.call_pledge(actor=SYSTEM, now=now, pledge=pledge, called_for="搬运", due_at=due_at)
    assert (set(waits_for(secretary)), set(waits_for(liaison))) == (set(), {"pledge_called"})
    look_at(PLEDGES, now=due_at)
    assert set(waits_for(secretary)) == set(waits_for(liaison)) == {"pledge_late"}
    commands.deliver_pledge(actor=SYSTEM, now=due_at, pledge=pledge, quantity=3)
    assert waits_for(secretary) == waits_for(liaison) == {}
    pledge.refresh_from_db()
    assert PLEDGE.offered(SYSTEM, pledge) == []


def test_unfinished_checklist_and_ending_training_wait_for_their_person(now: datetime) -> None:
    post = make_post(now)
    commands.change_post(actor=SYSTEM, now=now, post=post, words=PostWords(checklist="seven_duties"))
    secretary = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    [worker] = make_holders(now, post, 1)
    commands.open_sheets(actor=SYSTEM, now=now, month=now.date())
    entry = commands.enter_staff(
        actor=SYSTEM, now=now, organisation=post.organisation, account=worker, line="worker", grade=3
    )
    day = now.date()
    commands.record_training(
        actor=SYSTEM, now=now, member=entry,
        given=TrainingInput("急救", Decimal(4), day - timedelta(days=9), day + timedelta(days=20)),
    )  # fmt: skip
    month_end = now.replace(day=28)
    look_at(DUTIES, now=month_end)
    assert set(waits_for(worker)) == {"checklist_open", "training_ends"}
    assert waits_for(secretary) == {"trainings_end": "1"}
    commands.record_training(
        actor=SYSTEM, now=now, member=entry,
        given=TrainingInput("急救", Decimal(4), day, day + timedelta(days=400)),
    )  # fmt: skip
    look_at(DUTIES, now=month_end)
    assert (set(waits_for(worker)), waits_for(secretary)) == ({"checklist_open"}, {})


def test_every_source_asks_the_same_however_much_waits(now: datetime) -> None:
    make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    unit = make_organisation(now)
    counts: list[int] = []
    for number in (0, 1):
        for each in range(1 + number):
            make_post(now, unit, f"岗位{number}{each}")
        with CaptureQueriesContext(connection) as asked:
            for _code, source in sources:
                list(source(now, ""))
        counts.append(len(asked))
    assert counts[0] == counts[1]
