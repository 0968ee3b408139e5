"""Who lives in which building, as counts; which venues serve a function; and analyses that were made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from juxing.kernel.actors import Actor
from juxing.kernel.areas import AFTER_EVERY_CODE_CHARACTER
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.models import Job
from juxing.kernel.refusals import NotVisible
from juxing.venues import policy
from juxing.venues.enums import CoverageBasis
from juxing.venues.models import CoverageGap, LifeCircle, PlaceProposal, Venue, VenueLayout, VenueUse
from juxing.venues.problems import Ground, Site

ELDER_FROM = 60
CIRCLE_ORDER = ("-computed_at", "-id")
GAP_ORDER = ("rank",)
PEOPLE_BY_BUILDING = """
    SELECT building.longitude, building.latitude, building.area_code, counted.residents, counted.elders
    FROM (
        SELECT household.building_id, count(*) AS residents,
               count(*) FILTER (WHERE resident.birth_year <= %(elder_born)s) AS elders
        FROM people_resident AS resident JOIN places_household AS household ON household.id = resident.household_id
        WHERE resident.area_code >= %(code)s AND resident.area_code < %(after)s
          AND (resident.left_on IS NULL OR resident.left_on > %(today)s)
        GROUP BY household.building_id
    ) AS counted JOIN places_building AS building ON building.id = counted.building_id
    WHERE building.longitude IS NOT NULL AND building.latitude IS NOT NULL
    ORDER BY building.area_code
"""


def ground_of(area_code: str, *, now: datetime) -> Ground:
    """Return the inhabited buildings of a place with numbers of residents and elders; numbers only, never persons."""
    with connection.cursor() as cursor:
        cursor.execute(
            PEOPLE_BY_BUILDING,
            {"code": area_code, "after": area_code + AFTER_EVERY_CODE_CHARACTER, "today": now.date(),
             "elder_born": now.year - ELDER_FROM},
        )  # fmt: skip
        rows = cursor.fetchall()
    columns = list(zip(*rows, strict=True)) or [()] * 5
    return Ground(
        longitude=np.array(columns[0], float), latitude=np.array(columns[1], float), area_codes=list(columns[2]),
        residents=np.array(columns[3], np.int64), elders=np.array(columns[4], np.int64),
    )  # fmt: skip


def sites_of(function: str, *, basis: str, now: datetime, area_code: str) -> list[Site]:
    """
    Return the venues that serve a function, as open, and those that could, as candidates.

    On the basis NOW a venue with a layout for the function is a candidate beside idle properties; on ABLE it counts
    as open, since it needs one night. Venues round about count too, as far as the scope reaches: people cross borders.
    """
    serving = VenueUse.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now), function=function, starts_at__lte=now
    )
    able = VenueLayout.objects.filter(function=function, venue=OuterRef("pk"))
    rows = (
        Venue.objects.filter(closed_at__isnull=True, longitude__isnull=False, latitude__isnull=False)
        .annotate(serves=Exists(serving.filter(venue=OuterRef("pk"))), is_able=Exists(able))
        .filter(Q(serves=True) | Q(is_able=True) | Q(is_idle=True))
        .order_by("pk")
    )
    counts_able = basis == CoverageBasis.ABLE
    sites = []
    for venue_id, lon, lat, code, serves, is_able, is_idle in rows.values_list(
        "pk", "longitude", "latitude", "area_code", "serves", "is_able", "is_idle"
    ):
        is_open = serves or (counts_able and is_able and not is_idle)
        if is_open or code.startswith(area_code):
            sites.append(Site(venue_id, lon or 0.0, lat or 0.0, is_open))
    return sites


def circles_page(*, actor: Actor, cursor: str | None = None) -> Page[LifeCircle]:
    """Return analyses, newest first."""
    return page_of(policy.visible_circles(actor), order=CIRCLE_ORDER, cursor=cursor)


def circle(*, actor: Actor, uuid: UUID) -> LifeCircle:
    """
    Return one analysis.

    Raises:
        NotVisible: if there is none for the actor.
    """
    found = policy.visible_circles(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def computing(*, actor: Actor, uuid: UUID) -> Job:
    """
    Return the job of an analysis.

    Raises:
        NotVisible: if there is none for the actor.
    """
    job = Job.objects.inside(actor.areas_with(policy.PLAN)).filter(kind="venues.life_circle", uuid=uuid).first()
    if job is None:
        raise NotVisible
    return job


def gaps_page(*, circle: LifeCircle, cursor: str | None = None) -> Page[CoverageGap]:
    """Return the gaps of an analysis, where most elders live first."""
    return page_of(CoverageGap.objects.filter(circle=circle), order=GAP_ORDER, cursor=cursor)


def all_gaps(*, circle: LifeCircle) -> Iterator[CoverageGap]:
    """Yield every gap of an analysis in order, for files and maps."""
    return CoverageGap.objects.filter(circle=circle).order_by("rank").iterator(chunk_size=2000)


def proposals_of(*, circle: LifeCircle) -> QuerySet[PlaceProposal]:
    """Return the places proposed, in the order in which each adds most."""
    return PlaceProposal.objects.filter(circle=circle).select_related("venue").order_by("position")
