"""
Import of households and residents: community by community, each in one transaction.

A broken-off import leaves whole communities behind, and running it again finds them done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

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
from juxing.people.household_table import HouseholdRow, read_rows
from juxing.people.models import Resident
from juxing.people.names import name_parts
from juxing.people.phone_numbers import phone_index
from juxing.places.codes import area_uuid
from juxing.places.enums import AreaLevel
from juxing.places.imports.households import Placed, place_households
from juxing.places.models import Area

HOUSEHOLDS_IMPORTED = journal.declare_action("people.households.import", gettext_lazy("Households imported"))
COLUMNS = (
    "area_code", "household", "name", "given_name", "name_tail", "name_initials", "name_pinyin", "phone",
    "phone_index", "birth_year", "mobility", "languages",
)  # fmt: skip
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
    by_community = _by_community(read_rows(content, filename, report), areas, report)
    for done, (code, rows) in enumerate(sorted(by_community.items()), start=1):
        with acting(actor):
            _import_community(actor, code, rows, now=now, report=report)
        if progress is not None:
            progress(done, len(by_community))
    if report.read and not report.added and not report.changed and not report.rejected:
        report.notes.append(_("Nothing changed: the register already holds all of this."))
    return report


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


def _import_community(
    actor: Actor, code: str, rows: Sequence[HouseholdRow], *, now: datetime, report: ImportReport
) -> None:
    placed = place_households(
        actor=actor, community_code=code, rows=[row.place for row in rows], report=report, allowed_by=policy.IMPORT
    )
    _import_residents(code, rows, placed, report)
    kept = {row.place.line for row, row_id in zip(rows, placed.household_ids, strict=True) if row_id is not None}
    changed = (placed.changed - placed.added) & kept
    report.added += len(placed.added)
    report.changed += len(changed)
    report.unchanged += len(kept) - len(placed.added) - len(changed)
    if placed.added or changed:
        fact = journal.Fact(
            action=HOUSEHOLDS_IMPORTED, subject_type="places.area", subject_uuid=area_uuid(code), area_code=code,
            changes={"rows": len(rows), "added": len(placed.added), "changed": len(changed)},
        )  # fmt: skip
        journal.record_many([fact]).by(actor, happened_at=now)


def _import_residents(code: str, rows: Sequence[HouseholdRow], placed: Placed, report: ImportReport) -> None:
    known = {
        (resident.household_id, resident.name): resident
        for resident in Resident.objects.within(code).filter(left_on__isnull=True)
    }
    fresh: dict[tuple[int, str], tuple[Any, ...]] = {}
    touched: dict[int, Resident] = {}
    met: set[tuple[int, str]] = set()
    for row, household_id in zip(rows, placed.household_ids, strict=True):
        if household_id is None or not row.resident.name:
            continue
        key = (household_id, row.resident.name)
        if key in met:
            report.warn(row.place.line, column="name", written=row.resident.name[:1], code="resident_repeated",
                        message=_("This resident stands in an earlier line already; passed over."))  # fmt: skip
            continue
        met.add(key)
        if key in known:
            if _update(known[key], row):
                touched[known[key].pk] = known[key]
                placed.changed.add(row.place.line)
        else:
            fresh[key] = _columns(row, household_id, placed.codes[household_id])
            placed.added.add(row.place.line)
    if fresh:
        copy_rows(Resident, COLUMNS, fresh.values())
    if touched:
        Resident.objects.bulk_update(
            touched.values(), ["phone", "phone_index", "birth_year", "mobility"], batch_size=500
        )


def _columns(row: HouseholdRow, household_id: int, area_code: str) -> tuple[Any, ...]:
    person = row.resident
    return (
        area_code, household_id, *known_parts(person.name), person.phone, phone_index(person.phone),
        person.birth_year, person.mobility or Mobility.WALKS, [],
    )  # fmt: skip


def _update(resident: Resident, row: HouseholdRow) -> bool:
    """Take what the row says and the register does not; whether anything differed."""
    said = row.resident
    is_changed = False
    if said.phone and phone_index(said.phone) != resident.phone_index:
        resident.phone, resident.phone_index, is_changed = said.phone, phone_index(said.phone), True
    if said.birth_year is not None and said.birth_year != resident.birth_year:
        resident.birth_year, is_changed = said.birth_year, True
    if said.mobility and said.mobility != resident.mobility:
        resident.mobility, is_changed = said.mobility, True
    return is_changed
