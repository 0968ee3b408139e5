"""The same moment, several people and several workers: what only real locks can show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from juxing.access.models import RoleAssignment
from juxing.access.queries import actor_of
from juxing.activations import commands, execution
from juxing.activations.models import Activation, ActivationArea, ModeConversion
from juxing.kernel import journal
from juxing.kernel.conversion import steps_in_order
from juxing.kernel.jobs import Cancelled
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.organisations.models import Post, TemporaryBody
from tests.activations.makers import OTHER_STREET, SYSTEM, make_district, make_draft, newest, start
from tests.factories import DISTRICT, STREET

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts from as many connections at the same moment; a refusal is an answer."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            ready.wait(timeout=30)
            return act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_commanders_press_at_once_and_one_response_begins(now: datetime) -> None:
    with acting(SYSTEM):
        place = make_district(now)
        draft = make_draft(place, now)
        commands.submit(actor=place.actor(place.operator, now), now=now, activation=draft)

    def press(account: Any) -> Callable[[], Any]:
        def act() -> Any:
            actor = actor_of(account, now=now)
            with acting(actor):
                return commands.approve(actor=actor, now=now, activation=draft, digest=draft.digest).status

        return act

    answers = at_once(press(place.commander), press(place.street_commander))

    assert sorted(answers) == ["active", "not_pending"]
    with acting(SYSTEM):
        assert ModeConversion.objects.count() == 1
        assert ActivationArea.objects.count() == 1


def test_two_workers_on_one_conversion_do_it_once(now: datetime) -> None:
    with acting(SYSTEM):
        place = make_district(now)
        activation = start(place, now)
    uuid = newest(activation).uuid

    def work() -> Any:
        return execution.carry_out(uuid, clock=lambda: now).finished_at

    at_once(work, work)

    with acting(SYSTEM):
        assert TemporaryBody.objects.count() == 18
        assert Post.objects.count() == 24
        assert RoleAssignment.objects.filter(activation_uuid=activation.uuid).count() == 18
        assert ModeConversion.objects.get().finished_at == now


def test_stand_down_beside_the_conversion_leaves_nothing_behind(now: datetime) -> None:
    with acting(SYSTEM):
        place = make_district(now)
        activation = start(place, now, areas=["990117"])
    first = newest(activation).uuid

    def convert() -> Any:
        return execution.carry_out(first, clock=lambda: now)

    def end() -> Any:
        with acting(SYSTEM):
            return commands.stand_down(
                actor=place.actor(place.commander, now), now=now, activation=activation, reason="mistake",
                left_open_reason="nothing begun",
            )  # fmt: skip

    at_once(convert, end)
    execution.carry_out(newest(activation).uuid, clock=lambda: now)

    with acting(SYSTEM):
        assert not TemporaryBody.objects.filter(dissolved_at=None).exists()
        assert not Post.objects.filter(closed_at=None).exists()
        later = now.replace(microsecond=5)
        assert not RoleAssignment.objects.in_force(later).filter(activation_uuid=activation.uuid).exists()
        assert Activation.objects.get().status == "stood_down"


def test_streets_done_side_by_side_end_as_those_done_one_after_the_other(now: datetime) -> None:
    with acting(SYSTEM):
        place = make_district(now)
        activation = start(place, now, areas=[DISTRICT])
    seen: list[tuple[str, int, int]] = []

    with journal.correlated() as correlation:
        done = execution.carry_out(
            newest(activation).uuid, clock=lambda: now, report=lambda *told: seen.append(told), side_by_side=2
        )

    assert done.finished_at == now
    assert seen == [(STREET, 0, 2), (OTHER_STREET, 1, 2)]
    with acting(SYSTEM):
        told = Counter(
            JournalEntry.objects.filter(action="activations.step.convert", correlation_uuid=correlation).values_list(
                "area_code", flat=True
            )
        )
        posts = Counter(code[:9] for code in Post.objects.values_list("area_code", flat=True))
    assert told == {STREET: len(steps_in_order()), OTHER_STREET: len(steps_in_order())}
    assert posts == {STREET: 24, OTHER_STREET: 12}


def test_what_stops_one_of_two_workers_stops_both_and_the_rest_is_done_later(now: datetime) -> None:
    with acting(SYSTEM):
        place = make_district(now)
        activation = start(place, now, areas=[DISTRICT])

    def stop(_street: str, begun: int, _total: int) -> None:
        if begun:
            raise Cancelled

    with pytest.raises(Cancelled):
        execution.carry_out(newest(activation).uuid, clock=lambda: now, report=stop, side_by_side=2)
    with acting(SYSTEM):
        after_stop = {code[:9] for code in Post.objects.values_list("area_code", flat=True)}
    done = execution.carry_out(newest(activation).uuid, clock=lambda: now, side_by_side=2)

    assert after_stop == {STREET}, "what was under way is done to its end"
    assert done.finished_at == now
