"""Bringing venues back to their ordinary use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotPermitted
from juxing.venues import policy
from juxing.venues.commands.giving_back import give_back_from, resume_steady
from juxing.venues.commands.taking import one_conversion_at_a_time
from juxing.venues.enums import OPEN_CONVERSIONS, VenueConversionStatus
from juxing.venues.lifecycle import CONVERSION
from juxing.venues.models import VenueConversion, VenueUse


@dataclass(slots=True)
class Returned:
    """What came of it."""

    conversions: list[VenueConversion] = field(default_factory=list)
    restored: int = 0


@transaction.atomic
def return_venues(
    *,
    actor: Actor,
    now: datetime,
    conversions: Sequence[VenueConversion],
    reason: str,
    free_from: datetime | None = None,
) -> Returned:
    """
    End these conversions: rooms are free from ``free_from`` on (None: each after its hours to return), bookings that
    still wait stand again, ordinary functions go on. Those that were returned before are left alone.

    Raises:
        NotPermitted: if the actor may not convert one of them.
    """
    if not all(policy.can_convert(actor, conversion) for conversion in conversions):
        raise NotPermitted
    one_conversion_at_a_time()
    locked = VenueConversion.objects.filter(
        pk__in=[conversion.pk for conversion in conversions], status__in=sorted(OPEN_CONVERSIONS)
    ).select_for_update(of=("self",))
    standing = list(locked.select_related("layout").order_by("pk"))
    outcome = Returned(standing)
    by_moment: dict[datetime, list[VenueConversion]] = {}
    for conversion in standing:
        hours = conversion.layout.hours_to_return if conversion.starts_at <= now else 0
        moment = max(now, free_from) if free_from is not None else now + timedelta(hours=hours)
        by_moment.setdefault(min(moment, conversion.until) if conversion.until > now else now, []).append(conversion)
    CONVERSION.move_many([row.pk for row in standing], "return", actor=actor, now=now, reason=reason[:400])
    for moment, rows in by_moment.items():
        outcome.restored += _return_at(actor, rows, moment, now=now)
    return outcome


@transaction.atomic
def end_what_is_over(*, actor: Actor, now: datetime) -> int:
    """Move what the clock has reached: planned conversions begin, those past their end are returned; say how many."""
    begun = VenueConversion.objects.filter(status=VenueConversionStatus.PLANNED, starts_at__lte=now)
    moved = CONVERSION.move_many(list(begun.values_list("pk", flat=True)), "order", actor=actor, now=now)
    over = list(VenueConversion.objects.filter(status__in=sorted(OPEN_CONVERSIONS), until__lte=now))
    if over:
        return_venues(actor=actor, now=now, conversions=over, reason="ended", free_from=now)
    return len(moved) + len(over)


def _return_at(actor: Actor, conversions: Sequence[VenueConversion], moment: datetime, *, now: datetime) -> int:
    restored = give_back_from(actor=actor, now=now, conversions=conversions, free_from=moment)
    uses = VenueUse.objects.filter(conversion__in=conversions)
    uses.filter(starts_at__gte=moment).delete()
    uses.filter(ends_at__gt=moment).update(ends_at=moment)
    resume_steady(conversions=conversions, free_from=moment)
    VenueConversion.objects.filter(pk__in=[conversion.pk for conversion in conversions]).update(free_from=moment)
    return restored
