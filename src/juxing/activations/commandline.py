"""`juxing activation …`: preview, approve, convert, stand down, for those who command from a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

if TYPE_CHECKING:
    from juxing.activations.models import Activation
    from juxing.kernel.actors import Actor

activation = typer.Typer(no_args_is_help=True, help="Conversion of places to emergency and back.")
As = Annotated[str, typer.Option("--as", help="Sign-in name of who acts; rights and rank are that person's.")]
Which = Annotated[str, typer.Argument(help="The activation's identifier, from its address or from preview.")]


@activation.command("preview")
def preview(
    areas: Annotated[list[str], typer.Argument(help="Codes of streets, communities or smaller places.")],
    *,
    hazard: Annotated[str, typer.Option(help="Kind of incident, such as natural.meteorological.rainstorm.")],
    matter: Annotated[str, typer.Option(help="What the response is for, in a sentence.")],
    name: As,
    level: Annotated[int, typer.Option(min=1, max=4, help="Response level, 1 is the highest.")] = 3,
    days: Annotated[float, typer.Option(help="Ends by itself after so many days.")] = 7,
    drill: Annotated[bool, typer.Option("--drill", help="An exercise: nothing is sent outside.")] = False,
) -> None:
    """
    Draft a response under the nearest plan in force, and print what would change and what is short.

    Example:

        juxing activation preview 310117001 310117002 --hazard health.infectious_disease --level 2 \\
            --matter "Contain the spread, keep life going" --as wang.fang
    """
    from juxing.activations import commands, words
    from juxing.plans.queries import versions_usable

    with _acting(name) as (actor, now):
        usable = [row for row in versions_usable(actor=actor, hazard=hazard) if drill or row.status == "approved"]
        if not usable:
            raise typer.BadParameter(f"No plan for {hazard} is in force at or above your places.")
        incident = commands.report_incident(
            actor=actor, now=now, area_code=actor.areas.prefixes[0], title=matter[:80], hazard=hazard
        )
        draft = commands.draft_activation(
            actor=actor, now=now, incident=incident, version=usable[0], level=f"level_{level}", areas=areas,
            ends_at=now + timedelta(days=days), matter=matter, is_exercise=drill,
        )  # fmt: skip
        draft = commands.preview(actor=actor, now=now, activation=draft)
        draft = _loaded(actor, draft.uuid)
        typer.echo(f"activation {draft.uuid}\ndigest     {draft.digest}\nplan       {draft.plan_version.plan.title}")
        for step in words.preview_shown(draft, {}):
            typer.echo(f"\n{step['label']}")
            for group in step["groups"]:
                typer.echo(f"  +{group['count']:>6}  {group['label']} ({len(group['lines'])})")
            for short in step["shortages"]:
                typer.echo(f"  {short['found']:>3}/{short['wanted']:<3}  {short['label']}  {short['place']}")


@activation.command("decide")
def decide(
    which: Which,
    *,
    issuer: Annotated[str, typer.Option(help="Who decided.")],
    number: Annotated[str, typer.Option(help="Number of the decision document.")],
    basis: Annotated[str, typer.Option(help="Legal basis.")],
    name: As,
    rank: Annotated[str, typer.Option(help="community, street, district, city, province or state.")] = "district",
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of the document; today.")] = None,
) -> None:
    """
    Record the decision document, and put the preview before the approvers.

    Example:

        juxing activation decide UUID --issuer 云间区人民政府 --number 云府2026-3号 --basis 应对法 --as wang.fang
    """
    from juxing.activations import commands

    with _acting(name) as (actor, now):
        draft = _loaded(actor, UUID(which))
        commands.record_decision(
            actor=actor, now=now, activation=draft, issuer=issuer, rank=rank, number=number,
            issued_on=on.date() if on else now.date(), legal_basis=basis,
        )  # fmt: skip
        pending = commands.submit(actor=actor, now=now, activation=_loaded(actor, draft.uuid))
        typer.echo(f"{pending.status}: sign with digest {pending.digest}")


@activation.command("approve")
def approve(
    which: Which,
    digest: Annotated[str, typer.Option(help="Digest of the preview you looked at.")],
    name: As,
) -> None:
    """
    Sign a preview. The last signature its level demands brings the response into force.

    Example:

        juxing activation approve UUID --digest 4f2a… --as chen.jun
    """
    from juxing.activations import commands

    with _acting(name) as (actor, now):
        signed = commands.approve(actor=actor, now=now, activation=_loaded(actor, UUID(which)), digest=digest)
        typer.echo(signed.status)


@activation.command("convert")
def convert(which: Which, name: As) -> None:
    """
    Carry out here and now what is pending of a response, street by street; the same work as the background job's.

    May be interrupted and run again, and run beside the job: each street is done once.

    Example:

        juxing activation convert UUID --as wang.fang
    """
    from juxing.activations import execution, policy, queries
    from juxing.kernel import clock
    from juxing.kernel.refusals import NotPermitted

    with _acting(name) as (actor, _now):
        found = _loaded(actor, UUID(which))
        if not policy.can_decide(actor, found):
            raise NotPermitted
        pending = [row.uuid for row in queries.conversions_of(found) if row.effective_at and not row.finished_at]
    for uuid in reversed(pending):
        row = execution.carry_out(
            uuid, clock=clock.now, report=lambda street, done, total: typer.echo(f"{street}  {done}/{total}", err=True)
        )
        progress = queries.progress_of(row)
        typer.echo(f"{row.kind}: {progress.done} of {progress.total} steps, {len(progress.failed)} failed")


@activation.command("stand-down")
def stand_down(
    which: Which,
    reason: Annotated[str, typer.Option(help="Why; kept in the journal.")],
    name: As,
    left_open: Annotated[str, typer.Option(help="Why what is open may stay open.")] = "",
) -> None:
    """
    End a response: measures stop, and each room puts back what it changed (then run convert, or wait for the job).

    Example:

        juxing activation stand-down UUID --reason 疫情得到控制 --as chen.jun
    """
    from juxing.activations import commands

    with _acting(name) as (actor, now):
        conversion = commands.stand_down(
            actor=actor, now=now, activation=_loaded(actor, UUID(which)), reason=reason, left_open_reason=left_open
        )
        typer.echo(f"stand-down ordered, {len(conversion.areas)} streets")


def _loaded(actor: Actor, uuid: UUID) -> Activation:
    from juxing.activations import queries

    return queries.activation(actor=actor, uuid=uuid)


@contextmanager
def _acting(name: str) -> Iterator[tuple[Actor, datetime]]:
    """Act as the named account; a refusal is said on standard error and ends with status 1."""
    from juxing.access.models import Account
    from juxing.access.queries import actor_of
    from juxing.kernel import clock
    from juxing.kernel.refusals import Refusal
    from juxing.kernel.scope import acting

    now = clock.now()
    account = Account.objects.filter(sign_in_name=name.casefold(), is_active=True).first()
    if account is None:
        raise typer.BadParameter(f"Nobody signs in as {name}.")
    try:
        with acting(actor_of(account, now=now)) as actor:
            yield actor, now
    except Refusal as refusal:
        sys.stderr.write(f"{refusal.message}\n")
        raise typer.Exit(1) from None
