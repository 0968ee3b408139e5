"""
Who visits whom: nearest first by professional skill, at least total cost, with a proof over all pairs.

The papers' 20,900 people in special need and 5,700 carers (特殊困难群体结对) are the size it is built for.
"""

from juxing_engine.matching.cost import pair_costs, plan_cost, possible_costs
from juxing_engine.matching.penalties import lexicographic_penalties, with_lexicographic_penalties
from juxing_engine.matching.problem import OBJECTIVE_LIMIT, UNSERVED, MatchingProblem
from juxing_engine.matching.reasons import Alternative, BindingConstraint, CostParts, Reason, reasons
from juxing_engine.matching.result import Matching
from juxing_engine.matching.solve import match
from juxing_engine.matching.verify import Verdict, lower_bound, verify
from juxing_engine.matching.warm import warm_up

__all__ = [
    "OBJECTIVE_LIMIT",
    "UNSERVED",
    "Alternative",
    "BindingConstraint",
    "CostParts",
    "Matching",
    "MatchingProblem",
    "Reason",
    "Verdict",
    "lexicographic_penalties",
    "lower_bound",
    "match",
    "pair_costs",
    "plan_cost",
    "possible_costs",
    "reasons",
    "verify",
    "warm_up",
    "with_lexicographic_penalties",
]
