"""Real Granian servers and a stubborn job under a real supervisor, ended in every way there is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from juxing_runtime.errors import StartupError
from juxing_runtime.ports import HOST, choose_ports, is_free
from juxing_runtime.supervisor import Service, Supervisor
from tests.juxing_runtime.conftest import TINY, eventually, is_alive, line_of, processes_about, start_script

GRANIAN = (sys.executable, "-m", "juxing_runtime.granian_process")
QUIET = {**os.environ, "PYTHONPATH": str(TINY)}


def _get(port: int, path: str = "/") -> str:
    with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=5) as answer:
        text: str = answer.read(100).decode()
        return text


def _descendants(pid: int) -> set[int]:
    shown = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    children: dict[int, list[int]] = {}
    for line in shown.stdout.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, waiting = set(), [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found.update(below)
        waiting.extend(below)
    return found


def _start_product(home: Path) -> tuple[subprocess.Popen[str], int, int]:
    port, live_port = choose_ports(0)
    product = start_script("supervise.py", str(home / "postgres"), str(port), str(live_port))
    assert line_of(product) == "ready"
    return product, port, live_port


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_remains_however_the_supervisor_ends(home: Path, number: signal.Signals) -> None:
    """With a live stream open, and a job that ignores SIGTERM."""
    product, port, live_port = _start_product(home)
    assert _get(port).isdigit()
    stream = urllib.request.urlopen(f"http://{HOST}:{live_port}/", timeout=5)
    family = _descendants(product.pid)
    assert len(family) >= 6, "web with two workers, live with one, a job"
    assert len(processes_about(str(home))) >= 3, "supervisor, keeper and server"

    product.send_signal(number)
    out, _ = product.communicate(timeout=20)
    stream.close()

    assert out == ("" if number == signal.SIGKILL else "stopped\n")
    assert product.returncode == (-number if number == signal.SIGKILL else 0)
    assert eventually(lambda: not any(is_alive(pid) for pid in family), within_s=5)
    assert eventually(lambda: processes_about(str(home)) == [], within_s=5)
    assert is_free(port)
    assert is_free(live_port)


def test_killed_server_and_killed_database_come_back(home: Path) -> None:
    product, port, _live_port = _start_product(home)
    try:
        before = _serving(port)
        database = _server_of(home)
        os.kill(int(_get(port)), signal.SIGKILL)  # a lost worker ends its main process, which is started again
        os.kill(int(database), signal.SIGKILL)

        assert eventually(lambda: before.isdisjoint(_serving(port)) and len(_serving(port)) == 3)
        assert eventually(lambda: _get(port).isdigit())
        assert eventually(lambda: _server_of(home) not in ("", database))
    finally:
        product.terminate()
        product.communicate(timeout=20)


def _serving(port: int) -> set[str]:
    return {line.split()[0] for line in processes_about(f"--port {port}")}


def _server_of(home: Path) -> str:
    path = home / "postgres" / "cluster" / "postmaster.pid"
    lines = path.read_text().splitlines() if path.exists() else []
    return lines[0] if len(lines) >= 8 and lines[7].strip() == "ready" else ""


def test_service_that_never_gets_ready_is_named() -> None:
    lines: list[str] = []
    supervisor = Supervisor([Service("web", ("/bin/false",), "http://127.0.0.1:1/")], QUIET, say=lines.append)
    try:
        with pytest.raises(StartupError, match="web ended 3 times"):
            supervisor.start(timeout_s=20)
    finally:
        supervisor.stop()

    assert lines[0] == "web ended (status 1); it is started again."


def test_pause_before_a_restart_grows() -> None:
    began: list[float] = []
    supervisor = Supervisor([Service("jobs", ("/bin/false",))], QUIET, say=lambda _: began.append(time.monotonic()))
    try:
        supervisor.start(timeout_s=20)
        while len(began) < 3:
            supervisor._tick()
            time.sleep(0.02)
    finally:
        supervisor.stop()

    first, second = began[1] - began[0], began[2] - began[1]
    assert first >= 0.5
    assert second > first + 0.25


def test_command_beside_the_services_gives_its_status_and_obeys_a_stop() -> None:
    supervisor = Supervisor([], QUIET)
    assert supervisor.run_beside(("/bin/sh", "-c", "exit 7")) == 7

    supervisor.stop_asked = signal.SIGTERM
    began = time.monotonic()
    assert supervisor.run_beside(("sleep", "60")) == -signal.SIGTERM
    assert time.monotonic() - began < 5


def test_port_in_use_is_refused_although_granian_would_share_it() -> None:
    port, _ = choose_ports(0)
    service = Service("web", (*GRANIAN, "wsgi", "applications:pages", "--port", str(port)), f"http://{HOST}:{port}/")
    supervisor = Supervisor([service], QUIET)
    try:
        supervisor.start(timeout_s=20)
        with pytest.raises(StartupError, match=f"Port {port} is in use"):
            choose_ports(port)
    finally:
        supervisor.stop()
    assert choose_ports(port)[0] == port
