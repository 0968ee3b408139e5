"""Coverage of venues on foot (15-minute life circle): reach, gaps, and the best new places, exactly."""

from juxing_engine.coverage.gains import Goal
from juxing_engine.coverage.places import Places, best_places
from juxing_engine.coverage.problem import (
    FAR_M,
    NO_WAY,
    CoverageProblem,
    straight_distance_m,
    street_distance_m,
)
from juxing_engine.coverage.reach import NOWHERE, CoverageGap, Reach, coverage_gaps, reach_of

__all__ = [
    "FAR_M",
    "NOWHERE",
    "NO_WAY",
    "CoverageGap",
    "CoverageProblem",
    "Goal",
    "Places",
    "Reach",
    "best_places",
    "coverage_gaps",
    "reach_of",
    "straight_distance_m",
    "street_distance_m",
]
