"""Turning venues into another function: rooms taken, checklists made, bookings placed elsewhere, all in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_rows, insert_rows
from juxing.kernel.refusals import InvalidInput
from juxing.venues import policy
from juxing.venues.commands.extending import change_end
from juxing.venues.commands.taking import Displaced, Taking, one_conversion_at_a_time, take_rooms
from juxing.venues.enums import OPEN_CONVERSIONS, TaskPhase, VenueConversionStatus, VenueFunction
from juxing.venues.models import (
    ConversionTask,
    LayoutRoom,
    RoomHolding,
    Venue,
    VenueConversion,
    VenueLayout,
    VenueUse,
)

BEGUN = journal.declare_action("venues.conversion.begin", _("Venue turned into another function"))
LONGEST = timedelta(days=90)
BATCH = 2000
FEW = 100
"""Rows written by one statement; COPY pays from there on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionWish:
    """
    Into what, from when, until when, why; ``function`` is "" where each layout says its own.

    ``is_immediate`` also takes rooms whose bookers cannot be told in time. ``is_exercise`` makes the checklist only.
    """

    function: str = ""
    starts_at: datetime
    until: datetime
    reason: str
    activation_id: int | None = None
    is_immediate: bool = False
    is_exercise: bool = False


@dataclass(slots=True)
class Converted:
    """What came of it; ``left_out`` says by venue id why one could not be converted."""

    conversions: list[VenueConversion] = field(default_factory=list)
    changed: list[VenueConversion] = field(default_factory=list)
    left_out: dict[int, str] = field(default_factory=dict)
    displaced: Displaced = field(default_factory=Displaced)


@transaction.atomic
def convert_venues(*, actor: Actor, now: datetime, venues: Sequence[Venue], wish: ConversionWish) -> Converted:
    """
    Turn the venues into a function, in a constant number of statements.

    Asked again for the same activation it changes only what differs: venues that are converted keep their checklist,
    and a later or earlier end moves. A venue that cannot be converted is left out, the others are not held up: codes
    are ``no_layout``, ``closed``, ``rooms_taken`` and ``converted``.

    Raises:
        InvalidInput: if the wish makes no sense.
        NotPermitted: if the actor may not convert one of them.
    """
    if wish.function not in VenueFunction.values:
        raise InvalidInput("function_unknown", _("Choose from the list."), field="function")
    _require(actor, [venue.area_code for venue in venues], wish, now=now)
    one_conversion_at_a_time()
    outcome = Converted()
    _convert(actor, _layouts(venues, wish, outcome), wish, outcome, now=now)
    return outcome


@transaction.atomic
def convert_layouts(*, actor: Actor, now: datetime, layouts: Sequence[VenueLayout], wish: ConversionWish) -> Converted:
    """
    Turn venues into the functions of these layouts, no two of which share a room; otherwise as ``convert_venues``.

    The layouts come with their venue and their ``part_list``: prefetching into a list, not into the relation, spares
    a query set a layout.
    """
    _require(actor, [layout.area_code for layout in layouts], wish, now=now)
    one_conversion_at_a_time()
    outcome = Converted(
        left_out={layout.venue_id: "closed" for layout in layouts if layout.venue.closed_at is not None}
    )
    usable = {layout.pk: layout for layout in layouts if layout.venue.closed_at is None}
    _convert(actor, usable, wish, outcome, now=now)
    return outcome


def _convert(
    actor: Actor, layouts: dict[int, VenueLayout], wish: ConversionWish, outcome: Converted, *, now: datetime
) -> None:
    fresh = _not_converted_yet(layouts, wish, outcome)
    if outcome.changed:
        outcome.displaced = change_end(
            actor=actor, now=now, conversions=outcome.changed, until=wish.until, is_immediate=wish.is_immediate
        )
    if fresh:
        outcome.conversions = _begin(actor, fresh, wish, now=now)
        takings = _open_uses(outcome.conversions, fresh)
        if takings:
            _add(outcome.displaced, take_rooms(actor=actor, now=now, takings=takings, is_immediate=wish.is_immediate))


def _require(actor: Actor, areas: Sequence[str], wish: ConversionWish, *, now: datetime) -> None:
    if wish.starts_at < now - timedelta(minutes=5):
        raise InvalidInput("in_the_past", _("This time is over. Choose a later one."), field="starts")
    if not timedelta(0) < wish.until - wish.starts_at <= LONGEST:
        raise InvalidInput("end_bad", _("It must end after it begins, and within 90 days."), field="until")
    if not wish.reason.strip():
        raise InvalidInput("reason_missing", _("Say why: those who booked and the journal need it."), field="reason")
    for area_code in areas:
        actor.require(policy.CONVERT, area_code)


def _layouts(venues: Sequence[Venue], wish: ConversionWish, outcome: Converted) -> dict[int, VenueLayout]:
    rows = (
        VenueLayout.objects.filter(venue__in=venues, function=wish.function)
        .select_related("venue")
        .prefetch_related(Prefetch("parts", LayoutRoom.objects.order_by("position"), to_attr="part_list"))
    )
    layouts = {layout.venue_id: layout for layout in rows}
    for venue in venues:
        if venue.closed_at is not None:
            outcome.left_out[venue.pk] = "closed"
        elif venue.pk not in layouts:
            outcome.left_out[venue.pk] = "no_layout"
    return {layout.pk: layout for layout in layouts.values() if layout.venue_id not in outcome.left_out}


