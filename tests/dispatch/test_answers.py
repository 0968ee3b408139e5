"""What helpers say and do, and what it does to need, stock and round."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from PIL import Image

from juxing.dispatch.commands import (
    accept_task,
    block_task,
    cancel_task,
    check_in,
    decline_task,
    expire_offers,
    finish_task,
    plan_rounds,
    run_matching,
)
from juxing.dispatch.enums import RoundStatus, TaskStatus
from juxing.dispatch.models import DeliveryRound, StockReservation, Task, TaskPhoto
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.needs import commands as needs_commands
from juxing.needs.enums import NeedStatus
from juxing.needs.models import Need, NeedLine
from juxing.responders.models import Responder
from tests.dispatch.makers import make_helper, make_task
from tests.factories import STREET, make_item, make_need, make_stock

SYSTEM = Actor.system("test")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def test_helper_with_full_hands_cannot_accept_more(now: datetime) -> None:
    helper = make_helper(capacity=1)
    make_task(TaskStatus.DONE, now=now, responder=helper, done_at=now - timedelta(hours=2))
    task = make_task(now=now, responder=helper)

    with pytest.raises(Refusal, match="hands_full"):
        accept_task(actor=SYSTEM, now=now, task=task)

    Responder.objects.filter(pk=helper.pk).update(capacity=2)
    assert accept_task(actor=SYSTEM, now=now, task=task).status == TaskStatus.ACCEPTED


def test_accepting_a_withdrawn_request_is_refused_and_changes_nothing(now: datetime) -> None:
    task = make_task(now=now)
    needs_commands.withdraw_need(actor=SYSTEM, now=now, need=task.need)

    with pytest.raises(Refusal, match="need_over"):
        accept_task(actor=SYSTEM, now=now, task=task)

    task.refresh_from_db()
    assert task.status == TaskStatus.OFFERED


def test_accepting_twice_is_one_acceptance(now: datetime) -> None:
    task = make_task(now=now)
    accept_task(actor=SYSTEM, now=now, task=task)

    with pytest.raises(WrongState):
        accept_task(actor=SYSTEM, now=now, task=task)


def test_blocked_task_goes_on_and_keeps_its_first_check_in(now: datetime) -> None:
    task = make_task(TaskStatus.ACCEPTED, now=now)
    started = check_in(actor=SYSTEM, now=now, task=task)
    block_task(actor=SYSTEM, now=now + timedelta(minutes=5), task=started, reason="门禁打不开")
    again = check_in(actor=SYSTEM, now=now + timedelta(minutes=9), task=started)

    assert (again.status, again.checked_in_at) == (TaskStatus.IN_PROGRESS, now)
    assert Need.objects.get(pk=task.need_id).status == NeedStatus.IN_DELIVERY


@pytest.mark.parametrize("reason", ["", "   ", "\x00"])
def test_blocking_and_cancelling_need_a_word(reason: str, now: datetime) -> None:
    task = make_task(TaskStatus.ACCEPTED, now=now)

    with pytest.raises(InvalidInput):
        block_task(actor=SYSTEM, now=now, task=task, reason=reason)
    with pytest.raises(InvalidInput):
        cancel_task(actor=SYSTEM, now=now, task=task, reason=reason)


def test_photo_is_kept_without_what_the_camera_wrote(now: datetime) -> None:
    picture, written = Image.new("RGB", (20, 10), "red"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "31.03,121.22"
    picture.save(written, format="JPEG", exif=exif)
    assert b"31.03" in written.getvalue()

    finish_task(actor=SYSTEM, now=now, task=make_task(TaskStatus.IN_PROGRESS, now=now), photo=written.getvalue())

    kept = TaskPhoto.objects.get()
    assert b"31.03" not in bytes(kept.content)
    assert not Image.open(io.BytesIO(bytes(kept.content))).getexif()


@pytest.mark.parametrize("photo", [b"<svg/>", b"\x89PNG broken", b"GIF89a"])
def test_what_is_no_photo_is_refused_and_the_task_stays(photo: bytes, now: datetime) -> None:
    task = make_task(TaskStatus.IN_PROGRESS, now=now)

    with pytest.raises(InvalidInput) as refused:
        finish_task(actor=SYSTEM, now=now, task=task, photo=photo)

    task.refresh_from_db()
    assert (refused.value.field, task.status) == ("photo", TaskStatus.IN_PROGRESS)


def test_work_done_on_a_withdrawn_request_is_still_done(now: datetime) -> None:
    task = make_task(TaskStatus.IN_PROGRESS, now=now)
    needs_commands.withdraw_need(actor=SYSTEM, now=now, need=task.need)

    assert finish_task(actor=SYSTEM, now=now, task=task).status == TaskStatus.DONE
    assert Need.objects.get(pk=task.need_id).status == NeedStatus.WITHDRAWN


@pytest.mark.parametrize("answer", ["decline", "cancel", "expire"])
def test_task_of_a_withdrawn_request_ends_quietly(answer: str, now: datetime) -> None:
    task = make_task(now=now)
    needs_commands.withdraw_need(actor=SYSTEM, now=now, need=task.need)

    if answer == "decline":
        decline_task(actor=SYSTEM, now=now, task=task)
    elif answer == "cancel":
        cancel_task(actor=SYSTEM, now=now, task=task, reason="不再需要")
    else:
        assert expire_offers(now=now + timedelta(hours=2)) == 1

    assert Need.objects.get().status == NeedStatus.WITHDRAWN


def test_cancelled_task_frees_need_goods_and_round(now: datetime) -> None:
    rice = make_item("rice")
    level = make_stock(rice, 5)
    need = make_need()
    NeedLine.objects.create(need=need, area_code=need.area_code, item=rice, written="大米", quantity=2, unit="袋")
    make_helper()
    run_matching(actor=SYSTEM, now=now, area_code=STREET)
    task = accept_task(actor=SYSTEM, now=now, task=Task.objects.get())
    plan_rounds(actor=SYSTEM, now=now, area_code=STREET)

    cancelled = cancel_task(actor=SYSTEM, now=now, task=task, reason="换人")

    level.refresh_from_db()
    assert (level.on_hand, level.reserved) == (Decimal(5), Decimal(0))
    assert not StockReservation.objects.filter(is_open=True).exists()
    assert Need.objects.get().status == NeedStatus.TRIAGED
    assert cancelled.round_id is None


def test_declining_after_yes_needs_no_reason_and_changes_no_ordering(now: datetime) -> None:
    near, far = make_helper(longitude=121.221), make_helper(longitude=121.23)
    first = make_need()
    run_matching(actor=SYSTEM, now=now, area_code=STREET)
    task = accept_task(actor=SYSTEM, now=now, task=Task.objects.get())
    before = Responder.objects.filter(pk=near.pk).values().get()

    decline_task(actor=SYSTEM, now=now, task=task)

    assert Responder.objects.filter(pk=near.pk).values().get() == before
    second = make_need()
    run_matching(actor=SYSTEM, now=now, area_code=STREET)
    asked = dict(Task.objects.filter(status=TaskStatus.OFFERED).values_list("need_id", "responder_id"))
    assert asked == {first.pk: far.pk, second.pk: near.pk}


def test_rounds_are_planned_in_walking_order_and_left_alone_once_under_way(now: datetime) -> None:
    helper = make_helper(capacity=5)
    far = make_task(TaskStatus.ACCEPTED, now=now, responder=helper, need=make_need(longitude=121.230))
    near = make_task(TaskStatus.ACCEPTED, now=now, responder=helper, need=make_need(longitude=121.222))

    (planned,) = plan_rounds(actor=SYSTEM, now=now, area_code=STREET)

    assert list(planned.tasks.order_by("position").values_list("pk", flat=True)) == [near.pk, far.pk]
    check_in(actor=SYSTEM, now=now, task=Task.objects.get(pk=near.pk))
    assert DeliveryRound.objects.get().status == RoundStatus.UNDER_WAY
    make_task(TaskStatus.ACCEPTED, now=now, responder=helper)
    plan_rounds(actor=SYSTEM, now=now, area_code=STREET)
    assert set(planned.tasks.values_list("pk", flat=True)) == {near.pk, far.pk}
    assert DeliveryRound.objects.count() == 2
