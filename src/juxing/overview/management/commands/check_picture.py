"""The picture's own counts against a recount, on demand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.overview.commands import check_counts, count_households


class Command(BaseCommand):
    """Exit with 1 when a count differs and ``--repair`` was not given."""

    help = "Compare the operating picture's counts by the hour with the journal, and count households anew."

    def add_arguments(self, parser: Any) -> None:
        """Declare --area and --repair."""
        parser.add_argument("--area", default="", help="code of the place, such as 990117001; everything if left out")
        parser.add_argument("--repair", action="store_true", help="put the journal's figures in place of wrong ones")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print each difference."""
        now = clock.now()
        with acting(Actor.system("overview")):
            communities = count_households(now=now, area_code=options["area"])
            wrong = check_counts(now=now, area_code=options["area"], repair=options["repair"])
        self.stdout.write(f"Households counted in {communities} communities.")
        for one in wrong:
            hour = f"{one.hour:%Y-%m-%d %H}:00"
            self.stdout.write(f"{one.area_code} {hour} {one.action}: {one.kept} kept, {one.in_journal} in the journal")
        if wrong and not options["repair"]:
            raise CommandError(f"{len(wrong)} counts differ. Run again with --repair.")
        self.stdout.write(f"{len(wrong)} counts differed." if wrong else "Every count agrees with the journal.")
