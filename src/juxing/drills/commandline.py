"""`juxing drill …`: a plan drilled by itself, with its report printed."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

drill = typer.Typer(no_args_is_help=True, help="Drills of emergency plans.")


@drill.callback()
def drills() -> None:
    """Drills of emergency plans."""


@drill.command("run")
def run(
    plan: Annotated[str, typer.Argument(help="The plan's identifier or title.")],
    *,
    name: Annotated[str, typer.Option("--as", help="Sign-in name of who holds the drill.")],
    seed: Annotated[int, typer.Option(help="Chances of the simulated people; the same seed gives the same drill.")] = 1,
    level: Annotated[int, typer.Option(min=1, max=4, help="Response level, 1 is the highest.")] = 2,
    areas: Annotated[list[str] | None, typer.Option("--area", help="Places; the plan's own by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the measures as JSON.")] = False,
) -> None:
    """
    Drill a plan's draft, or the version in force, on a simulated clock, and print what it measured of the plan.

    The conversion is the real one, rolled back; no live row is touched and nothing is sent.

    Example:

        juxing drill run 云间区突发传染病应急预案 --seed 7 --as wang.fang
    """
    from juxing.activations.commandline import _acting
    from juxing.drills import commands, queries

    with _acting(name) as (actor, now):
        found = queries.plan_named(actor=actor, name=plan)
        version = queries.version_to_drill(found)
        prepared = commands.prepare_drill(
            actor=actor, now=now, version=version, title=f"{found.title[:60]} v{version.number} #{seed}", seed=seed,
            level=f"level_{level}", areas=areas or (),
        )  # fmt: skip
        ended = commands.run_by_itself(actor=actor, now=now, drill=prepared)
        before = [row for row in queries.earlier(ended) if row.pk != ended.pk]
        told = {"plan": found.title, "version": version.number, "score": ended.score, **ended.measures}
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    _print(told, [(row.version.number, row.score or 0) for row in before])


def _print(told: dict[str, Any], before: list[tuple[int, int]]) -> None:
    typer.echo(f"{told['plan']} v{told['version']}: readiness {told['score']} of 100")
    rows = [
        ("posts with an A", f"{told['posts_a']}/{told['posts']}"),
        ("posts with A and B", f"{told['posts_ab']}/{told['posts']}"),
        ("conversion, seconds", told["convert_s"]), ("first order, minutes", told["first_order_min"]),
        ("eight of ten posts manned, minutes", told["muster_min"]),
        ("acknowledged after, minutes (median)", told["acknowledge_min"]),
        ("steps in time", f"{told['steps_in_time']}/{told['steps']}"),
        ("orders acknowledged", f"{told['acknowledged']}/{told['orders']}"),
        ("messages held back", told["held_back"]),
    ]  # fmt: skip
    for label, value in rows:
        typer.echo(f"  {label:<36} {value if value is not None else '-'}")
    if told["late_steps"]:
        typer.echo(f"  late: {', '.join(told['late_steps'])}")
    for number, score in before:
        typer.echo(f"  before: v{number} {score}")
