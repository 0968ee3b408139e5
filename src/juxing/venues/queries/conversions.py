"""Reading conversions with their checklists and what they did to bookings."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Q

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.venues import policy
from juxing.venues.enums import OPEN_CONVERSIONS, VenueConversionStatus
from juxing.venues.models import BookingSlot, ConversionTask, VenueConversion

ORDER = ("-ordered_at", "-id")


def conversions_page(
    *, actor: Actor, area_code: str = "", status: str = "", cursor: str | None = None
) -> Page[VenueConversion]:
    """Return conversions, newest first, each with ``done_count`` and ``task_count`` of the list at hand."""
    rows = policy.visible_conversions(actor).within(area_code).select_related("venue")
    if status == "open":
        rows = rows.filter(status__in=[*sorted(OPEN_CONVERSIONS), VenueConversionStatus.REVERTING])
    elif status:
        rows = rows.filter(status=status)
    page = page_of(rows, order=ORDER, cursor=cursor)
    _count_tasks(page.rows)
    return page


def conversion(*, actor: Actor, uuid: UUID) -> VenueConversion:
    """
    Return one conversion with venue and layout.

    Raises:
        NotVisible: if there is none for the actor.
    """
    rows = policy.visible_conversions(actor).select_related("venue", "layout", "ordered_by")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def task(*, actor: Actor, uuid: UUID) -> ConversionTask:
    """
    Return one line of a checklist.

    Raises:
        NotVisible: if there is none for the actor.
    """
    rows = ConversionTask.objects.inside(actor.areas_with(policy.SEE)).select_related("conversion__venue")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def tasks_of(conversion: VenueConversion) -> list[ConversionTask]:
    """Return both checklists, the first line first."""
    rows = ConversionTask.objects.filter(conversion=conversion).select_related("done_by")
    return list(rows.order_by("phase", "position"))


def displaced_by(conversion: VenueConversion) -> list[BookingSlot]:
    """Return the bookings whose rooms this conversion took and that still wait, the next first."""
    rows = BookingSlot.objects.filter(displaced_by=conversion)
    return list(rows.select_related("room", "offered_room__venue", "booking__venue").order_by("starts_at")[:200])


def open_conversions(*, actor: Actor, uuids: Sequence[UUID]) -> list[VenueConversion]:
    """Return those of these conversions that are under way and that the actor may return."""
    rows = VenueConversion.objects.inside(actor.areas_with(policy.CONVERT)).filter(uuid__in=uuids)
    return list(rows.filter(status__in=sorted(OPEN_CONVERSIONS)).order_by("pk"))


def _count_tasks(rows: Sequence[VenueConversion]) -> None:
    counted = (
        ConversionTask.objects.filter(conversion__in=list(rows))
        .values_list("conversion_id", "phase")
        .annotate(all=Count("id"), done=Count("id", filter=Q(done_at__isnull=False)))
    )
    counts = {(conversion, phase): (total, done) for conversion, phase, total, done in counted}
    for row in rows:
        phase = "return" if row.status in {"reverting", "reverted"} else "convert"
        row.task_count, row.done_count = counts.get((row.pk, phase), (0, 0))  # type: ignore[attr-defined]
