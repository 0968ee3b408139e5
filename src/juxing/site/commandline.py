"""
Juxing's own command line: ``python -m juxing.site.commandline``, or ``python3 run.py juxing``.

What is no command of Juxing's own but one of Django's (``migrate``, ``shell``, ...) is handed on to Django.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import django
import typer
from typer.main import get_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "juxing.site.settings")
django.setup()

from django.core.management import (  # noqa: E402 - needs settings
    call_command,
    execute_from_command_line,
    get_commands,
)
from django.db import OperationalError  # noqa: E402

from juxing.access.commandline import access, accounts, audit, keys  # noqa: E402
from juxing.activations.commandline import activation  # noqa: E402
from juxing.drills.commandline import drill  # noqa: E402
from juxing.kernel.refusals import Refusal  # noqa: E402
from juxing.people.commandline import households  # noqa: E402
from juxing.places.commandline import areas, set_up  # noqa: E402
from juxing.supplies.commandline import demo, supplies  # noqa: E402

NAME = "juxing"
DEMO_DISTRICT = "990117"
app = typer.Typer(
    name=NAME,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help=(
        "Juxing: a community's daily work, and its command in an emergency.\n\n"
        "A new district, from an empty database:\n\n"
        "    juxing migrate\n\n"
        "    juxing areas import\n\n"
        "    juxing init --district 310117\n\n"
        "    juxing accounts create admin --role system_admin --area 310117\n\n"
        "    juxing households import households.xlsx --area 310117001\n\n"
        "To see it work, also from an empty database:\n\n"
        "    juxing demo day --size S\n\n"
        "    juxing demo wuhan2020\n\n"
        "Every command of Django's works as well: juxing migrate, juxing shell; see juxing manage help."
    ),
)
app.add_typer(areas, name="areas")
app.add_typer(households, name="households")
app.add_typer(accounts, name="accounts")
app.add_typer(access, name="access")
app.add_typer(keys, name="keys")
app.add_typer(audit, name="audit")
app.add_typer(demo, name="demo")
app.add_typer(supplies, name="supplies")
app.add_typer(activation, name="activation")
app.add_typer(drill, name="drill")
app.command("init")(set_up)


class Size(StrEnum):
    """How large the fictional district is."""

    S = "S"
    M = "M"
    L = "L"


@app.command()
def check() -> None:
    """
    Check settings and the database role; says what is wrong and how to mend it.

    Example:

        juxing check
    """
    call_command("check", databases=["default"])


@app.command("after-restore")
def after_restore() -> None:
    """
    Let a restored database go on where its journal ends; run it once after every restore, before the services start.

    Running it again changes nothing.

    Example:

        juxing after-restore
    """
    from juxing.kernel.actors import Actor
    from juxing.kernel.journal_order import continue_order
    from juxing.kernel.scope import acting

    with acting(Actor.system("command line")):
        offset = continue_order()
    typer.echo(f"New entries follow the restored ones (transaction offset {offset}).")


@app.command("extract-messages")
def extract_messages() -> None:
    """
    Gather the words of every room for translation, and say how many wait for Chinese.

    Example:

        juxing extract-messages
    """
    call_command("extract_messages")


@app.command("draw-lifecycles")
def draw_lifecycles(
    folder: Annotated[Path, typer.Argument(help="Where the pages go.")] = Path("docs/lifecycles"),
) -> None:
    """
    Draw each room's table of states as a page with a diagram; for developers, after a change of a lifecycle.

    Example:

        juxing draw-lifecycles
    """
    from juxing.site.lifecycle_pages import write_pages

    for name in write_pages(folder):
        typer.echo(folder / name)


@app.command(add_help_option=False, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def manage(context: typer.Context) -> None:
    """
    Run one of Django's own commands.

    Examples:

        juxing manage help

        juxing manage migrate --plan
    """
    execute_from_command_line([f"{NAME} manage", *context.args])


@demo.command("day")
def play_day(
    size: Annotated[Size, typer.Option(help="S: a street for tests; M: a district; L: a large one.")] = Size.S,
) -> None:
    """
    Play the whole emergency day on an empty database, in simulated time, and print one line of JSON.

    The fictional district is loaded, its needs arrive from midnight to midnight, runs match them, helpers accept,
    decline, keep silent or do not come. At the end the books are compared: "invariants" is empty when they agree, and
    the exit status is 0.

    Examples:

        juxing demo day

        juxing demo day --size M
    """
    _require_empty("Play the day")
    played = _played(size.value)
    typer.echo(json.dumps(played, ensure_ascii=False))
    if played["invariants"]:
        raise typer.Exit(1)


@demo.command("response")
def play_response(
    size: Annotated[Size, typer.Option(help="S: three communities; M: a district; L: 44 communities.")] = Size.S,
) -> None:
    """
    Play fourteen days of an epidemic on an empty database, in simulated time, and print one line of JSON.

    A plan is written and drilled; a response previewed, signed by two and converted; widened, a rainstorm on top of
    it, lowered, left to expire in one place, stood down; its data destroyed; looked back on; the next version drilled.
    Each claim of the story is set beside the number found, and the seconds of each day are told. "ok" says whether
    every step did what it should and every claim is kept, and the exit status is 0 then, else 1.

    Examples:

        juxing demo response

        juxing demo response --size L
    """
    _require_empty("Play the response")
    told = _response(size.value)
    typer.echo(json.dumps(told, ensure_ascii=False))
    if not told["ok"]:
        raise typer.Exit(1)


def main(arguments: list[str]) -> int:
    """Run one command; returns 0, or 1 when refused or without a database, else ends with the command's own status."""
    own = get_command(app)
    is_own = not arguments or arguments[0].startswith("-") or arguments[0] in own.commands  # type: ignore[attr-defined]
    try:
        if not is_own and arguments[0] in get_commands():
            execute_from_command_line([NAME, *arguments])
        else:
            app(arguments, prog_name=NAME)
        return 0
    except Refusal as refusal:
        sys.stderr.write(f"{refusal.message}\n")
        return 1
    except OperationalError as problem:
        sys.stderr.write(f"{NAME}: the database does not answer: {problem}\n")
        return 1


