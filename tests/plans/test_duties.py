"""Duties of plans: who is asked, what an answer counts for, and that it is asked again when the words change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from juxing.access.models import Account, RoleAssignment
from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.plans import commands, duties
from juxing.plans.completeness import completeness
from juxing.plans.duties import Duty
from juxing.plans.models import DutyAnswer, PlanVersion
from tests.activations.makers import make_plan
from tests.factories import COMMUNITY, DISTRICT, STREET, make_account, make_areas

SYSTEM = Actor.system("test")


@pytest.fixture
def commander(db: None) -> Iterator[Account]:
    """The district's commander; the test acts as the system."""
    with acting(SYSTEM):
        make_areas()
        yield make_account(Role.DISTRICT_COMMANDER, DISTRICT)


def asked(account: Account, now: datetime) -> dict[str, Duty]:
    return {str(duty.post["code"]): duty for duty in duties.my_duties(actor=actor_of(account, now=now))}


def answer(account: Account, now: datetime, duty: Duty, *, is_accepted: bool = True, reason: str = "") -> DutyAnswer:
    return duties.answer_duty(
        actor=actor_of(account, now=now), now=now, plan=str(duty.plan.uuid), post_code=duty.post["code"],
        seen=duty.digest, is_accepted=is_accepted, reason=reason,
    )  # fmt: skip


def accepted(version: PlanVersion, now: datetime) -> tuple[int, int]:
    checks = {check.code: check for check in completeness(version, now=now).checks}
    return checks["accepted"].found, checks["accepted"].wanted


def test_those_who_would_be_a_or_b_are_asked_where_they_serve(commander: Account, now: datetime) -> None:
    secretary, worker = (make_account(role, COMMUNITY) for role in (Role.COMMUNITY_SECRETARY, Role.GRID_WORKER))
    assert asked(secretary, now) == {}

    version = make_plan(commander, now, area_code=STREET)

    posts = {post["code"]: post["holder_roles"][: duties.ASKED_FIRST] for post in version.content["posts"]}
    for account, role in ((secretary, Role.COMMUNITY_SECRETARY), (worker, Role.GRID_WORKER)):
        assert set(asked(account, now)) == {code for code, roles in posts.items() if role in roles}
        assert {duty.area_code for duty in asked(account, now).values()} <= {COMMUNITY}
    steps = [step for duty in asked(secretary, now).values() for step in (*duty.carries_out, *duty.answers_for)]
    assert steps
    assert asked(make_account(Role.COMMUNITY_SECRETARY, "310199001001"), now) == {}


def test_an_answer_counts_until_the_words_change_the_person_stops_or_a_year_has_passed(
    commander: Account, now: datetime
) -> None:
    version = make_plan(commander, now)
    secretary = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    before, wanted = accepted(version, now)
    duty = next(duty for duty in asked(secretary, now).values() if duty.carries_out)
    code = str(duty.post["code"])

    kept = answer(secretary, now, duty)

    assert (before, accepted(version, now)) == (0, (1, wanted))
    assert duties.answers_to(version, now=now)[code] == (1, 0)
    assert not asked(secretary, now)[code].is_open
    assert JournalEntry.objects.filter(action=duties.ACCEPTED, subject_uuid=kept.uuid).count() == 1
    answer(secretary, now, duty, is_accepted=False, reason="白天在外值守")
    assert duties.answers_to(version, now=now)[code] == (0, 1)
    assert [row.reason for row in duties.what_stands_against(version)] == ["白天在外值守"]
    answer(secretary, now, duty)
    assert DutyAnswer.objects.get().reason == ""
    RoleAssignment.objects.filter(account=secretary).update(role=Role.BUILDING_HEAD)
    assert accepted(version, now) == (0, wanted)
    RoleAssignment.objects.filter(account=secretary).update(role=Role.COMMUNITY_SECRETARY)

    actor = actor_of(commander, now=now)
    draft = commands.begin_version(actor=actor, now=now, plan=version.plan)
    assert duties.answers_to(draft, now=now)[code] == (1, 0)
    first = duty.carries_out[0]["code"]
    steps = [dict(step) | ({"due_min": step["due_min"] + 5} if step["code"] == first else {})
             for step in draft.content["playbook"]]  # fmt: skip
    draft = commands.write_part(actor=actor, now=now, version=draft, part="playbook", rows=steps)
    assert duties.answers_to(draft, now=now)[code] == (0, 0)
    commands.approve_version(actor=actor, now=now, version=draft, undrilled_reason="changed times only")
    assert asked(secretary, now)[code].is_open
    with pytest.raises(Refusal, match="duty_changed"):
        answer(secretary, now, duty)

    assert duties.forget_answers(now=now + timedelta(days=364)) == 0
    assert duties.forget_answers(now=now + timedelta(days=366)) == 1


def test_nobody_answers_for_another_post_or_refuses_without_a_reason(commander: Account, now: datetime) -> None:
    make_plan(commander, now)
    secretary, worker = (make_account(role, COMMUNITY) for role in (Role.COMMUNITY_SECRETARY, Role.GRID_WORKER))
    mine, theirs = asked(secretary, now), asked(worker, now)
    foreign = next(duty for code, duty in mine.items() if code not in theirs)

    with pytest.raises(NotVisible):
        answer(worker, now, foreign)
    with pytest.raises(InvalidInput, match="reason_missing"):
        answer(secretary, now, foreign, is_accepted=False, reason="  ")
    assert not DutyAnswer.objects.exists()


def test_the_page_takes_an_answer_and_keeps_what_was_typed(commander: Account, now: datetime, client: Client) -> None:
    version = make_plan(commander, now)
    secretary = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    duty = next(iter(asked(secretary, now).values()))
    client.force_login(secretary)
    url = reverse("plans:my_duties")
    sent = {"plan": str(duty.plan.uuid), "post_code": duty.post["code"], "seen": duty.digest}

    assert str(duty.post["title"]) in client.get(url).content.decode()
    wrong = client.post(url, sent | {"answer": "refuse", "reason": " "})
    stale = client.post(url, sent | {"answer": "refuse", "seen": "old", "reason": "白天在外值守"})
    stray = client.post(url, {"plan": "x", "post_code": "y", "answer": "perhaps"})
    assert (wrong.status_code, stale.status_code, stray.status_code) == (422, 422, 422)
    assert "白天在外值守" in stale.content.decode()
    assert client.post(url, sent | {"answer": "refuse", "reason": "白天在外值守"}).status_code == 303
    assert "白天在外值守" in client.get(url).content.decode()

    client.force_login(commander)
    page = client.get(reverse("plans:plan", args=[version.plan.uuid])).content.decode()
    assert "白天在外值守" in page
    assert secretary.display_name not in page
    client.force_login(make_account(Role.GRID_WORKER, COMMUNITY))
    assert "白天在外值守" not in client.get(reverse("plans:plan", args=[version.plan.uuid])).content.decode()
