"""Why this room keeps what it keeps of people, and for how long."""

from __future__ import annotations

from juxing.people.personal_fields import say_not_personal

say_not_personal(
    ["activations.incident.description", "activations.activation.left_open_reason",
     "activations.modeconversion.reason", "activations.steprun.reason", "activations.areameasure.care_contact_duty",
     "activations.emergencydataset.keep_assessment"],
    why="what happened to a place and what was decided for it",
)  # fmt: skip
