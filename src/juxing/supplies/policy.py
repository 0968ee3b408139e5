"""Who may see and move stock, take in requests and offers, say what words mean, and share out scarce goods."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, Role
from juxing.kernel.actors import Actor
from juxing.kernel.rights import declare
from juxing.kernel.scope import ScopedQuerySet
from juxing.supplies.models import (
    AllocationRun,
    Container,
    Depot,
    Donation,
    PurchaseOrder,
    ReservePlan,
    StockAlarm,
    StockLevel,
    Stocktake,
    SupplyAgreement,
    SupplyList,
    SupplyOffer,
    SupplyRequest,
    Transfer,
    Vehicle,
)

VIEW = declare("supplies.view", _("See stock and requests"), roles={*COMMAND, *COMMUNITY_DESK, Role.STOREKEEPER})
MOVE_STOCK = declare("supplies.move_stock", _("Receive and hand out goods"), roles={*COMMAND, Role.STOREKEEPER})
RECORD = declare(
    "supplies.record", _("Take in requests and offers, and say what their words mean"),
    roles={*COMMAND, *COMMUNITY_DESK, Role.STOREKEEPER},
)  # fmt: skip
SHARE_OUT = declare("supplies.share_out", _("Share scarce goods between organisations"), roles=COMMAND)
PLAN_RESERVE = declare("supplies.plan_reserve", _("Plan which goods a place holds ready"), roles=COMMAND)
PUBLISH = declare("supplies.publish", _("Publish what was donated and where it went"), roles=COMMAND)
PURCHASE = declare("supplies.purchase", _("Write purchases and order them"), roles={*COMMAND, Role.STOREKEEPER})
APPROVE_PURCHASE = declare(
    "supplies.approve_purchase", _("Approve purchases, and review emergency purchases"), roles=COMMAND
)
AGREE = declare("supplies.agree", _("Sign and end agreements with suppliers"), roles=COMMAND)
KEEP_DEPOTS = declare("supplies.keep_depots", _("Write down depots and vehicles"), roles={*COMMAND, Role.STOREKEEPER})
KEEP_CATALOGUE = declare(
    "supplies.keep_catalogue",
    _("Keep the catalogue: what goods weigh, how long they keep, how they are packed"),
    roles={*COMMAND, Role.STOREKEEPER},
)
Seen = (
    Depot | StockLevel | SupplyRequest | SupplyOffer | AllocationRun | Container | Donation | Stocktake | Vehicle
    | ReservePlan | StockAlarm | SupplyAgreement | PurchaseOrder
)  # fmt: skip


def can_view(actor: Actor, row: Seen) -> bool:
    """Whether the actor may see this."""
    return actor.may(VIEW, row.area_code)


def can_view_transfer(actor: Actor, transfer: Transfer) -> bool:
    """Whether the actor may see this: either end suffices."""
    return actor.may(VIEW, transfer.area_code) or actor.may(VIEW, transfer.target_area_code)


def can_move_stock(actor: Actor, row: Depot | StockLevel) -> bool:
    """Whether the actor may write what this depot received or was counted to hold."""
    return actor.may(MOVE_STOCK, row.area_code)


def can_record(actor: Actor, row: SupplyRequest | SupplyOffer | SupplyList) -> bool:
    """Whether the actor may correct what this line says."""
    return actor.may(RECORD, row.area_code)


def can_share_out(actor: Actor, row: SupplyRequest | AllocationRun) -> bool:
    """Whether the actor may decide on this request, or compute and sign a sharing here."""
    return actor.may(SHARE_OUT, row.area_code)


def visible_levels(actor: Actor) -> ScopedQuerySet[StockLevel]:
    """Stock levels for which ``can_view`` holds."""
    return StockLevel.objects.inside(actor.areas_with(VIEW))


def visible_depots(actor: Actor) -> ScopedQuerySet[Depot]:
    """Depots for which ``can_view`` holds."""
    return Depot.objects.inside(actor.areas_with(VIEW))


def visible_requests(actor: Actor) -> ScopedQuerySet[SupplyRequest]:
    """Requests for which ``can_view`` holds."""
    return SupplyRequest.objects.inside(actor.areas_with(VIEW))


def visible_offers(actor: Actor) -> ScopedQuerySet[SupplyOffer]:
    """Offers for which ``can_view`` holds."""
    return SupplyOffer.objects.inside(actor.areas_with(VIEW))


def visible_runs(actor: Actor) -> ScopedQuerySet[AllocationRun]:
    """Sharings for which ``can_view`` holds."""
    return AllocationRun.objects.inside(actor.areas_with(VIEW))


def visible_lists(actor: Actor) -> ScopedQuerySet[SupplyList]:
    """Lists sent for which ``can_record`` holds."""
    return SupplyList.objects.inside(actor.areas_with(RECORD))


def visible_containers(actor: Actor) -> ScopedQuerySet[Container]:
    """Containers for which ``can_view`` holds."""
    return Container.objects.inside(actor.areas_with(VIEW))


def visible_donations(actor: Actor) -> ScopedQuerySet[Donation]:
    """Donations for which ``can_view`` holds."""
    return Donation.objects.inside(actor.areas_with(VIEW))


def visible_stocktakes(actor: Actor) -> ScopedQuerySet[Stocktake]:
    """Stocktakes for which ``can_view`` holds."""
    return Stocktake.objects.inside(actor.areas_with(VIEW))


def visible_vehicles(actor: Actor) -> ScopedQuerySet[Vehicle]:
    """Vehicles for which ``can_view`` holds."""
    return Vehicle.objects.inside(actor.areas_with(VIEW))


def visible_reserves(actor: Actor) -> ScopedQuerySet[ReservePlan]:
    """Reserve plans for which ``can_view`` holds."""
    return ReservePlan.objects.inside(actor.areas_with(VIEW))


def visible_alarms(actor: Actor) -> ScopedQuerySet[StockAlarm]:
    """Alarms for which ``can_view`` holds."""
    return StockAlarm.objects.inside(actor.areas_with(VIEW))


def visible_transfers(actor: Actor) -> ScopedQuerySet[Transfer]:
    """Transfers for which ``can_view_transfer`` holds."""
    return Transfer.objects.inside(actor.areas_with(VIEW))


def visible_agreements(actor: Actor) -> ScopedQuerySet[SupplyAgreement]:
    """Agreements for which ``can_view`` holds."""
    return SupplyAgreement.objects.inside(actor.areas_with(VIEW))


def visible_purchases(actor: Actor) -> ScopedQuerySet[PurchaseOrder]:
    """Purchases for which ``can_view`` holds."""
    return PurchaseOrder.objects.inside(actor.areas_with(VIEW))


def is_second_person(actor: Actor, order: PurchaseOrder) -> bool:
    """Whether this is somebody else than the one who wrote the purchase; processes count as others."""
    return actor.account_id is None or actor.account_id != order.made_by_id
