"""Tables of posts, pledges and coverage taken in: checked row by row, written set-based, harmless when sent again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.access.models import Account, RoleAssignment
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.import_report import ImportReport
from juxing.kernel.refusals import NotPermitted, Refusal
from juxing.kernel.spreadsheets import FORMULA_STARTS
from juxing.organisations import policy
from juxing.organisations.commands import Answers, PledgeInput, cover_places
from juxing.organisations.commands.committees import checked_pledge
from juxing.organisations.commands.coverage import MODEL_OF
from juxing.organisations.enums import CoverageKind, PledgeStatus
from juxing.organisations.imports import codes_of
from juxing.organisations.models import CommitteeMember, Organisation, Pledge
from juxing.organisations.post_import import import_posts
from juxing.organisations.tables import Row, columns_of
from juxing.places.codes import area_uuid

PLEDGES_IMPORTED = journal.declare_action("organisations.pledge.import", gettext_lazy("Pledges imported"))
Import = Callable[..., None]
STILL_OPEN = (PledgeStatus.OFFERED.value, PledgeStatus.ACCEPTED.value)


@transaction.atomic
def import_table(*, actor: Actor, now: datetime, name: str, rows: Sequence[Row], report: ImportReport) -> None:
    """
    Bring posts, pledges or coverage up to these rows; nothing is removed.

    Raises:
        NotPermitted: unless the actor imports somewhere.
    """
    if not actor.areas_with(policy.IMPORT):
        raise NotPermitted
    imports: dict[str, Import] = {"posts": import_posts, "pledges": _import_pledges, "coverage": _import_coverage}
    fine = [row for row in rows if not _is_formula(row, report)]
    report.read += len(rows)
    imports[name](actor=actor, now=now, rows=fine, report=report)


def _is_formula(row: Row, report: ImportReport) -> bool:
    for field, written in row.cells.items():
        if written.startswith(FORMULA_STARTS):
            message = _("This looks like a formula. Write plain text.")
            report.reject(row.line, column=field, written=written, code="cell_is_formula", message=message)
            return True
    return False


def _import_pledges(*, actor: Actor, now: datetime, rows: Sequence[Row], report: ImportReport) -> None:
    areas = actor.areas_with(policy.IMPORT)
    places = codes_of((row["area"] for row in rows), areas)
    seats = CommitteeMember.objects.inside(areas).filter(left_on__isnull=True).select_related("organisation")
    by_name = {(seat.area_code, seat.organisation.name): seat for seat in seats}
    known = {
        (row.member_id, row.kind, row.subject): row
        for row in Pledge.objects.inside(areas).exclude(status=PledgeStatus.WITHDRAWN).select_for_update()
    }
    kinds = next(column for column in columns_of("pledges") if column.field == "kind")
    fresh: dict[tuple[int, str, str], Pledge] = {}
    changed: list[Pledge] = []
    for row in rows:
        seat = next(
            (by_name[key] for code in places.get(row["area"], []) if (key := (code, row["organisation"])) in by_name),
            None,
        )
        if seat is None:
            _reject(
                report,
                row,
                "organisation",
                "unit_unknown",
                _("No unit of a joint committee of your area has this name."),
            )
            continue
        try:
            values = checked_pledge(_pledge(row, kinds.value_of(row["kind"])), today=now.date())
        except Refusal as refusal:
            _reject(report, row, refusal.field or "subject", refusal.code, str(refusal.message))
            continue
        pledge = (seat.pk, str(values["kind"]), str(values["subject"]))
        if pledge in fresh:
            _reject(report, row, "subject", "row_repeated", _("This stands in an earlier line already; passed over."))
        elif pledge not in known:
            fresh[pledge] = Pledge(member=seat, area_code=seat.area_code, created_at=now, **values)
        elif known[pledge].status in STILL_OPEN and _differs(known[pledge], values):
            changed.append(known[pledge])
        else:
            report.unchanged += 1
    Pledge.objects.bulk_create(fresh.values(), batch_size=1000)
    Pledge.objects.bulk_update(changed, ["quantity", "unit", "valid_until"], batch_size=1000)
    report.added += len(fresh)
    report.changed += len(changed)
    counts: dict[str, int] = defaultdict(int)
    for row_changed in [*fresh.values(), *changed]:
        counts[row_changed.area_code] += 1
    journal.record_many(
        journal.Fact(action=PLEDGES_IMPORTED, subject_type="places.area", subject_uuid=area_uuid(code), area_code=code,
                     changes={"pledges": count})
        for code, count in counts.items()
    ).by(actor, happened_at=now)  # fmt: skip


def _pledge(row: Row, kind: str | None) -> PledgeInput:
    number, until = row["quantity"], row["valid_until"]
    try:
        day = date.fromisoformat(until[:10].replace("/", "-").replace(".", "-")) if until else None
    except ValueError:
        day = date.min
    quantity = int(number) if number.isdecimal() and len(number) <= 9 else 0
    return PledgeInput(kind or "", row["subject"], quantity, row["unit"], day)


def _differs(pledge: Pledge, values: dict[str, object]) -> bool:
    new = {name: values[name] for name in ("quantity", "unit", "valid_until")}
    is_other = any(getattr(pledge, name) != value for name, value in new.items())
    for name, value in new.items():
        setattr(pledge, name, value)
    return is_other


def _import_coverage(*, actor: Actor, now: datetime, rows: Sequence[Row], report: ImportReport) -> None:
    """Give places to people; each row stands for itself, those that cannot be are named."""
    kinds = next(column for column in columns_of("coverage") if column.field == "kind")
    areas = actor.areas_with(policy.COVER)
    people = _people([name for row in rows for name in (row["primary"], row["alternates"]) if name], now)
    units = dict(Organisation.objects.inside(actor.areas_with(policy.SEE)).values_list("name", "id"))
    wanted: dict[str, dict[str, Answers]] = defaultdict(dict)
    line_of: dict[tuple[str, str], Row] = {}
    for row in rows:
        kind, code = kinds.value_of(row["kind"]), row["place"]
        if kind is None:
            _reject(report, row, "kind", "kind_unknown", _("This kind is not known."))
        elif code not in areas or (kind, code) in line_of:
            _reject(report, row, "place", "place_unknown", _("No such place in your area, or named twice."))
        elif kind == CoverageKind.SITE and row["primary"] not in units:
            _reject(report, row, "primary", "organisation_unknown", _("No organisation of your area has this name."))
        elif kind != CoverageKind.SITE and (problem := _person_problem(row, people, code)):
            _reject(report, row, *problem)
        else:
            line_of[kind, code] = row
            wanted[kind][code] = _answers(row, kind, people, units)
    for kind, answers in wanted.items():
        model = MODEL_OF[CoverageKind(kind)]
        known = set(model.objects.filter(area_code__in=answers).values_list("area_code", flat=True))
        for code in sorted(set(answers) - known):
            _reject(report, line_of[kind, code], "place", "place_unknown", _("There is no place of this code."))
        good = {code: given for code, given in answers.items() if code in known}
        before = report.changed
        if good:
            report.changed += _changed(kind, good)
            cover_places(actor=actor, now=now, kind=kind, answers=good)
        report.unchanged += len(good) - (report.changed - before)


def _changed(kind: str, answers: dict[str, Answers]) -> int:
    from juxing.organisations.queries.coverage import standing

    today = standing(kind=kind, codes=list(answers))
    return sum(1 for code, given in answers.items() if today.get(code, Answers()) != given)


def _people(names: Sequence[str], now: datetime) -> dict[str, tuple[int, list[str]]]:
    """Return id and codes of the roles of these sign-in names; unknown and closed ones are left out."""
    wanted = {name.casefold() for name in names}
    found = dict(Account.objects.filter(sign_in_name__in=wanted, is_active=True).values_list("sign_in_name", "id"))
    reach: dict[int, list[str]] = defaultdict(list)
    held = RoleAssignment.objects.in_force(now).filter(account_id__in=found.values())
    for account_id, area_code in held.values_list("account_id", "area_code"):
        reach[account_id].append(area_code)
    return {name: (pk, reach[pk]) for name, pk in found.items()}


def _person_problem(row: Row, people: dict[str, tuple[int, list[str]]], code: str) -> tuple[str, str, str] | None:
    for field in ("primary", "alternates"):
        name = row[field].casefold()
        if not name:
            continue
        if name not in people or not any(code.startswith(area) or area.startswith(code) for area in people[name][1]):
            return field, "holder_outside", _("Nobody of this sign-in name has a role at this place.")
    if row["alternates"] and row["alternates"].casefold() in {"", row["primary"].casefold()}:
        return "alternates", "b_is_a", _("A and B are two people.")
    if row["alternates"] and not row["primary"]:
        return "alternates", "place_needs_person", _("B stands behind A: name A too.")
    return None


def _answers(row: Row, kind: str, people: dict[str, tuple[int, list[str]]], units: dict[str, int]) -> Answers:
    if kind == CoverageKind.SITE:
        return Answers(organisation_id=units[row["primary"]])
    ids = [people[name.casefold()][0] if (name := row[field]) else None for field in ("primary", "alternates")]
    return Answers(account_id=ids[0], alternate_id=ids[1])


def _reject(report: ImportReport, row: Row, column: str, code: str, message: str) -> None:
    report.reject(row.line, column=column, written=row[column], code=code, message=message)
