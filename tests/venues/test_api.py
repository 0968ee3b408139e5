"""Venues over HTTP: list, read, bookings, and one booking sent twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from juxing.access.commands import issue_token
from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.scope import acting
from juxing.venues.models import Booking, Room
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_account, make_areas
from tests.venues.makers import DAY, SYSTEM, make_booking, make_steady, make_venue

pytestmark = pytest.mark.django_db


def token_of(role: str, area_code: str = COMMUNITY) -> dict[str, str]:
    """Return the header of an account that holds the role."""
    with acting(SYSTEM):
        make_areas()
        token = issue_token(actor=SYSTEM, now=clock.now(), account=make_account(role, area_code), label="test")
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def room() -> Room:
    """The room of a centre in the first community; there is another centre in the second."""
    with acting(SYSTEM):
        make_venue(OTHER_COMMUNITY, rooms=1)
        venue = make_venue(rooms=1)
        make_steady(venue)
        return Room.objects.select_related("venue").get(venue=venue)


def wanted(chosen: Room, **values: Any) -> dict[str, Any]:
    start = (clock.now() + 3 * DAY).replace(microsecond=0)
    return {
        "room": str(chosen.uuid), "title": "合唱", "attendees": 5, "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=1)).isoformat(), "contact_name": "王秀英", "contact_phone": "12800000001",
        **values,
    }  # fmt: skip


def test_list_and_venue_show_rooms_and_functions_of_the_own_area_only(room: Room) -> None:
    client, headers = Client(), token_of(Role.COMMUNITY_WORKER)

    listed = client.get("/api/v1/venues/", headers=headers).json()
    one = client.get(f"/api/v1/venues/{room.venue.uuid}", headers=headers).json()

    assert [row["uuid"] for row in listed["rows"]] == [str(room.venue.uuid)]
    assert one["opening_hours"] == "08:00-22:00"
    assert [each["name"] for each in one["rooms"]] == [room.name]
    assert [use["function"] for use in one["serves_now"]] == ["service_centre"]
    assert client.get("/api/v1/venues/?serves=shelter", headers=headers).json()["rows"] == []
    assert client.get("/api/v1/venues/?kind=castle", headers=headers).status_code == 422


def test_booking_sent_twice_is_made_once_and_names_stay_inside(room: Room) -> None:
    client, headers = Client(), token_of(Role.COMMUNITY_WORKER) | {"Idempotency-Key": "one"}
    address, body = f"/api/v1/venues/{room.venue.uuid}/bookings", wanted(room)

    first = client.post(address, body, content_type="application/json", headers=headers)
    again = client.post(address, body, content_type="application/json", headers=headers)
    other = client.post(address, body, content_type="application/json", headers={**headers, "Idempotency-Key": "two"})

    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (other.status_code, other.json()["code"]) == (409, "slot_taken")
    with acting(SYSTEM):
        assert Booking.objects.count() == 1
    listed = client.get(address, headers=headers)
    assert [row["number"] for row in listed.json()["rows"]] == [first.json()["number"]]
    assert "王秀英" not in listed.content.decode()
    assert "12800000001" not in listed.content.decode()


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"starts_at": "2030-01-01T10:00:00", "ends_at": "2030-01-01T11:00:00"}, 422, "time_zone_missing"),
        ({"attendees": 0}, 422, "invalid_input"),
        ({"attendees": 9000}, 422, "too_many_people"),
        ({"room": "00000000-0000-0000-0000-000000000007"}, 404, "not_found"),
        ({"ends_at": "soon"}, 422, "invalid_input"),
    ],
)
def test_bad_input_is_answered_with_a_stable_code(room: Room, values: dict[str, Any], status: int, code: str) -> None:
    answer = Client().post(
        f"/api/v1/venues/{room.venue.uuid}/bookings", wanted(room, **values), content_type="application/json",
        headers=token_of(Role.COMMUNITY_WORKER),
    )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_others_find_nothing_and_those_without_the_right_may_not(room: Room) -> None:
    with acting(SYSTEM):
        make_booking(room, clock.now() + 3 * DAY, now=clock.now())
    client, address = Client(), f"/api/v1/venues/{room.venue.uuid}"
    stranger = token_of(Role.COMMUNITY_WORKER, OTHER_COMMUNITY)

    assert client.get(address, headers=stranger).status_code == 404
    assert client.get(f"{address}/bookings", headers=stranger).status_code == 404
    assert client.get(f"{address}/bookings", headers=token_of(Role.RESPONDER)).status_code == 403
    assert client.get("/api/v1/venues/", headers=token_of(Role.RESIDENT)).status_code == 403
    assert client.get(address).status_code == 401
