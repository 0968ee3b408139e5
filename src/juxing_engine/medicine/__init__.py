"""
Who fetches whose medicine, where: pharmacies with stock, squads with places, at least total way, with a proof.

The papers' 77,000 requests for proxy medicine (代配药) and 800 squads (就医配药小队) are the size it is built for.
"""

from juxing_engine.medicine.cost import delivery_costs, fetching_costs, plan_cost
from juxing_engine.medicine.penalties import lexicographic_penalties, with_lexicographic_penalties
from juxing_engine.medicine.problem import OBJECTIVE_LIMIT, UNSERVED, MedicineProblem
from juxing_engine.medicine.reasons import BindingConstraint, MedicineReason, reasons
from juxing_engine.medicine.result import MedicinePlan
from juxing_engine.medicine.solve import plan_medicine
from juxing_engine.medicine.verify import Verdict, lower_bound, verify

__all__ = [
    "OBJECTIVE_LIMIT",
    "UNSERVED",
    "BindingConstraint",
    "MedicinePlan",
    "MedicineProblem",
    "MedicineReason",
    "Verdict",
    "delivery_costs",
    "fetching_costs",
    "lexicographic_penalties",
    "lower_bound",
    "plan_cost",
    "plan_medicine",
    "reasons",
    "verify",
    "with_lexicographic_penalties",
]