def _require_empty(what: str) -> None:
    """End with status 2 where a district would be mixed with another."""
    from juxing.kernel.actors import Actor
    from juxing.kernel.scope import acting
    from juxing.needs.models import Need
    from juxing.places.models import Area, Household

    with acting(Actor.system("command line")):
        known = Area.objects.filter(code=DEMO_DISTRICT).exists()
        is_in_use = known or Household.objects.exists() or Need.objects.exists()
    if is_in_use:
        typer.echo(f"The database holds a district already. {what} on an empty one, after juxing migrate.", err=True)
        raise typer.Exit(2)


def _played(size: Any) -> dict[str, Any]:
    """Load the district, play yesterday as its emergency day, and return what happened."""
    from datetime import UTC, timedelta

    from django.utils import timezone

    from juxing.kernel.actors import Actor
    from juxing.kernel.scope import acting
    from juxing.needs.models import Need
    from juxing.site.demo.load import load_district
    from juxing.site.demo.simulate import Simulation, invariants
    from juxing_demo import generate_day, generate_district

    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    midnight = (today - timedelta(days=1)).astimezone(UTC)
    started = time.monotonic()
    district = generate_district(size)
    with acting(Actor.system("demo")):
        loaded = load_district(district, now=midnight)
    ready = time.monotonic()
    day = Simulation(district, loaded, generate_day(district), midnight=midnight)
    counts = day.play(midnight + timedelta(days=1), report=lambda line: typer.echo(line, err=True))
    with acting(Actor.system("demo")):
        statuses = Counter(Need.objects.values_list("status", flat=True))
    return {
        "size": size, "households": len(district.households), "responders": len(district.responders),
        "arrived": counts.arrived, "refused": counts.refused, "duplicates": counts.duplicates, "runs": counts.runs,
        "answers": dict(counts.answers), "needs": dict(statuses), "invariants": list(invariants()),
        "seconds": {"load": round(ready - started, 1), "day": round(time.monotonic() - ready, 1)},
    }  # fmt: skip


def _response(size: Any) -> dict[str, Any]:
    """Load the district, play the response so that it ends today, and return what happened."""
    from datetime import UTC, timedelta

    from django.utils import timezone

    from juxing.kernel.actors import Actor
    from juxing.kernel.scope import acting
    from juxing.site.demo.load import load_district
    from juxing.site.demo.response import ResponseStory
    from juxing.site.demo.response_claims import claims, days
    from juxing_demo import generate_district

    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    midnight = (today - timedelta(days=ResponseStory.LASTS_DAYS)).astimezone(UTC)
    started = time.monotonic()
    district = generate_district(size)
    with acting(Actor.system("demo")):
        loaded = load_district(district, now=midnight - timedelta(days=3))
    ready = time.monotonic()
    told = ResponseStory(district, loaded, midnight=midnight).tell(lambda line: typer.echo(line, err=True))
    told |= {"size": str(size), "residents": len(district.residents), "responders": len(district.responders)}
    if told["ok"]:
        told |= {"claims": claims(told, size=str(size)), "days": days(told["steps"])}
        for each in told["claims"]:
            kept = "kept" if each["holds"] else "NOT KEPT"
            typer.echo(f"{kept}: {each['what']}: {each['found']} ({each['wanted']} claimed)", err=True)
        told["ok"] = all(each["holds"] for each in told["claims"])
    return told | {"seconds": {"load": round(ready - started, 1), "response": round(time.monotonic() - ready, 1)}}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
