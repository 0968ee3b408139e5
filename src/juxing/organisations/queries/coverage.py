"""Reading who answers for which place: gaps, loads, the map, and what the wizard starts from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, Min, OuterRef, Q, Sum
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from juxing.access.models import Account, RoleAssignment
from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import InvalidInput
from juxing.organisations import policy
from juxing.organisations.commands.coverage import MODEL_OF, Answers, households_of
from juxing.organisations.enums import CoverageKind
from juxing.organisations.models import Absence, CoverageStandard, ResponsibilityCoverage
from juxing.organisations.problems import Holder, Place, Proposed, propose
from juxing.places.models import Area, Building

USUAL_HOUSEHOLDS = 240
GAP, COVERED, ABSENT = "gap", "covered", "absent"
MOST_ON_MAP = 4000
UNDO_WITHIN = timedelta(days=7)
ROLES_FOR: dict[str, tuple[Role, ...]] = {
    CoverageKind.ESTATE: (Role.SECOND_SECRETARY, Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER),
    CoverageKind.BUILDING: (Role.COMMUNITY_WORKER, Role.GRID_WORKER),
    CoverageKind.HOUSEHOLD_CLUSTER: (Role.BUILDING_HEAD, Role.GRID_WORKER, Role.COMMUNITY_WORKER),
}


@dataclass(frozen=True, slots=True)
class KindFigures:
    """How many places of a kind there are, and how many nobody answers for."""

    kind: str
    places: int
    covered: int

    @property
    def gaps(self) -> int:
        """Places nobody answers for."""
        return self.places - self.covered


@dataclass(frozen=True, slots=True)
class Load:
    """What one person answers for: places and households, and how many households that is over the limit."""

    account_id: int
    name: str
    places: int
    households: int
    limit: int

    @property
    def over(self) -> int:
        """Households above the limit."""
        return max(0, self.households - self.limit)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can answer for places, with the load of today."""

    account_id: int
    name: str
    role: str
    households: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal for the eyes: the places with names, who has them today and who would, and the numbers."""

    places: Sequence[tuple[Place, str, str]]
    candidates: Sequence[Candidate]
    proposed: Proposed
    limit: int


def places_page(
    *, actor: Actor, now: datetime, kind: str, area_code: str = "", state: str = "", cursor: str | None = None
) -> Page[Any]:
    """
    Return places of a kind by code, each with its ``coverage`` (None is a gap) and ``is_absent``.

    ``is_absent`` says that the person is away from every post and no B stands behind. Four statements.
    """
    model = _model(kind)
    rows = model.objects.inside(actor.areas_with(policy.SEE_COVERAGE)).within(area_code)
    if kind == CoverageKind.SITE:
        rows = rows.filter(closed_at__isnull=True)
    given = ResponsibilityCoverage.objects.filter(kind=kind, area_code=OuterRef("area_code"), ends_at__isnull=True)
    if state == GAP:
        rows = rows.filter(~Exists(given))
    elif state == COVERED:
        rows = rows.filter(Exists(given))
    page = page_of(rows, order=("area_code",), cursor=cursor)
    standing = ResponsibilityCoverage.objects.filter(
        kind=kind, area_code__in=[row.area_code for row in page.rows], ends_at__isnull=True
    ).select_related("account", "alternate", "organisation")
    by_code = {row.area_code: row for row in standing}
    away = away_people([row.account_id for row in by_code.values() if row.account_id], now=now)
    for row in page.rows:
        row.coverage = by_code.get(row.area_code)
        row.is_absent = bool(row.coverage and row.coverage.account_id in away and not row.coverage.alternate_id)
    return page


def figures(*, actor: Actor, area_code: str = "") -> list[KindFigures]:
    """Return for each kind how many places there are and how many somebody answers for; five statements."""
    areas = actor.areas_with(policy.SEE_COVERAGE)
    covered = dict(
        policy.visible_coverage(actor).within(area_code).filter(ends_at__isnull=True)
        .values("kind").annotate(count=Count("id")).values_list("kind", "count")
    )  # fmt: skip
    found = []
    for kind in CoverageKind.values:
        rows = _model(kind).objects.inside(areas).within(area_code)
        if kind == CoverageKind.SITE:
            rows = rows.filter(closed_at__isnull=True)
        found.append(KindFigures(kind, rows.count(), covered.get(kind, 0)))
    return found


def loads(*, actor: Actor, area_code: str, most: int = 200) -> list[Load]:
    """Return who answers for how many households in buildings at a place, the fullest first; two statements."""
    rows = policy.visible_coverage(actor).within(area_code).filter(ends_at__isnull=True, kind=CoverageKind.BUILDING)
    limits = standards(actor=actor, area_code=area_code)
    found = rows.values("account_id", "account__display_name").annotate(
        places=Count("id"), households=Sum("households"), first=Min(Left("area_code", 12))
    )
    return [
        Load(row["account_id"], row["account__display_name"], row["places"], row["households"] or 0,
             limits.get(row["first"], USUAL_HOUSEHOLDS))
        for row in found.order_by("-households", "account_id")[:most]
    ]  # fmt: skip


def standards(*, actor: Actor, area_code: str) -> dict[str, int]:
    """Return the households a person should have at most, by community, where it is not the usual number."""
    rows = CoverageStandard.objects.inside(actor.areas_with(policy.SEE_COVERAGE)).within(area_code[:12])
    return dict(rows.values_list("area_code", "households_per_holder"))


def away_people(account_ids: Sequence[int], *, now: datetime) -> set[int]:
    """Return who of these is away from a post at this moment."""
    running = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    rows = Absence.objects.filter(running, holding__account_id__in=account_ids, starts_at__lte=now)
    return set(rows.values_list("holding__account_id", flat=True))


def points(
    *, actor: Actor, area_code: str, kind: str = CoverageKind.BUILDING
) -> list[tuple[Any, ResponsibilityCoverage | None, bool]]:
    """
    Return the places of a kind with coordinates, who answers for each, and whether that one has too much.

    At most 4,000; places wider than a street show their estates.
    """
    prefixes = actor.areas_with(policy.SEE_COVERAGE).prefixes
    area_code = area_code or (prefixes[0] if len(prefixes) == 1 else "")
    if len(area_code) < 9 and kind == CoverageKind.BUILDING:
        kind = CoverageKind.ESTATE
    model = _model(kind)
    rows = model.objects.inside(actor.areas_with(policy.SEE_COVERAGE)).within(area_code)
    found = list(rows.filter(longitude__isnull=False).order_by("area_code")[:MOST_ON_MAP])
    standing = policy.visible_coverage(actor).within(area_code).filter(kind=kind, ends_at__isnull=True)
    by_code = {row.area_code: row for row in standing.select_related("account", "organisation")}
    too_full = {load.account_id for load in loads(actor=actor, area_code=area_code, most=2000) if load.over}
    given = [(row, by_code.get(row.area_code)) for row in found]
    return [(row, coverage, bool(coverage and coverage.account_id in too_full)) for row, coverage in given]


def draft(*, actor: Actor, now: datetime, area_code: str, kind: str, keep: bool) -> Draft:
    """
    Propose who answers for each place of a community.

    Raises:
        InvalidInput: if the place is no community or part of one, or there is nobody to propose.
    """
    actor.require(policy.COVER, area_code)
    if len(area_code) < 12 or kind not in ROLES_FOR:
        raise InvalidInput("community_needed", _("Choose a community or an estate."), field="area")
    rows = list(_model(kind).objects.inside(Areas([area_code])).order_by("area_code")[:MOST_ON_MAP])
    sizes = households_of([row.area_code for row in rows], kind)
    given = ResponsibilityCoverage.objects.within(area_code).filter(kind=kind, ends_at__isnull=True)
    today = {
        code: (account_id, name)
        for code, account_id, name in given.values_list("area_code", "account_id", "account__display_name")
    }
    places = [
        Place(row.area_code, sizes.get(row.area_code, 0), getattr(row, "longitude", None),
              getattr(row, "latitude", None), today.get(row.area_code, (None, ""))[0])
        for row in rows
    ]  # fmt: skip
    limit = standards(actor=actor, area_code=area_code).get(area_code[:12], USUAL_HOUSEHOLDS)
    people, reach = candidates(area_code=area_code, kind=kind, now=now)
    away = away_people([person.account_id for person in people], now=now)
    here: Counter[int] = Counter()
    for place in places:
        here[place.account_id or 0] += place.households
    holders = [
        Holder(person.account_id, tuple(reach[person.account_id]), limit,
               max(0, person.households - here[person.account_id]))
        for person in people
        if person.account_id not in away
    ]  # fmt: skip
    labels = _labels(rows, kind)
    shown = [(place, labels[place.code], today.get(place.code, (None, ""))[1]) for place in places]
    return Draft(shown, people, propose(places, holders, keep=keep), limit)


def candidates(*, area_code: str, kind: str, now: datetime) -> tuple[list[Candidate], dict[int, list[str]]]:
    """Return who could answer for places of a kind here, by name, with load and the codes that reach them."""
    roles = [role.value for role in ROLES_FOR[kind]]
    held = RoleAssignment.objects.in_force(now).filter(role__in=roles, account__is_active=True)
    community = area_code[:12]
    near = held.filter(Q(area_code__gte=community, area_code__lt=community + "~")).select_related("account")
    reach: dict[int, list[str]] = {}
    people: dict[int, tuple[str, str]] = {}
    for row in near.order_by("account__display_name", "account_id"):
        reach.setdefault(row.account_id, []).append(row.area_code)
        people.setdefault(row.account_id, (row.account.display_name, row.role))
    burden = dict(
        ResponsibilityCoverage.objects.filter(account_id__in=people, kind=kind, ends_at__isnull=True)
        .values("account_id").annotate(sum=Sum("households")).values_list("account_id", "sum")
    )  # fmt: skip
    return [Candidate(pk, name, role, burden.get(pk, 0)) for pk, (name, role) in people.items()], reach


def last_batch(*, actor: Actor, now: datetime, area_code: str) -> ResponsibilityCoverage | None:
    """Return a row of the newest change at a place in the last seven days, for the button that undoes it."""
    rows = ResponsibilityCoverage.objects.inside(actor.areas_with(policy.COVER)).within(area_code)
    return (
        rows.filter(batch__isnull=False, ends_at__isnull=True, starts_at__gte=now - UNDO_WITHIN)
        .order_by("-starts_at", "-id")
        .first()
    )


def worst_communities(*, actor: Actor, area_code: str) -> list[dict[str, Any]]:
    """Return the twenty communities with most buildings nobody answers for, in one statement."""
    areas = actor.areas_with(policy.SEE_COVERAGE) & Areas([area_code])
    ranges = " OR ".join("(place.area_code >= %s AND place.area_code < %s)" for _prefix in areas.prefixes) or "false"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT left(place.area_code, 12) AS community, count(*) AS places, count(given.id) AS covered
            FROM places_building place LEFT JOIN organisations_responsibilitycoverage given
              ON given.area_code = place.area_code AND given.kind = 'building' AND given.ends_at IS NULL
            WHERE {ranges} GROUP BY 1 HAVING count(*) > count(given.id) ORDER BY count(*) - count(given.id) DESC, 1
            LIMIT 20
            """,  # noqa: S608 - only placeholders
            [bound for prefix in areas.prefixes for bound in (prefix, prefix + "~")],
        )
        rows = cursor.fetchall()
    names = dict(Area.objects.filter(code__in=[row[0] for row in rows]).values_list("code", "name"))
    return [
        {"code": code, "name": names.get(code, code), "places": places, "gaps": places - covered}
        for code, places, covered in rows
    ]


def _labels(rows: Sequence[Any], kind: str) -> dict[str, str]:
    if kind != CoverageKind.BUILDING:
        return {row.area_code: row.name for row in rows}
    estates = dict(Building.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "estate__name"))
    return {row.area_code: f"{estates.get(row.pk, '')} {row.label}" for row in rows}


def _model(kind: str) -> Any:
    return MODEL_OF[CoverageKind(kind)]


def standing(*, kind: str, codes: Sequence[str]) -> dict[str, Answers]:
    """Return who answers for these places today, as a command takes it."""
    rows = ResponsibilityCoverage.objects.filter(kind=kind, area_code__in=codes, ends_at__isnull=True)
    return {row.area_code: Answers(row.account_id, row.alternate_id, row.organisation_id) for row in rows}


def sign_in_names(answers: Answers | None) -> dict[str, str]:
    """Return the sign-in names of A and B for a form."""
    if answers is None:
        return {}
    names = dict(
        Account.objects.filter(pk__in=[answers.account_id or 0, answers.alternate_id or 0])
        .values_list("id", "sign_in_name")
    )  # fmt: skip
    return {"account": names.get(answers.account_id or 0, ""), "alternate": names.get(answers.alternate_id or 0, "")}
