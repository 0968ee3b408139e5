"""A whole little product under one supervisor: `supervise.py HOME WEB_PORT LIVE_PORT`."""

import os
import sys
from pathlib import Path

from juxing_runtime.postgres import start_postgres
from juxing_runtime.supervisor import Service, Supervisor

home, web_port, live_port = sys.argv[1:]
granian = (sys.executable, "-m", "juxing_runtime.granian_process")
with start_postgres(Path(home), durable=False) as postgres:
    supervisor = Supervisor(
        [
            Service(
                "web",
                (*granian, "wsgi", "applications:pages", "--port", web_port, "--workers", "2"),
                f"http://127.0.0.1:{web_port}/healthz",
            ),
            Service(
                "live",
                (*granian, "asgi", "applications:stream", "--port", live_port),
                f"http://127.0.0.1:{live_port}/healthz",
            ),
            Service("jobs", ("/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.2; done")),
        ],
        os.environ,
        watch=postgres.revive,
        grace_s=1.5,
    )
    supervisor.catch_signals()
    try:
        supervisor.start(timeout_s=20)
        os.write(1, b"ready\n")
        supervisor.run()
    finally:
        supervisor.stop()
os.write(1, b"stopped\n")
