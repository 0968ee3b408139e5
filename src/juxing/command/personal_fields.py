"""Why this room keeps what it keeps of people, and for how long."""

from __future__ import annotations

from juxing.people.personal_fields import FOR_DUTY, LegalBasis, Retention, Sensitivity, register, say_not_personal

register(
    ["command.orderdelivery.report", "command.logentry.text", "command.operationalperiod.handover_text"],
    purpose=FOR_DUTY, basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL, retention=Retention.THREE_YEARS,
)  # fmt: skip
say_not_personal(["command.commandorder.text"], why="what is to be done by a post, whoever holds it")
say_not_personal(["command.operationalperiod.taken_over_reason"], why="why a shift changed without a handover")
say_not_personal(["command.notice.text", "command.notice.title"], why="what everybody at a place is told")
