"""What is said when a need is recorded, cleaned and bounded before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import InvalidInput
from juxing.needs.enums import IntakeChannel, NeedType
from juxing.people.phone_numbers import contact_phone
from juxing.supplies.units import unit_label

MAXIMUM_DETAILS = 2000
MAXIMUM_LINES = 30
MAXIMUM_QUANTITY = Decimal(1_000_000)
OLDEST = timedelta(days=60)
SEALED_TYPES = frozenset(
    {NeedType.MEDICINE, NeedType.MEDICAL_TRIP, NeedType.CONSULTATION, NeedType.PSYCHOLOGICAL_SUPPORT}
)
"""Kinds whose things would tell of an illness on every list: what is asked for is sealed with the details."""
CLOCK_SLACK = timedelta(minutes=15)
NEED_TYPES = frozenset(NeedType.values)
CHANNELS = frozenset(IntakeChannel.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInput:
    """One thing asked for; ``item_id`` names a catalogue entry if the words are one."""

    written: str
    item_id: int | None = None
    quantity: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedInput:
    """
    One need as it reached us.

    Give ``household_id`` where the door is known, else ``area_code`` of building, estate or community with
    ``place_text``. ``is_distinct`` says that a person has seen the possible duplicates and means another need.
    ``contact_phone`` is only what differs from the resident's own.
    """

    need_type: str
    channel: str
    household_id: int | None = None
    resident_id: int | None = None
    area_code: str = ""
    place_text: str = ""
    details: str = ""
    lines: Sequence[LineInput] = ()
    contact_name: str = ""
    contact_phone: str = ""
    is_proxy: bool = False
    is_urgent: bool = False
    is_danger_to_life: bool = False
    is_distinct: bool = False
    happened_at: datetime | None = None


def cleaned(given: NeedInput, *, now: datetime) -> NeedInput:
    """
    Return the input with harmless faults removed.

    Raises:
        InvalidInput: for what a person must correct, with the field it concerns.
    """
    if given.need_type not in NEED_TYPES:
        raise InvalidInput("need_type_unknown", _("Choose what is needed from the list."), field="need_type")
    if given.channel not in CHANNELS:
        raise InvalidInput("channel_unknown", _("Choose how the need reached you."), field="channel")
    if given.household_id is None and not given.area_code:
        raise InvalidInput("place_missing", _("Say where: at least the community."), field="area_code")
    details = plain(given.details)
    if len(details) > MAXIMUM_DETAILS:
        raise InvalidInput("details_too_long", _("Shorten this to 2,000 characters."), field="details")
    lines = tuple(_cleaned_lines(given.lines))
    if given.need_type in SEALED_TYPES:
        details, lines = "\n".join(filter(None, (*map(_in_words, lines), details))), ()
    return replace(
        given,
        details=details,
        place_text=plain(given.place_text)[:120],
        contact_name=plain(given.contact_name)[:60],
        contact_phone=contact_phone(given.contact_phone, field="contact_phone"),
        lines=lines,
        happened_at=_when(given.happened_at, now=now),
    )


def plain(text: str) -> str:
    """Return the text without control characters, which PostgreSQL or a terminal would stumble over."""
    return "".join(character for character in text if character >= " " or character == "\n").strip()


def _cleaned_lines(lines: Iterable[LineInput]) -> list[LineInput]:
    kept: list[LineInput] = []
    for line in lines:
        written = plain(line.written)[:120]
        if not written and line.item_id is None:
            continue
        quantity = line.quantity
        if quantity is not None and (not quantity.is_finite() or not 0 < quantity <= MAXIMUM_QUANTITY):
            raise InvalidInput("quantity_range", _("A quantity lies between 0 and 1,000,000."), field="lines")
        if quantity is not None:
            quantity = max(quantity.quantize(Decimal("0.001")), Decimal("0.001"))
        kept.append(replace(line, written=written, quantity=quantity, unit=plain(line.unit)[:12]))
    if len(kept) > MAXIMUM_LINES:
        raise InvalidInput("too_many_lines", _("At most 30 things in one need. Record a second need."), field="lines")
    return kept


def _in_words(line: LineInput) -> str:
    if line.item_id is None or line.quantity is None:
        return line.written
    return f"{line.written} ×{line.quantity.normalize():f}{unit_label(line.unit)}"


def _when(happened_at: datetime | None, *, now: datetime) -> datetime:
    if happened_at is None:
        return now
    if happened_at > now + CLOCK_SLACK:
        raise InvalidInput("happened_in_future", _("This time has not come yet."), field="happened_at")
    if happened_at < now - OLDEST:
        raise InvalidInput("happened_long_ago", _("This was more than 60 days ago. Ask again."), field="happened_at")
    return min(happened_at, now)
