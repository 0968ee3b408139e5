"""Rights and scopes agree; every state and transition of both lifecycles, as every kind of actor."""

from __future__ import annotations

from typing import Any

import pytest

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import Lifecycle, WrongState
from juxing.kernel.refusals import NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.venues import policy
from juxing.venues.enums import BookingStatus as B
from juxing.venues.enums import VenueConversionStatus as C
from juxing.venues.lifecycle import CONVERSION, SLOT
from juxing.venues.models import BookingSlot, ConversionTask, Room, Venue, VenueConversion
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_actor
from tests.venues.makers import NOW, convert, make_booking, make_layout, make_venue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SLOTS = {
    "cancel": ({B.CONFIRMED, B.OFFERED, B.SUSPENDED}, B.CANCELLED),
    "accept": ({B.OFFERED}, B.CONFIRMED),
    "offer": ({B.CONFIRMED, B.OFFERED}, B.OFFERED),
    "suspend": ({B.CONFIRMED, B.OFFERED}, B.SUSPENDED),
    "restore": ({B.OFFERED, B.SUSPENDED}, B.CONFIRMED),
}
CONVERSIONS = {
    "order": ({C.PLANNED}, C.ORDERED),
    "start": ({C.PLANNED, C.ORDERED}, C.CONVERTING),
    "finish": ({C.ORDERED, C.CONVERTING}, C.READY),
    "open": ({C.READY}, C.IN_USE),
    "return": ({C.PLANNED, C.ORDERED, C.CONVERTING, C.READY, C.IN_USE}, C.REVERTING),
    "close": ({C.REVERTING}, C.REVERTED),
    "give_up": ({C.REVERTING}, C.FAILED),
}
MAY_SLOT: dict[str, set[str]] = {
    Role.COMMUNITY_SECRETARY: set(SLOTS),
    Role.COMMUNITY_WORKER: {"cancel", "accept"},
    Role.RESPONDER: set(),
    "resident": {"cancel", "accept"},
    "system": set(SLOTS),
}
MAY_CONVERT: dict[str, set[str]] = {
    Role.COMMUNITY_SECRETARY: set(CONVERSIONS),
    Role.COMMUNITY_WORKER: {"start", "finish", "close"},
    Role.GRID_WORKER: {"start", "finish", "close"},
    Role.RESPONDER: set(),
    "resident": set(),
    "system": set(CONVERSIONS),
}


def actor_of(who: str) -> Actor:
    if who == "system":
        return Actor.system("test")
    return Actor.resident() if who == "resident" else make_actor(who, COMMUNITY)


def walk(table: Lifecycle[Any], row: Any, expected: dict[str, Any], may: set[str], actor: Actor) -> None:
    now = NOW
    assert {step.name for step in table.transitions} == set(expected)
    for state in table.states:
        for name, (sources, target) in expected.items():
            type(row)._base_manager.filter(pk=row.pk).update(status=state)
            if state not in sources:
                with pytest.raises(WrongState):
                    table.move(row, name, actor=actor, now=now)
            elif name not in may:
                with pytest.raises(NotPermitted):
                    table.move(row, name, actor=actor, now=now)
            else:
                assert table.move(row, name, actor=actor, now=now).status == target


@pytest.mark.parametrize("who", list(MAY_SLOT))
def test_every_state_and_transition_of_a_booked_time(who: str) -> None:
    room = Room.objects.select_related("venue").get(venue=make_venue(rooms=1))
    slot = make_booking(room).slots[0]
    BookingSlot.objects.filter(pk=slot.pk).update(offered_room=room)

    walk(SLOT, slot, SLOTS, MAY_SLOT[who], actor_of(who))


@pytest.mark.parametrize("who", list(MAY_CONVERT))
def test_every_state_and_transition_of_a_conversion(who: str) -> None:
    venue = make_venue(rooms=1)
    make_layout(venue, conversion_steps=(), return_steps=())
    [conversion] = convert(venue).conversions

    walk(CONVERSION, conversion, CONVERSIONS, MAY_CONVERT[who], actor_of(who))


def test_open_checklist_guards_ready_and_returned() -> None:
    venue = make_venue(rooms=1)
    make_layout(venue)
    [conversion] = convert(venue).conversions
    system = Actor.system("test")

    for state, step in ((C.CONVERTING, "finish"), (C.REVERTING, "close")):
        VenueConversion.objects.filter(pk=conversion.pk).update(status=state)
        with pytest.raises(Refusal, match="checklist_open"):
            CONVERSION.move(conversion, step, actor=system, now=NOW)
    ConversionTask.objects.update(done_at=NOW)
    assert CONVERSION.move(conversion, "close", actor=system, now=NOW).status == C.REVERTED


@pytest.mark.parametrize("role", list(Role))
def test_scopes_agree_with_predicates(role: Role) -> None:
    for code in (COMMUNITY, OTHER_COMMUNITY):
        venue = make_venue(code, rooms=1)
        make_layout(venue)
        make_booking(Room.objects.select_related("venue").get(venue=venue))
    venues, slots = list(Venue.objects.all()), list(BookingSlot.objects.all())
    actor = make_actor(role, COMMUNITY)

    with acting(actor):
        assert set(policy.visible_venues(actor)) == {row for row in venues if policy.can_see(actor, row)}
        assert set(policy.visible_slots(actor)) == {row for row in slots if policy.can_see_slot(actor, row)}


def test_row_security_hides_other_communities_even_without_the_manager() -> None:
    make_venue(OTHER_COMMUNITY, rooms=1)
    worker = make_actor(Role.COMMUNITY_WORKER, COMMUNITY)

    with acting(worker):
        assert Room._base_manager.count() == 0
        assert Venue._base_manager.count() == 0
