"""`juxing households …`: households and residents from a spreadsheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

households = typer.Typer(no_args_is_help=True, help="Households and residents.")


@households.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Excel or CSV in the template's columns.")],
    area: Annotated[str, typer.Option(help="Only rows of this street or community are taken.")] = "",
) -> None:
    """
    Import estates, buildings, doors and residents; running it again changes only what differs.

    Examples:

        juxing households template households.xlsx

        juxing households import households.xlsx --area 310117001
    """
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.kernel.refusals import Refusal
    from juxing.people.imports import import_households
    from juxing.places.commandline import print_report

    def progress(done: int, total: int) -> None:
        typer.echo(f"{done} of {total} communities", err=True)

    try:
        report = import_households(
            actor=Actor.system("command line"), now=clock.now(), content=file.read_bytes(), filename=file.name,
            area_code=area, progress=progress,
        )  # fmt: skip
    except Refusal as refusal:
        typer.echo(str(refusal.message), err=True)
        raise typer.Exit(1) from None
    print_report(report)


@households.command("template")
def write_template(
    file: Annotated[Path, typer.Argument(help="Where to write the empty table.")] = Path("households.xlsx"),
) -> None:
    """
    Write the table to fill in, with two example rows.

    Example:

        juxing households template households.xlsx
    """
    from juxing.people.household_table import template

    file.write_bytes(template())
    typer.echo(f"{file}")


@households.command("personal-data")
def personal_data(
    language: Annotated[str, typer.Option(help="en or zh-hans.")] = "en",
) -> None:
    """
    Print every personal column of every room with purpose, basis, sensitivity and how long it is kept.

    Example:

        juxing households personal-data --language zh-hans
    """
    from django.utils.translation import override

    from juxing.people.personal_fields import as_markdown

    with override(language):
        typer.echo(as_markdown())
