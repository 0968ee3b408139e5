"""The process that works on jobs: the computing core is warmed up beside the first of them."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Work on jobs until stopped; ``--cold`` leaves the core to warm up with the first run."""

    help = "Work on jobs, several at a time."

    def add_arguments(self, parser: Any) -> None:
        """Declare --concurrency and --cold."""
        parser.add_argument("--concurrency", type=int, default=2)
        parser.add_argument("--cold", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Warm up in a thread, so that a job that needs no solver starts at once, and work."""
        if not options["cold"]:
            threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
        call_command("procrastinate", "worker", "--concurrency", str(options["concurrency"]))


def warm_up() -> None:
    """Load or compile the solvers; a core that cannot be warmed is no reason not to work."""
    import juxing_engine

    started = time.perf_counter()
    try:
        juxing_engine.warm_up()
    except Exception:
        logger.exception("The computing core could not be warmed up; the first runs will be slower.")
    else:
        logger.info("The computing core is warm after %.1f s.", time.perf_counter() - started)
