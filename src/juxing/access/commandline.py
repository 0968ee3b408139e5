"""`juxing accounts …`, `juxing access …`, `juxing keys …`, `juxing audit …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

accounts = typer.Typer(no_args_is_help=True, help="Accounts and their roles.")
access = typer.Typer(no_args_is_help=True, help="Who may do what.")
keys = typer.Typer(no_args_is_help=True, help="The keys that seal personal fields.")
audit = typer.Typer(no_args_is_help=True, help="The seal that shows whether the journal was tampered with.")


@accounts.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Sign-in name, without spaces.")],
    role: Annotated[str, typer.Option(help="Role code, see: juxing access rights --roles.")],
    area: Annotated[str, typer.Option(help="Area code the role holds for; everywhere if left out.")] = "",
    display_name: Annotated[str, typer.Option(help="Name shown to others.")] = "",
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if left out.")
    ] = "",
) -> None:
    """
    Create an account and give it a role.

    Examples:

        juxing accounts create admin --role system_admin --area 310117

        juxing accounts create zhang.wei --role community_worker --area 310117001001 --display-name 张伟
    """
    from juxing.access.commands import create_account, give_role
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.kernel.refusals import Refusal
    from juxing.kernel.scope import acting

    now = clock.now()
    try:
        with acting(Actor.system("command line")) as actor:
            account = create_account(
                actor=actor, now=now, sign_in_name=name, display_name=display_name or name, password=password
            )
            give_role(actor=actor, now=now, account=account, role=role, area_code=area)
    except Refusal as refusal:
        typer.echo(str(refusal.message), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{account.sign_in_name}: {role} over {area or 'everywhere'}")


@access.command("rights")
def print_rights(
    roles: Annotated[bool, typer.Option("--roles", help="List the role codes instead.")] = False,
) -> None:
    """
    Print the complete table of rights and the roles that carry them.

    Examples:

        juxing access rights

        juxing access rights --roles
    """
    from juxing.access.queries import rights_table
    from juxing.access.roles import Role

    if roles:
        for role in Role:
            typer.echo(f"{role.value:24}{role.label}")
        return
    for right, held in rights_table():
        typer.echo(f"{right.code}: {right.label}")
        typer.echo(f"    {', '.join(role.value for role, is_held in zip(Role, held, strict=True) if is_held) or '-'}")


@keys.command("rotate")
def rotate() -> None:
    """
    Seal every personal field anew with the newest key.

    Put the new key FIRST in JUXING_FIELD_KEYS, restart, run this, and only then take the old key out - unless it is
    the oldest, which also finds phones and must stay. May be interrupted and run again.

    Example:

        JUXING_FIELD_KEYS=2027=…,2026=… juxing keys rotate
    """
    from juxing.access.key_rotation import rotate_field_keys
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor

    for column, count in rotate_field_keys(actor=Actor.system("command line"), now=clock.now()):
        typer.echo(f"{column}: {count} values sealed anew")


@audit.command("seal")
def seal() -> None:
    """
    Seal the journal up to now; the service does this every ten minutes by itself.

    Example:

        juxing audit seal
    """
    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.kernel.scope import acting
    from juxing.kernel.seal import seal_journal

    with acting(Actor.system("command line")):
        count = seal_journal(now=clock.now())
    typer.echo(f"{count} entries sealed")


@audit.command("heads")
def heads(
    since: Annotated[int, typer.Option(help="Number of the first seal to print.")] = 1,
) -> None:
    """
    Print number, time and head of each seal, to be kept where no administrator of this system can change them.

    Examples:

        juxing audit heads > heads.txt

        juxing audit heads --since 140
    """
    from juxing.kernel.models import JournalSeal

    for number, sealed_at, head in (
        JournalSeal.objects.filter(number__gte=since).order_by("number").values_list("number", "sealed_at", "head")
    ):
        typer.echo(f"{number} {sealed_at.isoformat()} {head}")


@audit.command("verify")
def verify(
    anchors: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Heads kept elsewhere, as `heads` prints them.")
    ] = None,
) -> None:
    """
    Compare the whole journal with its seals, and say which entry was edited, removed or inserted.

    Ends with 1 when anything was. Without heads kept elsewhere a chain built anew from the start goes unnoticed.

    Examples:

        juxing audit verify

        juxing audit verify --anchors heads.txt
    """
    from juxing.kernel.actors import Actor
    from juxing.kernel.refusals import Refusal
    from juxing.kernel.scope import acting
    from juxing.kernel.seal import read_anchors, verify_journal

    try:
        kept = read_anchors(anchors.read_text(encoding="utf-8")) if anchors else {}
    except Refusal as refusal:
        typer.echo(str(refusal.message), err=True)
        raise typer.Exit(2) from None
    with acting(Actor.system("command line")):
        verdict = verify_journal(anchors=kept)
    for fault in verdict.broken:
        entry = f", entry {fault.entry_id}" if fault.entry_id else ""
        typer.echo(f"seal {fault.seal}{entry}: {fault.kind}: {fault.words}")
    typer.echo(
        f"{verdict.seals} seals over {verdict.entries} entries, {verdict.unsealed} entries not sealed yet: "
        + ("intact" if verdict.is_intact else f"{len(verdict.broken)} faults")
    )
    if not verdict.is_intact:
        raise typer.Exit(1)
