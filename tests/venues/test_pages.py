"""Pages as their users meet them: residents without an account, desks, and those who may not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.models import JournalEntry
from juxing.kernel.scope import acting
from juxing.venues.commands import CircleWish, compute_life_circle
from juxing.venues.models import Booking, BookingSlot, ConversionTask, Room, Venue, VenueConversion, VenueLayout
from tests.factories import COMMUNITY, OTHER_COMMUNITY, STREET, make_account, make_areas, make_household, make_resident
from tests.venues.makers import DAY, HOUR, SYSTEM, convert, make_booking, make_layout, make_steady, make_venue

pytestmark = pytest.mark.django_db
PHONE = "12800000001"
SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def codes_on_the_page(settings: Settings) -> None:
    """Show codes as the demo does, however the tests were started."""
    settings.IS_DEMO = True


@pytest.fixture
def sign_in() -> SignIn:
    """Return a function that signs somebody in, reading English."""

    def enter(role: str, area_code: str = STREET) -> Client:
        with acting(SYSTEM):
            make_areas()
            account = make_account(role, area_code)
        client = Client()
        client.cookies["django_language"] = "en"
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


@pytest.fixture
def centre() -> tuple[Venue, Room]:
    """A centre with one room, an ordinary function, and a layout for testing."""
    with acting(SYSTEM):
        venue = make_venue(rooms=1)
        make_steady(venue)
        make_layout(venue)
        return venue, Room.objects.select_related("venue").get(venue=venue)


def prove(visitor: Client, onward: str) -> None:
    visitor.cookies["django_language"] = "en"
    assert visitor.post(f"/open/phone/?next={onward}", {"phone": PHONE, "next": onward}).status_code == 303
    page = visitor.get(f"/open/phone/code/?next={onward}").content.decode()
    code = re.search(r'kit-code__digits">(\d{6})<', page)
    assert code is not None
    answer = visitor.post("/open/phone/code/", {"code": code[1], "next": onward})
    assert (answer.status_code, answer["Location"]) == (303, onward)


def asked(chosen: Room, **values: Any) -> dict[str, Any]:
    day = (clock.now() + 3 * DAY).date().isoformat()
    return {"room": str(chosen.uuid), "day": day, "starts": "14:00", "ends": "16:00", "title": "读书会", "attendees": 8,
            "contact_name": "李老师", **values}  # fmt: skip


def test_resident_books_follows_and_cancels_without_an_account(centre: tuple[Venue, Room]) -> None:
    venue, room = centre
    visitor = Client()
    book = reverse("venues:card_book", args=[venue.uuid])
    assert visitor.get(book)["Location"].startswith("/open/phone/")
    prove(visitor, book)

    answer = visitor.post(book, asked(room))

    assert answer.status_code == 303
    page = visitor.get(answer["Location"]).content.decode()
    with acting(SYSTEM):
        booking = Booking.objects.get()
        [slot] = BookingSlot.objects.all()
    assert booking.number in page
    assert "李老师" not in page
    calendar = Client().get(f"{answer['Location']}calendar.ics")
    assert calendar["Content-Type"].startswith("text/calendar")
    assert f"UID:{slot.uuid}@juxing" in calendar.content.decode()
    assert venue.name in visitor.get(reverse("venues:my_bookings")).content.decode()
    cancelled = Client().post(f"{answer['Location']}{slot.uuid}/cancel/")
    assert cancelled.status_code == 303
    assert "STATUS:CANCELLED" in Client().get(f"{answer['Location']}calendar.ics").content.decode()


@pytest.mark.parametrize(
    ("values", "field"),
    [({"attendees": 500}, "attendees"), ({"starts": "23:00", "ends": "01:00"}, "starts"), ({"ends": "13:00"}, "ends"),
     ({"day": "1999-01-01"}, "starts"), ({"title": " "}, "title"), ({"room": "x"}, "room"), ({"day": "soon"}, "day")],
)  # fmt: skip
def test_bad_input_is_answered_beside_the_field_and_keeps_what_was_typed(
    centre: tuple[Venue, Room], values: dict[str, Any], field: str
) -> None:
    venue, room = centre
    visitor = Client()
    book = reverse("venues:card_book", args=[venue.uuid])
    prove(visitor, book)

    answer = visitor.post(book, asked(room, contact_name="李老师傅", **values))

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "李老师傅" in answer.content.decode()
    with acting(SYSTEM):
        assert not Booking.objects.exists()


def test_links_that_open_nothing_look_alike_and_others_bookings_stay_closed(centre: tuple[Venue, Room]) -> None:
    _venue, room = centre
    with acting(SYSTEM):
        booked = make_booking(room, clock.now() + 3 * DAY, now=clock.now(), contact_phone="12800009999")
        hidden = make_venue(rooms=1, is_public=False)
    visitor = Client()
    prove(visitor, reverse("venues:my_bookings"))

    assert visitor.get("/open/booking/wrong/").status_code == 404
    assert visitor.get("/open/booking/wrong/calendar.ics").status_code == 404
    assert visitor.get(f"/open/{hidden.uuid}/").status_code == 404
    assert visitor.get(f"/open/{uuid4()}/").status_code == 404
    assert visitor.post(f"/open/mine/{booked.slots[0].uuid}/cancel/").status_code == 303
    with acting(SYSTEM):
        assert BookingSlot.objects.get().status == "confirmed"


def test_sign_shows_hours_and_announced_events_but_no_names(centre: tuple[Venue, Room]) -> None:
    venue, room = centre
    soon = clock.now() + HOUR
    with acting(SYSTEM):
        make_booking(room, soon, now=clock.now(), title="公开讲座", is_announced=True, ends_at=soon + HOUR)
        make_booking(
            room, soon + HOUR, now=clock.now(), title="张家聚会", contact_name="张三丰", ends_at=soon + 2 * HOUR
        )

    for address in (
        f"/open/{venue.uuid}/",
        f"/open/{venue.uuid}/?print=1",
        f"/open/{venue.uuid}/calendar.ics",
        "/open/",
    ):
        page = Client().get(address)
        assert page.status_code == 200
        assert "张家聚会" not in page.content.decode()
        assert "张三丰" not in page.content.decode()
        assert PHONE not in page.content.decode()
    assert "公开讲座" in Client().get(f"/open/{venue.uuid}/calendar.ics").content.decode()
    assert (
        "Monday to Sunday 08:00-22:00"
        in Client(headers={"accept-language": "en"}).get(f"/open/{venue.uuid}/").content.decode()
    )


def test_desk_pages_answer_and_keep_names_masked_until_opened(sign_in: SignIn, centre: tuple[Venue, Room]) -> None:
    venue, room = centre
    with acting(SYSTEM):
        booked = make_booking(room, clock.now() + 3 * DAY, now=clock.now())
        [conversion] = convert(
            venue, now=clock.now(), starts_at=clock.now() + DAY, until=clock.now() + 5 * DAY
        ).conversions
        make_resident(make_household(), birth_year=1940)
        circle = compute_life_circle(
            actor=SYSTEM, now=clock.now(), area_code=COMMUNITY, wish=CircleWish(function="shelter"), uuid=uuid4()
        )
        layout = VenueLayout.objects.filter(venue=venue)[0]
    desk = sign_in(Role.STREET_OPERATOR)
    names = ["list", "map", "map_features", "add", "import", "template", "export", "bookings", "conversions", "convert",
             "circles", "measure"]  # fmt: skip
    addresses = [reverse(f"venues:{name}") for name in names]
    addresses += [reverse(f"venues:{name}", args=[venue.uuid]) for name in ("venue", "change", "add_room", "add_layout",
                                                                            "book")]  # fmt: skip
    addresses += [reverse("venues:change_room", args=[room.uuid]), reverse("venues:change_layout", args=[layout.uuid]),
                  reverse("venues:conversion", args=[conversion.uuid]), reverse("venues:circle", args=[circle.uuid]),
                  reverse("venues:circle_map", args=[circle.uuid]),
                  reverse("venues:circle_file", args=[circle.uuid, "csv"]),
                  reverse("venues:circle_file", args=[circle.uuid, "xlsx"])]  # fmt: skip

    assert [(address, desk.get(address).status_code) for address in addresses] == [
        (address, 200) for address in addresses
    ]
    shown = reverse("venues:booking", args=[booked.booking.uuid])
    closed = desk.get(shown).content.decode()
    opened = desk.post(f"{shown}reveal/").content.decode()

    assert "王秀英" not in closed
    assert PHONE not in closed
    assert "王秀英" in opened
    assert PHONE in opened
    with acting(SYSTEM):
        assert (
            JournalEntry.objects.filter(action="venues.contact.reveal", subject_uuid=booked.booking.uuid).count() == 1
        )


def test_another_community_finds_nothing(sign_in: SignIn, centre: tuple[Venue, Room]) -> None:
    venue, room = centre
    with acting(SYSTEM):
        booked = make_booking(room, clock.now() + 3 * DAY, now=clock.now())
        [conversion] = convert(
            venue, now=clock.now(), starts_at=clock.now() + DAY, until=clock.now() + 5 * DAY
        ).conversions
        task = ConversionTask.objects.all()[0]
    stranger = sign_in(Role.COMMUNITY_SECRETARY, OTHER_COMMUNITY)
    for name, uuid in (("venue", venue.uuid), ("change", venue.uuid), ("book", venue.uuid), ("change_room", room.uuid),
                       ("booking", booked.booking.uuid), ("conversion", conversion.uuid)):  # fmt: skip
        assert stranger.get(reverse(f"venues:{name}", args=[uuid])).status_code == 404
    for address in (reverse("venues:reveal", args=[booked.booking.uuid]), reverse("venues:tick", args=[task.uuid]),
                    reverse("venues:cancel", args=[booked.slots[0].uuid]),
                    reverse("venues:step", args=[conversion.uuid, "return"])):  # fmt: skip
        assert stranger.post(address).status_code == 404


def test_conversion_is_ordered_worked_through_opened_and_returned(sign_in: SignIn, centre: tuple[Venue, Room]) -> None:
    venue, _room = centre
    desk = sign_in(Role.STREET_OPERATOR)
    now = clock.now()
    form = {"function": "testing_site", "venues": [str(venue.uuid)], "reason": "全员采样",
            "starts": f"{now + 9 * HOUR:%Y-%m-%dT%H:%M}", "until": f"{now + 5 * DAY:%Y-%m-%dT%H:%M}"}  # fmt: skip
    assert desk.post(reverse("venues:convert"), {**form, "reason": ""}).status_code == 422

    assert desk.post(reverse("venues:convert"), form).status_code == 302

    with acting(SYSTEM):
        conversion = VenueConversion.objects.get()
        tasks = list(ConversionTask.objects.filter(phase="convert"))

    def step(what: str) -> Any:
        return desk.post(reverse("venues:step", args=[conversion.uuid, what]), {"reason": "x"})

    assert step("close").status_code == 409
    assert step("dance").status_code == 422
    for task in tasks:
        assert desk.post(reverse("venues:tick", args=[task.uuid]), {"done": "1"}).status_code == 302
    assert step("open").status_code == 302
    assert step("return").status_code == 302
    assert step("close").status_code == 409
    with acting(SYSTEM):
        [last] = ConversionTask.objects.filter(phase="return")
    desk.post(reverse("venues:tick", args=[last.uuid]), {"done": "1"})
    with acting(SYSTEM):
        conversion.refresh_from_db()
        assert conversion.status == "reverted"


def test_register_is_kept_by_forms(sign_in: SignIn) -> None:
    desk = sign_in(Role.COMMUNITY_WORKER, COMMUNITY)
    form = {"name": "湖滨睦邻点", "kind": "neighbourhood_centre", "area_code": COMMUNITY,
            "opening_hours": "08:00-18:00", "is_public": "on"}  # fmt: skip
    bad = desk.post(reverse("venues:add"), {**form, "opening_hours": "always"})
    assert (bad.status_code, list(bad.context["form"].errors)) == (422, ["opening_hours"])
    assert desk.post(reverse("venues:add"), {**form, "longitude": "121"}).status_code == 422

    assert desk.post(reverse("venues:add"), form).status_code == 302
    assert desk.post(reverse("venues:add"), form).status_code == 422

    with acting(SYSTEM):
        venue = Venue.objects.get()
    room = {"name": "大厅", "floor": "1", "capacity": "40", "beds": "0", "toilets": "1"}
    assert desk.post(reverse("venues:add_room", args=[venue.uuid]), room).status_code == 302
    with acting(SYSTEM):
        hall = Room.objects.get()
    layout = {"function": "supply_point", "capacity": "20", "rooms": [str(hall.pk)], "purposes": "存放",
              "equipment": "货架 10\n手推车", "hours_to_convert": "6", "hours_to_return": "4",
              "conversion_steps": "清空\n摆货架\n", "return_steps": "清点"}  # fmt: skip
    assert desk.post(reverse("venues:add_layout", args=[venue.uuid]), layout).status_code == 302
    assert desk.post(reverse("venues:add_layout", args=[venue.uuid]), layout).status_code == 422
    with acting(SYSTEM):
        kept = VenueLayout.objects.get()
        assert kept.equipment == [{"item": "货架", "quantity": "10"}, {"item": "手推车", "quantity": "1"}]
        assert kept.conversion_steps == ["清空", "摆货架"]
    changed = {**layout, "conversion_steps": "清空"}
    assert desk.post(reverse("venues:change_layout", args=[kept.uuid]), changed).status_code == 302
    closed = desk.post(reverse("venues:close", args=[venue.uuid]), {"reason": "拆迁"})
    assert closed.status_code == 302
    with acting(SYSTEM):
        venue.refresh_from_db()
        assert venue.closed_at is not None
    assert venue.name not in desk.get(reverse("venues:list")).content.decode()


@pytest.mark.parametrize(
    ("query", "is_shown"),
    [("", True), ("?name=党群", True), ("?name=湖", False), ("?kind=service_centre", True), ("?kind=school", False),
     ("?serves=service_centre", True), ("?serves=testing_site", False), ("?can_serve=testing_site", True),
     ("?show=converted", False), ("?show=idle", False), (f"?area={COMMUNITY}", True), ("?area=nonsense", True)],
)  # fmt: skip
def test_list_is_narrowed_by_its_filters(
    sign_in: SignIn, centre: tuple[Venue, Room], query: str, is_shown: bool
) -> None:
    venue, _room = centre

    page = sign_in(Role.STREET_OPERATOR).get(f"{reverse('venues:list')}{query}")

    assert (venue.name in page.content.decode()) is is_shown


def test_list_asks_as_much_for_one_venue_as_for_three(sign_in: SignIn) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    desk = sign_in(Role.STREET_OPERATOR)

    def statements(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(address).status_code == 200
        return len(captured)

    counts = []
    for _round in range(2):
        with acting(SYSTEM):
            for _number in range(2):
                venue = make_venue(rooms=1)
                make_layout(venue)
                room = Room.objects.select_related("venue").get(venue=venue)
                make_booking(room, clock.now() + 3 * DAY, now=clock.now(), contact_phone=f"128{room.pk:08}")
                convert(venue, now=clock.now(), starts_at=clock.now() + 5 * DAY, until=clock.now() + 6 * DAY)
        counts.append([statements(reverse(f"venues:{name}")) for name in (
            "list", "bookings", "conversions", "map_features", "nearby")])  # fmt: skip
    assert counts[0] == counts[1]
