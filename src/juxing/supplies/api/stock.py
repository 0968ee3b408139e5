"""Stock over HTTP: depots, levels, a box, and the scan that moves it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.api import PageSchema, once, page_answer
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible
from juxing.kernel.web import ActorRequest
from juxing.supplies import commands, policy, schemas
from juxing.supplies.commands.accounts import depot_place, vehicle_place
from juxing.supplies.models import StockPlace
from juxing.supplies.queries import ledger, stock

router = Router(tags=["supplies"])
TWO_TARGETS = _("Name a depot or a vehicle, not both.")


class LevelFiltersIn(Schema):
    """What a list is narrowed to: a depot, part of an item's name or its code, only what runs out."""

    depot: UUID | None = None
    item: str = ""
    is_low: bool = False


@router.get("/depots", response=list[schemas.DepotOut])
def list_depots(request: ActorRequest) -> list[dict[str, Any]]:
    """The first 500 depots the token may see, by place and name."""
    return [schemas.depot_out(depot) for depot in stock.depots_of(actor=_seeing(request))]


@router.get("/stock", response=PageSchema[schemas.LevelOut])
def list_stock(
    request: ActorRequest, filters: Query[LevelFiltersIn], cursor: str = "", size: int = 50
) -> dict[str, Any]:
    """Stock by depot and item."""
    page = stock.levels_page(
        actor=_seeing(request), depot=str(filters.depot or ""), item=filters.item, is_low=filters.is_low,
        cursor=cursor or None, size=size,
    )  # fmt: skip
    return page_answer(page, schemas.level_out)


@router.get("/containers/{number}", response=schemas.ContainerOut)
def read_container(request: ActorRequest, number: str) -> dict[str, Any]:
    """One box by the number on its label."""
    return schemas.container_out(ledger.container_of(actor=_seeing(request), number=number))


@router.post("/containers/{number}/scan", response=schemas.ScannedOut)
@once
def scan_container(request: ActorRequest, number: str, given: schemas.ScanIn) -> dict[str, Any]:
    """
    Book a box to a depot, onto a vehicle, or to the residents it is packed for.

    409 with the reason where it left before or holds goods that may not be handed over; scanned twice it is done once.
    """
    if not request.actor.may_somewhere(policy.MOVE_STOCK):
        raise NotPermitted
    done = commands.scan_container(
        actor=request.actor, now=clock.now(), number=number, target=_target(request.actor, given), key=given.key
    )
    return {"number": done.container.number, "status": done.container.status, "is_new": done.is_new}


def _target(actor: Actor, given: schemas.ScanIn) -> StockPlace | None:
    if given.depot and given.vehicle:
        raise InvalidInput("two_targets", TWO_TARGETS, field="vehicle")
    if given.depot:
        depot = policy.visible_depots(actor).filter(uuid=given.depot).first()
        place = depot_place(depot) if depot else None
    elif given.vehicle:
        vehicle = policy.visible_vehicles(actor).filter(uuid=given.vehicle, is_in_service=True).first()
        place = vehicle_place(vehicle) if vehicle else None
    else:
        return None
    if place is None:
        raise NotVisible
    return StockPlace.objects.get(pk=place)


def _seeing(request: ActorRequest) -> Actor:
    if not request.actor.may_somewhere(policy.VIEW):
        raise NotPermitted
    return request.actor
