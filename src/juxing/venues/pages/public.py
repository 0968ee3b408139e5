"""What residents see and do: venues near by, the sign of one, booking with a proved telephone, calendars."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.calendar_text import CONTENT_TYPE, Event, calendar_text
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_phone
from juxing.kernel.qr_codes import qr_code
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import new_form_key, open_to_all, show_refusal
from juxing.people.phone_pages import PhoneProof, ask_for_code, ask_for_phone
from juxing.people.visitor_pages import proved_phone
from juxing.venues import commands
from juxing.venues.booking_forms import RoomBookingForm
from juxing.venues.enums import BookingStatus, VenueFunction
from juxing.venues.models import Booking, BookingSlot, Venue
from juxing.venues.opening_hours import is_open, spans_text
from juxing.venues.pages.words import hours_lines, slot_badge
from juxing.venues.queries import bookings as queries
from juxing.venues.queries import card as cards

RESIDENT = Actor.resident()
COUNTER = Actor.system("venue sign")
ICAL_STATUS = {
    BookingStatus.CONFIRMED: "CONFIRMED", BookingStatus.OFFERED: "TENTATIVE", BookingStatus.SUSPENDED: "CANCELLED",
    BookingStatus.CANCELLED: "CANCELLED",
}  # fmt: skip


def steps_at(current: str) -> list[dict[str, Any]]:
    """Return the steps of booking, for the stepper."""
    labels = {"phone": _("Phone"), "code": _("Code"), "booking": _("Room and time")}
    here = list(labels).index(current)
    states = ["done" if at < here else "current" if at == here else "coming" for at in range(len(labels))]
    return [{"label": label, "state": state} for label, state in zip(labels.values(), states, strict=True)]


PROOF = PhoneProof(
    phone_page="venues:prove", code_page="venues:prove_code", onward="venues:my_bookings", steps=steps_at,
    title=gettext_lazy("Book a room"), lead=gettext_lazy("Write your mobile number. You need no account."),
)  # fmt: skip


@open_to_all
def prove(request: HttpRequest) -> HttpResponse:
    """Ask for the phone with which a room is booked."""
    return ask_for_phone(request, PROOF)


@open_to_all
def prove_code(request: HttpRequest) -> HttpResponse:
    """Take the code that was sent to it."""
    return ask_for_code(request, PROOF)


@open_to_all
def nearby(request: HttpRequest) -> HttpResponse:
    """List the venues of a place that show themselves."""
    now, area, function = clock.now(), request.GET.get("area", ""), request.GET.get("function", "")
    with acting(COUNTER):
        page = cards.public_venues_page(
            now=now, area_code=area, function=function if function in VenueFunction.values else "",
            cursor=request.GET.get("cursor"),
        )  # fmt: skip
        context = {
            "page": page, "areas": cards.communities_with_venues(), "area": area, "function": function,
            "functions": VenueFunction.choices, "page_title": _("Venues near you"),
            "page_lead": _("What is open, what it offers, and where a room can be booked."),
            "rows": [(row, is_open(row.opening_hours, now)) for row in page.rows],
        }  # fmt: skip
        return render(request, "venues/nearby.html", context)


@open_to_all
def card(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a venue's sign: hours, what it serves as, what is on today, and a picture that leads here."""
    now = clock.now()
    with acting(COUNTER):
        shown = cards.card_of(cards.public_venue(uuid), now=now)
        context = {
            "card": shown, "venue": shown.venue, "page_title": shown.venue.name, "now": now,
            "page_lead": shown.venue.get_kind_display(), "hours": hours_lines(shown.venue.opening_hours),
            "today": spans_text(shown.spans_today), "qr": qr_code(request.build_absolute_uri(request.path), scale=None),
            "is_converted": any(not use.is_steady for use in shown.uses),
        }  # fmt: skip
        is_paper = request.GET.get("print") == "1"
        return render(request, "venues/card_print.html" if is_paper else "venues/card.html", context)


