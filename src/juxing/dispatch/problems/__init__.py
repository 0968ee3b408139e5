"""Rows to engine arrays and back: the only place of this room that calls the engine."""

from juxing.dispatch.problems.explaining import NOBODY, Explanation, explain
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
from juxing.dispatch.problems.solving import matching_problem, plane_metres, solve
from juxing.dispatch.problems.walking import walking_order

__all__ = [
    "NOBODY",
    "STREET_CODE_LENGTH",
    "AvailableResponder",
    "Explanation",
    "GoodsWanted",
    "WaitingNeed",
    "available_responders",
    "counts_today",
    "explain",
    "goods_wanted",
    "matching_problem",
    "needs_without_point",
    "plane_metres",
    "refused_pairs",
    "solve",
    "still_free",
    "waiting_needs",
    "walking_order",
]
