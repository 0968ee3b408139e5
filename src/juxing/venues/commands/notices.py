"""Telling those who booked: written with the change, sent right after it, and none forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext as _p

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotPermitted
from juxing.people.messages import Message, senders
from juxing.venues import policy
from juxing.venues.enums import NoticeKind
from juxing.venues.models import BookingNotice, BookingSlot

CALLED = journal.declare_action("venues.notice.call", gettext_lazy("Booker told by telephone"))
LEAD = timedelta(hours=2)
"""Whoever booked hears of a change at least so long before."""
AT_ONCE = 500
DEFAULT_LANGUAGE = "zh-hans"


def write_notices(
    slots: Sequence[BookingSlot], kind: NoticeKind, *, now: datetime, language: str = DEFAULT_LANGUAGE
) -> list[BookingNotice]:
    """Write a notice for each booked time within the transaction that changes it, and have them sent after it."""
    from juxing.venues.jobs import send_soon

    notices = BookingNotice.objects.bulk_create(
        BookingNotice(
            slot=slot, area_code=slot.area_code, kind=kind, language=language, written_at=now,
            tell_by=slot.starts_at - LEAD,
            needs_call=kind in {NoticeKind.OFFERED, NoticeKind.SUSPENDED} and slot.starts_at - LEAD < now,
        )
        for slot in slots
    )  # fmt: skip
    if notices:
        send_soon()
    return notices


@transaction.atomic
def send_notices(*, now: datetime) -> int:
    """
    Send up to five hundred notices that wait, and return how many; another process sends others meanwhile.

    A notice is marked in the transaction that hands it over, so a process that dies sends it again rather than never.
    """
    waiting = list(
        BookingNotice.objects.filter(sent_at__isnull=True)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("slot__booking__venue", "slot__room", "slot__offered_room__venue")
        .order_by("id")[:AT_ONCE]
    )
    sender = senders[settings.SMS_GATEWAY]
    for notice in waiting:
        sender(Message(notice.slot.booking.contact_phone, text_of(notice), purpose=f"booking_{notice.kind}"))
        notice.sent_at = now
    BookingNotice.objects.bulk_update(waiting, ["sent_at"], batch_size=AT_ONCE)
    return len(waiting)


@transaction.atomic
def note_call(*, actor: Actor, now: datetime, notice: BookingNotice) -> BookingNotice:
    """
    Note that somebody was told by telephone.

    Raises:
        NotPermitted: unless the actor books there.
    """
    if not policy.can_see_slot(actor, notice.slot) or not policy.can_reveal(actor, notice.slot.booking):
        raise NotPermitted
    notice.called_at = now
    notice.save(update_fields=["called_at"])
    journal.record(CALLED, actor=actor, subject=notice.slot, happened_at=now)
    return notice


def text_of(notice: BookingNotice) -> str:
    """Return what the booker reads: what, where, when; never who else or why somebody meets."""
    slot = notice.slot
    with translation.override(notice.language):
        facts = {
            "number": slot.booking.number, "venue": slot.booking.venue.name, "room": slot.room.name,
            "at": f"{timezone.localtime(slot.starts_at):%m-%d %H:%M}",
        }  # fmt: skip
        if notice.kind == NoticeKind.OFFERED and slot.offered_room is not None:
            facts |= {"other_venue": slot.offered_room.venue.name, "other_room": slot.offered_room.name}
            return _(
                "%(venue)s serves the emergency. For your booking %(number)s at %(at)s we hold %(other_venue)s "
                "%(other_room)s instead. Open your booking to accept or decline."
            ) % facts  # fmt: skip
        return str(_texts()[NoticeKind(notice.kind)]) % facts


def _texts() -> dict[NoticeKind, str]:
    return {
        NoticeKind.BOOKED: _("Booked: %(venue)s %(room)s, %(at)s. Number %(number)s."),
        NoticeKind.OFFERED: _("Your booking %(number)s at %(at)s has changed. Open it to see how."),
        NoticeKind.SUSPENDED: _(
            "%(venue)s serves the emergency, so your booking %(number)s at %(at)s cannot take place for now. It stands "
            "again by itself if the room is back in time; we tell you."
        ),
        NoticeKind.RESTORED: _("Your booking %(number)s stands again: %(venue)s %(room)s, %(at)s."),
        NoticeKind.CANCELLED: _p("booking notice", "Your booking %(number)s, %(venue)s at %(at)s, was cancelled."),
    }
