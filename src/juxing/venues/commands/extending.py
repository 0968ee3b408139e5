"""A later or an earlier end of conversions under way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.venues.commands.giving_back import give_back_from
from juxing.venues.commands.taking import Displaced, Taking, take_rooms
from juxing.venues.models import LayoutRoom, RoomHolding, VenueConversion, VenueUse

END_CHANGED = journal.declare_action("venues.conversion.change_end", _("End of a conversion changed"))


def change_end(
    *, actor: Actor, now: datetime, conversions: Sequence[VenueConversion], until: datetime, is_immediate: bool
) -> Displaced:
    """
    Let conversions end at another time: later takes further bookings' rooms, earlier gives rooms back.

    A room that another use holds from the old end on is not taken longer. Call inside a transaction, after
    ``one_conversion_at_a_time``.
    """
    longer = [conversion for conversion in conversions if conversion.until < until]
    shorter = [conversion for conversion in conversions if conversion.until > until]
    outcome = _lengthen(actor, longer, until, now=now, is_immediate=is_immediate) if longer else Displaced()
    if shorter:
        give_back_from(actor=actor, now=now, conversions=shorter, free_from=max(until, now))
    VenueConversion.objects.filter(pk__in=[conversion.pk for conversion in conversions]).update(until=max(until, now))
    VenueUse.objects.filter(conversion__in=conversions).update(ends_at=max(until, now))
    journal.record_many(
        journal.Fact(
            action=END_CHANGED, subject_type="venues.venueconversion", subject_uuid=conversion.uuid,
            area_code=conversion.area_code, changes={"until": until.isoformat()},
        )
        for conversion in conversions
    ).by(actor, happened_at=now)  # fmt: skip
    return outcome


def _lengthen(
    actor: Actor, conversions: Sequence[VenueConversion], until: datetime, *, now: datetime, is_immediate: bool
) -> Displaced:
    """Take the rooms from the old end on as further holdings of the same use."""
    uses = {use.conversion_id: use for use in VenueUse.objects.filter(conversion__in=conversions)}
    rooms: dict[int, list[int]] = {}
    for layout_id, room_id in LayoutRoom.objects.filter(
        layout_id__in=[conversion.layout_id for conversion in conversions]
    ).values_list("layout_id", "room_id"):
        rooms.setdefault(layout_id, []).append(room_id)
    taken = set(
        RoomHolding.objects.filter(
            room_id__in=[room for listed in rooms.values() for room in listed], use__isnull=False,
            starts_at__lt=until, ends_at__gt=min(conversion.until for conversion in conversions),
        ).exclude(use__in=uses.values()).values_list("room_id", flat=True)
    )  # fmt: skip
    takings = [
        Taking(uses[conversion.pk].pk, conversion.pk,
               [room for room in rooms.get(conversion.layout_id, []) if room not in taken], conversion.until, until)
        for conversion in conversions
        if conversion.pk in uses
    ]  # fmt: skip
    return take_rooms(actor=actor, now=now, takings=takings, is_immediate=is_immediate)