def _not_converted_yet(
    layouts: dict[int, VenueLayout], wish: ConversionWish, outcome: Converted
) -> dict[int, VenueLayout]:
    fresh = dict(layouts)
    standing = VenueConversion.objects.filter(
        layout__in=list(layouts), status__in=sorted(OPEN_CONVERSIONS), is_exercise=wish.is_exercise
    )
    for conversion in standing.select_for_update().order_by("pk"):
        del fresh[conversion.layout_id]
        if wish.activation_id is None or conversion.activation_id != wish.activation_id:
            outcome.left_out[conversion.venue_id] = "converted"
        elif conversion.until != wish.until:
            outcome.changed.append(conversion)
    if wish.is_exercise or not fresh:
        return fresh
    layout_of = {room_id: layout_id for layout_id, layout in fresh.items() for room_id in _rooms(layout)}
    in_use = RoomHolding.objects.filter(
        room_id__in=list(layout_of), use__isnull=False, starts_at__lt=wish.until, ends_at__gt=wish.starts_at
    )
    steady = VenueUse.objects.filter(layout__in=list(fresh), is_steady=True, ends_at__isnull=True)
    why = dict.fromkeys(steady.values_list("layout_id", flat=True), "serves_already")
    why |= {layout_of[room_id]: "rooms_taken" for room_id in in_use.values_list("room_id", flat=True)}
    outcome.left_out |= {fresh[layout_id].venue_id: reason for layout_id, reason in why.items()}
    return {layout_id: layout for layout_id, layout in fresh.items() if layout_id not in why}


def _begin(
    actor: Actor, layouts: dict[int, VenueLayout], wish: ConversionWish, *, now: datetime
) -> list[VenueConversion]:
    status = VenueConversionStatus.PLANNED if wish.starts_at > now else VenueConversionStatus.ORDERED
    made = VenueConversion.objects.bulk_create(
        [
            VenueConversion(
                uuid=uuid4(), venue=layout.venue, layout=layout, area_code=layout.area_code, function=layout.function,
                status=status, activation_id=wish.activation_id, is_exercise=wish.is_exercise,
                reason=wish.reason.strip()[:200], ordered_by_id=actor.account_id, ordered_at=now,
                starts_at=wish.starts_at, until=wish.until,
                due_at=wish.starts_at + timedelta(hours=layout.hours_to_convert),
            )
            for layout in layouts.values()
        ],
        batch_size=BATCH,
    )  # fmt: skip
    lists = ((TaskPhase.CONVERT, "conversion_steps"), (TaskPhase.RETURN, "return_steps"))
    tasks = [
        (conversion.area_code, conversion.pk, phase, at, text)
        for conversion in made
        for phase, column in lists
        for at, text in enumerate(getattr(conversion.layout, column), start=1)
    ]
    write = insert_rows if len(tasks) < FEW else copy_rows
    write(ConversionTask, ("area_code", "conversion", "phase", "position", "text"), tasks)
    journal.record_many(
        journal.Fact(
            action=BEGUN, subject_type="venues.venueconversion", subject_uuid=conversion.uuid,
            area_code=conversion.area_code, reason=wish.reason[:400],
            changes={"function": conversion.function, "until": wish.until.isoformat()},
        )
        for conversion in made
    ).by(actor, happened_at=now)  # fmt: skip
    return made


def _open_uses(conversions: Sequence[VenueConversion], layouts: dict[int, VenueLayout]) -> list[Taking]:
    real = [conversion for conversion in conversions if not conversion.is_exercise]
    uses = VenueUse.objects.bulk_create(
        [
            VenueUse(layout=conversion.layout, venue_id=conversion.venue_id, area_code=conversion.area_code,
                     function=conversion.function, is_steady=False, conversion=conversion,
                     starts_at=conversion.starts_at, ends_at=conversion.until)
            for conversion in real
        ],
        batch_size=BATCH,
    )  # fmt: skip
    suspending: dict[int, VenueConversion] = {}
    for conversion in real:
        if conversion.layout.suspends_steady:
            suspending.setdefault(conversion.venue_id, conversion)
    served = list(
        VenueUse.objects.filter(
            venue_id__in=list(suspending), is_steady=True, ends_at__isnull=True, suspended_by__isnull=True
        )
    )
    for use in served:
        use.suspended_by = suspending[use.venue_id]
        use.ends_at = max(use.suspended_by.starts_at, use.starts_at + timedelta(microseconds=1))
    VenueUse.objects.bulk_update(served, ["suspended_by", "ends_at"], batch_size=BATCH)
    return [
        Taking(use.pk, use.conversion_id or 0, _rooms(layouts[use.layout_id]), use.starts_at,
               use.ends_at or use.starts_at)
        for use in uses
    ]  # fmt: skip


def _rooms(layout: VenueLayout) -> list[int]:
    return [part.room_id for part in layout.part_list]  # type: ignore[attr-defined]


def _add(total: Displaced, more: Displaced) -> None:
    total.offered += more.offered
    total.suspended += more.suspended
    total.kept += more.kept
    total.to_call += more.to_call
    total.freed_at |= more.freed_at
