"""Who answers for which place (包保责任): nobody over the limit if that can be, then everybody near, with a proof."""

from juxing_engine.responsibility.problem import NOBODY, ResponsibilityProblem
from juxing_engine.responsibility.solve import Assignment, assign_places

__all__ = ["NOBODY", "Assignment", "ResponsibilityProblem", "assign_places"]
