"""Why this room keeps what it keeps of people, and for how long."""

from __future__ import annotations

from juxing.people.personal_fields import say_not_personal

say_not_personal(
    ["plans.planversion.note", "plans.planversion.undrilled_reason"], why="what a plan's version is about, and why"
)
