"""Pasted order chains and their lines."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.needs.enums import OrderChainLineStatus
from juxing.needs.models import OrderChain, OrderChainLine
from juxing.needs.policy import visible_chains

RECENT = ("-pasted_at", "-id")


def chains_page(actor: Actor, *, cursor: str | None = None) -> Page[OrderChain]:
    """Return the chains the actor may work on, newest first, with ``draft_count`` and ``line_count``."""
    rows = visible_chains(actor).annotate(
        line_count=Count("lines"), draft_count=Count("lines", filter=Q(lines__status=OrderChainLineStatus.DRAFT))
    )
    return page_of(rows, order=RECENT, cursor=cursor, size=20)


def chain_for(actor: Actor, uuid: UUID) -> OrderChain:
    """
    Return one chain.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    found = visible_chains(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def lines_of(chain: OrderChain) -> list[OrderChainLine]:
    """Return the lines as they stand in the chain."""
    return list(chain.lines.select_related("household__building__estate", "need").order_by("position"))
