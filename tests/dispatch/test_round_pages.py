"""Pages of rounds, searches and lives in danger as the roles meet them."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.dispatch import commands
from juxing.dispatch.commands.placing import forget_streets
from juxing.dispatch.enums import PlacementStatus, RunStatus, RunTrigger, TaskStatus
from juxing.dispatch.models import DeliveryRound, LivePlacement, MatchingRun, RoundPlan, Task
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.needs.enums import Priority
from juxing.responders.enums import Skill
from tests.dispatch.makers import make_helper, make_plain_account, make_task
from tests.factories import COMMUNITY, STREET, make_areas, make_household, make_need, make_resident

SYSTEM = Actor.system("test")
pytestmark = pytest.mark.django_db


@pytest.fixture
def moment() -> datetime:
    """The real moment, because pages ask the clock."""
    return clock.now()


def _client(account: Account | None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if account is not None:
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _as(role: str, area_code: str = STREET) -> Client:
    return _client(make_plain_account(role, area_code))


def test_desk_plans_a_search_and_sees_what_came_of_it(moment: datetime) -> None:
    with acting(SYSTEM):
        make_areas()
        helper = make_helper(capacity=5)
        for longitude in (121.222, 121.226):
            make_task(TaskStatus.ACCEPTED, now=moment, responder=helper, need=make_need(longitude=longitude))
    client = _as(Role.STREET_OPERATOR)
    form = {"area_code": STREET, "takes_waiting": "on", "idempotency_key": "a"}

    started = client.post("/dispatch/rounds/", form)

    assert started.status_code == 303
    assert "Searching for shorter rounds" in client.get(started["Location"]).content.decode()
    assert client.get(f"{started['Location']}progress/").status_code == 200
    assert client.post("/dispatch/rounds/", form | {"idempotency_key": "b"}).status_code == 422
    with acting(SYSTEM):
        plan = RoundPlan.objects.get()
    commands.complete_round_plan(plan, now=moment)
    page = client.get(started["Location"]).content.decode()
    assert "Proven: no other rounds over these doors cost less." in page
    assert _as(Role.STREET_OPERATOR, "990117002").get(started["Location"]).status_code == 404
    assert _as(Role.GRID_WORKER).post(f"{started['Location']}cancel/").status_code == 403


def test_round_page_draws_the_way_and_masks_the_people(moment: datetime) -> None:
    with acting(SYSTEM):
        home = make_household(COMMUNITY, door="301")
        need = make_need(household=home, resident=make_resident(home, phone="12800007777"))
        helper = make_helper(capacity=5)
        make_task(TaskStatus.ACCEPTED, now=moment, responder=helper, need=need)
        task = make_task(TaskStatus.ACCEPTED, now=moment, responder=helper, need=make_need(longitude=121.23))
        (walked,) = commands.plan_rounds(actor=SYSTEM, now=moment, area_code=STREET)
    desk, phone = _as(Role.STREET_OPERATOR), _client(helper.account)

    for client, address in ((desk, f"/dispatch/rounds/{walked.uuid}/"), (phone, f"/my/rounds/{walked.uuid}/")):
        page = client.get(address).content.decode()
        assert "<polyline" in page
        assert "12800007777" not in page
        assert "秀英" not in page
    assert phone.post(f"/my/rounds/{walked.uuid}/replan/").status_code == 303
    assert desk.post(f"/dispatch/rounds/{walked.uuid}/replan/").status_code == 303
    assert _as(Role.GRID_WORKER).post(f"/dispatch/rounds/{walked.uuid}/replan/").status_code == 403
    assert _as(Role.STREET_OPERATOR, "990117002").post(f"/dispatch/rounds/{walked.uuid}/replan/").status_code == 404
    with acting(SYSTEM):
        assert DeliveryRound.objects.get().change_count == 2
        assert Task.objects.get(pk=task.pk).position == 2


def test_courier_takes_a_whole_round_with_one_tap(moment: datetime) -> None:
    with acting(SYSTEM):
        helper = make_helper(capacity=5)
        for longitude in (121.222, 121.226):
            make_need(longitude=longitude)
        plan = commands.begin_round_plan(actor=SYSTEM, now=moment, area_code=STREET, takes_waiting=True)
    commands.complete_round_plan(plan, now=moment)
    with acting(SYSTEM):
        walked = DeliveryRound.objects.get()
    client = _client(helper.account)

    assert "I take all 2 offered stops" in client.get(f"/my/rounds/{walked.uuid}/").content.decode()
    assert client.post(f"/my/rounds/{walked.uuid}/accept/").status_code == 303
    assert _client(make_plain_account(Role.RESPONDER, COMMUNITY)).post(
        f"/my/rounds/{walked.uuid}/accept/"
    ).status_code == 404  # fmt: skip
    with acting(SYSTEM):
        assert set(Task.objects.values_list("status", flat=True)) == {TaskStatus.ACCEPTED}


def test_dispatcher_takes_the_better_plan_from_the_page(moment: datetime) -> None:
    forget_streets()
    with acting(SYSTEM):
        make_areas()
        near, far = make_helper(capacity=1, longitude=121.2205), make_helper(capacity=1, longitude=121.226)
        make_task(now=moment, responder=near, need=make_need(longitude=121.2235))
        need = make_need(priority=Priority.LIFE_CRITICAL)
    run = commands.run_matching(actor=SYSTEM, now=moment, area_code=STREET, trigger=RunTrigger.LIFE_CRITICAL)
    with acting(SYSTEM):
        placement = LivePlacement.objects.get()
    address, desk = f"/dispatch/placements/{placement.uuid}/take/", _as(Role.STREET_OPERATOR)

    page = desk.get(f"/dispatch/runs/{run.uuid}/").content.decode()

    assert all(words in page for words in ("Take the better plan", "Asked at once, moving nobody", near.name[:1] + "*"))
    assert near.name not in page
    assert _as(Role.GRID_WORKER).post(address).status_code == 403
    assert _as(Role.STREET_OPERATOR, "990117002").post(address).status_code == 404
    assert desk.post(address).status_code == 303
    with acting(SYSTEM):
        assert LivePlacement.objects.get().status == PlacementStatus.TAKEN
        assert Task.objects.get(need=need, status=TaskStatus.OFFERED).responder_id == near.pk
    assert "The better plan was taken" in desk.get(f"/dispatch/runs/{run.uuid}/").content.decode()
    assert far.pk


def test_run_under_way_can_be_asked_for_its_best_answer_so_far(moment: datetime) -> None:
    with acting(SYSTEM):
        make_areas()
    client = _as(Role.STREET_OPERATOR)
    address = client.post("/dispatch/", {"area_code": STREET, "idempotency_key": "a"})["Location"]

    assert "Take the best answer so far" in client.get(address).content.decode()
    assert client.post(f"{address}finish/").status_code == 303

    with acting(SYSTEM):
        run = MatchingRun.objects.get()
    assert (run.status, run.finish_asked_at is not None) == (RunStatus.RUNNING, True)
    assert "Take the best answer so far" not in client.get(address).content.decode()
    assert _as(Role.GRID_WORKER).post(f"{address}finish/").status_code == 403


def test_run_page_says_what_each_need_left_would_take(moment: datetime) -> None:
    with acting(SYSTEM):
        make_areas()
        make_need(required_skills=[Skill.LEGAL])
        make_need(longitude=121.30)
        make_need(need_type="consultation", required_skills=[Skill.MEDICAL])
        make_helper(skills=[Skill.MEDICAL], reach_m=3000)
        make_helper(skills=[Skill.MEDICAL], reach_m=3000, longitude=121.23)
        run = commands.run_matching(actor=SYSTEM, now=moment, area_code=STREET)
        task = Task.objects.get()
    client = _as(Role.STREET_OPERATOR)

    page = client.get(f"/dispatch/runs/{run.uuid}/").content.decode()

    assert all(words in page for words in ("Nobody here has: Legal.", "more reach would do.", run.proof["digest"]))
    task_page = client.get(f"/dispatch/tasks/{task.uuid}/").content.decode()
    assert "Nearest with the licence (Medical)" in task_page
    assert "The next one would walk 1.2 km more." in task_page
