"""
What ``python3 run.py demo`` runs: first, before any service, ``prepare`` loads the district and plays its morning in
simulated time; then, beside the services, ``welcome`` or ``check``.

    python -m juxing.site.demo prepare --size M
    python -m juxing.site.demo check --port 8000
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "juxing.site.settings")
MORNING = timedelta(hours=9, minutes=30)


def main() -> int:
    """Return 0, or 1 when a step of the check failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["prepare", "welcome", "check"])
    parser.add_argument("--size", choices=["S", "M", "L"], default="M")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    django.setup()
    address = os.environ.get("JUXING_WEB_URL") or f"http://127.0.0.1:{options.port}"
    if options.part == "prepare":
        prepare(options.size)
        return 0
    if options.part == "check":
        return check(address)
    from juxing.site.demo.welcome import welcome

    sys.stderr.write(welcome(address))
    return 0


def check(address: str) -> int:
    """Drive the main job over HTTP and print one line of JSON; 0 when every step did what it should."""
    from juxing.site.demo.check import check_main_job

    result = check_main_job(address, os.environ.get("JUXING_LIVE_URL", ""))
    sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    return 0 if result["ok"] else 1


def prepare(size: str) -> None:
    """Load the district and play its morning, unless that was done before; say what is done and how long it took."""
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.kernel.scope import acting
    from juxing.places.models import Area
    from juxing.site.demo.group_purchases import load_group_purchases
    from juxing.site.demo.load import load_district
    from juxing.site.demo.simulate import Simulation
    from juxing.site.demo.supplies import load_supplies
    from juxing_demo import generate_day, generate_district

    if Area.objects.filter(code="990117").exists():
        _say("The demo district is there already.")
        return
    started = time.monotonic()
    district = generate_district(size)  # type: ignore[arg-type]
    now = clock.now()
    with acting(Actor.system("demo")):
        loaded = load_district(district, now=now - MORNING)
    _say(
        f"{len(district.households):,} households and {len(district.responders):,} responders "
        f"in {time.monotonic() - started:.1f} s; now the morning's needs …"
    )
    started = time.monotonic()
    simulation = Simulation(district, loaded, generate_day(district), midnight=now - MORNING)
    counts = simulation.play(now, tick=timedelta(minutes=30))
    with acting(Actor.system("demo")):
        load_supplies(district, now=now)
        load_group_purchases(district, now=now)
    _say(f"{counts.arrived:,} needs of this morning in {time.monotonic() - started:.1f} s.")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
