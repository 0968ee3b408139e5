"""Dying with one's parent, also when the parent is killed without a chance to say goodbye (Linux only)."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1

# Loaded at import: between fork and exec nothing may allocate or take the loader's lock.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(number: signal.Signals) -> None:
    """Ask the kernel to send `number` to this process when the *thread* that started it ends.

    So the parent must start its children from a thread that lives as long as it does, in practice the main
    thread. Elsewhere than on Linux this does nothing, and a killed supervisor leaves its children running.
    """
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def bound_to_this_process(number: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` for children of this process; also when it dies before they get to ask for the signal."""
    parent = os.getpid()

    def bind() -> None:
        die_with_parent(number)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return bind
