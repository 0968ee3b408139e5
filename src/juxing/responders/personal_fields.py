"""Why this room keeps what it keeps of people, and for how long."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.people.personal_fields import (
    FOR_IMPORT,
    LegalBasis,
    Retention,
    Sensitivity,
    purposes,
    register,
    say_not_personal,
)

FOR_SERVING = "serving"
purposes.add(FOR_SERVING, _("Asking people who offered to help, near them and for what they can do"))

register(
    [f"responders.responder.{name}" for name in (
        "name", "phone", "phone_index", "skills", "languages", "longitude", "latitude",
    )],
    purpose=FOR_SERVING, basis=LegalBasis.CONSENT, sensitivity=Sensitivity.PERSONAL,
    retention=Retention.WHILE_SERVING,
)  # fmt: skip
register(
    ["responders.reportinlist.content"], purpose=FOR_IMPORT,
    basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL, retention=Retention.UNTIL_IMPORTED,
)  # fmt: skip
say_not_personal(["responders.reportinlist.file_name"], why="the name a clerk gave to a file")
register(
    ["responders.servicecertificate.printed_name"], purpose=FOR_SERVING, basis=LegalBasis.CONSENT,
    sensitivity=Sensitivity.PERSONAL, retention=Retention.WHILE_SERVING,
)  # fmt: skip
say_not_personal(
    ["responders.roster.name", "responders.roster.place", "responders.rostershift.name"],
    why="names of rosters and shifts",
)
say_not_personal(
    ["responders.servicerecord.correction_reason"],
    why="why a time was measured wrongly, and nothing else",
)
say_not_personal(
    ["responders.recruitmentcall.title", "responders.recruitmentcall.work", "responders.recruitmentcall.risks",
     "responders.recruitmentcall.provided", "responders.recruitmentcall.place", "responders.recruitmentcall.enquiries",
     "responders.recruitmentcall.closing_note", "responders.recruitmentneed.title"],
    why="a call for people, published for everybody",
)  # fmt: skip
register(
    ["responders.credential.title", "responders.credential.paper"], purpose=FOR_SERVING, basis=LegalBasis.CONSENT,
    sensitivity=Sensitivity.PERSONAL, retention=Retention.WHILE_SERVING,
)  # fmt: skip
say_not_personal(
    ["responders.trainingsession.title", "responders.trainingsession.holder", "responders.trainingsession.place",
     "responders.trainingsession.notice", "responders.trainingsession.why"],
    why="a training, announced to everybody",
)  # fmt: skip
say_not_personal(["responders.credential.refusal"], why="what is wrong with a paper")
