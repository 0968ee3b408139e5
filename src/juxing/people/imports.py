"""
Import of households and residents: whole communities, some twenty thousand rows in one transaction.

A broken-off import leaves whole communities behind, and running it again finds them done.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.copying import copy_rows
from juxing.kernel.import_report import ImportReport
from juxing.kernel.refusals import NotPermitted
from juxing.kernel.scope import acting
from juxing.people import policy
from juxing.people.enums import Mobility
from juxing.people.household_table import HouseholdRow, ResidentRow, read_rows
from juxing.people.models import Resident
from juxing.people.names import name_parts
from juxing.people.phone_numbers import phone_index
from juxing.places.codes import area_uuid
from juxing.places.enums import AreaLevel
from juxing.places.imports.households import Home, Placed, place_households
from juxing.places.models import Area

HOUSEHOLDS_IMPORTED = journal.declare_action("people.households.import", gettext_lazy("Households imported"))
COLUMNS = (
    "area_code", "household", "name", "given_name", "name_tail", "name_initials", "name_pinyin", "phone",
    "phone_index", "birth_year", "mobility", "languages",
)  # fmt: skip
UPDATED = ("phone", "phone_index", "birth_year", "mobility")
BATCH_ROWS = 20_000
Progress = Callable[[int, int], None]
known_parts = lru_cache(maxsize=200_000)(name_parts)


def import_households(
    *, actor: Actor, now: datetime, content: bytes, filename: str = "", area_code: str = "",
    progress: Progress | None = None,
) -> ImportReport:  # fmt: skip
    """
    Take a table of households and residents; each opens its own scope as the actor.

    A door is known by community, estate, building, unit and number, a resident by door and name; what is known is
    brought up to date, nothing is removed.

    Raises:
        NotPermitted: unless the actor imports somewhere below the area.
        InvalidInput: if the file is no such table.
    """
    areas = actor.areas_with(policy.IMPORT) & Areas([area_code])
    if not areas:
        raise NotPermitted
    report = ImportReport()
    with _without_collecting():
        by_community = _by_community(read_rows(content, filename, report), areas, report)
        done = 0
        for batch in _batches(by_community):
            with acting(actor):
                _import_communities(actor, batch, now=now, report=report)
            done += len(batch)
            if progress is not None:
                progress(done, len(by_community))
    if report.read and not report.added and not report.changed and not report.rejected:
        report.notes.append(_("Nothing changed: the register already holds all of this."))
    return report


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Keep the garbage collector from walking half a million rows, none of them in a cycle, again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _batches(by_community: dict[str, list[HouseholdRow]]) -> Iterator[dict[str, list[HouseholdRow]]]:
    """Yield whole communities, as many at a time as make a transaction worth its statements."""
    batch: dict[str, list[HouseholdRow]] = {}
    size = 0
    for code, rows in sorted(by_community.items()):
        batch[code] = rows
        size += len(rows)
        if size >= BATCH_ROWS:
            yield batch
            batch, size = {}, 0
    if batch:
        yield batch


def _by_community(rows: Iterable[HouseholdRow], areas: Areas, report: ImportReport) -> dict[str, list[HouseholdRow]]:
    rows = list(rows)
    wanted = {row.community for row in rows}
    named = Q(code__in=wanted) | Q(name__in=wanted)
    nodes = Area.objects.filter(named, areas.condition("code"), level=AreaLevel.COMMUNITY).values_list("code", "name")
    codes_of: dict[str, list[str]] = defaultdict(list)
    for code, name in nodes:
        codes_of[code].append(code)
        codes_of[name].append(code)
    found: dict[str, list[HouseholdRow]] = defaultdict(list)
    for row in rows:
        codes = codes_of.get(row.community, [])
        if len(codes) == 1:
            found[codes[0]].append(row)
            continue
        message = (
            _("Several communities of your area have this name. Write the 12-digit code instead.")
            if codes
            else _("No community of your area has this name or code. Correct it, or ask the street.")
        )
        report.reject(
            row.place.line, column="community", written=row.community, code="community_unknown", message=message
        )
    return found


def _import_communities(
    actor: Actor, batch: dict[str, list[HouseholdRow]], *, now: datetime, report: ImportReport
) -> None:
    communities = [code for code, rows in batch.items() for _row in rows]
    rows = [row for community_rows in batch.values() for row in community_rows]
    placed = place_households(
        actor=actor, communities=communities, rows=[row.place for row in rows], report=report,
        allowed_by=policy.IMPORT,
    )  # fmt: skip
    _import_residents(Areas(batch), rows, placed, report)
    facts: list[journal.Fact] = []
    kept = {row.place.line for row, home in zip(rows, placed.homes, strict=True) if home is not None}
    for code, community_rows in batch.items():
        lines = {row.place.line for row in community_rows} & kept
        added, changed = len(lines & placed.added), len((lines & placed.changed) - placed.added)
        report.added += added
        report.changed += changed
        report.unchanged += len(lines) - added - changed
        if added or changed:
            facts.append(_fact(code, {"rows": len(community_rows), "added": added, "changed": changed}))
    journal.record_many(facts).by(actor, happened_at=now)


def _fact(code: str, changes: dict[str, int]) -> journal.Fact:
    return journal.Fact(
        action=HOUSEHOLDS_IMPORTED, subject_type="places.area", subject_uuid=area_uuid(code), area_code=code,
        changes=changes,
    )  # fmt: skip


class _Known(NamedTuple):
    """What is compared of a resident who is there."""

    id: int
    phone_index: str
    birth_year: int | None
    mobility: str


def _import_residents(within: Areas, rows: Sequence[HouseholdRow], placed: Placed, report: ImportReport) -> None:
    there = Resident.objects.inside(within).filter(left_on__isnull=True)
    known = {
        (household_id, name): _Known(row_id, index, birth_year, mobility)
        for household_id, name, row_id, index, birth_year, mobility in there.values_list(
            "household_id", "name", "id", "phone_index", "birth_year", "mobility"
        )
    }
    fresh: list[tuple[Any, ...]] = []
    touched: dict[int, dict[str, Any]] = {}
    met: set[tuple[int, str]] = set()
    for row, home in zip(rows, placed.homes, strict=True):
        if home is None or not row.resident.name:
            continue
        key = (home.id, row.resident.name)
        if key in met:
            report.warn(row.place.line, column="name", written=row.resident.name[:1], code="resident_repeated",
                        message=_("This resident stands in an earlier line already; passed over."))  # fmt: skip
            continue
        met.add(key)
        if key not in known:
            fresh.append(_columns(row.resident, home))
            placed.added.add(row.place.line)
        elif differing := _differing(known[key], row.resident):
            touched[known[key].id] = differing
            placed.changed.add(row.place.line)
    copy_rows(Resident, COLUMNS, fresh)
    _update(touched)


def _columns(person: ResidentRow, home: Home) -> tuple[Any, ...]:
    return (
        home.code, home.id, *known_parts(person.name), person.phone, phone_index(person.phone), person.birth_year,
        person.mobility or Mobility.WALKS.value, [],
    )  # fmt: skip


def _differing(known: _Known, said: ResidentRow) -> dict[str, Any]:
    """Return what the row says and the register does not."""
    differing: dict[str, Any] = {}
    if said.phone and (index := phone_index(said.phone)) != known.phone_index:
        differing |= {"phone": said.phone, "phone_index": index}
    if said.birth_year is not None and said.birth_year != known.birth_year:
        differing["birth_year"] = said.birth_year
    if said.mobility and said.mobility != known.mobility:
        differing["mobility"] = said.mobility
    return differing


def _update(touched: dict[int, dict[str, Any]]) -> None:
    residents = list(Resident.objects.filter(pk__in=touched)) if touched else []
    for resident in residents:
        for name, value in touched[resident.pk].items():
            setattr(resident, name, value)
    if residents:
        Resident.objects.bulk_update(residents, UPDATED, batch_size=500)
