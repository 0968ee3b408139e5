"""Saying who answers for which place, one by one or as an accepted proposal that can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from juxing.access.models import Account, RoleAssignment
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import within
from juxing.kernel.copying import copy_rows
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.organisations import policy
from juxing.organisations.commands.words import plain_name, recorded, require_kind
from juxing.organisations.enums import CoverageKind, SiteType
from juxing.organisations.models import (
    CoverageStandard,
    HouseholdCluster,
    KeySite,
    Organisation,
    ResponsibilityCoverage,
)
from juxing.places.codes import area_uuid
from juxing.places.models import Area, Building, Estate

COVERED = journal.declare_action("organisations.coverage.give", _("Responsibility for places given"))
UNCOVERED = journal.declare_action("organisations.coverage.end", _("Responsibility for places ended"))
UNDONE = journal.declare_action("organisations.coverage.undo", _("Proposal of responsibilities undone"))
STANDARD_SET = journal.declare_action("organisations.coverage.standard", _("Households per person set"))
CLUSTER_ADDED = journal.declare_action("organisations.cluster.add", _("Household cluster added"))
SITE_ADDED = journal.declare_action("organisations.site.add", _("Site added"))
MOST_AT_ONCE = 20_000
MODEL_OF = {
    CoverageKind.ESTATE: Estate, CoverageKind.BUILDING: Building, CoverageKind.HOUSEHOLD_CLUSTER: HouseholdCluster,
    CoverageKind.SITE: KeySite,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answers:
    """Who answers for a place: a person and, if there is one, the B; an organisation for a site."""

    account_id: int | None = None
    alternate_id: int | None = None
    organisation_id: int | None = None


@transaction.atomic
def cover_places(*, actor: Actor, now: datetime, kind: str, answers: Mapping[str, Answers]) -> UUID:
    """
    Give each of these places (by code) to somebody, or to nobody; return the batch by which all of it can be undone.

    Who holds a place already keeps it without a trace. A fixed number of statements, whatever the number of places.

    Raises:
        NotPermitted: if a place lies outside where the actor says who answers.
        InvalidInput: if a place is none of this kind, or a person has no role that reaches it.
    """
    require_kind(kind, CoverageKind.values, field="kind")
    if len(answers) > MOST_AT_ONCE:
        raise InvalidInput("too_many_places", _("At most 20,000 places at once."))
    _require_places(actor, kind, answers)
    _require_holders(kind, answers, now)
    standing = {
        row.area_code: row
        for row in ResponsibilityCoverage.objects.select_for_update().filter(
            kind=kind, area_code__in=answers, ends_at__isnull=True
        )
    }
    batch = uuid4()
    moved = {code: given for code, given in answers.items() if _as_answers(standing.get(code)) != given}
    ended = [standing[code].pk for code in moved if code in standing]
    ResponsibilityCoverage.objects.filter(pk__in=ended).update(ends_at=now, ended_by_batch=batch)
    given = {code: given for code, given in moved.items() if given.account_id or given.organisation_id}
    sizes = households_of(list(given), kind)
    copy_rows(
        ResponsibilityCoverage,
        ("area_code", "kind", "account", "alternate", "organisation", "households", "starts_at", "batch"),
        [
            (code, kind, who.account_id, who.alternate_id, who.organisation_id, sizes.get(code, 0), now, batch)
            for code, who in given.items()
        ],
    )  # fmt: skip
    _record(COVERED, list(given), batch, actor=actor, now=now)
    _record(UNCOVERED, [code for code in moved if code not in given], batch, actor=actor, now=now)
    return batch


@transaction.atomic
def undo_batch(*, actor: Actor, now: datetime, batch: UUID) -> int:
    """
    Put back what stood before this batch, and return how many places changed.

    Raises:
        NotPermitted: if the batch is none the actor may see.
        Refusal: if one of its places was given to somebody else since.
    """
    areas = actor.areas_with(policy.COVER)
    new = list(ResponsibilityCoverage.objects.inside(areas).select_for_update().filter(batch=batch))
    old = list(ResponsibilityCoverage.objects.inside(areas).filter(ended_by_batch=batch))
    if not new and not old:
        raise NotPermitted
    later = [row for row in new if row.ends_at is not None]
    places = {row.area_code for row in new} | {row.area_code for row in old}
    standing = ResponsibilityCoverage.objects.filter(kind__in={row.kind for row in [*new, *old]}, area_code__in=places)
    if later or standing.filter(ends_at__isnull=True).exclude(batch=batch).exists():
        raise Refusal("changed_since", _("Some of these places were given to others since. Change them one by one."))
    ResponsibilityCoverage.objects.filter(pk__in=[row.pk for row in new]).update(ends_at=now)
    back = uuid4()
    copy_rows(
        ResponsibilityCoverage,
        ("area_code", "kind", "account", "alternate", "organisation", "households", "starts_at", "batch"),
        [
            (row.area_code, row.kind, row.account_id, row.alternate_id, row.organisation_id, row.households, now, back)
            for row in old
        ],
    )  # fmt: skip
    _record(UNDONE, sorted(places), batch, actor=actor, now=now)
    return len(places)


@transaction.atomic
def set_standard(*, actor: Actor, now: datetime, area_code: str, households_per_holder: int) -> int:
    """Set how many households a person should have at most, for every community at this place; return how many."""
    actor.require(policy.COVER, area_code)
    if not 1 <= households_per_holder <= 5000:
        raise InvalidInput("standard_bad", _("Between 1 and 5000 households."), field="households_per_holder")
    communities = list(
        Area.objects.filter(within(area_code, field="code"), level="community").values_list("code", flat=True)
    )
    if not communities:
        raise InvalidInput("area_unknown", _("No place has this code."), field="area_code")
    CoverageStandard.objects.bulk_create(
        [CoverageStandard(area_code=code, households_per_holder=households_per_holder) for code in communities],
        update_conflicts=True, unique_fields=["area_code"], update_fields=["households_per_holder"],
    )  # fmt: skip
    _record(STANDARD_SET, [area_code], None, actor=actor, now=now, changes={"households": households_per_holder})
    return len(communities)


@transaction.atomic
def add_cluster(
    *, actor: Actor, now: datetime, building: Building, name: str, floor_from: int | None, floor_to: int | None
) -> HouseholdCluster:
    """Add a household cluster to a building: all floors, or those from … to …."""
    actor.require(policy.COVER, building.area_code)
    if floor_from is not None and floor_to is not None and floor_from > floor_to:
        raise InvalidInput("floors_bad", _("The first floor lies above the last."), field="floor_to")
    inside = HouseholdCluster.objects.within(building.area_code)
    code = f"{building.area_code}-C{inside.count() + 1:02}"
    homes = building.households.all()
    if floor_from is not None:
        homes = homes.filter(floor__gte=floor_from)
    if floor_to is not None:
        homes = homes.filter(floor__lte=floor_to)
    added = HouseholdCluster.objects.create(
        area_code=code, name=plain_name(name, at_most=60), floor_from=floor_from, floor_to=floor_to,
        households=homes.count(),
    )  # fmt: skip
    return recorded(CLUSTER_ADDED, added, actor=actor, now=now)


@transaction.atomic
def add_site(
    *,
    actor: Actor,
    now: datetime,
    area_code: str,
    name: str,
    site_type: str,
    spot: tuple[float | None, float | None] = (None, None),
) -> KeySite:
    """Add a site of a community that somebody must answer for; ``spot`` is longitude and latitude."""
    actor.require(policy.COVER, area_code)
    require_kind(site_type, SiteType.values, field="site_type")
    if not Area.objects.filter(code=area_code, level="community").exists():
        raise InvalidInput("area_unknown", _("No community has this code."), field="area_code")
    taken = KeySite.objects.within(f"{area_code}-S").count()
    added = KeySite.objects.create(
        area_code=f"{area_code}-S{taken + 1:03}", name=plain_name(name), site_type=site_type, longitude=spot[0],
        latitude=spot[1],
    )  # fmt: skip
    return recorded(SITE_ADDED, added, actor=actor, now=now)


@transaction.atomic
def recount_households(*, now: datetime) -> int:  # noqa: ARG001 - commands are told the time
    """Count anew the households of every place somebody answers for, in the scope; return how many changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH sizes AS (
              SELECT given.id, count(home.id) AS homes FROM organisations_responsibilitycoverage given
              LEFT JOIN places_household home ON home.area_code >= given.area_code
                AND home.area_code < given.area_code || '~'
              WHERE given.ends_at IS NULL AND given.kind IN ('estate', 'building') GROUP BY given.id)
            UPDATE organisations_responsibilitycoverage given SET households = sizes.homes FROM sizes
            WHERE sizes.id = given.id AND given.households <> sizes.homes
            """
        )
        return int(cursor.rowcount)


def households_of(codes: list[str], kind: str) -> dict[str, int]:
    """Return how many households each place has; sites have none."""
    if kind == CoverageKind.HOUSEHOLD_CLUSTER:
        return dict(HouseholdCluster.objects.filter(area_code__in=codes).values_list("area_code", "households"))
    if kind == CoverageKind.SITE or not codes:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place.code, count(home.id) FROM unnest(%s::text[]) AS place(code) LEFT JOIN places_household home "
            'ON home.area_code >= place.code COLLATE "C" AND home.area_code < (place.code || \'~\') COLLATE "C" '
            "GROUP BY place.code",
            [codes],
        )
        return dict(cursor.fetchall())


def _as_answers(row: ResponsibilityCoverage | None) -> Answers:
    if row is None:
        return Answers()
    return Answers(row.account_id, row.alternate_id, row.organisation_id)


def _require_places(actor: Actor, kind: str, answers: Mapping[str, Answers]) -> None:
    areas = actor.areas_with(policy.COVER)
    if not all(code in areas for code in answers):
        raise NotPermitted
    model = MODEL_OF[CoverageKind(kind)]
    known = set(model.objects.filter(area_code__in=answers).values_list("area_code", flat=True))
    unknown = sorted(set(answers) - known)
    if unknown:
        raise InvalidInput(
            "place_unknown", _("%(code)s is no place of this kind.") % {"code": unknown[0]}, field=unknown[0]
        )


def _require_holders(kind: str, answers: Mapping[str, Answers], now: datetime) -> None:
    if kind == CoverageKind.SITE:
        wanted = {given.organisation_id for given in answers.values() if given.organisation_id}
        if Organisation.objects.filter(pk__in=wanted).count() != len(wanted) or any(
            given.account_id or given.alternate_id for given in answers.values()
        ):
            raise InvalidInput("site_needs_organisation", _("Organisations answer for sites."))
        return
    people = {each for given in answers.values() for each in (given.account_id, given.alternate_id) if each}
    active = set(Account.objects.filter(pk__in=people, is_active=True).values_list("id", flat=True))
    reach: dict[int, list[str]] = {}
    held = RoleAssignment.objects.in_force(now).filter(account_id__in=active)
    for account_id, area_code in held.values_list("account_id", "area_code"):
        reach.setdefault(account_id, []).append(area_code)
    for code, given in answers.items():
        if given.organisation_id or (given.alternate_id and not given.account_id):
            raise InvalidInput(
                "place_needs_person", _("A person answers for a place, and B stands behind A."), field=code
            )
        if given.account_id and given.account_id == given.alternate_id:
            raise InvalidInput("b_is_a", _("A and B are two people."), field=code)
        for person in (given.account_id, given.alternate_id):
            if person and not any(code.startswith(area) or area.startswith(code) for area in reach.get(person, [])):
                raise InvalidInput(
                    "holder_outside", _("This person has no role at the place %(code)s.") % {"code": code}, field=code
                )


def _record(
    action: str,
    codes: list[str],
    batch: UUID | None,
    *,
    actor: Actor,
    now: datetime,
    changes: dict[str, object] | None = None,
) -> None:
    """Write one entry per community (or wider place) with how many places of it changed."""
    counts: dict[str, int] = {}
    for code in codes:
        counts[code[:12]] = counts.get(code[:12], 0) + 1
    journal.record_many(
        journal.Fact(action=action, subject_type="places.area", subject_uuid=area_uuid(code), area_code=code,
                     changes=changes or {"places": count, "batch": str(batch)})
        for code, count in counts.items()
    ).by(actor, happened_at=now)  # fmt: skip
