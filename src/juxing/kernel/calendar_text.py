"""
Calendars as iCalendar text (RFC 5545), written line by line: what feeds of venues and rosters need.

Times are in UTC, so no time zone has to be described. Lines end with CR LF and are folded at 75 octets, never inside a
character; text is escaped; every change of an event raises its SEQUENCE; what was cancelled stays as CANCELLED so that
calendars that follow take it out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

PRODUCT = "-//Juxing//Juxing 1.0//EN"
OCTETS = 75
CONTENT_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Event:
    """One entry; ``status`` is CONFIRMED, TENTATIVE or CANCELLED."""

    uuid: UUID
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str = ""
    status: str = "CONFIRMED"
    sequence: int = 0
    url: str = ""


def calendar_text(events: Iterable[Event], *, name: str, stamped_at: datetime) -> str:
    """Return a whole calendar, for publishing; readers ask again every hour."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H",
    ]  # fmt: skip
    for event in events:
        lines += _event_lines(event, stamped_at)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def escaped(text: str) -> str:
    """Return text as a value: backslash, comma, semicolon and line break escaped, other controls taken out."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    for found, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(found, written)
    return "".join(character for character in plain if character >= " " and character != "\x7f")


def folded(line: str) -> str:
    """Return the line in pieces of at most 75 octets, the later ones after CR LF and a space."""
    pieces: list[str] = []
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > (OCTETS if not pieces else OCTETS - 1):
            pieces.append(piece)
            piece, size = "", 0
        piece += character
        size += octets
    return "\r\n ".join([*pieces, piece])


def _event_lines(event: Event, stamped_at: datetime) -> list[str]:
    lines = [
        "BEGIN:VEVENT", f"UID:{event.uuid}@juxing", f"DTSTAMP:{_moment(stamped_at)}",
        f"DTSTART:{_moment(event.starts_at)}", f"DTEND:{_moment(event.ends_at)}", f"SUMMARY:{escaped(event.summary)}",
        f"STATUS:{event.status}", f"SEQUENCE:{event.sequence}",
    ]  # fmt: skip
    if event.location:
        lines.append(f"LOCATION:{escaped(event.location)}")
    if event.url:
        lines.append(f"URL:{event.url}")
    return [*lines, "END:VEVENT"]


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
