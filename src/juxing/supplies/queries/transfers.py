"""Transfers between depots."""

from __future__ import annotations

from uuid import UUID

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.supplies import policy
from juxing.supplies.models import Transfer

TRANSFER_ORDER = ("-id",)


def transfers_page(*, actor: Actor, status: str = "", cursor: str | None = None) -> Page[Transfer]:
    """Return transfers from and to the actor's depots, newest first."""
    rows = policy.visible_transfers(actor).prefetch_related("lines__item")
    return page_of(rows.filter(status=status) if status else rows, order=TRANSFER_ORDER, cursor=cursor)


def transfer_of(*, actor: Actor, uuid: UUID) -> Transfer:
    """
    Return one transfer.

    Raises:
        NotVisible: if neither end exists for the actor.
    """
    found = policy.visible_transfers(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def depot_names(*, ids: list[int]) -> dict[int, str]:
    """Return the names of both ends of transfers the caller sees; a name is no secret between sender and receiver."""
    from juxing.kernel.scope import acting
    from juxing.supplies.commands.accounts import LEDGER
    from juxing.supplies.models import Depot

    with acting(LEDGER):
        return dict(Depot.objects.filter(pk__in=ids).values_list("id", "name"))
