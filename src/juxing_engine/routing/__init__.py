"""Delivery rounds (配送路线): who brings what where, in which order, within load, time and skill."""

from juxing_engine.routing.bound import lower_bound
from juxing_engine.routing.clusters import split_stops
from juxing_engine.routing.first_rounds import first_order, first_rounds
from juxing_engine.routing.local_search import SearchSettings
from juxing_engine.routing.many_drops import DropPlan, drop_defects, plan_drops
from juxing_engine.routing.plan import (
    LEFT_OUT,
    DeliveryRound,
    RoundPlan,
    SkipReason,
    plan_cost,
    plan_defects,
    walk_through,
)
from juxing_engine.routing.problem import ANY_COURIER, REQUIRED, Courier, RoundProblem, stairs_s
from juxing_engine.routing.replan import CourierOnWay, RunningPlan, replan_rounds, running_problem
from juxing_engine.routing.search import plan_rounds

__all__ = [
    "ANY_COURIER",
    "LEFT_OUT",
    "REQUIRED",
    "Courier",
    "CourierOnWay",
    "DeliveryRound",
    "DropPlan",
    "RoundPlan",
    "RoundProblem",
    "RunningPlan",
    "SearchSettings",
    "SkipReason",
    "drop_defects",
    "first_order",
    "first_rounds",
    "lower_bound",
    "plan_cost",
    "plan_defects",
    "plan_drops",
    "plan_rounds",
    "replan_rounds",
    "running_problem",
    "split_stops",
    "stairs_s",
    "walk_through",
]
