"""Rosters (值班表): who holds which post when, within skill, rest and fairness, with a proof."""

from juxing_engine.rostering.explain import Shortage, explain_shortages
from juxing_engine.rostering.problem import FREE, OFF, RosterProblem
from juxing_engine.rostering.roster import Roster, roster_cost, roster_defects, short_of
from juxing_engine.rostering.rows import RosterRule
from juxing_engine.rostering.solve import plan_roster

__all__ = [
    "FREE",
    "OFF",
    "Roster",
    "RosterProblem",
    "RosterRule",
    "Shortage",
    "explain_shortages",
    "plan_roster",
    "roster_cost",
    "roster_defects",
    "short_of",
]
