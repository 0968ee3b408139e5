"""What a sharing over communities starts from, and what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import Substr

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotPermitted, NotVisible
from juxing.people.models import Resident
from juxing.supplies import policy
from juxing.supplies.enums import DepotKind
from juxing.supplies.models import CommunitySharing, Depot, StockLevel, SupplyItem

ORDER = ("-id",)
MOST_DEPOTS = 400
GIVING = (DepotKind.TRANSFER_STATION, DepotKind.WAREHOUSE, DepotKind.AGREEMENT_STOCK)


@dataclass(frozen=True, slots=True)
class SharingBasis:
    """Depots that may give, depots of communities with the residents around them, and goods that are free."""

    area_code: str
    givers: Sequence[Depot]
    receivers: Sequence[tuple[Depot, int]]
    items: Sequence[SupplyItem]


def basis(*, actor: Actor) -> SharingBasis:
    """
    Return what the actor could share.

    Raises:
        NotPermitted: if the actor may share out nowhere.
    """
    areas = actor.areas_with(policy.SHARE_OUT)
    if not areas:
        raise NotPermitted
    depots = list(Depot.objects.inside(areas).order_by("area_code", "name")[:MOST_DEPOTS])
    givers = [one for one in depots if one.kind in GIVING]
    receivers = [one for one in depots if one.kind == DepotKind.SUPPLY_POINT]
    held = StockLevel.objects.filter(depot__in=givers, on_hand__gt=0).values("item_id")
    people = dict(
        Resident.objects.inside(areas).order_by().values_list(Substr("area_code", 1, 12)).annotate(Count("id"))
    )
    return SharingBasis(
        areas.prefixes[0], givers, [(one, people.get(one.area_code[:12], 0)) for one in receivers],
        list(SupplyItem.objects.filter(pk__in=held).order_by("category", "code")),
    )  # fmt: skip


def sharings_page(*, actor: Actor, cursor: str | None = None) -> Page[CommunitySharing]:
    """Return sharings, newest first."""
    rows = CommunitySharing.objects.inside(actor.areas_with(policy.VIEW))
    return page_of(rows, order=ORDER, cursor=cursor)


def sharing_of(*, actor: Actor, uuid: UUID) -> CommunitySharing:
    """
    Return one sharing.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    found = CommunitySharing.objects.inside(actor.areas_with(policy.VIEW)).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


@dataclass(frozen=True, slots=True)
class SharingNames:
    """Depots and items of a sharing by id."""

    depots: Mapping[int, str]
    items: Mapping[int, SupplyItem]


def names_of(sharing: CommunitySharing) -> SharingNames:
    """Return the names that a sharing's shares speak of."""
    shares = sharing.result["shares"]
    depots = Depot.objects.filter(pk__in={share["target"] for share in shares}).values_list("id", "name")
    return SharingNames(dict(depots), SupplyItem.objects.in_bulk({share["item"] for share in shares}))
