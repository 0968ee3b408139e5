from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_engine.control import Control
from juxing_engine.coverage import (
    FAR_M,
    NO_WAY,
    NOWHERE,
    CoverageProblem,
    Goal,
    best_places,
    coverage_gaps,
    reach_of,
    straight_distance_m,
    street_distance_m,
)
from juxing_engine.coverage.exchange import exchanged
from juxing_engine.coverage.gains import gains_of
from juxing_engine.instances.coverage import district_coverage

LIMIT = 500


def small_problem(seed: int) -> CoverageProblem:
    random = np.random.default_rng(seed)
    sites, buildings = int(random.integers(2, 9)), int(random.integers(1, 25))
    distance = random.integers(0, 1_200, (sites, buildings))
    distance[random.random(distance.shape) < 0.1] = NO_WAY
    is_open = random.random(sites) < 0.25
    return CoverageProblem(distance, random.integers(0, 50, buildings), is_open=is_open)


def value_with(problem: CoverageProblem, opened: tuple[int, ...], goal: Goal) -> int:
    """
    Residents within the limit, or residents x metres, with more sites open; as written, without any trick.
    """
    is_open = problem.is_open.copy()
    is_open[list(opened)] = True
    nearest = CoverageProblem(problem.distance_m, problem.residents, is_open=is_open).nearest_open_m()
    if goal is Goal.COVER:
        return int(problem.residents[nearest <= LIMIT].sum())
    return int((problem.residents * nearest).sum())


def best_by_enumeration(problem: CoverageProblem, count: int, goal: Goal) -> int:
    candidates = np.flatnonzero(~problem.is_open).tolist()
    values = [value_with(problem, opened, goal) for opened in combinations(candidates, min(count, len(candidates)))]
    return max(values) if goal is Goal.COVER else min(values)


