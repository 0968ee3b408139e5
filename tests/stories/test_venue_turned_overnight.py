"""功能转换: a service centre becomes a testing site overnight and goes back; bookings move, nobody is told too late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Open
from tests.stories.telling import FIRST_COMMUNITY, STREET, main_button, new_phone, see_success

pytestmark = pytest.mark.browser
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
    waits.goto("/open/mine/")
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


def book_from_desk(room: Any, title: str, *, hour: int, is_announced: bool) -> None:
    """Book an hour of next week, as a community's own programme does."""
    from django.utils import timezone

    from juxing.kernel import clock
    from juxing.kernel.actors import Actor
    from juxing.venues.commands import BookingInput, book_room

    now = clock.now()
    starts_at = (timezone.localtime(now) + timedelta(days=7)).replace(hour=hour, minute=0, second=0, microsecond=0)
    given = BookingInput(
        title=title, attendees=5, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), contact_name="王老师",
        contact_phone=new_phone(), is_announced=is_announced,
    )  # fmt: skip
    book_room(actor=Actor.system("story"), now=now, room=room, given=given)


def test_sign_on_paper_calendar_and_list_are_there_for_everyone(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.venues.models import Room

    with books():
        room = Room.objects.filter(venue__area_code=FIRST_COMMUNITY, is_bookable=True).order_by("id")[0]
        venue = room.venue
        book_from_desk(room, "防汛知识讲座", hour=14, is_announced=True)
        book_from_desk(room, "合唱队排练", hour=16, is_announced=False)
    page = visit("/open/", phone=True)
    expect(page.locator(f"a:has-text('{venue.name}')").first).to_be_visible()

    page.goto(f"/open/{venue.uuid}/?print=1")
    expect(page.locator(".venues-qr svg")).to_be_visible()
    calendar = page.request.get(f"/open/{venue.uuid}/calendar.ics").text()

    assert calendar.startswith("BEGIN:VCALENDAR\r\n")
    assert "SUMMARY:防汛知识讲座" in calendar
    assert "合唱队排练" not in calendar
    assert "王老师" not in calendar


def test_coverage_is_measured_a_table_comes_in_and_a_function_is_added(visit: Open, books: Callable[[], Any]) -> None:
    from juxing.venues.models import Venue
    from juxing.venues.venue_table import template

    desk = visit("/venues/coverage/measure/?function=service_centre", role="street_operator")
    desk.fill("#id_minutes", "5")
    main_button(desk).click()
    desk.wait_for_url("**/venues/coverage/*-*/")
    link = desk.locator(".kit-job .btn-primary, .kit-grid--figures").first
    expect(link).to_be_visible(timeout=60_000)
    if desk.locator(".kit-job .btn-primary").count():
        desk.locator(".kit-job .btn-primary").click()
    expect(desk.locator(".kit-grid--figures .kit-figure")).to_have_count(4)
    assert "%" in desk.locator(".kit-figure__value").first.inner_text()
    for kind in ("csv", "xlsx"):
        assert desk.request.get(f"{desk.url}gaps.{kind}").ok

    desk.goto("/venues/import/")
    desk.set_input_files("#id_file", {"name": "v.xlsx", "mimeType": EXCEL, "buffer": template()})
    main_button(desk).click()
    desk.wait_for_url("**/venues/import/*-*/")
    expect(desk.locator(".kit-job--done, .kit-report").first).to_be_visible(timeout=60_000)

    with books():
        station = Venue.objects.filter(kind="service_station").order_by("id")[0]
    desk.goto(f"/venues/{station.uuid}/")
    desk.select_option("#add-function", "wellbeing_point")
    desk.locator("form:has(#add-function) button").click()
    desk.wait_for_url("**/functions/add/*")
    desk.locator("input[name=rooms]").first.check()
    main_button(desk).click()
    see_success(desk)
    expect(desk.locator(".venues-layouts")).to_contain_text("心理关爱点")
    desk.locator(".venues-layouts h3 a", has_text="心理关爱点").click()
    desk.wait_for_url("**/venues/layouts/*/")
    expect(desk.locator("#id_flows")).not_to_be_empty()
    desk.goto(f"/venues/{station.uuid}/book/")
    expect(desk.locator("#id_contact_phone")).to_be_visible()
