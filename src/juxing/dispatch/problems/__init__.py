"""Rows to engine arrays and back: the only place of this room that calls the engine."""

from juxing.dispatch.problems.explaining import NOBODY, Explanation, explain
from juxing.dispatch.problems.obstacles import Obstacle
from juxing.dispatch.problems.reading import (
    STREET_CODE_LENGTH,
    AvailableResponder,
    GoodsWanted,
    WaitingNeed,
    available_responders,
    counts_today,
    goods_wanted,
    needs_without_point,
    refused_pairs,
    still_free,
    waiting_needs,
)
from juxing.dispatch.problems.round_problem import RoundsAsked, round_problem
from juxing.dispatch.problems.round_reading import (
    CourierSeen,
    Stop,
    couriers_of,
    depot_points,
    free_couriers,
    stops_of,
    waiting_deliveries,
)
from juxing.dispatch.problems.round_solving import (
    CourierRound,
    RoundsFound,
    budget_for,
    first_rounds_of,
    plan_running,
    solve_rounds,
)
from juxing.dispatch.problems.solving import matching_problem, plane_metres, skills_of, solve

__all__ = [
    "NOBODY",
    "STREET_CODE_LENGTH",
    "AvailableResponder",
    "CourierRound",
    "CourierSeen",
    "Explanation",
    "GoodsWanted",
    "Obstacle",
    "RoundsAsked",
    "RoundsFound",
    "Stop",
    "WaitingNeed",
    "available_responders",
    "budget_for",
    "counts_today",
    "couriers_of",
    "depot_points",
    "explain",
    "first_rounds_of",
    "free_couriers",
    "goods_wanted",
    "matching_problem",
    "needs_without_point",
    "plan_running",
    "plane_metres",
    "refused_pairs",
    "round_problem",
    "skills_of",
    "solve",
    "solve_rounds",
    "still_free",
    "stops_of",
    "waiting_deliveries",
    "waiting_needs",
]
