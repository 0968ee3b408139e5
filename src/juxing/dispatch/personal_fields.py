"""Why this room keeps what it keeps of people, and for how long."""

from __future__ import annotations

from juxing.people.personal_fields import FOR_DELIVERY, LegalBasis, Retention, Sensitivity, register, say_not_personal

register(
    ["dispatch.task.note", "dispatch.taskphoto.content"], purpose=FOR_DELIVERY, basis=LegalBasis.CONSENT,
    sensitivity=Sensitivity.PERSONAL, retention=Retention.ENDED_PLUS_12_MONTHS,
)  # fmt: skip
say_not_personal(["dispatch.match.unserved_reason"], why="a code")
