"""Lifecycles: one winner, clear refusals, state and journal together."""

from __future__ import annotations

from datetime import datetime

import pytest

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import Lifecycle, Transition, WrongState
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import NotPermitted, Refusal
from juxing.needs.enums import NeedStatus
from juxing.needs.lifecycle import NEED
from juxing.needs.models import Need
from tests.factories import make_actor, make_need

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SYSTEM = Actor.system("test")


def test_move_writes_state_and_entry_together(now: datetime) -> None:
    need = make_need(status=NeedStatus.TRIAGED)

    moved = NEED.move(need, "match", actor=SYSTEM, now=now, reason="because")

    assert moved.status == NeedStatus.MATCHED
    entry = JournalEntry.objects.get(action="needs.need.match")
    assert (entry.subject_uuid, entry.reason, entry.changes) == (
        need.uuid, "because", {"from": NeedStatus.TRIAGED, "to": NeedStatus.MATCHED},
    )  # fmt: skip


def test_move_from_a_state_someone_else_changed_is_refused_and_writes_nothing(now: datetime) -> None:
    need = make_need(status=NeedStatus.TRIAGED)
    NEED.move(need, "match", actor=SYSTEM, now=now)

    with pytest.raises(WrongState):
        NEED.move(need, "match", actor=SYSTEM, now=now)
    assert JournalEntry.objects.filter(action="needs.need.match").count() == 1


def test_move_by_someone_without_the_right_is_refused(now: datetime) -> None:
    need = make_need(status=NeedStatus.TRIAGED)

    with pytest.raises(NotPermitted):
        NEED.move(need, "match", actor=make_actor(Role.RESIDENT), now=now)


def test_move_many_moves_only_what_is_in_a_source_state(now: datetime) -> None:
    waiting = [make_need(status=NeedStatus.TRIAGED) for _ in range(3)]
    over = make_need(status=NeedStatus.CONFIRMED)

    moved = NEED.move_many([need.pk for need in [*waiting, over]], "match", actor=SYSTEM, now=now)

    assert sorted(moved) == [need.pk for need in waiting]
    assert Need.objects.get(pk=over.pk).status == NeedStatus.CONFIRMED
    assert JournalEntry.objects.filter(action="needs.need.match").count() == 3


def test_move_many_of_nothing_writes_nothing(now: datetime) -> None:
    assert NEED.move_many([], "match", actor=SYSTEM, now=now) == []
    assert not JournalEntry.objects.exists()


def test_guard_refuses_before_anything_is_written(now: datetime) -> None:
    def refuse(_need: Need) -> None:
        raise Refusal("not_ready", "Not ready.")

    step = Transition("test_guarded", "Test", frozenset({NeedStatus.TRIAGED}), NeedStatus.MATCHED, _anyone, refuse)
    cycle: Lifecycle[Need] = Lifecycle(model=Need, subject="test.guard", states=NeedStatus.values, transitions=(step,))
    need = make_need(status=NeedStatus.TRIAGED)

    with pytest.raises(Refusal, match="not_ready"):
        cycle.move(need, "test_guarded", actor=SYSTEM, now=now)
    assert Need.objects.get(pk=need.pk).status == NeedStatus.TRIAGED


def test_unknown_state_in_a_table_is_an_error_at_start() -> None:
    step = Transition("to_nowhere", "Test", frozenset({"triaged"}), "nowhere", _anyone)

    with pytest.raises(ValueError, match="nowhere"):
        Lifecycle(model=Need, subject="test.unknown", states=NeedStatus.values, transitions=(step,))


def _anyone(_actor: Actor, _need: Need) -> bool:
    return True
