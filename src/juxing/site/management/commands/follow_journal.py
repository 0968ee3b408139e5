"""The process that hands new journal entries to their subscribers."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from juxing.kernel.subscribers import deliver_all

PAUSE_S = 0.5
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Follow the journal until stopped; ``--once`` hands over what is there and ends."""

    help = "Hand new journal entries to the rooms that follow them."

    def add_arguments(self, parser: Any) -> None:
        """Declare --once."""
        parser.add_argument("--once", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Deliver; rest when there was nothing; live through a database that restarts."""
        while True:
            try:
                read = deliver_all()
            except OperationalError:
                logger.exception("The journal cannot be reached; trying again.")
                close_old_connections()
                read = 0
            if options["once"] and not read:
                return
            if not read:
                time.sleep(PAUSE_S)
