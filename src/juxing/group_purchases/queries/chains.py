"""Chains pasted into a purchase."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Q

from juxing.group_purchases.enums import COUNTING, ChainLineStatus
from juxing.group_purchases.models import GroupPurchase, GroupPurchaseLine, PurchaseChain, PurchaseChainLine
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


def ordered_by_doors(purchase: GroupPurchase, lines: Iterable[PurchaseChainLine]) -> dict[int, list[GroupPurchaseLine]]:
    """Return what the doors of these lines have ordered, by household id; one query."""
    ids = {line.household_id for line in lines if line.household_id}
    found: defaultdict[int, list[GroupPurchaseLine]] = defaultdict(list)
    rows = GroupPurchaseLine.objects.filter(
        order__purchase=purchase, order__household_id__in=ids, order__status__in=sorted(COUNTING)
    )
    for row in rows.select_related("package", "order").order_by("package__code"):
        found[row.order.household_id or 0].append(row)
    return dict(found)


def lines_of(chain: PurchaseChain) -> list[PurchaseChainLine]:
    """Return the lines as they stand in the chain, with door and order."""
    rows = PurchaseChainLine.objects.filter(chain=chain)
    return list(rows.select_related("household__building", "household__unit", "order").order_by("position"))
