"""Calendars by the letter of RFC 5545."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from juxing.kernel.calendar_text import OCTETS, Event, calendar_text, escaped, folded

AT = datetime(2026, 3, 11, 14, 0, tzinfo=timezone(timedelta(hours=8)))


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_calendar_holds_what_a_reader_needs() -> None:
    event = Event(
        uuid=UUID(int=7), starts_at=AT, ends_at=AT + timedelta(hours=2), summary="讲座, 第一讲; 防汛",
        location="中心\n二楼", status="CANCELLED", sequence=3, url="https://example.org/b",
    )  # fmt: skip

    text = calendar_text([event], name="湖滨", stamped_at=AT)
    lines = unfolded(text)

    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert text.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert lines[lines.index("BEGIN:VEVENT") :] == [
        "BEGIN:VEVENT", "UID:00000000-0000-0000-0000-000000000007@juxing", "DTSTAMP:20260311T060000Z",
        "DTSTART:20260311T060000Z", "DTEND:20260311T080000Z", "SUMMARY:讲座\\, 第一讲\\; 防汛", "STATUS:CANCELLED",
        "SEQUENCE:3", "LOCATION:中心\\n二楼", "URL:https://example.org/b", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip


@given(st.text(max_size=400))
def test_folding_keeps_the_line_and_no_piece_is_longer_than_75_octets(text: str) -> None:
    line = escaped(text)
    pieces = folded(line).split("\r\n")

    assert all(len(piece.encode()) <= OCTETS for piece in pieces)
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
    assert all(piece.startswith(" ") for piece in pieces[1:])


@given(st.text())
def test_escaped_text_cannot_begin_a_line_of_its_own(text: str) -> None:
    assert "\r" not in escaped(text)
    assert "\n" not in escaped(text)


def test_moments_are_in_utc() -> None:
    event = Event(UUID(int=1), datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC), "x")

    assert "DTSTART:20260101T000000Z" in calendar_text([event], name="", stamped_at=AT)
