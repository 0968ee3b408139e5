"""What a sharing starts from: open requests of a place, open offers, and what must be assumed or left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from juxing.kernel.actors import Actor
from juxing.supplies import policy
from juxing.supplies.assumptions import Assumption, assumption_for
from juxing.supplies.enums import AllocationReason
from juxing.supplies.lifecycle import OPEN
from juxing.supplies.models import SupplyItem, SupplyOffer, SupplyRequest
from juxing.supplies.problems import Claim, Party


@dataclass(frozen=True, slots=True)
class ItemBasis:
    """One item on both sides before a sharing; ``offered`` is what is known and not committed, in whole units."""

    item: SupplyItem
    offered: int
    offers: int
    offers_unknown: int
    requests: int
    stated: int
    organisations: int
    assumption: Assumption

    @property
    def is_shared(self) -> bool:
        """Whether there is something to share."""
        return self.offered > 0 and self.requests > 0


@dataclass(slots=True)
class Basis:
    """Everything open, read once: the rows, and what is known of each item."""

    requests: Sequence[SupplyRequest]
    offers: Sequence[SupplyOffer]
    items: dict[int, ItemBasis] = field(default_factory=dict)

    @property
    def unclear(self) -> int:
        """How many requests wait for a person to say what is meant."""
        return sum(request.needs_meaning for request in self.requests)

    @property
    def offers_unknown(self) -> int:
        """How many offers cannot be shared because nobody said how much."""
        return sum(offer.quantity is None for offer in self.offers)


@dataclass(frozen=True, slots=True)
class Asked:
    """How a request entered the sharing: by which quantity, whether that was assumed, or why it did not enter."""

    request: SupplyRequest
    quantity: Decimal | None
    is_assumed: bool
    left_out: AllocationReason | None = None


def sharing_basis(*, actor: Actor, area_code: str) -> Basis:
    """
    Return the open requests of a place where the actor shares out, and all open offers the actor may see.

    Raises:
        NotPermitted: if the actor may not share out here.
    """
    actor.require(policy.SHARE_OUT, area_code)
    requests = list(
        policy.visible_requests(actor)
        .within(area_code)
        .filter(status__in=OPEN)
        .select_related("organisation", "item")
        .order_by("requested_on", "id")
    )
    offers = list(policy.visible_offers(actor).select_related("organisation", "item").order_by("offered_on", "id"))
    basis = Basis(requests, offers)
    asked_for: defaultdict[int, list[SupplyRequest]] = defaultdict(list)
    offered: defaultdict[int, list[SupplyOffer]] = defaultdict(list)
    for request in requests:
        if request.item_id is not None:
            asked_for[request.item_id].append(request)
    for offer in offers:
        if offer.item_id is not None:
            offered[offer.item_id].append(offer)
    for item_id in sorted({*asked_for, *offered}):
        basis.items[item_id] = _item_basis(asked_for[item_id], offered[item_id])
    return basis


def asked_quantities(basis: Basis, assumptions: Mapping[int, Assumption]) -> list[Asked]:
    """Return for every open request by which quantity it shares, or why it cannot."""
    return [_asked(request, basis, assumptions) for request in basis.requests]


def claims_of(asked: Sequence[Asked], basis: Basis) -> tuple[list[Claim], list[Claim]]:
    """Return what enters the sharing on both sides, in whole units."""
    requests = [
        Claim(one.request.pk, one.request.organisation_id, one.request.item_id or 0, int(one.quantity or 0))
        for one in asked
        if one.left_out is None
    ]
    offers = [
        Claim(offer.pk, offer.organisation_id, offer.item_id, int(offer.open_quantity or 0))
        for offer in basis.offers
        if offer.item_id is not None and int(offer.open_quantity or 0) > 0
    ]
    return requests, offers


def parties_of(basis: Basis, *, weight_area: str, weight: int) -> dict[int, Party]:
    """Return the organisations of both sides; those that ask from inside ``weight_area`` weigh ``weight``."""
    parties: dict[int, Party] = {}
    organisations = [row.organisation for row in basis.offers] + [row.organisation for row in basis.requests]
    for one in organisations:
        weighs = weight if weight_area and one.area_code.startswith(weight_area) else 1
        parties[one.pk] = Party(one.pk, one.area_code, one.longitude, one.latitude, weighs)
    return parties


def _item_basis(requests: Sequence[SupplyRequest], offers: Sequence[SupplyOffer]) -> ItemBasis:
    item = (requests or offers)[0].item
    assert item is not None  # noqa: S101 - rows were grouped by it
    stated = [request.quantity for request in requests if request.quantity is not None]
    return ItemBasis(
        item=item,
        offered=sum(int(offer.open_quantity) for offer in offers if offer.open_quantity is not None),
        offers=len(offers),
        offers_unknown=sum(offer.quantity is None for offer in offers),
        requests=len(requests),
        stated=len(stated),
        organisations=len({request.organisation_id for request in requests}),
        assumption=assumption_for(item.category, stated),
    )


def _asked(request: SupplyRequest, basis: Basis, assumptions: Mapping[int, Assumption]) -> Asked:
    if request.item_id is None:
        reason = AllocationReason.MEANING_OPEN if request.needs_meaning else AllocationReason.NOT_IN_CATALOGUE
        return Asked(request, request.open_quantity, is_assumed=False, left_out=reason)
    known = basis.items[request.item_id]
    is_assumed = request.quantity is None
    quantity = request.open_quantity
    if quantity is None:
        quantity = max(Decimal(0), assumptions[request.item_id].quantity - request.committed_quantity)
    if not known.offered:
        reason = AllocationReason.OFFER_UNKNOWN if known.offers_unknown else AllocationReason.NOTHING_OFFERED
        return Asked(request, request.open_quantity, is_assumed=False, left_out=reason)
    if quantity == 0:
        return Asked(request, quantity, is_assumed, left_out=AllocationReason.FULL)
    if quantity < 1:
        return Asked(request, quantity, is_assumed, left_out=AllocationReason.BELOW_ONE)
    return Asked(request, quantity, is_assumed)
