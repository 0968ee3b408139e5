"""
疫情下的一天: a whole day over every channel, with every second need of size S; some answer, decline, keep silent or
do not come. At every look the books agree; a process killed in the middle of a run takes nothing with it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from juxing_runtime.application import DJANGO
from tests.stories.conftest import story_database
from tests.stories.serving import ROOT, create_database
from tests.stories.telling import STREET

if TYPE_CHECKING:
    from juxing.site.demo.simulate import DayCounts

pytestmark = pytest.mark.slow
MIDNIGHT = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
"""Midnight in Shanghai."""


@pytest.fixture
def day_database(django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty migrated database of its own, which this process and the killed ones use."""
    url = create_database(f"juxing_day_{os.getpid()}", os.environ["DATABASE_URL"])
    subprocess.run((*DJANGO, "migrate", "--verbosity=0"), env={**os.environ, "DATABASE_URL": url}, check=True, cwd=ROOT)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the loop of another story's browser runs in this thread
    with django_db_blocker.unblock(), story_database(url):
        yield url


def killed_run(url: str, moment: datetime, where: str) -> Any:
    """Let a process die in the middle of a run, and return the run it left."""
    from juxing.dispatch.models import MatchingRun

    died = subprocess.run(
        (sys.executable, "-m", "tests.stories.killed_run", STREET, moment.isoformat(), where),
        env={**os.environ, "DATABASE_URL": url}, check=False, cwd=ROOT,
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL
    return MatchingRun._base_manager.order_by("-id")[0]


def test_day_is_played_to_its_end_and_nothing_is_lost_or_done_twice(day_database: str) -> None:
    from juxing.dispatch.commands import fail_abandoned_runs
    from juxing.dispatch.commands.runs import RUN_TIMEOUT, complete_run
    from juxing.dispatch.models import Task
    from juxing.kernel.actors import Actor
    from juxing.kernel.refusals import Refusal
    from juxing.kernel.scope import acting
    from juxing.site.demo.load import load_district
    from juxing.site.demo.simulate import Simulation, invariants
    from juxing_demo import generate_day, generate_district

    system = Actor.system("demo")
    district = generate_district("S")
    with acting(system):
        loaded = load_district(district, now=MIDNIGHT)
    simulation = Simulation(district, loaded, generate_day(district), midnight=MIDNIGHT)
    simulation._arrivals = simulation._arrivals[::2]  # half the time, and the same ways through it
    tick = timedelta(minutes=30)

    simulation.play(MIDNIGHT + timedelta(hours=9), tick=tick)
    assert list(invariants()) == []

    with acting(system):
        before = Task.objects.count()
        run = killed_run(day_database, simulation.now, "before")
        assert run.status == "running"
        assert Task.objects.count() == before
    assert list(invariants()) == []
    resumed = complete_run(run, now=simulation.now)
    assert resumed.status == "offered"
    with acting(system), pytest.raises(Refusal):
        complete_run(run, now=simulation.now)
    assert list(invariants()) == []

    simulation.play(MIDNIGHT + timedelta(hours=12), tick=tick)
    with acting(system):
        before = Task.objects.count()
        run = killed_run(day_database, simulation.now, "inside")
        assert Task.objects.count() == before
        assert list(invariants()) == []
        later = simulation.now + RUN_TIMEOUT + timedelta(minutes=1)
        assert fail_abandoned_runs(now=later) == 1
        run.refresh_from_db()
        assert run.status == "failed"

    counts = simulation.play(MIDNIGHT + timedelta(hours=24), tick=2 * tick)
    assert list(invariants()) == []
    with acting(system):
        judge_the_day(counts)


def judge_the_day(counts: DayCounts) -> None:
    """Every need that came is there once, most are confirmed, none was brought twice without a complaint between."""
    from juxing.dispatch.enums import LIVE
    from juxing.dispatch.models import Task
    from juxing.needs.models import Need

    needs = list(Need.objects.values_list("channel", "status", "duplicate_of"))
    done = Counter(Task.objects.filter(status__in=["done", "verified"]).values_list("need_id", flat=True))
    live = Counter(Task.objects.filter(status__in=sorted(LIVE)).values_list("need_id", flat=True))
    statuses = Counter(status for _channel, status, original in needs if original is None)

    assert len(needs) == counts.arrived - counts.refused
    assert len({channel for channel, _status, _original in needs}) >= 6
    assert statuses["confirmed"] > 0.3 * len(needs), statuses
    assert max(live.values(), default=0) <= 1
    assert sum(times - 1 for times in done.values()) <= counts.answers["reopened"]
    assert counts.answers["declined"] > 0
    assert counts.answers["no_show"] > 0
