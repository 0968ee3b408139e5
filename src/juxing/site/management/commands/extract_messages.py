"""Write new words of every room into its translation, and say how many wait for Chinese."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from juxing.site.messages import rooms, update


class Command(BaseCommand):
    """Gather words; translate them in each room's locale/zh_Hans afterwards."""

    help = "Gather the words of every room into its translation file."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Update each room."""
        for room in rooms():
            waiting = update(room)
            if waiting:
                self.stdout.write(f"{room.name}: {waiting} without Chinese")
