"""The demo district's trainings: one that is over, one tomorrow with a waiting list, one next week."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.timezone import localdate

from juxing.kernel.actors import Actor
from juxing.responders import commands
from juxing.responders.enums import SERVING
from juxing.responders.models import Responder, TrainingSession
from juxing.responders.training_enums import UnderstandingCheck
from juxing.responders.training_inputs import TrainingInput

LOADING, ONESELF = Actor.system("demo"), Actor.resident()
SHOWN_RESPONDER = 3
PEOPLE, PLACES_TOMORROW, MISSING = 14, 10, 2
HOLDER = "社区卫生服务中心"
PLACE = "党群服务中心二楼多功能厅"


def load_trainings(responders: range, *, now: datetime) -> None:
    """Hold them with the room's own commands; the demo's responder is signed up for the one tomorrow."""
    if len(responders) <= SHOWN_RESPONDER:
        return
    shown = Responder.objects.get(pk=responders[SHOWN_RESPONDER])
    near = Responder.objects.within(shown.area_code).filter(status__in=sorted(SERVING)).exclude(pk=shown.pk)
    people = [shown, *near.order_by("id")[: PEOPLE - 1]]
    midnight = timezone.make_aware(datetime.combine(localdate(now), time()))
    past = midnight - timedelta(days=4) + timedelta(hours=14)
    before = past - timedelta(days=3)
    over = _announced(shown.area_code, "消毒作业实操", past, PEOPLE, ["briefing:", "equipment:gown"], now=before)
    rows = [commands.sign_up_for_training(actor=ONESELF, now=before, session=over, responder=one) for one in people[1:]]
    came = rows[:-MISSING]
    commands.note_here(actor=LOADING, now=past, session=over, sign_ups=came)
    commands.note_understood(actor=LOADING, now=past + timedelta(hours=2), session=over, sign_ups=came)
    commands.close_training(actor=LOADING, now=past + timedelta(hours=3), session=over)
    tomorrow = midnight + timedelta(days=1, hours=19)
    full = _announced(
        shown.area_code, "个人防护与消毒培训", tomorrow, PLACES_TOMORROW, ["training:protection"], now=now
    )
    for one in people:
        commands.sign_up_for_training(actor=ONESELF, now=now, session=full, responder=one)
    _announced(shown.area_code[:9], "上门关爱与倾听", midnight + timedelta(days=7, hours=9), 40, ["training:care"],
               now=now)  # fmt: skip
    TrainingSession.objects.update(is_demo=True)


def _announced(
    area_code: str, title: str, starts_at: datetime, places: int, gives: list[str], *, now: datetime
) -> TrainingSession:
    is_lesson = any(one.startswith("training:") for one in gives)
    made = commands.write_training(actor=LOADING, now=now, given=TrainingInput(
        area_code=area_code, title=title, holder=HOLDER, place=PLACE, starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2), places=places, gives=gives, notice="请自带水杯，穿方便活动的衣服。",
        understanding=UnderstandingCheck.QUESTIONS if is_lesson else UnderstandingCheck.ON_SPOT,
    ))  # fmt: skip
    return commands.announce_training(actor=LOADING, now=now, session=made)
