"""From a committed change to the screen: followers keep the figures, the stream tells the page within three seconds."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.kernel.subscribers import deliver, subscribers
from juxing.needs.commands import record_need
from juxing.needs.enums import IntakeChannel, NeedType
from juxing.needs.inputs import NeedInput
from juxing.overview.models import AreaTally, HourlyCount
from juxing.overview.queries import figures
from juxing.site.live_token import token_for
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_actor, make_areas, make_household

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("test")
WITHIN_S = 3.0
READY_WITHIN_S = 60.0


def record(community: str = COMMUNITY) -> None:
    with acting(SYSTEM):
        make_areas()
        given = NeedInput(
            need_type=NeedType.REPAIR, channel=IntakeChannel.PHONE, household_id=make_household(community).pk
        )
        record_need(actor=SYSTEM, now=timezone.now(), given=given)


def follow() -> None:
    for name in ("overview.flow", "overview.tallies"):
        while deliver(subscribers[name]):
            pass


def test_what_was_committed_reaches_the_kept_figures() -> None:
    record()
    record()
    follow()

    with acting(SYSTEM):
        actor = make_actor(Role.STREET_COMMANDER)
        assert AreaTally.objects.count() == HourlyCount.objects.count() == 1
    with acting(actor):
        found = figures(actor, STREET, now=timezone.now())

    assert found.whole.needs.waiting == found.whole.today["recorded"] == 2


def test_command_reports_and_repairs_counts() -> None:
    record()
    follow()
    call_command("check_picture")
    with acting(SYSTEM):
        HourlyCount.objects.update(count=5)

    with pytest.raises(CommandError, match="1 counts differ"):
        call_command("check_picture")
    call_command("check_picture", "--repair")
    call_command("check_picture")


@contextmanager
def live_server() -> Iterator[str]:
    """Run the process that streams changes, on the test's own database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    of = connection.settings_dict
    url = (
        f"postgresql://{of['USER']}:{quote(of['PASSWORD'], safe='')}@/{of['NAME']}"
        f"?host={quote(of['HOST'], safe='')}&port={of['PORT']}"
    )
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "asgi",
        "--port",
        str(port),
        "juxing.site.live:application",
    ]
    process = subprocess.Popen(
        command, env={**os.environ, "DATABASE_URL": url}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}/live"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(url: str) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("The stream of changes did not start.")


def listen(url: str, actor: Actor) -> HTTPResponse:
    """Open a stream and read its greeting, so that the server is following when the test goes on."""
    stream: HTTPResponse = urllib.request.urlopen(f"{url}?topics=needs&token={token_for(actor)}", timeout=30)  # noqa: S310
    assert stream.readline() == b"retry: 3000\n"
    stream.readline()
    return stream


def test_change_of_a_need_reaches_an_open_page_within_three_seconds() -> None:
    with acting(SYSTEM):
        make_areas()
        here = make_actor(Role.STREET_COMMANDER)
    with live_server() as url, listen(url, here) as stream:
        time.sleep(1.5)  # the first listener starts the follower, which begins at the present
        record(OTHER_STREET_COMMUNITY)
        record(OTHER_STREET_COMMUNITY)
        time.sleep(1.5)
        changed_at = time.monotonic()
        record()
        line = stream.readline()
        took = time.monotonic() - changed_at

    # The other street's change came first; had it leaked, its message would be the one read here, before ours.
    assert json.loads(line.removeprefix(b"data: ")) == {"topic": "needs", "count": 2}
    assert took < WITHIN_S
