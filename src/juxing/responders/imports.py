"""
Lists of people that a unit sends: row by row, good rows in, the others named with what to do.

Sent twice it adds nothing. Someone already known gets the report-in to their home unit and keeps what they said
about themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from django.utils.translation import gettext as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.copying import copy_rows
from juxing.kernel.import_report import ImportReport
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.scope import acting
from juxing.kernel.spreadsheets import TableRow
from juxing.kernel.table_columns import rows_by_field
from juxing.people.phone_numbers import phone_index
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.responders.commands.recruiting import answer_for_many
from juxing.responders.commands.registering import REGISTERED, REPORTED_IN
from juxing.responders.enums import (
    Language,
    ReportInChannel,
    ReportInScope,
    ReportInStatus,
    ResponderKind,
    Skill,
    Transport,
)
from juxing.responders.inputs import Profile, ResponderInput, cleaned
from juxing.responders.models import ReportIn, ReportInList, Responder
from juxing.responders.template import COLUMNS, read_choice, read_choices, read_number

NEEDED = ("name", "community")
MAXIMUM_ROWS = 100_000
BATCH = 2000
Progress = Callable[[int, int], None]
RESPONDER_COLUMNS = (
    "uuid", "area_code", "name", "phone", "phone_index", "kind", "skills", "languages", "transport", "capacity",
    "reach_m", "longitude", "latitude", "home_unit", "status", "is_available",
)  # fmt: skip
REPORT_IN_COLUMNS = ("area_code", "responder", "scope", "organisation", "channel", "reported_at")


@dataclass(slots=True)
class _Known:
    """Where people can be put, and who is already there."""

    communities: Mapping[str, Area]
    by_name: Mapping[str, list[Area]]
    seen: set[str] = field(default_factory=set)


def import_list(
    sent: ReportInList, content: bytes, *, actor: Actor, areas: Areas, now: datetime, progress: Progress | None = None
) -> ImportReport:
    """
    Take in a list, batch by batch, each in its own transaction. Only communities inside ``areas`` are taken.

    Raises:
        InvalidInput: if the file cannot be read at all or lacks a column.
    """
    report = ImportReport()
    rows = list(rows_by_field(content, filename=sent.file_name, columns=COLUMNS, needed=NEEDED, at_most=MAXIMUM_ROWS))
    known = _known(areas)
    process = Actor.system("report-in list")
    for start in range(0, len(rows), BATCH):
        with acting(process):
            _take(rows[start : start + BATCH], sent, known, report=report, actor=actor, now=now)
        if progress is not None:
            progress(min(start + BATCH, len(rows)), len(rows))
    return report


def _known(areas: Areas) -> _Known:
    rows = Area.objects.filter(areas.condition("code"), level=AreaLevel.COMMUNITY)
    by_name: dict[str, list[Area]] = {}
    for area in rows:
        by_name.setdefault(area.name, []).append(area)
    return _Known(communities={area.code: area for area in rows}, by_name=by_name)


def _take(
    rows: Sequence[TableRow], sent: ReportInList, known: _Known, *, report: ImportReport, actor: Actor, now: datetime
) -> None:
    read: list[tuple[ResponderInput, str]] = []
    for row in rows:
        report.read += 1
        given = _read(row, known, report)
        if given is None:
            continue
        index = phone_index(given.phone)
        if index and index in known.seen:
            report.reject(row.line, column=COLUMNS["phone"][0], written=row.cells["phone"], code="phone_twice",
                          message=_("This number stands twice in the list. One person, one row."))  # fmt: skip
            continue
        known.seen.add(index)
        read.append((given, index))
    there = _already_in(index for _given, index in read)
    fresh = [(given, index) for given, index in read if index not in there]
    again = [there[index] for _given, index in read if index in there]
    added = _add(fresh, sent, actor=actor, now=now)
    report.added += len(added)
    joined = _join(again, sent, actor=actor, now=now)
    report.changed += joined
    report.unchanged += len(again) - joined
    if sent.call_uuid is not None:
        everybody = [*added, *(row.pk for row in again)]
        answer_for_many(
            actor=actor, now=now, call_uuid=sent.call_uuid, responder_ids=everybody, channel=ReportInChannel.UNIT_LIST
        )


def _read(row: TableRow, known: _Known, report: ImportReport) -> ResponderInput | None:
    try:
        return cleaned(_as_input(row, known))
    except InvalidInput as refusal:
        column = {"area_code": "community", "longitude": "community"}.get(str(refusal.field), str(refusal.field))
        names = COLUMNS.get(column, ("",))
        written = row.cells.get(column, "")
        report.reject(row.line, column=names[0], written=written, code=refusal.code, message=refusal.message)
        return None


def _as_input(row: TableRow, known: _Known) -> ResponderInput:
    if row.has_oversized_cell:
        raise InvalidInput("cell_too_long", _("A cell of this row is far too long."), field="name")
    if not row.cells["phone"]:
        raise InvalidInput("phone_missing", _("Write a telephone number: it keeps people apart."), field="phone")
    area = _community(row.cells["community"], known)
    return ResponderInput(
        area_code=area.code,
        name=row.cells["name"],
        phone=row.cells["phone"],
        kind=read_choice(ResponderKind, row.cells["kind"], field="kind", default=ResponderKind.VOLUNTEER),
        channel=ReportInChannel.UNIT_LIST,
        longitude=area.longitude,
        latitude=area.latitude,
        profile=Profile(
            skills=read_choices(Skill, row.cells["skills"], field="skills"),
            languages=read_choices(Language, row.cells["languages"], field="languages"),
            transport=read_choice(Transport, row.cells["transport"], field="transport", default=Transport.FOOT),
            capacity=read_number(row.cells["capacity"], field="capacity", default=3),
            reach_m=read_number(row.cells["reach_m"], field="reach_m", default=3000),
        ),
    )


def _community(written: str, known: _Known) -> Area:
    if written in known.communities:
        return known.communities[written]
    named = known.by_name.get(written, [])
    if len(named) > 1:
        raise InvalidInput(
            "community_unclear", _("Several communities have this name: write the code."), field="community"
        )
    if not named:
        raise InvalidInput("community_unknown", _("No community of yours has this name or code."), field="community")
    if named[0].longitude is None:
        raise InvalidInput("point_missing", _("This community has no place on the map yet."), field="community")
    return named[0]


def _already_in(indexes: Iterable[str]) -> dict[str, Responder]:
    wanted = sorted({index for index in indexes if index})
    rows = Responder.objects.filter(phone_index__in=wanted).select_for_update(of=("self",)).order_by("id")
    return {row.phone_index: row for row in rows}


def _add(fresh: Sequence[tuple[ResponderInput, str]], sent: ReportInList, *, actor: Actor, now: datetime) -> list[int]:
    uuids = [uuid4() for _row in fresh]
    copy_rows(
        Responder,
        RESPONDER_COLUMNS,
        [
            (uuid, given.area_code, given.name, given.phone, index, given.kind, list(given.profile.skills),
             list(given.profile.languages), given.profile.transport, given.profile.capacity, given.profile.reach_m,
             given.longitude, given.latitude, sent.organisation_id, ReportInStatus.SUBMITTED, True)
            for uuid, (given, index) in zip(uuids, fresh, strict=True)
        ],
    )  # fmt: skip
    ids = dict(Responder.objects.filter(uuid__in=uuids).values_list("uuid", "id"))
    report_ins: list[tuple[object, ...]] = []
    for uuid, (given, _index) in zip(uuids, fresh, strict=True):
        report_ins.append((given.area_code, ids[uuid], ReportInScope.RESIDENCE, None, given.channel, now))
        if sent.organisation_id is not None:
            report_ins.append(
                (given.area_code, ids[uuid], ReportInScope.HOME_UNIT, sent.organisation_id, given.channel, now)
            )
    copy_rows(ReportIn, REPORT_IN_COLUMNS, report_ins)
    journal.record_many(
        journal.Fact(REGISTERED, Responder._meta.label_lower, uuid, given.area_code)
        for uuid, (given, _index) in zip(uuids, fresh, strict=True)
    ).by(actor, happened_at=now)
    return list(ids.values())


def _join(again: Sequence[Responder], sent: ReportInList, *, actor: Actor, now: datetime) -> int:
    """Add the report-in to the unit that sent the list, where it is new."""
    if sent.organisation_id is None or not again:
        return 0
    has = set(
        ReportIn.objects.filter(
            responder__in=again, scope=ReportInScope.HOME_UNIT, organisation_id=sent.organisation_id
        ).values_list("responder_id", flat=True)
    )
    new = [row for row in again if row.pk not in has]
    ReportIn.objects.bulk_create(
        ReportIn(area_code=row.area_code, responder=row, scope=ReportInScope.HOME_UNIT,
                 organisation_id=sent.organisation_id, channel=ReportInChannel.UNIT_LIST, reported_at=now)
        for row in new
    )  # fmt: skip
    Responder.objects.filter(pk__in=[row.pk for row in new], home_unit__isnull=True).update(
        home_unit_id=sent.organisation_id
    )
    journal.record_many(
        journal.Fact(REPORTED_IN, Responder._meta.label_lower, row.uuid, row.area_code) for row in new
    ).by(actor, happened_at=now)
    return len(new)
