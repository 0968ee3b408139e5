"""Every state x transition x role of a task: who moves what from where."""

from __future__ import annotations

from datetime import datetime

import pytest

from juxing.access.roles import Role
from juxing.dispatch.enums import HELD, LIVE, TaskStatus
from juxing.dispatch.lifecycle import TASK
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import NotPermitted
from juxing.kernel.scope import acting
from tests.dispatch.makers import actor_behind, actor_with, make_helper, make_task
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, STREET

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
S = TaskStatus
EXPECTED: dict[str, tuple[frozenset[str], str]] = {
    "accept": (frozenset({S.OFFERED}), S.ACCEPTED),
    "decline": (frozenset({S.OFFERED, S.ACCEPTED}), S.DECLINED),
    "expire": (frozenset({S.OFFERED}), S.EXPIRED),
    "check_in": (frozenset({S.ACCEPTED, S.BLOCKED}), S.IN_PROGRESS),
    "block": (frozenset({S.ACCEPTED, S.IN_PROGRESS}), S.BLOCKED),
    "finish": (frozenset(HELD), S.DONE),
    "verify": (frozenset({S.DONE}), S.VERIFIED),
    "cancel": (frozenset(LIVE), S.CANCELLED),
}
BY_HELPER = {"accept", "decline", "check_in", "block", "finish"}
BY_PROCESS = {"expire", "verify"}
STEERING = {
    Role.DISTRICT_COMMANDER, Role.DISTRICT_OPERATOR, Role.STREET_COMMANDER, Role.STREET_OPERATOR,
    Role.COMMUNITY_SECRETARY, Role.SECOND_SECRETARY, Role.COMMUNITY_WORKER,
}  # fmt: skip


def test_every_transition_is_expected() -> None:
    assert {step.name for step in TASK.transitions} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("state", TaskStatus.values)
def test_move_follows_the_table(state: str, name: str, now: datetime) -> None:
    task = make_task(state, now=now)
    sources, target = EXPECTED[name]
    before = JournalEntry.objects.count()

    if state in sources:
        moved = TASK.move(task, name, actor=Actor.system("test"), now=now)
        assert moved.status == target
        assert JournalEntry.objects.filter(action=f"dispatch.task.{name}", subject_uuid=task.uuid).count() == 1
    else:
        with pytest.raises(WrongState):
            TASK.move(task, name, actor=Actor.system("test"), now=now)
        task.refresh_from_db()
        assert (task.status, JournalEntry.objects.count()) == (state, before)


@pytest.mark.parametrize("role", Role.values)
def test_each_role_may_do_what_its_post_needs(role: str, now: datetime) -> None:
    helper = make_helper()
    task = make_task(now=now, responder=helper)
    here, elsewhere = actor_with(role, STREET), actor_with(role, OTHER_STREET_COMMUNITY)

    allowed = {step.name for step in TASK.transitions if step.allowed(here, task)}

    assert allowed == (BY_HELPER | {"cancel"} if role in STEERING else set())
    assert not [step.name for step in TASK.transitions if step.allowed(elsewhere, task)]


def test_helper_answers_only_for_themselves(now: datetime) -> None:
    helper, other = make_helper(), make_helper()
    task = make_task(now=now, responder=helper)

    own = {step.name for step in TASK.transitions if step.allowed(actor_behind(helper, now=now), task)}
    others = {step.name for step in TASK.transitions if step.allowed(actor_behind(other, now=now), task)}

    assert (own, others) == (BY_HELPER, set())


@pytest.mark.parametrize("name", sorted(BY_PROCESS))
def test_only_the_clock_and_the_journal_end_tasks(name: str, now: datetime) -> None:
    task = make_task(min(EXPECTED[name][0]), now=now)
    actor = actor_with(Role.DISTRICT_COMMANDER, COMMUNITY[:6])

    with acting(Actor.system("test")), pytest.raises(NotPermitted):
        TASK.move(task, name, actor=actor, now=now)
