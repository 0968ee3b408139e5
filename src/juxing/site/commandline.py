"""Juxing's own command line: ``python -m juxing.site.commandline``, or ``python3 run.py juxing``."""

from __future__ import annotations

import os
import sys

import django
import typer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "juxing.site.settings")
django.setup()

from juxing.access.commandline import access, accounts, keys  # noqa: E402 - needs settings
from juxing.people.commandline import households  # noqa: E402
from juxing.places.commandline import areas, set_up  # noqa: E402

app = typer.Typer(
    name="juxing",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help=(
        "Juxing: a community's daily work, and its command in an emergency.\n\n"
        "A new district, from an empty database:\n\n"
        "    juxing areas import\n\n"
        "    juxing init --district 310117\n\n"
        "    juxing accounts create admin --role system_admin --area 310117\n\n"
        "    juxing households import households.xlsx --area 310117001"
    ),
)
app.add_typer(areas, name="areas")
app.add_typer(households, name="households")
app.add_typer(accounts, name="accounts")
app.add_typer(access, name="access")
app.add_typer(keys, name="keys")
app.command("init")(set_up)


@app.command()
def check() -> None:
    """Check settings and the database role; says what is wrong and how to mend it."""
    from django.core.management import call_command

    call_command("check", databases=["default"])


if __name__ == "__main__":
    sys.exit(app())
