"""功能转换: a service centre becomes a testing site overnight and goes back; bookings move, nobody is told too late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.telling import STREET, main_button, new_phone, see_success

pytestmark = pytest.mark.browser
HALL, CLUB = "多功能厅", "活动室"


def book(visitor: Page, venue: Any, *, room: str, day: Any, phone: str) -> str:
    """Book two hours in the afternoon as a resident does, and return the booking's address."""
    visitor.goto(f"/open/{venue.uuid}/book/")
    visitor.fill("#id_phone", phone)
    main_button(visitor).click()
    visitor.fill("#id_code", visitor.locator(".kit-code__digits").inner_text())
    main_button(visitor).click()
    visitor.wait_for_url(f"**/open/{venue.uuid}/book/")
    visitor.select_option("#id_room", room)
    visitor.fill("#id_day", f"{day:%Y-%m-%d}")
    visitor.fill("#id_starts", "14:00")
    visitor.fill("#id_ends", "16:00")
    visitor.fill("#id_title", "邻里读书会")
    visitor.fill("#id_attendees", "12")
    visitor.fill("#id_contact_name", "李老师")
    main_button(visitor).click()
    visitor.wait_for_url("**/open/booking/*/")
    return visitor.url


def tick_all(page: Page) -> None:
    """Work through the checklist from the top, one press a line."""
    while (button := page.locator(".venues-tasks .btn-primary").first).count():
        done = page.locator(".venues-tasks .is-done").count()
        button.click()
        expect(page.locator(".venues-tasks .is-done")).to_have_count(done + 1)


def state(page: Page) -> Any:
    return page.locator(".kit-header h1 .kit-badge")


def order_conversion(desk: Page, centre: Any) -> None:
    """Turn the centre into a testing site, and go to the conversion's page."""
    desk.goto("/venues/conversions/new/?function=testing_site")
    desk.locator(f"input[name=venues][value='{centre.uuid}']").check()
    desk.fill("#id_reason", "全员采样")
    main_button(desk).click()
    desk.wait_for_url("**/venues/conversions/")
    see_success(desk)
    desk.locator(f"a:has-text('{centre.name}')").first.click()
    desk.wait_for_url("**/venues/conversions/*-*/")


def bring_back(desk: Page) -> None:
    """Order the return and work through its checklist."""
    desk.locator("[data-open-dialog=return]").click()
    desk.fill("#return-reason", "采样结束")
    desk.locator("#return .btn-primary").click()
    expect(state(desk)).to_contain_text("恢复中")
    tick_all(desk)
    expect(state(desk)).to_contain_text("已恢复")


def see_that_nobody_was_told_too_late(centre: Any) -> None:
    """Look behind the pages: every notice was sent, and before the hour at which it is of no more use."""
    from juxing.venues.models import BookingNotice

    told = list(BookingNotice.objects.filter(slot__booking__venue=centre))
    assert {"offered", "restored"} <= {notice.kind for notice in told}
    assert [notice.pk for notice in told if notice.sent_at is None] == []
    displaced = [notice for notice in told if notice.kind in {"offered", "suspended"}]
    assert [notice.pk for notice in displaced if notice.sent_at is None or notice.sent_at > notice.tell_by] == []


def test_service_centre_is_turned_into_a_testing_site_overnight_and_back(visit: Open, books: Callable[[], Any]) -> None:
    from django.utils import timezone

    from juxing.kernel import clock
    from juxing.venues.jobs import send
    from juxing.venues.models import BookingSlot, Room, RoomHolding, Venue, VenueUse

    with books():
        centre = Venue.objects.filter(kind="service_centre", area_code=STREET).get()
        hall, club = (Room.objects.get(venue=centre, name=name) for name in (HALL, CLUB))
    today = timezone.localdate(clock.now())
    moves, waits = visit(phone=True), visit(phone=True)
    book(moves, centre, room=str(hall.uuid), day=today + timedelta(days=4), phone=new_phone())
    book(waits, centre, room=str(club.uuid), day=today + timedelta(days=5), phone=new_phone())

    desk = visit(role="street_operator")
    order_conversion(desk, centre)
    expect(desk.locator(".venues-tasks li")).to_have_count(10)
    moves.reload()
    expect(moves.locator("main .kit-notice--warning")).to_be_visible()
    moves.locator("form[action$='/accept/'] button").click()
    expect(moves.locator(".kit-notice--success").first).to_be_visible()
    tick_all(desk)
    expect(state(desk)).to_contain_text("已就绪")
    desk.locator("form[action$='/open/'] button").click()
    expect(state(desk)).to_contain_text("使用中")
    bring_back(desk)
    waits.reload()
    expect(waits.locator("main .kit-badge--done").first).to_be_visible()

    send()
    with books():
        elsewhere = BookingSlot.objects.get(
            booking__venue=centre, booking__booked_by=None, sequence=2, status="confirmed",
            starts_at__date=today + timedelta(days=4),
        )  # fmt: skip
        again = BookingSlot.objects.get(room=club, booking__booked_by=None, sequence=2, status="confirmed",
                                        starts_at__date=today + timedelta(days=5))  # fmt: skip
        assert elsewhere.room_id not in {hall.pk, club.pk}
        assert [RoomHolding.objects.get(slot=slot).room_id for slot in (elsewhere, again)] == [
            elsewhere.room_id, club.pk,
        ]  # fmt: skip
        serving = VenueUse.objects.filter(venue=centre, is_steady=True, ends_at__isnull=True)
        assert [use.function for use in serving] == ["service_centre"]
        see_that_nobody_was_told_too_late(centre)


def test_sign_on_paper_calendar_and_list_are_there_for_everyone(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.venues.models import Venue

    with books():
        centre = Venue.objects.filter(kind="service_centre", area_code=STREET).get()
    page = visit("/open/", phone=True)
    expect(page.locator(f"a:has-text('{centre.name}')")).to_be_visible()

    page.goto(f"/open/{centre.uuid}/?print=1")
    expect(page.locator(".venues-qr svg")).to_be_visible()
    calendar = page.request.get(f"/open/{centre.uuid}/calendar.ics").text()

    assert calendar.startswith("BEGIN:VCALENDAR\r\n")
    assert "SUMMARY:防汛知识讲座" in calendar
    assert "合唱队排练" not in calendar
    assert "王老师" not in calendar
