"""Chains pasted into a purchase."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q

from juxing.group_purchases.enums import ChainLineStatus
from juxing.group_purchases.models import GroupPurchase, PurchaseChain, PurchaseChainLine
from juxing.kernel.refusals import NotVisible


def chains_of(purchase: GroupPurchase) -> list[PurchaseChain]:
    """Return the chains pasted into a purchase, newest first, with ``line_count`` and ``draft_count``."""
    drafts = Count("lines", filter=Q(lines__status=ChainLineStatus.DRAFT))
    rows = PurchaseChain.objects.filter(purchase=purchase).annotate(line_count=Count("lines"), draft_count=drafts)
    return list(rows.order_by("-id")[:20])


def chain_of(purchase: GroupPurchase, uuid: UUID) -> PurchaseChain:
    """
    Return one chain of the purchase.

    Raises:
        NotVisible: if it has none such.
    """
    found = PurchaseChain.objects.filter(purchase=purchase, uuid=uuid).select_related("purchase").first()
    if found is None:
        raise NotVisible
    return found


def lines_of(chain: PurchaseChain) -> list[PurchaseChainLine]:
    """Return the lines as they stand in the chain, with door and order."""
    rows = PurchaseChainLine.objects.filter(chain=chain)
    return list(rows.select_related("household__building", "household__unit", "order").order_by("position"))