@pytest.mark.parametrize("goal", list(Goal))
@pytest.mark.parametrize("seed", range(0, 40, 3))
def test_places_of_the_compiled_way_equal_enumeration(seed: int, goal: Goal, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("gains", "branching"):
        monkeypatch.setattr(f"juxing_engine.coverage.{module}.COMPILED_FROM", 0)
    problem, count = small_problem(seed), 1 + seed % 4

    places = best_places(problem, count, goal=goal, limit_m=LIMIT)

    assert places.is_optimal
    assert places.after == best_by_enumeration(problem, count, goal)


@pytest.mark.parametrize("seed", range(8))
def test_best_exchange_is_the_best_of_all_pairs(seed: int) -> None:
    gains, _ = gains_of(small_problem(seed), Goal.DISTANCE, limit_m=LIMIT)
    size = gains.candidate.size
    chosen = np.random.default_rng(seed).permutation(size)[: max(1, size // 2)].astype(np.int64)
    floor = np.zeros(gains.groups)
    before = int(gains.best_of(chosen).sum())

    ends = exchanged(gains, floor, chosen)

    values = [
        int(gains.best_of(np.append(ends[ends != leaves], comes)).sum())
        for leaves in ends.tolist()
        for comes in set(range(size)) - set(ends.tolist())
    ]
    after = int(gains.best_of(ends).sum())
    assert after >= max([before, *values])
    assert len(set(ends.tolist())) == chosen.size


@pytest.mark.parametrize("goal", list(Goal))
@pytest.mark.parametrize("seed", range(40))
def test_places_equal_enumeration(seed: int, goal: Goal) -> None:
    problem, count = small_problem(seed), 1 + seed % 4

    places = best_places(problem, count, goal=goal, limit_m=LIMIT)

    assert places.is_optimal
    assert places.after == best_by_enumeration(problem, count, goal)
    assert places.after == value_with(problem, tuple(places.sites.tolist()), goal)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_what_places_add_sums_to_the_gain(seed: int) -> None:
    problem = small_problem(seed)

    places = best_places(problem, 3, limit_m=LIMIT)

    assert places.before + places.adds.sum() == places.after
    assert (places.adds > 0).all()
    for site, lost in zip(places.sites.tolist(), places.lost_without.tolist(), strict=True):
        others = tuple(one for one in places.sites.tolist() if one != site)
        assert places.after - lost == value_with(problem, others, Goal.COVER)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_places_do_not_depend_on_the_order_of_buildings(seed: int) -> None:
    problem = small_problem(seed)
    order = np.random.default_rng(seed).permutation(problem.residents.size)
    shuffled = CoverageProblem(problem.distance_m[:, order], problem.residents[order], is_open=problem.is_open)

    values = {best_places(one, 2, limit_m=LIMIT).after for one in (problem, shuffled)}

    assert len(values) == 1


@pytest.mark.parametrize("goal", list(Goal))
def test_places_out_of_time_say_how_far_they_may_be(goal: Goal) -> None:
    problem, _ = district_coverage(buildings=800, sites=60, open_share=0, seed=3)

    quick = best_places(problem, 8, goal=goal, control=Control(budget_s=0))
    best = best_places(problem, 8, goal=goal, control=Control(budget_s=20))

    between = sorted([quick.after, best.after, quick.bound])
    assert between[1] == best.after
    assert best.gap <= 0.01


def test_reach_counts_residents_and_names_the_venue() -> None:
    problem = CoverageProblem(
        [[100, 600, NO_WAY], [50, 550, NO_WAY], [0, 0, 0]], [5, 6, 7], is_open=[True, True, False]
    )

    reach = reach_of(problem, limit_m=500)

    assert reach.venue.tolist() == [1, 1, NOWHERE]
    assert reach.nearest_m.tolist() == [50, 550, FAR_M]
    assert (reach.covered, reach.residents, reach.share) == (5, 18, 5 / 18)


def test_gaps_join_neighbours_and_start_with_the_largest() -> None:
    points = np.array([[0, 0], [0, 100], [5_000, 0], [9_000, 0]])
    problem = CoverageProblem([[1_500, 1_600, 6_000, 0]], [4, 4, 100, 50], is_open=[True])

    gaps = coverage_gaps(problem, points, limit_m=1_000)

    assert [gap.buildings.tolist() for gap in gaps] == [[2], [0, 1]]
    assert (gaps[1].residents, gaps[1].nearest_m, gaps[1].farthest_m) == (8, 1_500, 1_600)


def test_no_gap_where_all_are_covered() -> None:
    assert coverage_gaps(CoverageProblem([[1]], [9], is_open=[True]), [[0, 0]], limit_m=5) == []


def test_street_distance_follows_streets_and_marks_islands() -> None:
    metres = street_distance_m([[0, 1], [1, 2], [0, 1], [3, 4]], [100, 50, 70, 10], [2, 3], [0, 3])

    assert metres.tolist() == [[120, NO_WAY], [NO_WAY, 0]]


def test_straight_distance_uses_the_detour() -> None:
    assert straight_distance_m([[3, 4]], [[0, 0]], detour=2).tolist() == [[10]]


@pytest.mark.parametrize(
    ("distance", "residents", "is_open"),
    [
        ([[-2]], [1], None),
        ([[float("nan")]], [1], None),
        ([[0.5]], [1], None),
        ([[1]], [-1], None),
        ([[1]], [1, 2], None),
        ([[1]], [1], [True, False]),
        (np.zeros((0, 1)), [1], None),
    ],
)
def test_problem_refuses_bad_input(distance: object, residents: object, is_open: object) -> None:
    with pytest.raises(ValueError, match="Expected"):
        CoverageProblem(distance, residents, is_open=is_open)  # type: ignore[arg-type]


def test_places_refuse_a_negative_number() -> None:
    with pytest.raises(ValueError, match="Expected count"):
        best_places(CoverageProblem([[1]], [1]), -1)
