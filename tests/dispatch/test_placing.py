"""Life-critical needs: somebody free at once, nobody moved unless a life depends on it, the better plan beside it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from juxing.access.roles import Role
from juxing.dispatch import commands, problems
from juxing.dispatch.commands import placing
from juxing.dispatch.commands.placing import forget_streets, read_street
from juxing.dispatch.enums import PlacementStatus, RunTrigger, TaskStatus
from juxing.dispatch.models import LivePlacement, MatchingRun, StockReservation, Task
from juxing.dispatch.pages.reasons import proof_words
from juxing.dispatch.queries import run_detail
from juxing.dispatch.weights import DEFAULT_WEIGHTS
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotPermitted, Refusal
from juxing.needs.enums import NeedStatus, Priority
from juxing.needs.models import Need, NeedLine
from juxing.responders.models import Responder
from tests.dispatch.makers import actor_with, make_helper, make_task
from tests.factories import COMMUNITY, STREET, make_item, make_need, make_stock

SYSTEM = Actor.system("test")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture(autouse=True)
def new_process() -> None:
    """Begin each test as a process that keeps nothing."""
    forget_streets()


def _critical(longitude: float = 121.22, **values: Any) -> Need:
    return make_need(longitude=longitude, priority=Priority.LIFE_CRITICAL, priority_score=500, **values)


def _place(now: datetime) -> MatchingRun:
    return commands.run_matching(actor=SYSTEM, now=now, area_code=STREET, trigger=RunTrigger.LIFE_CRITICAL)


def _offer(now: datetime, helper: Responder, longitude: float) -> Task:
    return make_task(now=now, responder=helper, need=make_need(longitude=longitude))


def _asked() -> dict[int, int]:
    live = Task.objects.filter(status=TaskStatus.OFFERED)
    return dict(live.values_list("need_id", "responder_id"))


def _crossed(now: datetime) -> tuple[Need, Task, Responder, Responder]:
    """The nearest helper is asked for something that another, further off, could do as well."""
    near, far = make_helper(capacity=1, longitude=121.2205), make_helper(capacity=1, longitude=121.236)
    offer = _offer(now, near, 121.232)
    return _critical(), offer, near, far


def test_nearest_free_helper_is_asked_and_nobody_is_moved(now: datetime) -> None:
    need, offer, near, far = _crossed(now)

    run = _place(now)

    assert _asked() == {offer.need_id: near.pk, need.pk: far.pk}
    assert (run.matched_count, run.objective) == (1, run.bound)
    placement = LivePlacement.objects.get()
    assert (placement.status, placement.instant_id, placement.exact_id) == (PlacementStatus.OPEN, far.pk, near.pk)
    assert placement.gain_m > 0
    assert [(move["task"], move["before"], move["after"]) for move in placement.moves] == [(offer.pk, near.pk, far.pk)]


def test_gain_is_what_the_two_plans_differ_by_in_the_open_formula(now: datetime) -> None:
    need, offer, near, far = _crossed(now)
    _place(now)
    placement = LivePlacement.objects.get()

    def way(helper: Responder, to: Need) -> int:
        return problems.way_m((helper.longitude, helper.latitude), (to.longitude or 0.0, to.latitude or 0.0))

    instant = 4 * way(far, need) + way(near, offer.need) - DEFAULT_WEIGHTS.stability_m
    exact = 4 * way(near, need) + way(far, offer.need)
    assert abs(placement.gain_m - (instant - exact)) <= 10


def test_offers_that_could_be_better_anyway_stay_until_a_life_critical_need_moves_them(now: datetime) -> None:
    near, far = make_helper(capacity=1, longitude=121.2205), make_helper(capacity=1, longitude=121.226)
    offer = _offer(now, near, 121.2255)  # the far helper lives next door to it
    need = _critical()

    _place(now)

    placement = LivePlacement.objects.get()
    assert (placement.instant_id, placement.exact_id, len(placement.moves)) == (far.pk, near.pk, 1)
    commands.take_exact_plan(actor=SYSTEM, now=now, placement=placement)
    assert _asked() == {need.pk: near.pk, offer.need_id: far.pk}


def test_better_plan_is_taken_by_a_person_goods_and_all(now: datetime) -> None:
    need, offer, near, far = _crossed(now)
    rice = make_item("rice")
    level = make_stock(rice, 5)
    level.reserved = 2
    level.save()
    StockReservation.objects.create(area_code=offer.area_code, task=offer, depot=level.depot, item=rice, quantity=2)
    _place(now)

    taken = commands.take_exact_plan(actor=SYSTEM, now=now, placement=LivePlacement.objects.get())

    assert taken.status == PlacementStatus.TAKEN
    assert _asked() == {need.pk: near.pk, offer.need_id: far.pk}
    assert set(Need.objects.values_list("status", flat=True)) == {NeedStatus.MATCHED}
    level.refresh_from_db()
    assert level.reserved == 2
    assert StockReservation.objects.get(is_open=True).task.responder_id == far.pk
    with pytest.raises(Refusal, match="placement_decided"):
        commands.take_exact_plan(actor=SYSTEM, now=now, placement=taken)


@pytest.mark.parametrize("who", ["moved", "instant", "target"])
def test_better_plan_is_outdated_once_anyone_concerned_has_answered(who: str, now: datetime) -> None:
    need, offer, _near, far = _crossed(now)
    _place(now)
    if who == "moved":
        commands.accept_task(actor=SYSTEM, now=now, task=offer)
    elif who == "instant":
        commands.accept_task(actor=SYSTEM, now=now, task=Task.objects.get(need=need))
    else:
        Responder.objects.filter(pk=far.pk).update(is_available=False)
    before = _asked()

    decided = commands.take_exact_plan(actor=SYSTEM, now=now, placement=LivePlacement.objects.get())

    assert (decided.status, _asked()) == (PlacementStatus.OUTDATED, before)


def test_better_plan_needs_the_right_to_steer(now: datetime) -> None:
    _crossed(now)
    _place(now)

    with pytest.raises(NotPermitted):
        commands.take_exact_plan(
            actor=actor_with(Role.GRID_WORKER, COMMUNITY), now=now, placement=LivePlacement.objects.get()
        )


def test_where_nobody_is_free_an_unanswered_offer_makes_room(now: datetime) -> None:
    helper = make_helper(capacity=1)
    offer = _offer(now, helper, 121.221)
    need = _critical()

    _place(now)

    assert _asked() == {need.pk: helper.pk}
    offer.refresh_from_db()
    assert offer.status == TaskStatus.CANCELLED
    assert Need.objects.get(pk=offer.need_id).status == NeedStatus.TRIAGED
    placement = LivePlacement.objects.get()
    assert (placement.status, placement.instant_id, placement.exact_id) == (PlacementStatus.TAKEN, None, helper.pk)


def test_what_was_accepted_is_never_moved(now: datetime) -> None:
    helper = make_helper(capacity=1)
    make_task(TaskStatus.ACCEPTED, now=now, responder=helper)
    need = _critical()

    run = _place(now)

    assert (run.matched_count, Task.objects.filter(need=need).count()) == (0, 0)
    assert run.matches.get().unserved_reason
    assert not LivePlacement.objects.exists()


def test_those_who_said_no_are_not_asked_again_and_goods_are_promised(now: datetime) -> None:
    first, second = make_helper(longitude=121.2201), make_helper(longitude=121.224)
    rice = make_item("rice")
    level = make_stock(rice, 5)
    need = _critical()
    NeedLine.objects.create(need=need, area_code=need.area_code, item=rice, written="大米", quantity=2, unit="袋")
    _place(now)
    assert _asked() == {need.pk: first.pk}

    commands.decline_task(actor=SYSTEM, now=now, task=Task.objects.get())
    _place(now + timedelta(seconds=30))

    assert _asked() == {need.pk: second.pk}
    level.refresh_from_db()
    assert level.reserved == 2


def test_several_at_once_share_the_hands_there_are(now: datetime) -> None:
    helpers = [make_helper(capacity=1, longitude=121.22 + number / 500) for number in range(3)]
    needs = [_critical(121.22 + number / 400) for number in range(4)]

    run = _place(now)

    asked = _asked()
    assert (run.matched_count, run.unserved_count) == (3, 1)
    assert sorted(asked.values()) == sorted(helper.pk for helper in helpers)
    assert set(asked) < {need.pk for need in needs}


def test_kept_plan_answers_as_one_laid_anew_from_the_rows(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    laid: list[int] = []
    lay = problems.lay

    def counted(*given: Any) -> Any:
        laid.append(1)
        return lay(*given)

    monkeypatch.setattr(problems, "lay", counted)
    for number in range(6):
        helper = make_helper(capacity=2, longitude=121.22 + number / 300)
        _offer(now, helper, 121.22 + number / 300)
    _critical(121.2215)
    _place(now)
    commands.accept_task(actor=SYSTEM, now=now, task=Task.objects.order_by("id")[1])
    commands.decline_task(actor=SYSTEM, now=now, task=Task.objects.order_by("id")[3])
    assert len(laid) == 1
    second = _critical(121.2265)
    needs = problems.waiting_needs(STREET, limit=9, only_priority=Priority.LIFE_CRITICAL)
    run = commands.begin_run(actor=SYSTEM, now=now, area_code=STREET, trigger=RunTrigger.LIFE_CRITICAL)

    with_kept = placing.decide_at_once(run, needs, now=now)
    assert len(laid) == 1
    forget_streets()
    anew = placing.decide_at_once(run, needs, now=now)

    assert [need.id for need in needs] == [second.pk]
    assert len(laid) == 2
    assert [(one.instant, one.exact, one.gain_m) for one in with_kept] == [
        (one.instant, one.exact, one.gain_m) for one in anew
    ]


def test_kept_plan_that_differs_from_the_rows_is_not_used(now: datetime) -> None:
    helper = make_helper(capacity=2)
    _offer(now, helper, 121.22)
    situation = read_street(STREET, [], weights=DEFAULT_WEIGHTS, now=now)
    kept = problems.lay(situation, [])
    assert problems.says(kept, situation)

    _offer(now, make_helper(capacity=2, longitude=121.23), 121.23)
    changed = read_street(STREET, [], weights=DEFAULT_WEIGHTS, now=now)

    assert not problems.advance(kept, changed, counting={})


def test_plan_is_kept_although_the_exact_one_was_not_taken(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    laid: list[int] = []
    lay = problems.lay

    def counted(*given: Any) -> Any:
        laid.append(1)
        return lay(*given)

    monkeypatch.setattr(problems, "lay", counted)
    _crossed(now)
    spare = make_helper(capacity=3, longitude=121.24)
    _place(now)
    second = _critical(121.221)

    _place(now + timedelta(seconds=1))

    assert LivePlacement.objects.filter(status=PlacementStatus.OPEN).exists()
    assert _asked()[second.pk] == spare.pk
    assert len(laid) == 1


def test_run_without_a_need_lays_nothing_and_says_nobody_waited(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    make_helper()
    monkeypatch.setattr(problems, "lay", lambda *_given: pytest.fail("laid for nobody"))

    run = _place(now)

    assert (run.need_count, run.matched_count) == (0, 0)


def test_live_run_that_is_not_best_as_a_whole_says_how_it_was_counted(now: datetime) -> None:
    make_helper(capacity=1)
    _critical()
    run = _place(now)
    MatchingRun.objects.filter(pk=run.pk).update(objective=640, bound=0)

    said = proof_words(run_detail(actor=actor_with(Role.STREET_OPERATOR), uuid=run.uuid))

    assert said is not None
    assert said["tone"] == "info"
    assert "640" in said["text"]
