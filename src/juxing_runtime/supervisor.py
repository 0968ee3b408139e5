"""Runs the product's processes together: all up or a clear reason, each restarted when it dies, none left
behind.

One thread does everything, because a child bound to its parent dies with the *thread* that started it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from juxing_runtime.death import bound_to_this_process
from juxing_runtime.errors import StartupError

STANDARD_ERROR = 2
TICK_S = 0.1
GRACE_S = 8.0
"""From the request to stop until a process is killed; longer than Granian gives its own workers."""
READY_TIMEOUT_S = 180.0
"""A cold start of several processes on a busy machine takes half a minute; one that dies is noticed at once."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 60.0
"""A process that ran this long is healthy: its next restart is immediate again."""
ATTEMPTS_TO_GET_READY = 3


@dataclass(frozen=True, slots=True)
class Service:
    """A process to keep running; it is ready when `ready_url` answers 200, or at once when there is none."""

    name: str
    command: Sequence[str]
    ready_url: str | None = None
    extra_environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Child:
    service: Service
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    failures: int = 0
    ready: bool = False


@dataclass(slots=True)
class Supervisor:
    """Start with `start`, then `run_beside` and `run`; always end with `stop`.

    `watch` is called about once a second from the same thread; it looks after what is no child, such as the
    database.
    """

    services: Sequence[Service]
    environment: Mapping[str, str]
    say: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True)  # noqa: T201 - its purpose
    watch: Callable[[], None] = lambda: None
    grace_s: float = GRACE_S
    stop_asked: signal.Signals | None = None
    _children: list[_Child] = field(default_factory=list)
    _watched_at: float = 0.0

    def catch_signals(self) -> None:
        """Let SIGINT, SIGTERM and SIGHUP (a closed terminal) ask for an orderly stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def start(self, *, timeout_s: float = READY_TIMEOUT_S) -> None:
        """Start every service and return when all are ready, or when a stop was asked for meanwhile.

        Raises:
            StartupError: one did not get ready; its own output on standard error says why.
        """
        self._children = [_Child(service) for service in self.services]
        for child in self._children:
            self._spawn(child)
        deadline = time.monotonic() + timeout_s
        while not self.stop_asked:
            self._tick()
            waiting = [child for child in self._children if not child.ready]
            if not waiting:
                return
            for child in waiting:
                if child.failures >= ATTEMPTS_TO_GET_READY:
                    raise StartupError(f"{child.service.name} ended {child.failures} times before it was ready.")
                child.ready = child.process is not None and _answers(child.service.ready_url)
            if time.monotonic() > deadline:
                names = ", ".join(child.service.name for child in waiting)
                raise StartupError(f"Not ready after {timeout_s:.0f} s: {names}.")
            time.sleep(TICK_S)

    def run_beside(self, command: Sequence[str]) -> int:
        """Run one more command to its end while looking after the services; returns its exit status.

        A stop that is asked for meanwhile is passed on to it.
        """
        process = self._popen(command)
        while process.poll() is None:
            self._tick()
            if self.stop_asked:
                return _end([process], self.grace_s)[0]
            time.sleep(TICK_S)
        return process.returncode

    def run(self) -> None:
        """Look after the services until a stop is asked for."""
        while not self.stop_asked:
            self._tick()
            time.sleep(TICK_S)

    def stop(self) -> None:
        """End every service, in good order if it can and by force if it must."""
        _end([child.process for child in self._children if child.process is not None], self.grace_s)
        self._children = []

    def _ask_to_stop(self, number: int, _frame: FrameType | None) -> None:
        self.stop_asked = signal.Signals(number)

    def _tick(self) -> None:
        now = time.monotonic()
        if now - self._watched_at >= 1.0:
            self._watched_at = now
            self.watch()
        for child in self._children:
            if child.process is None:
                if now >= child.restart_at:
                    self._spawn(child)
            elif child.process.poll() is not None:
                self._plan_restart(child, now)

    def _plan_restart(self, child: _Child, now: float) -> None:
        assert child.process is not None  # noqa: S101 - for the type checker; _tick looked
        status = child.process.returncode
        _kill_group(child.process.pid)  # a worker whose main process crashed must not keep the port
        child.process = None
        child.failures += 1
        child.pause_s = FIRST_PAUSE_S if now - child.started_at >= STEADY_AFTER_S else child.pause_s * 2
        child.restart_at = now + min(child.pause_s / 2, LONGEST_PAUSE_S)
        self.say(f"{child.service.name} ended ({_in_words(status)}); it is started again.")

    def _spawn(self, child: _Child) -> None:
        child.process = self._popen(
            child.service.command,
            extra=child.service.extra_environment,
            output=STANDARD_ERROR,  # standard output belongs to the command beside the services
        )
        child.started_at = time.monotonic()

    def _popen(
        self, command: Sequence[str], *, extra: Mapping[str, str] | None = None, output: int | None = None
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            env={**self.environment, **(extra or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            process_group=0,  # Ctrl-C in the terminal reaches only us, and we stop them in good order
            preexec_fn=bound_to_this_process(signal.SIGKILL),  # noqa: PLW1509 - one thread
        )


def _answers(url: str | None) -> bool:
    if url is None:
        return True
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _end(processes: Sequence[subprocess.Popen[bytes]], grace_s: float) -> list[int]:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + grace_s
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _kill_group(process.pid)
    return [process.returncode for process in processes]


def _kill_group(leader: int) -> None:
    """Kill what a process left in its group; the number is not given away while the group has members."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _in_words(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
