"""Measuring who reaches a function on foot, and keeping the answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import job_kinds, start_job
from juxing.kernel.models import Job
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.scope import acting
from juxing.places.models import Area
from juxing.venues import policy, problems
from juxing.venues.enums import CoverageBasis, VenueFunction
from juxing.venues.models import CoverageGap, LifeCircle, PlaceProposal, Venue
from juxing.venues.queries.coverage import ground_of, sites_of

if TYPE_CHECKING:
    from juxing_engine.control import Control

CIRCLE_KIND = "venues.life_circle"
COMPUTED = journal.declare_action("venues.life_circle.compute", _("Coverage on foot measured"))
METRES_A_MINUTE = {"usual": 67, "elder": 50}
"""Walking at 4 km/h, and at 3 km/h."""
MOST_PLACES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleWish:
    """Which function, what counts as serving it, how far one walks, and how many new places to look for."""

    function: str
    basis: str = CoverageBasis.NOW
    minutes: int = 15
    pace: str = "usual"
    places: int = 3
    elder_weight: int = 2

    @property
    def limit_m(self) -> int:
        """The way one walks in these minutes."""
        return METRES_A_MINUTE[self.pace] * self.minutes


@transaction.atomic
def start_life_circle(*, actor: Actor, now: datetime, area_code: str, wish: CircleWish) -> Job:
    """
    Begin an analysis in the background.

    Raises:
        InvalidInput: if the wish or the place makes no sense.
        NotPermitted: if the actor does not plan there.
    """
    actor.require(policy.PLAN, area_code)
    _require_sense(wish)
    if not Area.objects.filter(code=area_code).exists():
        raise InvalidInput("area_unknown", _("No place has this code."), field="area")
    return start_job(
        job_kinds[CIRCLE_KIND], actor=actor, area_code=area_code, now=now,
        arguments={"area_code": area_code, "wish": asdict(wish)},
    )  # fmt: skip


def compute_life_circle(
    *, actor: Actor, now: datetime, area_code: str, wish: CircleWish, uuid: UUID, control: Control | None = None
) -> LifeCircle:
    """
    Compute and keep an analysis; one that is there already is returned as it is.

    Reading, computing and writing are apart, so that nothing is locked while it computes.
    """
    with acting(actor):
        actor.require(policy.PLAN, area_code)
        known = LifeCircle.objects.filter(uuid=uuid).first()
        if known is not None:
            return known
        ground = ground_of(area_code, now=now)
        sites = sites_of(wish.function, basis=wish.basis, now=now, area_code=area_code)
    limits = problems.Limits(limit_m=wish.limit_m, places=wish.places, elder_weight=wish.elder_weight)
    answer = problems.life_circle(ground, sites, limits, control=control)
    with acting(actor):
        return _keep(actor, area_code, wish, answer, now=now, uuid=uuid)


def _keep(
    actor: Actor, area_code: str, wish: CircleWish, answer: problems.Circle, *, now: datetime, uuid: UUID
) -> LifeCircle:  # fmt: skip
    circle, is_new = LifeCircle.objects.get_or_create(
        uuid=uuid,
        defaults={
            "area_code": area_code, "function": wish.function, "basis": wish.basis, "limit_m": wish.limit_m,
            "wish": asdict(wish), "result": answer.result, "computed_by_id": actor.account_id, "computed_at": now,
        },
    )  # fmt: skip
    if not is_new:
        return circle
    CoverageGap.objects.bulk_create(
        [
            CoverageGap(circle=circle, rank=rank, **{name: getattr(gap, name) for name in type(gap).__slots__})
            for rank, gap in enumerate(answer.gaps, start=1)
        ],
        batch_size=1000,
    )
    venues = Venue.objects.filter(pk__in=[place.venue_id for place in answer.proposals])
    codes = dict(venues.values_list("pk", "area_code"))
    PlaceProposal.objects.bulk_create(
        PlaceProposal(circle=circle, area_code=codes[place.venue_id], position=position,
                      **{name: getattr(place, name) for name in type(place).__slots__})
        for position, place in enumerate(answer.proposals, start=1)
    )  # fmt: skip
    journal.record(COMPUTED, actor=actor, subject=circle, happened_at=now, changes={"function": wish.function})
    return circle


def _require_sense(wish: CircleWish) -> None:
    if wish.function not in VenueFunction.values:
        raise InvalidInput("function_unknown", _("Choose from the list."), field="function")
    if wish.basis not in CoverageBasis.values or wish.pace not in METRES_A_MINUTE:
        raise InvalidInput("kind_unknown", _("Choose from the list."), field="basis")
    if not (1 <= wish.minutes <= 60 and 0 <= wish.places <= MOST_PLACES and 1 <= wish.elder_weight <= 10):
        raise InvalidInput("number_bad", _("A number is out of range."), field="minutes")