@open_to_all
def card_calendar(_request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give the venue's calendar: announced events by name, everything else as taken; nobody's name."""
    now = clock.now()
    with acting(COUNTER):
        venue = cards.public_venue(uuid)
        events = [
            _event(slot, summary=slot.booking.title if slot.booking.is_announced else _("Taken"), venue=venue)
            for slot in cards.calendar_slots(venue, now=now)
        ]
    return _calendar(calendar_text(events, name=venue.name, stamped_at=now))


@idempotent
@open_to_all
@never_cache
def card_book(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Book a room, with a telephone that was proved by code."""
    phone = proved_phone(request)
    if not phone:
        return redirect(_to_prove(request.path))
    with acting(COUNTER):
        venue = cards.public_venue(uuid)
        rooms = cards.bookable_rooms(venue)
        form = RoomBookingForm(request.POST or None, rooms=rooms, initial={"day": timezone.localdate(clock.now())})
        if request.method == "POST" and form.is_valid():
            try:
                booked = commands.book_room(
                    actor=RESIDENT, now=clock.now(), room=form.chosen_room, given=form.given(phone=phone),
                    language=translation.get_language() or "zh-hans",
                )  # fmt: skip
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                return HttpResponseRedirect(reverse("venues:my_booking", args=[booked.link_token]), status=303)
        start = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
        context = {
            "form": form, "venue": venue, "page_title": _("Book a room"), "page_lead": venue.name,
            "steps": steps_at("booking"),
            "phone": masked_phone(phone), "hours": ", ".join(hours_lines(venue.opening_hours)), **new_form_key(),
            "holdings": queries.holdings_between(rooms, starts_at=start, ends_at=start + timedelta(days=14)),
        }  # fmt: skip
        return render(request, "venues/card_book.html", context, status=422 if form.errors else 200)


@open_to_all
@never_cache
def my_bookings(request: HttpRequest) -> HttpResponse:
    """List what was booked with the telephone this visitor has proved."""
    phone = proved_phone(request)
    if not phone:
        return redirect(_to_prove(request.path))
    with acting(COUNTER):
        slots = queries.slots_of_phone(phone, now=clock.now())
        for slot in slots:
            slot.badge = slot_badge(slot)  # type: ignore[attr-defined]
        context = {"slots": slots, "page_title": _("My bookings"), "phone": masked_phone(phone), **new_form_key()}
        return render(request, "venues/my_bookings.html", context)


@require_POST
@idempotent
@open_to_all
def my_answer(request: HttpRequest, uuid: UUID, what: str) -> HttpResponse:
    """Take an answer about one booked time from whoever proved the telephone it was booked with."""
    phone = proved_phone(request)
    with acting(COUNTER):
        mine = [slot for slot in queries.slots_of_phone(phone, now=clock.now()) if slot.uuid == uuid] if phone else []
        if mine:
            _answer(request, mine[0], what)
    return HttpResponseRedirect(reverse("venues:my_bookings"), status=303)


@open_to_all
@never_cache
def my_booking(request: HttpRequest, token: str) -> HttpResponse:
    """Show a booking to whoever holds its link."""
    with acting(COUNTER):
        booking = queries.booking_by_link(token)
        return _no_such_link(request) if booking is None else _booking_page(request, booking, token)


@require_POST
@idempotent
@open_to_all
def answer(request: HttpRequest, token: str, uuid: UUID, what: str) -> HttpResponse:
    """Take what the booker says: cancel, accept or decline."""
    with acting(COUNTER):
        booking = queries.booking_by_link(token)
        slots = [slot for slot in queries.slots_of(booking) if slot.uuid == uuid] if booking else []
        if not slots:
            return _no_such_link(request)
        _answer(request, slots[0], what)
    return HttpResponseRedirect(reverse("venues:my_booking", args=[token]), status=303)


@open_to_all
@never_cache
def my_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Give a booking as a calendar that follows its changes."""
    with acting(COUNTER):
        booking = queries.booking_by_link(token)
        if booking is None:
            return _no_such_link(request)
        link = request.build_absolute_uri(reverse("venues:my_booking", args=[token]))
        events = [
            _event(slot, summary=f"{booking.venue.name} {slot.room.name}", venue=booking.venue, url=link)
            for slot in queries.slots_of(booking)
        ]
    return _calendar(calendar_text(events, name=booking.number, stamped_at=clock.now()))


def _to_prove(onward: str) -> str:
    return f"{reverse('venues:prove')}?{urlencode({'next': onward})}"


def _answer(request: HttpRequest, slot: BookingSlot, what: str) -> None:
    acts: dict[str, tuple[Any, str]] = {
        "cancel": (commands.cancel_slot, _("Cancelled. The room is free for others.")),
        "accept": (commands.accept_offer, _("Thank you. The other room is yours.")),
        "decline": (commands.decline_offer, _("Noted. The booking is cancelled.")),
    }
    if what not in acts:
        return
    command, words = acts[what]
    try:
        command(actor=RESIDENT, now=clock.now(), slot=slot)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, words)


def _booking_page(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    slots = queries.slots_of(booking)
    for slot in slots:
        slot.badge = slot_badge(slot)  # type: ignore[attr-defined]
    context = {
        "booking": booking, "slots": slots, "token": token, "now": clock.now(),
        "link": request.build_absolute_uri(request.path),
        "calendar_url": request.build_absolute_uri(reverse("venues:my_calendar", args=[token])),
        "page_title": _("Booking %(number)s") % {"number": booking.number}, "page_lead": booking.venue.name,
        **new_form_key(),
    }  # fmt: skip
    return render(request, "venues/my_booking.html", context)


def _no_such_link(request: HttpRequest) -> HttpResponse:
    """Say that the link is of no use, and nothing else."""
    return render(request, "venues/no_such_link.html", {"page_title": _("This link is not valid")}, status=404)


def _event(slot: BookingSlot, *, summary: str, venue: Venue, url: str = "") -> Event:
    room = slot.offered_room or slot.room
    return Event(
        uuid=slot.uuid, starts_at=slot.starts_at, ends_at=slot.ends_at, summary=summary, sequence=slot.sequence,
        location=" ".join(filter(None, (venue.name, room.name, venue.address))), url=url,
        status=ICAL_STATUS[BookingStatus(slot.status)],
    )  # fmt: skip


def _calendar(text: str) -> HttpResponse:
    disposition = 'inline; filename="calendar.ics"'
    return HttpResponse(text, content_type=CONTENT_TYPE, headers={"Content-Disposition": disposition})
