"""What several pages of this room show alike: tabs, crumbs, choices of places, badges."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from juxing.kernel.actors import Actor
from juxing.kernel.rights import Right
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.venues import policy
from juxing.venues.enums import BookingStatus, VenueConversionStatus
from juxing.venues.models import BookingSlot, Venue, VenueConversion
from juxing.venues.opening_hours import Hours, spans_text

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
INDENTS = {AreaLevel.STREET.value: "", AreaLevel.COMMUNITY.value: "\u3000"}
SLOT_TONES = {
    BookingStatus.CONFIRMED: "done", BookingStatus.OFFERED: "waiting", BookingStatus.SUSPENDED: "problem",
    BookingStatus.CANCELLED: "ended",
}  # fmt: skip
CONVERSION_TONES = {
    VenueConversionStatus.PLANNED: "waiting", VenueConversionStatus.ORDERED: "waiting",
    VenueConversionStatus.CONVERTING: "moving", VenueConversionStatus.READY: "done",
    VenueConversionStatus.IN_USE: "done", VenueConversionStatus.REVERTING: "moving",
    VenueConversionStatus.REVERTED: "ended", VenueConversionStatus.FAILED: "problem",
}  # fmt: skip


def tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    """Return the pages of this room the actor may open."""
    entries = [
        ("list", _("Venues"), "list", policy.SEE), ("map", _("Map"), "map-pin", policy.SEE),
        ("bookings", _("Bookings"), "calendar-event", policy.BOOK),
        ("conversions", pgettext("venue", "Conversions"), "switch-horizontal", policy.SEE),
        ("circles", _("Coverage on foot"), "target", policy.PLAN),
    ]  # fmt: skip
    return [
        {"label": label, "url": reverse(f"venues:{name}"), "icon": icon, "is_current": name == current}
        for name, label, icon, right in entries
        if actor.may_somewhere(right)
    ]


def crumbs(*parts: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way from the list to this page; a part without an address is this page."""
    shown = [{"label": _("Venues"), "url": reverse("venues:list")}]
    return [*shown, *({"label": label, "url": url} if url else {"label": label} for label, url in parts)]


def venue_crumb(venue: Venue) -> tuple[str, str]:
    """Return the crumb of a venue."""
    return venue.name, reverse("venues:venue", args=[venue.uuid])


def area_choices(actor: Actor, right: Right) -> list[tuple[str, str]]:
    """Return the streets and communities where the actor holds a right, indented by level; one query."""
    rows = Area.objects.filter(actor.areas_with(right).condition("code"), level__in=list(INDENTS))
    return [(code, INDENTS[level] + name) for code, name, level in rows.order_by("code").values_list(
        "code", "name", "level"
    )[:400]]  # fmt: skip


def planning_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return the places whose coverage the actor may measure, from districts down; one query."""
    levels = (AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY)
    rows = Area.objects.filter(actor.areas_with(policy.PLAN).condition("code"), level__in=levels)
    indents = {AreaLevel.COMMUNITY.value: "\u3000\u3000", AreaLevel.STREET.value: "\u3000"}
    return [(code, indents.get(level, "") + name) for code, name, level in rows.order_by("code").values_list(
        "code", "name", "level"
    )[:400]]  # fmt: skip


def slot_badge(slot: BookingSlot) -> dict[str, Any]:
    """Return how a booked time's state looks."""
    return {"label": slot.get_status_display(), "tone": SLOT_TONES[BookingStatus(slot.status)]}


def conversion_badge(conversion: VenueConversion, *, now: datetime) -> dict[str, Any]:
    """Return how a conversion's state looks; one that should be ready and is not is a problem."""
    state = VenueConversionStatus(conversion.status)
    is_late = conversion.due_at < now and state in {
        VenueConversionStatus.PLANNED, VenueConversionStatus.ORDERED, VenueConversionStatus.CONVERTING,
    }  # fmt: skip
    label = _("%(state)s, late") % {"state": state.label} if is_late else state.label
    return {"label": label, "tone": "problem" if is_late else CONVERSION_TONES[state]}


def hours_lines(week: Hours) -> list[str]:
    """Return the opening hours as a sign shows them: alike days in one line, by their names."""
    lines = []
    for spans, days in groupby(range(7), key=lambda day: week[day] if week else []):
        listed = list(days)
        first, last = WEEKDAYS[listed[0]], WEEKDAYS[listed[-1]]
        named = first if len(listed) == 1 else _("%(first)s to %(last)s") % {"first": first, "last": last}
        lines.append(f"{named} {spans_text(spans) if spans else pgettext('venue', 'closed')}")
    return lines


def spreadsheet(content: bytes, name: str) -> HttpResponse:
    """Answer with a file to keep."""
    return HttpResponse(content, content_type=EXCEL, headers={"Content-Disposition": f'attachment; filename="{name}"'})
