"""Import of venues: checked row by row, written in one transaction, known by place and name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.import_report import ImportReport
from juxing.kernel.jobs import job_kinds, start_job
from juxing.kernel.models import Job
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.kernel.spreadsheets import FORMULA_STARTS
from juxing.people.phone_numbers import normal_phone
from juxing.places.codes import area_uuid
from juxing.places.coordinates import CoordinateSystem, to_wgs84
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.venues import policy
from juxing.venues.layout_templates import template_of
from juxing.venues.models import LayoutRoom, Room, Venue, VenueLayout, VenueUse
from juxing.venues.opening_hours import parse_hours
from juxing.venues.venue_table import VenueRow, functions_of, kind_of, room_name, yes_or_no

IMPORT_KIND = "venues.import"
IMPORTED = journal.declare_action("venues.venue.import", gettext_lazy("Venues imported"))
LEVELS = (AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY)
WRITTEN = (
    "kind", "address", "longitude", "latitude", "opening_hours", "is_step_free", "is_idle", "contact_name",
    "contact_phone",
)  # fmt: skip
DEFAULT_CAPACITY = 50


@dataclass(frozen=True, slots=True)
class ReadVenue:
    """A row that can be taken in; room and functions are made for new venues only."""

    area_code: str
    name: str
    values: dict[str, Any]
    steady: Sequence[str]
    emergency: Sequence[str]
    capacity: int
    area_m2: int | None


class RowRefused(Exception):
    """A row that cannot be taken in: column, code, and what to do."""

    def __init__(self, column: str, code: str, message: str) -> None:
        super().__init__(code)
        self.column, self.code, self.message = column, code, message


@transaction.atomic
def start_import(*, actor: Actor, now: datetime, rows: Sequence[VenueRow]) -> Job:
    """
    Start the import of rows that were read.

    Raises:
        NotPermitted: unless the actor imports somewhere.
    """
    areas = actor.areas_with(policy.IMPORT)
    if not areas:
        raise NotPermitted
    return start_job(
        job_kinds[IMPORT_KIND], actor=actor, area_code=areas.prefixes[0], now=now, arguments={"rows": list(rows)}
    )


@transaction.atomic
def import_venues(*, actor: Actor, now: datetime, rows: Sequence[VenueRow], report: ImportReport) -> None:
    """
    Bring the register up to these rows; a venue known by place and name takes what is written, nothing is removed.

    A new one gets a room and the usual layout of each function named, to be made one's own.

    Raises:
        NotPermitted: unless the actor imports somewhere.
    """
    areas = actor.areas_with(policy.IMPORT)
    if not areas:
        raise NotPermitted
    codes_of = _codes((row.area for row in rows), areas)
    wanted: dict[tuple[str, str], ReadVenue] = {}
    for row in rows:
        report.read += 1
        try:
            read = _read(row, codes_of.get(row.area, []))
            if (read.area_code, read.name) in wanted:
                raise RowRefused("name", "row_repeated", _("This venue stands in an earlier line; passed over."))
            wanted[read.area_code, read.name] = read
        except RowRefused as refused:
            report.reject(
                row.line, column=refused.column, written=getattr(row, refused.column), code=refused.code,
                message=refused.message,
            )  # fmt: skip
    _write(actor, wanted, now=now, report=report)


def _write(
    actor: Actor, wanted: dict[tuple[str, str], ReadVenue], *, now: datetime, report: ImportReport
) -> None:  # fmt: skip
    known = {
        (row.area_code, row.name): row
        for row in Venue.objects.filter(area_code__in={code for code, _name in wanted}).select_for_update(of=("self",))
    }
    fresh = [read for key, read in wanted.items() if key not in known]
    changed = []
    for key, venue in known.items():
        if key in wanted:
            values = {name: value for name, value in wanted[key].values.items() if value not in (None, "")}
            if any(getattr(venue, name) != value for name, value in values.items()):
                for name, value in values.items():
                    setattr(venue, name, value)
                changed.append(venue)
    _add(fresh, now=now)
    Venue.objects.bulk_update(changed, WRITTEN, batch_size=500)
    report.added += len(fresh)
    report.changed += len(changed)
    report.unchanged += len(wanted) - len(fresh) - len(changed)
    counts: dict[str, dict[str, int]] = defaultdict(lambda: {"added": 0, "changed": 0})
    for read in fresh:
        counts[read.area_code]["added"] += 1
    for venue in changed:
        counts[venue.area_code]["changed"] += 1
    facts = [
        journal.Fact(action=IMPORTED, subject_type="places.area", subject_uuid=area_uuid(code), area_code=code,
                     changes=dict(count))
        for code, count in counts.items()
    ]  # fmt: skip
    if facts:
        journal.record_many(facts).by(actor, happened_at=now)


def _add(fresh: Sequence[ReadVenue], *, now: datetime) -> None:
    """Write new venues, each with a room, and the usual layouts of its functions."""
    venues = Venue.objects.bulk_create(
        Venue(
            uuid=uuid4(), area_code=read.area_code, name=read.name,
            **{name: value for name, value in read.values.items() if value is not None},
        )
        for read in fresh
    )  # fmt: skip
    rooms = Room.objects.bulk_create(
        Room(venue=venue, area_code=venue.area_code, name=room_name(), capacity=read.capacity, area_m2=read.area_m2,
             is_step_free=venue.is_step_free, is_bookable=not venue.is_idle)
        for venue, read in zip(venues, fresh, strict=True)
    )  # fmt: skip
    layouts, inputs = [], []
    for venue, room, read in zip(venues, rooms, fresh, strict=True):
        for function in [*read.steady, *(code for code in read.emergency if code not in read.steady)]:
            usual = template_of(function).layout(
                function, capacity=read.capacity, rooms=[room.pk], is_steady=function in read.steady
            )
            inputs.append((room, usual))
            layouts.append(
                VenueLayout(
                    venue=venue, area_code=venue.area_code, function=function, is_steady=usual.is_steady,
                    suspends_steady=usual.suspends_steady, capacity=usual.capacity, flows=usual.flows,
                    equipment=[dict(entry) for entry in usual.equipment], hours_to_convert=usual.hours_to_convert,
                    hours_to_return=usual.hours_to_return, conversion_steps=list(usual.conversion_steps),
                    return_steps=list(usual.return_steps),
                )
            )  # fmt: skip
    made = VenueLayout.objects.bulk_create(layouts)
    LayoutRoom.objects.bulk_create(
        LayoutRoom(layout=layout, area_code=layout.area_code, room=room, purpose=usual.rooms[0][1])
        for layout, (room, usual) in zip(made, inputs, strict=True)
    )
    VenueUse.objects.bulk_create(
        VenueUse(layout=layout, venue_id=layout.venue_id, area_code=layout.area_code, function=layout.function,
                 is_steady=True, starts_at=now)
        for layout in made
        if layout.is_steady
    )  # fmt: skip


def _read(row: VenueRow, codes: Sequence[str]) -> ReadVenue:
    name, kind = " ".join(row.name.split()), kind_of(row.kind)
    if not name or len(name) > 80:
        raise RowRefused("name", "name_bad", _("Write a name of up to 80 characters."))
    if name.startswith(FORMULA_STARTS):
        raise RowRefused("name", "cell_is_formula", _("This looks like a formula. Write plain text."))
    if kind is None:
        raise RowRefused("kind", "kind_unknown", _("This kind is not known. Choose one from the list in the template."))
    if not codes:
        raise RowRefused("area", "area_unknown", _("No place of your area has this name or code. Correct it."))
    if len(codes) > 1:
        raise RowRefused("area", "area_unclear", _("Several places of your area have this name. Write the code."))
    longitude, latitude = _point(row)
    steady, emergency = functions_of(row.steady), functions_of(row.emergency)
    if steady is None or emergency is None:
        column = "steady" if steady is None else "emergency"
        raise RowRefused(column, "function_unknown", _("A function is not known. Choose from those in the documents."))
    values = {
        "kind": kind, "address": row.address[:120], "longitude": longitude, "latitude": latitude,
        "opening_hours": _or_refused("opening_hours", lambda: parse_hours(row.opening_hours))
        if row.opening_hours else None,
        "is_step_free": yes_or_no(row.step_free), "is_idle": yes_or_no(row.idle),
        "contact_name": row.contact[:40], "contact_phone": _or_refused("phone", lambda: normal_phone(row.phone)),
    }  # fmt: skip
    capacity = _number(row, "capacity", 20_000) or DEFAULT_CAPACITY
    return ReadVenue(codes[0], name, values, steady, emergency, capacity, _number(row, "area_m2", 1_000_000))


def _point(row: VenueRow) -> tuple[float | None, float | None]:
    if not row.longitude and not row.latitude:
        return None, None
    try:
        longitude, latitude = float(row.longitude), float(row.latitude)
        system = CoordinateSystem(row.coordinate_system.upper().replace("-", "").replace(" ", "") or "WGS84")
    except ValueError:
        raise RowRefused("longitude", "point_bad", _("Write longitude and latitude as degrees, or neither.")) from None
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise RowRefused("longitude", "point_bad", _("Write longitude and latitude as degrees, or neither."))
    longitude, latitude = to_wgs84(longitude, latitude, system)
    return round(longitude, 7), round(latitude, 7)


def _number(row: VenueRow, column: str, most: int) -> int | None:
    written = getattr(row, column)
    if not written:
        return None
    if not written.isdecimal() or not 1 <= int(written) <= most:
        raise RowRefused(column, "number_bad", _("Write a whole number, without a unit."))
    return int(written)


def _or_refused(column: str, read: Any) -> Any:
    try:
        return read()
    except InvalidInput as unreadable:
        raise RowRefused(column, unreadable.code, str(unreadable.message)) from None


def _codes(written: Iterable[str], areas: Areas) -> dict[str, list[str]]:
    wanted = {text for text in written if text}
    named = Q(code__in=wanted) | Q(name__in=wanted)
    found: dict[str, list[str]] = defaultdict(list)
    nodes = Area.objects.filter(named, areas.condition("code"), level__in=LEVELS).order_by("code")
    for code, name in nodes.values_list("code", "name"):
        found[code].append(code)
        found[name].append(code)
    return found
