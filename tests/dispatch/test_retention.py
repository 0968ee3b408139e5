"""What dispatch removes when its time is up."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from juxing.dispatch.commands.retention import REPORTS_FOR, UNSERVED_FOR, forget_reports, forget_unserved
from juxing.dispatch.enums import RunTrigger, TaskStatus
from juxing.dispatch.models import Match, MatchingRun, Task, TaskPhoto
from tests.dispatch.makers import make_task
from tests.factories import COMMUNITY, make_need, make_responder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SHORT = timedelta(hours=1)


def test_old_answers_for_unserved_needs_go_and_served_ones_stay(now: datetime) -> None:
    run = MatchingRun.objects.create(area_code=COMMUNITY, trigger=RunTrigger.SCHEDULE, started_at=now)
    unserved = Match.objects.create(area_code=COMMUNITY, run=run, need=make_need(), unserved_reason="nobody")
    served = Match.objects.create(area_code=COMMUNITY, run=run, need=make_need(), responder=make_responder())

    assert forget_unserved(now=now + UNSERVED_FOR) == 0
    assert forget_unserved(now=now + UNSERVED_FOR + SHORT) == 1

    assert list(Match.objects.values_list("pk", flat=True)) == [served.pk]
    assert not Match.objects.filter(pk=unserved.pk).exists()


def test_notes_and_photos_of_a_year_ago_go(now: datetime) -> None:
    task = make_task(TaskStatus.DONE, now=now)
    Task.objects.filter(pk=task.pk).update(note="放在门口，阿姨不在家", offered_at=now)
    TaskPhoto.objects.create(area_code=task.area_code, task=task, content_type="image/jpeg", content=b"x", taken_at=now)

    assert forget_reports(now=now + REPORTS_FOR) == 0
    assert forget_reports(now=now + REPORTS_FOR + SHORT) == 2

    task.refresh_from_db()
    assert task.note == ""
    assert not TaskPhoto.objects.exists()
