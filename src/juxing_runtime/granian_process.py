"""One Granian server whose workers cannot outlive it: `python -m juxing_runtime.granian_process wsgi
module:app`.

Granian's own command line leaves its worker behind when its main process is killed; here each worker binds
itself to the main process before it loads the application.
"""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from juxing_runtime.death import die_with_parent

GRACE_S = {"wsgi": 5, "asgi": 1}
"""How long a stopping worker may finish its requests; live-update streams never end by themselves."""


def load_bound(parent: int, target: str) -> Callable[..., Any]:
    """Load the application in a worker that dies with process `parent`."""
    die_with_parent(signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    from granian._internal import load_target

    loaded: Callable[..., Any] = load_target(target)
    return loaded


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description="Serve one application with Granian.")
    parser.add_argument("interface", choices=["wsgi", "asgi"])
    parser.add_argument("target", help="module:attribute")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="blocking threads per worker, WSGI only")
    arguments = parser.parse_args()
    server = Granian(
        arguments.target,
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces(arguments.interface),
        workers=arguments.workers,
        blocking_threads=arguments.threads if arguments.interface == "wsgi" else 1,
        websockets=False,
        workers_kill_timeout=GRACE_S[arguments.interface],
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=partial(load_bound, os.getpid()), wrap_loader=True)


if __name__ == "__main__":
    main()
