"""Venues over HTTP: list, read, and their bookings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema, Status

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.api import PageSchema, once, page_answer
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible
from juxing.kernel.web import ActorRequest
from juxing.venues import commands, policy, schemas
from juxing.venues.enums import VenueFunction, VenueKind
from juxing.venues.queries import bookings, venues

router = Router(tags=["venues"])
ZONE_MISSING = _("Write the time with its zone, such as 2026-03-11T14:00:00+08:00.")


class VenueFiltersIn(Schema):
    """What a list is narrowed to."""

    area: str = ""
    name: str = ""
    kind: VenueKind | None = None
    serves: VenueFunction | None = None
    can_serve: VenueFunction | None = None


@router.get("/", response=PageSchema[schemas.VenueOut])
def list_venues(
    request: ActorRequest, filters: Query[VenueFiltersIn], cursor: str = "", size: int = 50
) -> dict[str, Any]:
    """Venues the token may see, by place and name."""
    wanted = venues.VenueFilters(
        area_code=filters.area, name=filters.name, kind=filters.kind or "", serves=filters.serves or "",
        can_serve=filters.can_serve or "",
    )  # fmt: skip
    page = venues.venues_page(actor=_seeing(request), filters=wanted, now=clock.now(), cursor=cursor or None, size=size)
    return page_answer(page, schemas.venue_out)


@router.get("/{uuid}", response=schemas.VenueOut)
def read_venue(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """One venue."""
    return schemas.venue_out(venues.venue_with_uses(actor=request.actor, uuid=uuid, now=clock.now()))


@router.get("/{uuid}/bookings", response=PageSchema[schemas.SlotOut])
def list_bookings(request: ActorRequest, uuid: UUID, cursor: str = "", size: int = 50) -> dict[str, Any]:
    """Booked times of a venue from now on, the next first."""
    if not request.actor.may_somewhere(policy.BOOK):
        raise NotPermitted
    venue = venues.venue(actor=request.actor, uuid=uuid)
    page = bookings.slots_page(actor=request.actor, venue=venue, since=clock.now(), cursor=cursor or None, size=size)
    return page_answer(page, schemas.slot_out)


@router.post("/{uuid}/bookings", response={201: schemas.SlotOut})
@once
def book_room(request: ActorRequest, uuid: UUID, given: schemas.BookingIn) -> Status[dict[str, Any]]:
    """Book a room of the venue; 409 ``slot_taken`` if someone else has it then."""
    venue = venues.venue(actor=request.actor, uuid=uuid)
    room = next((room for room in venues.rooms_of(venue) if room.uuid == given.room), None)
    if room is None:
        raise NotVisible
    if given.starts_at.tzinfo is None or given.ends_at.tzinfo is None:
        raise InvalidInput("time_zone_missing", ZONE_MISSING, field="starts_at")
    booked = commands.book_room(
        actor=request.actor, now=clock.now(), room=room,
        given=commands.BookingInput(**{name: value for name, value in given.dict().items() if name != "room"}),
    )  # fmt: skip
    return Status(201, schemas.slot_out(booked.slots[0]))


def _seeing(request: ActorRequest) -> Actor:
    if not request.actor.may_somewhere(policy.SEE):
        raise NotPermitted
    return request.actor
