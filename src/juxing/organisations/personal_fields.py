"""Why this room keeps what it keeps of people, and for how long."""

from __future__ import annotations

from juxing.people.personal_fields import FOR_DUTY, LegalBasis, Retention, Sensitivity, register, say_not_personal

register(
    ["organisations.absence.handover_note", "organisations.backfill.handover_note",
     "organisations.workobjective.objection", "organisations.workobjective.objection_answer",
     "organisations.workevaluation.evidence", "organisations.checklisttick.note",
     "organisations.meetingattendance.stands_in"],
    purpose=FOR_DUTY, basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL, retention=Retention.THREE_YEARS,
)  # fmt: skip
say_not_personal(
    [f"organisations.{column}" for column in (
        "organisation.name", "team.name", "actionbranch.name", "temporarybody.name", "membership.organisation_name",
        "jointcommittee.name", "householdcluster.name", "keysite.name", "workprogramme.name",
    )],
    why="names of organisations, bodies, sites and programmes",
)  # fmt: skip
say_not_personal(["organisations.post.standing_note"], why="how a post is done, whoever holds it")
