"""The step by which a plan converts venues: preview, doing it, doing it again, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from juxing.kernel.conversion import ConversionOrder, Edits, steps
from juxing.venues import conversion as step
from juxing.venues.models import BookingSlot, Room, RoomHolding, VenueConversion, VenueUse
from tests.factories import COMMUNITY, OTHER_COMMUNITY, STREET, make_areas
from tests.venues.makers import DAY, HOUR, NOW, SYSTEM, make_booking, make_layout, make_steady, make_venue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
TESTING = {"code": "sampling", "title": "采样点", "title_en": "Testing sites", "function": "testing_site",
           "per": "community", "count": 1, "minimum_area_m2": 0, "from_level": "level_3"}  # fmt: skip


def order(*rows: dict[str, Any], **values: Any) -> ConversionOrder:
    make_areas()
    given: dict[str, Any] = {
        "activation_uuid": uuid4(), "activation_id": 7, "street": STREET, "area_codes": (STREET,), "level": "level_2",
        "ends_at": NOW + 7 * DAY, "now": NOW, "actor": SYSTEM, "wanted": {"venues": list(rows) or [TESTING]}, **values,
    }  # fmt: skip
    return ConversionOrder(**given)


def test_the_step_is_registered_for_its_part_of_a_plan() -> None:
    assert steps["venues.functions"].parts == {"venues"}


def test_preview_names_what_changes_and_what_is_short_and_writes_nothing() -> None:
    venue = make_venue(rooms=1)
    make_layout(venue)

    preview = step.preview_venues(order())

    assert [(change.area_code, change.count) for change in preview.changes] == [(COMMUNITY, 1)]
    assert [(short.area_code, short.wanted, short.found) for short in preview.shortages] == [(OTHER_COMMUNITY, 1, 0)]
    assert "10" in str(step.describe("venues", preview.changes[0].facts))
    assert not VenueConversion.objects.exists()


def test_convert_again_changes_only_the_end_and_revert_gives_everything_back() -> None:
    venue = make_venue(rooms=1)
    make_layout(venue)
    make_steady(venue)
    room = Room.objects.select_related("venue").get(venue=venue)
    make_booking(room, NOW + 3 * DAY)
    first = order()

    assert step.convert(first)["converted"] == 1
    assert step.convert(first) == {"converted": 0, "end_changed": 0, "returned": 0}
    assert step.convert(replace(first, ends_at=NOW + 9 * DAY, now=NOW + HOUR))["end_changed"] == 1
    assert VenueUse.objects.get(is_steady=False).ends_at == NOW + 9 * DAY
    assert step.revert(replace(first, now=NOW + DAY)) == {"returned": 1, "bookings_restored": 1}

    assert step.revert(replace(first, now=NOW + DAY))["returned"] == 0
    assert BookingSlot.objects.get().status == "confirmed"
    assert RoomHolding.objects.get(slot__isnull=False).room == room


def test_quickest_venues_are_taken_never_one_room_twice_and_steady_ones_count() -> None:
    slow, quick, steady = (make_venue(rooms=1) for _number in range(3))
    make_layout(slow, hours_to_convert=20)
    make_layout(quick, hours_to_convert=2)
    make_layout(quick, "shelter", hours_to_convert=1)
    make_layout(steady, is_steady=True, suspends_steady=False)
    shelter = {**TESTING, "code": "shelter", "function": "shelter"}

    step.convert(order(shelter, {**TESTING, "count": 2}))

    kept = {(row.venue, row.function) for row in VenueConversion.objects.all()}
    assert kept == {(quick, "shelter"), (slow, "testing_site")}


def test_a_higher_need_than_the_level_a_strike_and_a_small_venue_leave_it_alone() -> None:
    make_layout(make_venue(rooms=1))
    for wanted in (
        order({**TESTING, "from_level": "level_1"}), order({**TESTING, "minimum_area_m2": 500}),
        order(edits=Edits(left_out=frozenset({f"sampling:{COMMUNITY}"}))),
        order(area_codes=(OTHER_COMMUNITY,)),
    ):  # fmt: skip
        step.convert(wanted)

    assert not VenueConversion.objects.exists()


def test_what_is_no_longer_wanted_is_returned_and_others_stay() -> None:
    make_layout(make_venue(rooms=1))
    mine = order()
    step.convert(mine)

    step.convert(replace(mine, wanted={"venues": []}))

    assert VenueConversion.objects.get().status == "reverting"
    assert step.revert(order(activation_id=8))["returned"] == 0


def test_exercise_moves_nobody() -> None:
    venue = make_venue(rooms=1)
    make_layout(venue)
    make_booking(Room.objects.select_related("venue").get(venue=venue), NOW + 3 * DAY)

    step.convert(order(is_exercise=True))

    assert VenueConversion.objects.get().is_exercise
    assert BookingSlot.objects.get().status == "confirmed"


def test_bookers_still_to_be_called_are_open_items() -> None:
    venue = make_venue(rooms=1)
    make_layout(venue)
    make_booking(Room.objects.select_related("venue").get(venue=venue), NOW + HOUR)
    highest = order(level="level_1")

    step.convert(highest)

    [item] = step.open_items(highest)
    assert (item.kind, item.count) == ("to_call", 1)
    assert str(step.describe(item.kind, {}))
