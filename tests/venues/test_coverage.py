"""Coverage on foot: hand-made streets, brute force beside it, and the analysis that is kept."""

from __future__ import annotations

from itertools import combinations
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing.access.roles import Role
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.venues.commands import CircleWish, compute_life_circle, start_life_circle
from juxing.venues.models import CoverageGap, LifeCircle, PlaceProposal
from juxing.venues.problems import Ground, Limits, Site, life_circle
from juxing.venues.queries.coverage import ground_of, sites_of
from tests.factories import (
    COMMUNITY,
    LATITUDE,
    LONGITUDE,
    OTHER_COMMUNITY,
    make_actor,
    make_areas,
    make_building,
    make_household,
    make_resident,
)
from tests.venues.makers import NOW, SYSTEM, convert, make_layout, make_steady, make_venue

METRE = 1 / 111_320
"""In degrees of latitude."""


def street(*homes: tuple[int, int, int]) -> Ground:
    """Buildings along a straight street: metres from its begin, residents, elders."""
    metres, residents, elders = zip(*homes, strict=True)
    return Ground(
        longitude=np.full(len(homes), LONGITUDE), latitude=LATITUDE + np.array(metres) * METRE,
        residents=np.array(residents), elders=np.array(elders), area_codes=[f"{COMMUNITY}-E001"] * len(homes),
    )  # fmt: skip


def site(number: int, metres: int, *, is_open: bool = False) -> Site:
    return Site(number, LONGITUDE, LATITUDE + metres * METRE, is_open)


def test_who_lives_within_the_way_is_reached_and_gaps_come_elders_first() -> None:
    ground = street((0, 10, 1), (700, 20, 2), (2000, 50, 1), (2100, 5, 4), (5000, 30, 9))

    circle = life_circle(ground, [site(1, 0, is_open=True)], Limits(limit_m=1000, places=0, elder_weight=1))

    assert (circle.result["residents_covered"], circle.result["elders_covered"]) == (30, 3)
    assert [(gap.elders, gap.residents, gap.buildings) for gap in circle.gaps] == [(9, 30, 1), (5, 55, 2)]
    assert circle.gaps[1].nearest_m == 2600
    assert circle.gaps[0].area_code == COMMUNITY


def test_proposals_say_what_each_adds_and_elders_weigh() -> None:
    ground = street((0, 30, 0), (3000, 20, 15))
    sites = [site(1, 0), site(2, 3000)]

    plain = life_circle(ground, sites, Limits(limit_m=500, places=1, elder_weight=1))
    elders = life_circle(ground, sites, Limits(limit_m=500, places=1, elder_weight=2))

    assert [place.venue_id for place in plain.proposals] == [1]
    assert [(place.venue_id, place.residents_added, place.elders_added) for place in elders.proposals] == [(2, 20, 15)]
    assert elders.result["is_optimal"]


def test_without_any_venue_everybody_lives_in_a_gap() -> None:
    circle = life_circle(street((0, 3, 1)), [], Limits(limit_m=1000, places=3, elder_weight=1))

    assert (circle.result["residents_covered"], circle.gaps[0].nearest_m, circle.proposals) == (0, None, [])


def test_where_nobody_lives_nothing_is_measured() -> None:
    with pytest.raises(Refusal, match="nobody_here"):
        life_circle(street((0, 0, 0)), [], Limits(limit_m=1000, places=3, elder_weight=1))


@settings(max_examples=30, deadline=None)
@given(
    homes=st.lists(st.tuples(st.integers(0, 6000), st.integers(1, 40), st.integers(0, 1)), min_size=1, max_size=8),
    places=st.lists(st.integers(0, 6000), min_size=1, max_size=5), count=st.integers(0, 3),
)  # fmt: skip
def test_no_other_choice_of_places_reaches_more(homes: Any, places: list[int], count: int) -> None:
    ground = street(*homes)
    sites = [site(number, metres) for number, metres in enumerate(places)]
    limits = Limits(limit_m=800, places=count, elder_weight=3)

    circle = life_circle(ground, sites, limits)

    weight = ground.residents + 2 * ground.elders
    near = [
        np.rint(1.3 * np.abs(np.array([metres for metres, _r, _e in homes]) - place)) <= 800 for place in places
    ]  # fmt: skip
    best = max(
        int(weight[np.any([near[one] for one in chosen], axis=0)].sum()) if chosen else 0
        for size in range(count + 1)
        for chosen in combinations(range(len(places)), min(size, len(places)))
    )
    assert circle.result["objective"] == best
    assert circle.result["residents_after"] == sum(place.residents_added for place in circle.proposals)


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
class TestKept:
    """From the register to a kept analysis."""

    def test_people_are_counted_by_building_and_never_named(self) -> None:
        make_areas()
        building = make_building()
        for number, year in enumerate((1950, 1966, 1967, None)):
            make_resident(make_household(building=building, door=f"{number + 1}01"), birth_year=year)
        make_resident(make_household(building=building, door="901"), left_on=NOW.date())
        make_resident(make_household(OTHER_COMMUNITY))

        ground = ground_of(COMMUNITY, now=NOW)

        assert (ground.residents.tolist(), ground.elders.tolist()) == ([4], [2])
        assert ground.area_codes == [building.area_code]

    def test_basis_decides_what_counts_as_open(self) -> None:
        serves, able, idle, bare = (make_venue(rooms=1) for _number in range(4))
        make_steady(serves, "testing_site")
        make_layout(able)
        idle = make_venue(rooms=0, is_idle=True)

        def found(basis: str) -> dict[int, bool]:
            return {
                each.venue_id: each.is_open
                for each in sites_of("testing_site", basis=basis, now=NOW, area_code=COMMUNITY)
            }

        assert found("now") == {serves.pk: True, able.pk: False, idle.pk: False}
        assert found("able") == {serves.pk: True, able.pk: True, idle.pk: False}
        convert(able, starts_at=NOW)
        assert found("now")[able.pk]
        assert bare.pk not in found("now")

    def test_analysis_is_kept_once_with_gaps_and_proposals(self) -> None:
        make_venue(rooms=0, is_idle=True)
        make_resident(make_household(), birth_year=1940)
        uuid, wish = uuid4(), CircleWish(function="service_centre")

        first = compute_life_circle(actor=SYSTEM, now=NOW, area_code=COMMUNITY, wish=wish, uuid=uuid)
        again = compute_life_circle(actor=SYSTEM, now=NOW, area_code=COMMUNITY, wish=wish, uuid=uuid)

        assert first == again
        assert LifeCircle.objects.count() == 1
        assert CoverageGap.objects.get().elders == 1
        assert PlaceProposal.objects.get().residents_added == 1
        assert first.limit_m == 1005

    @pytest.mark.parametrize("values", [{"function": "x"}, {"minutes": 0}, {"places": 99}, {"pace": "run"}])
    def test_wish_that_makes_no_sense_is_refused(self, values: dict[str, Any]) -> None:
        make_areas()
        wish = CircleWish(**{"function": "shelter", **values})

        with pytest.raises(InvalidInput):
            start_life_circle(actor=SYSTEM, now=NOW, area_code=COMMUNITY, wish=wish)

    def test_only_planners_measure_and_only_at_home(self) -> None:
        make_areas()
        wish = CircleWish(function="shelter")
        for actor in (make_actor(Role.COMMUNITY_WORKER, COMMUNITY), make_actor(Role.COMMUNITY_SECRETARY, COMMUNITY)):
            with pytest.raises(NotPermitted):
                start_life_circle(actor=actor, now=NOW, area_code=OTHER_COMMUNITY, wish=wish)
