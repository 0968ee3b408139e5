"""Bookings at the desk: what stands, booking for somebody, cancelling, and whom to telephone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_name, masked_phone
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.venues import commands, policy
from juxing.venues.booking_forms import DeskBookingForm, SlotFilterForm
from juxing.venues.models import Booking
from juxing.venues.pages.words import crumbs, slot_badge, tabs, venue_crumb
from juxing.venues.queries import bookings as queries
from juxing.venues.queries import venues as venue_queries


@signed_in(policy.BOOK)
def booking_list(request: ActorRequest) -> HttpResponse:
    """List booked times to come."""
    form = SlotFilterForm(request.GET)
    status = form.cleaned_data["status"] if form.is_valid() else ""
    page = queries.slots_page(actor=request.actor, status=status, since=clock.now(), cursor=request.GET.get("cursor"))
    _shown(page.rows)
    calls = queries.notices_to_call(actor=request.actor)
    context = {
        "page_title": _("Bookings"), "page_icon": "calendar-event", "tabs": tabs(request.actor, "bookings"),
        "page_subtitle": _("What is booked from now on, the next first."), "form": form, "page": page,
        "reset_url": reverse("venues:bookings"), "caption": _("Booked times"), "calls": calls,
        "columns": [{"label": _("When")}, {"label": pgettext("venue", "Where")}, {"label": pgettext("venue", "Number")},
                    {"label": pgettext("venue", "People"), "kind": "number"}, {"label": _("State")}],
        "empty": {"icon": "calendar-event", "title": _("Nothing is booked"),
                  "text": _("Open a venue to book a room.")},
        **new_form_key(),
    }  # fmt: skip
    return render(request, "venues/bookings.html", context)


@idempotent
@signed_in(policy.BOOK)
def book(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Book a room for somebody."""
    venue = venue_queries.venue(actor=request.actor, uuid=uuid)
    if not policy.can_book(request.actor, venue):
        raise NotVisible
    rooms = [room for room in venue_queries.rooms_of(venue) if room.is_bookable]
    form = DeskBookingForm(request.POST or None, rooms=rooms, initial={"day": timezone.localdate(clock.now())})
    if request.method == "POST" and form.is_valid():
        try:
            booked = commands.book_room(actor=request.actor, now=clock.now(), room=form.chosen_room, given=form.given())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Booked. The number is %(number)s.") % {"number": booked.booking.number})
            return redirect("venues:booking", booked.booking.uuid)
    start = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    context = {
        "page_title": _("Book a room"), "page_subtitle": venue.name, "form": form,
        "cancel_url": reverse("venues:venue", args=[uuid]), "breadcrumbs": crumbs(venue_crumb(venue), (_("Book"), "")),
        "holdings": queries.holdings_between(rooms, starts_at=start, ends_at=start + timedelta(days=14)),
        **new_form_key(),
    }  # fmt: skip
    return render(request, "venues/book.html", context, status=422 if form.errors else 200)


@signed_in(policy.BOOK)
def booking(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one booking; names and telephone stay masked."""
    return _booking_page(request, queries.booking(actor=request.actor, uuid=uuid))


@require_POST
@signed_in(policy.REVEAL)
def reveal(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Open who booked; the journal keeps it."""
    found = queries.booking(actor=request.actor, uuid=uuid)
    opened = commands.reveal_contact(actor=request.actor, now=clock.now(), booking=found)
    return _booking_page(request, opened, is_revealed=True)


@require_POST
@idempotent
@signed_in(policy.BOOK)
def cancel(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Cancel one booked time, or with it all that are to come."""
    found, reason = queries.slot(actor=request.actor, uuid=uuid), request.POST.get("reason", "")
    try:
        if request.POST.get("all"):
            commands.cancel_booking(actor=request.actor, now=clock.now(), booking=found.booking, reason=reason)
        else:
            commands.cancel_slot(actor=request.actor, now=clock.now(), slot=found, reason=reason)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Cancelled. The booker is told."))
    return redirect("venues:booking", found.booking.uuid)


@require_POST
@idempotent
@signed_in(policy.REVEAL)
def called(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Note that a booker was told by telephone."""
    notice = queries.notice(actor=request.actor, uuid=uuid)
    commands.note_call(actor=request.actor, now=clock.now(), notice=notice)
    messages.success(request, _("Noted."))
    return redirect("venues:bookings")


def _booking_page(request: ActorRequest, found: Booking, *, is_revealed: bool = False) -> HttpResponse:
    slots = queries.slots_of(found)
    _shown(slots)
    name, phone = found.contact_name, found.contact_phone
    context = {
        "page_title": _("Booking %(number)s") % {"number": found.number}, "booking": found, "slots": slots,
        "items": [
            {"term": _("What for"), "value": found.title if is_revealed or found.is_announced else "***"},
            {"term": pgettext("venues", "Name"), "value": name if is_revealed else masked_name(name)},
            {"term": _("Telephone"), "value": phone if is_revealed else masked_phone(phone)},
            {"term": pgettext("venue", "People"), "value": found.attendees},
            {"term": pgettext("venue", "Organisation"),
             "value": found.organisation.name if found.organisation else None},
            {"term": _("Booked at"), "value": timezone.localtime(found.booked_at).strftime("%Y-%m-%d %H:%M")},
        ],
        "may_reveal": policy.can_reveal(request.actor, found) and not is_revealed, "now": clock.now(),
        "notices": queries.notices_of(found), "page_subtitle": found.venue.name,
        "breadcrumbs": crumbs(venue_crumb(found.venue), (found.number, "")), **new_form_key(),
    }  # fmt: skip
    return render(request, "venues/booking.html", context)


def _shown(slots: Any) -> None:
    for slot in slots:
        slot.badge = slot_badge(slot)
