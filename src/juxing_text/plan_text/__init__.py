"""Reading an emergency plan as a district wrote it: chapters, triggers by level, steps, duties, goods, shelters.

Telephone numbers and people's names are taken out before anything else is read. Nothing is left out in silence: text
that belongs to no chapter is kept as such, and every reading carries what is doubtful in it.
"""

from juxing_text.plan_text.draft import DraftSection, PlanDraft, read_plan
from juxing_text.plan_text.personal import Aside
from juxing_text.plan_text.proposals import Proposal

__all__ = ["Aside", "DraftSection", "PlanDraft", "Proposal", "read_plan"]
