"""Group purchases over HTTP, for reading: what is on offer and how much is ordered, never by whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router

from juxing.group_purchases import policy, schemas
from juxing.group_purchases.enums import PurchaseStatus
from juxing.group_purchases.queries.purchases import purchase_for, purchases_page
from juxing.kernel.api import PageSchema, page_answer
from juxing.kernel.refusals import NotPermitted
from juxing.kernel.web import ActorRequest

router = Router(tags=["group purchases"])


@router.get("/", response=PageSchema[schemas.PurchaseOut])
def list_purchases(
    request: ActorRequest, area: str = "", status: PurchaseStatus | None = None, cursor: str = "", size: int = 50
) -> dict[str, Any]:
    """Group purchases the token may see, newest first."""
    _require(request)
    page = purchases_page(actor=request.actor, area_code=area, status=status or "", cursor=cursor or None, size=size)
    return page_answer(page, schemas.purchase_out)


@router.get("/{uuid}", response=schemas.PurchaseWithTotalsOut)
def read_purchase(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """One group purchase with its packages and totals."""
    _require(request)
    return schemas.with_totals_out(purchase_for(request.actor, uuid))


def _require(request: ActorRequest) -> None:
    if not request.actor.may_somewhere(policy.TAKE_PART):
        raise NotPermitted
