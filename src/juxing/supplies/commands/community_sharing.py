"""
Sharing stock over communities for some days: computed with a proof, signed by a person, carried out as transfers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import job_kinds, start_job
from juxing.kernel.models import Job
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.kernel.scope import acting
from juxing.supplies import policy, problems
from juxing.supplies.commands.accounts import LEDGER
from juxing.supplies.commands.stock import lock_goods
from juxing.supplies.commands.transfers import plan_transfer
from juxing.supplies.enums import PlaceKind
from juxing.supplies.models import CommunitySharing, Depot, StockBalance, StockLevel, SupplyItem, Transfer
from juxing.supplies.problems import Receiver, SharedStock

if TYPE_CHECKING:
    from juxing_engine.allocation import Allocation, AllocationProblem
    from juxing_engine.control import Control

COMPUTED = journal.declare_action("supplies.community_sharing.compute", _("Stock shared over communities, as advice"))
SIGNED = journal.declare_action("supplies.community_sharing.sign", _("Sharing of stock signed"))
SHARING_KIND = "supplies.community_sharing"
MOST_DAYS = 14
MOST_SHARES = 20_000
BUDGET_S = 20
DOUBLE = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What a person decides: whence, whither, what and for how long.

    ``people`` counts whom each receiving depot serves; ``per_hundred`` is the need of each item by hundred people and
    day; claims of depots in ``double`` count twice.
    """

    sources: Sequence[Depot]
    people: Mapping[Depot, int]
    per_hundred: Mapping[SupplyItem, Decimal]
    days: int = 1
    double: Sequence[Depot] = field(default_factory=list)

    @property
    def items(self) -> list[SupplyItem]:
        """The goods, in one order."""
        return sorted(self.per_hundred, key=lambda item: item.pk)

    def as_json(self) -> dict[str, Any]:
        """Return it by ids, for the job that computes it."""
        return {
            "sources": [depot.pk for depot in self.sources],
            "people": {str(depot.pk): people for depot, people in self.people.items()},
            "per_hundred": {item.code: str(need) for item, need in self.per_hundred.items()},
            "days": self.days, "double": [depot.pk for depot in self.double],
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Asked:
        """Return it as it was asked, within the scope that may see the depots."""
        people = {int(depot): count for depot, count in kept["people"].items()}
        depots = Depot.objects.in_bulk({*kept["sources"], *people, *kept["double"]})
        items = {item.code: item for item in SupplyItem.objects.filter(code__in=kept["per_hundred"])}
        return cls(
            sources=[depots[depot] for depot in kept["sources"]],
            people={depots[depot]: count for depot, count in people.items()},
            per_hundred={items[code]: Decimal(need) for code, need in kept["per_hundred"].items()},
            days=kept["days"], double=[depots[depot] for depot in kept["double"]],
        )  # fmt: skip

    def checked(self) -> Asked:
        """
        Return it.

        Raises:
            InvalidInput: if there is nothing to share, nobody to share with, or too much for one answer.
        """
        if not self.sources or not self.per_hundred:
            raise InvalidInput("nothing_chosen", _("Choose at least one depot that gives, and one kind of goods."))
        if not any(self.people.values()):
            raise InvalidInput("nobody_to_serve", _("Write for at least one depot how many people it serves."))
        if not 1 <= self.days <= MOST_DAYS:
            raise InvalidInput("days_range", _("Share for 1 to 14 days."), field="days")
        if len(self.people) * len(self.per_hundred) * self.days > MOST_SHARES:
            raise InvalidInput("too_many_shares", _("Choose fewer goods or days: at most 20,000 shares at once."))
        return self


@transaction.atomic
def begin_community_sharing(*, actor: Actor, now: datetime, area_code: str, asked: Asked) -> Job:
    """
    Start computing in the background; the sharing appears under the job's uuid.

    Raises:
        NotPermitted: if the actor may not share out here.
        InvalidInput: as ``Asked.checked``.
        Refusal: if nothing of these goods is free in the sources.
    """
    actor.require(policy.SHARE_OUT, area_code)
    asked.checked()
    _require_free(asked, now=now)
    return start_job(
        job_kinds[SHARING_KIND], actor=actor, area_code=area_code, now=now, arguments={"asked": asked.as_json()}
    )


def share_over_communities(
    *, actor: Actor, now: datetime, area_code: str, asked: Asked, uuid: UUID | None = None,
    control: Control | None = None,
) -> CommunitySharing:  # fmt: skip
    """
    Compute a sharing of what is free in the sources and keep it as advice; call it outside a transaction.

    Nothing is promised. With ``uuid`` a second call returns the sharing of the first.

    Raises:
        NotPermitted: if the actor may not share out here.
        Refusal: if nothing of these goods is free in the sources.
    """
    from juxing_engine.control import Control

    actor.require(policy.SHARE_OUT, area_code)
    asked.checked()
    with acting(actor):
        known = CommunitySharing.objects.filter(uuid=uuid).first() if uuid else None
        if known is not None:
            return known
        stocks = _require_free(asked, now=now)
    items = asked.items
    receivers = [_receiver(depot, people, asked) for depot, people in asked.people.items() if people]
    problem, allocation = problems.share_stock(
        stocks,
        receivers,
        items=[item.pk for item in items],
        days=asked.days,
        control=control or Control(budget_s=BUDGET_S),
    )
    with acting(actor), transaction.atomic():
        kept = CommunitySharing.objects.create(
            uuid=uuid or uuid4(), area_code=area_code, computed_at=now, computed_by_name=actor.name,
            settings={
                "days": asked.days, "start_on": localdate(now).isoformat(),
                "per_hundred": {item.code: str(need) for item, need in asked.per_hundred.items()},
                "people": {str(depot.uuid): people for depot, people in asked.people.items() if people},
                "double": [str(depot.uuid) for depot in asked.double],
            },
            result=_result(problem, allocation, stocks, receivers, items),
        )  # fmt: skip
        kept.refresh_from_db()
        journal.record(COMPUTED, actor=actor, subject=kept, happened_at=now, changes=kept.result["proof"])
    return kept


@transaction.atomic
def sign_community_sharing(*, actor: Actor, now: datetime, sharing: CommunitySharing) -> list[Transfer]:
    """
    Make transfers of a sharing, one for each day, giver and receiver; their goods are promised at once, all or none.

    Raises:
        NotPermitted: if the actor may not share out here.
        Refusal: if it was signed before.
        OutOfStock: if stock was taken since it was computed.
    """
    actor.require(policy.SHARE_OUT, sharing.area_code)
    held = CommunitySharing.objects.select_for_update().get(pk=sharing.pk)
    if held.signed_at is not None:
        raise Refusal("signed_before", _("%(name)s signed this already.") % {"name": held.signed_by_name})
    loads: defaultdict[tuple[int, int, int], list[tuple[int, Decimal]]] = defaultdict(list)
    for sent in held.result["shipments"]:
        loads[sent["source"], sent["target"], sent["day"]].append((sent["item"], Decimal(sent["quantity"])))
    depots = Depot.objects.in_bulk({depot for key in loads for depot in key[:2]})
    items = SupplyItem.objects.in_bulk({item for goods in loads.values() for item, _quantity in goods})
    lock_goods((source for source, _target, _day in loads), items)
    start = date.fromisoformat(held.settings["start_on"])
    made = [
        plan_transfer(
            actor=actor, now=now, source=depots[source], target=depots[target],
            goods=[(items[item], quantity) for item, quantity in goods], planned_for=start + timedelta(days=day),
            origin=held.uuid,
        )
        for (source, target, day), goods in sorted(loads.items())
    ]  # fmt: skip
    held.signed_at, held.signed_by_name = now, actor.name
    held.save(update_fields=["signed_at", "signed_by_name"])
    journal.record(SIGNED, actor=actor, subject=held, happened_at=now, changes={"transfers": len(made)})
    return made


def _require_free(asked: Asked, *, now: datetime) -> list[SharedStock]:
    stocks = free_stock(asked.sources, asked.items, today=localdate(now), days=asked.days)
    if not any(quantity for stock in stocks for quantity in stock.quantities.values()):
        raise Refusal("nothing_free", _("Nothing of these goods is free in the depots you chose."))
    return stocks


def free_stock(sources: Sequence[Depot], items: Sequence[SupplyItem], *, today: date, days: int) -> list[SharedStock]:
    """
    Return what may still be given, in whole units: not promised, not packed, and fresh until the last day.

    Goods given for one place come as a stock of their own.
    """
    last = today + timedelta(days=days - 1)
    with acting(LEDGER):
        free = {
            (level.depot_id, level.item_id): level.free
            for level in StockLevel.objects.filter(depot__in=sources, item__in=items)
        }
        rows = StockBalance.objects.filter(
            place__kind=PlaceKind.DEPOT, place__depot__in=sources, item__in=items, quantity__gt=0, is_frozen=False
        ).order_by("-lot__restricted_area", "expires_on", "id")
        held = list(rows.values_list(
            "place__depot_id", "item_id", "lot__restricted_area", "expires_on", "quantity"
        ))  # fmt: skip
    found: defaultdict[tuple[int, str], defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for depot, item, restricted, expires_on, quantity in held:
        if expires_on is None or expires_on >= last:
            part = int(min(quantity, free[depot, item]))
            free[depot, item] -= part
            found[depot, restricted][item] += part
    places = {one.pk: _point(one) for one in sources}
    return [SharedStock(depot, dict(counts), restricted, places[depot])
            for (depot, restricted), counts in sorted(found.items())]  # fmt: skip


def _receiver(depot: Depot, people: int, asked: Asked) -> Receiver:
    needs = {
        item.pk: int((Decimal(people) * need / 100).to_integral_value(ROUND_CEILING))
        for item, need in asked.per_hundred.items()
    }
    return Receiver(depot.pk, depot.area_code, needs, _point(depot), DOUBLE if depot in asked.double else 1)


def _point(depot: Depot) -> tuple[float, float] | None:
    return None if depot.longitude is None or depot.latitude is None else (depot.longitude, depot.latitude)


def _result(
    problem: AllocationProblem, allocation: Allocation, stocks: Sequence[SharedStock], receivers: Sequence[Receiver],
    items: Sequence[SupplyItem],
) -> dict[str, Any]:  # fmt: skip
    sent = allocation.shipments
    shipments: defaultdict[tuple[int, int, int, int], int] = defaultdict(int)
    for day, stock, community, item, boxes in zip(
        sent.day.tolist(), sent.depot.tolist(), sent.community.tolist(), sent.item.tolist(), sent.boxes.tolist(),
        strict=True,
    ):  # fmt: skip
        shipments[day, stocks[stock].depot_id, receivers[community].depot_id, items[item].pk] += boxes
    shares = []
    for day, community, item in zip(*problem.demand.nonzero(), strict=True):
        reason, sharers = problems.why_this_share(
            problem, allocation, day=int(day), community=int(community), item=int(item)
        )
        shares.append({
            "day": int(day), "target": receivers[community].depot_id, "item": items[item].pk,
            "asked": int(problem.demand[day, community, item]), "given": int(allocation.received[day, community, item]),
            "reason": reason, "sharers": sharers,
        })  # fmt: skip
    return {
        "shares": shares,
        "shipments": [
            {"day": day, "source": source, "target": target, "item": item, "quantity": quantity}
            for (day, source, target, item), quantity in sorted(shipments.items())
        ],
        "proof": {
            "given": allocation.boxes, "lowest_level": problems.level_text(allocation.lowest_level),
            "is_leximin": allocation.is_leximin, "gap": allocation.gap, "is_verified": True,
            "seconds": round(sum(allocation.seconds.values()), 4),
        },
    }  # fmt: skip
