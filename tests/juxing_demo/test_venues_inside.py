"""The demo's venues: whole, the same every time, and every name has its form."""

from __future__ import annotations

import pytest

from juxing.venues.enums import VenueFunction, VenueKind
from juxing.venues.opening_hours import parse_hours
from juxing_demo import generate_district
from juxing_demo.district_tables import District
from juxing_demo.venues import demo_events, demo_venues


@pytest.fixture(scope="module")
def district() -> District:
    """The small district."""
    return generate_district("S")


def test_every_venue_of_the_table_is_there_and_halls_schools_and_empty_shops_besides(district: District) -> None:
    made = demo_venues(district)

    assert [venue.name for venue in made[: len(district.venues)]] == district.venues.name
    assert sum(venue.is_idle for venue in made) == len(district.estates)
    assert {"sports_hall", "school", "shop", "service_centre", "service_station"} <= {venue.form.kind for venue in made}
    assert len({(venue.area_code, venue.name) for venue in made}) == len(made)


def test_the_same_district_has_the_same_venues(district: District) -> None:
    assert demo_venues(district) == demo_venues(generate_district("S"))


def test_forms_can_be_read_by_the_product_and_name_only_their_own_rooms(district: District) -> None:
    for venue in demo_venues(district):
        form, rooms = venue.form, {room["name"] for room in venue.form.rooms}
        assert form.kind in VenueKind.values
        assert set(form.layouts) <= set(VenueFunction.values)
        assert set(form.steady) <= set(form.layouts)
        assert rooms.issuperset(name for names in form.layouts.values() for name in names)
        assert len(parse_hours(form.hours)) == 7


def test_events_are_in_rooms_of_a_service_centre(district: District) -> None:
    centre = next(venue for venue in demo_venues(district) if venue.form.kind == "service_centre")

    assert {event["room"] for event in demo_events()} <= {room["name"] for room in centre.form.rooms}
