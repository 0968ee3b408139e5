"""`juxing areas …` and `juxing init`: the tree of places."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from juxing.kernel.import_report import ImportReport

areas = typer.Typer(no_args_is_help=True, help="The tree of places, from provinces down to communities.")


@areas.command("import")
def import_tree(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="CSV or CSV.GZ with code, name, level.")
    ] = None,
    edition: Annotated[str, typer.Option(help="What the list calls itself, such as nbs-2024.")] = "nbs-2023",
) -> None:
    """
    Import official area codes; without FILE the national list of 2023 that comes with Juxing.

    Can be run again at any time: only what differs is written. Bad lines are listed and left out.

    Examples:

        juxing areas import

        juxing areas import my-district.csv --edition civil-affairs-2026
    """
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.kernel.scope import acting
    from juxing.places.imports.areas import built_in_tree, import_areas

    content = file.read_bytes() if file else built_in_tree()
    with acting(Actor.system("command line")) as actor:
        report = import_areas(actor=actor, now=clock.now(), content=content, edition=edition)
    print_report(report)


@areas.command("find")
def find(text: Annotated[str, typer.Argument(help="Part of a name, or the beginning of a code.")]) -> None:
    """
    Look up codes.

    Example:

        juxing areas find 松江区
    """
    from juxing.places.queries import find_areas

    for area in find_areas(text, within=""):
        typer.echo(f"{area.code}\t{area.name}\t{area.level}")


def set_up(district: Annotated[str, typer.Option(help="Six-digit code, see: juxing areas find NAME.")]) -> None:
    """
    Begin with one district: check that the tree holds it, and say what to do next.

    Example:

        juxing init --district 310117
    """
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.kernel.refusals import Refusal
    from juxing.kernel.scope import acting
    from juxing.places.commands import set_up_district

    try:
        with acting(Actor.system("command line")) as actor:
            done = set_up_district(actor=actor, now=clock.now(), code=district)
    except Refusal as refusal:
        typer.echo(str(refusal.message), err=True)
        raise typer.Exit(1) from None
    typer.echo(
        f"{done.area.name} ({done.area.code}): {done.streets} streets and towns, {done.communities} communities."
    )
    typer.echo(f"Next: juxing accounts create NAME --role system_admin --area {done.area.code}")


def print_report(report: ImportReport) -> None:
    """Print an import's counts and its bad lines; exit with 1 when lines were left out."""

    typer.echo(
        f"read {report.read}, added {report.added}, changed {report.changed}, unchanged {report.unchanged}, "
        f"left out {report.rejected}"
    )
    for note in report.notes:
        typer.echo(note)
    for problem in report.problems:
        typer.echo(f"line {problem.line}, {problem.column} “{problem.written}”: {problem.message}", err=True)
    if report.rejected:
        raise typer.Exit(1)
