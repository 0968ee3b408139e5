"""Running a command that has the terminal."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping, Sequence

from juxing_runtime.death import bound_to_this_process


def in_foreground(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command that shares our terminal: Ctrl-C reaches it directly, SIGTERM is passed on."""
    process = subprocess.Popen(
        command,
        env=dict(environment),
        preexec_fn=bound_to_this_process(signal.SIGKILL),  # noqa: PLW1509 - one thread
    )
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    before_term = signal.signal(signal.SIGTERM, lambda _number, _frame: process.terminate())
    try:
        status = process.wait()
        return status if status >= 0 else 128 - status
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, before_term)
