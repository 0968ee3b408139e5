"""Import of organisations: checked row by row, written in one transaction, known by place and name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.copying import copy_rows
from juxing.kernel.import_report import ImportReport
from juxing.kernel.refusals import NotPermitted
from juxing.kernel.spreadsheets import FORMULA_STARTS
from juxing.organisations import policy
from juxing.organisations.models import Organisation
from juxing.organisations.organisation_table import OrganisationRow, kind_of
from juxing.places.codes import area_uuid
from juxing.places.enums import AreaLevel
from juxing.places.models import Area

IMPORTED = journal.declare_action("organisations.organisation.import", gettext_lazy("Organisations imported"))
LEVELS = (AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY)
Problem = tuple[str, str, str]


@transaction.atomic
def import_organisations(*, actor: Actor, now: datetime, rows: Sequence[OrganisationRow], report: ImportReport) -> None:
    """
    Bring the register up to these rows; an organisation known by place and name takes the kind, nothing is removed.

    Raises:
        NotPermitted: unless the actor imports somewhere.
    """
    areas = actor.areas_with(policy.IMPORT)
    if not areas:
        raise NotPermitted
    codes = codes_of((row.area for row in rows), areas)
    wanted: dict[tuple[str, str], str] = {}
    for row in rows:
        report.read += 1
        key = (next(iter(codes.get(row.area, ())), ""), " ".join(row.name.split()))
        problem = _problem(row, codes.get(row.area, []), is_repeated=key in wanted)
        if problem is None:
            wanted[key] = str(kind_of(row.kind))
        else:
            column, code, message = problem
            report.reject(row.line, column=column, written=getattr(row, column), code=code, message=message)
    _write(actor, wanted, now=now, report=report)


def _write(actor: Actor, wanted: dict[tuple[str, str], str], *, now: datetime, report: ImportReport) -> None:
    rows = Organisation.objects.filter(area_code__in={code for code, _name in wanted})
    known = {(row.area_code, row.name): row for row in rows.select_for_update()}
    fresh = [(*key, kind) for key, kind in wanted.items() if key not in known]
    changed = []
    for key, row in known.items():
        if wanted.get(key, row.organisation_type) != row.organisation_type:
            row.organisation_type = wanted[key]
            changed.append(row)
    if fresh:
        copy_rows(Organisation, ("area_code", "name", "organisation_type"), fresh)
    if changed:
        Organisation.objects.bulk_update(changed, ["organisation_type"], batch_size=1000)
    report.added += len(fresh)
    report.changed += len(changed)
    report.unchanged += len(wanted) - len(fresh) - len(changed)
    counts: dict[str, dict[str, int]] = defaultdict(lambda: {"added": 0, "changed": 0})
    for code, _name, _kind in fresh:
        counts[code]["added"] += 1
    for row in changed:
        counts[row.area_code]["changed"] += 1
    facts = [
        journal.Fact(action=IMPORTED, subject_type="places.area", subject_uuid=area_uuid(code), area_code=code,
                     changes=dict(count))
        for code, count in counts.items()
    ]  # fmt: skip
    if facts:
        journal.record_many(facts).by(actor, happened_at=now)


def _problem(row: OrganisationRow, codes: Sequence[str], *, is_repeated: bool) -> Problem | None:
    name = " ".join(row.name.split())
    if not name or len(name) > 80:
        return "name", "name_bad", _("Write a name of up to 80 characters.")
    if name.startswith(FORMULA_STARTS):
        return "name", "cell_is_formula", _("This looks like a formula. Write plain text.")
    if kind_of(row.kind) is None:
        return "kind", "kind_unknown", _("This kind is not known. Choose one from the list in the template.")
    if not codes:
        return "area", "area_unknown", _("No place of your area has this name or code. Correct it.")
    if len(codes) > 1:
        return "area", "area_unclear", _("Several places of your area have this name. Write the code instead.")
    if is_repeated:
        return "name", "row_repeated", _("This organisation stands in an earlier line already; passed over.")
    return None


def codes_of(written: Iterable[str], areas: Areas) -> dict[str, list[str]]:
    wanted = {text for text in written if text}
    named = Q(code__in=wanted) | Q(name__in=wanted)
    found: dict[str, list[str]] = defaultdict(list)
    nodes = Area.objects.filter(named, areas.condition("code"), level__in=LEVELS).order_by("code")
    for code, name in nodes.values_list("code", "name"):
        found[code].append(code)
        found[name].append(code)
    return found
