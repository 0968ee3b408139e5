"""Why this room keeps what it keeps of people, and for how long."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.people.personal_fields import LegalBasis, Retention, Sensitivity, purposes, register, say_not_personal

FOR_PLANS = "plan_texts"
purposes.add(FOR_PLANS, _("Reading an emergency plan's text into the plan"))

register(
    ["plans.planimport.content"], purpose=FOR_PLANS, basis=LegalBasis.LEGAL_DUTY,
    sensitivity=Sensitivity.PERSONAL, retention=Retention.UNTIL_IMPORTED,
)  # fmt: skip
register(
    ["plans.planimport.aside"], purpose=FOR_PLANS, basis=LegalBasis.LEGAL_DUTY,
    sensitivity=Sensitivity.PERSONAL, retention=Retention.THIRTY_DAYS,
)  # fmt: skip
register(
    ["plans.planimportsection.read"], purpose=FOR_PLANS, basis=LegalBasis.LEGAL_DUTY,
    sensitivity=Sensitivity.PERSONAL, retention=Retention.ENDED_PLUS_12_MONTHS,
)  # fmt: skip
say_not_personal(["plans.planimport.file_name"], why="the name a clerk gave to a file")

say_not_personal(
    ["plans.planversion.note", "plans.planversion.undrilled_reason"], why="what a plan's version is about, and why"
)

FOR_DUTIES = "plan_duties"
purposes.add(FOR_DUTIES, _("Knowing that a plan stands on people who accepted its duties"))
register(
    ["plans.dutyanswer.account"], purpose=FOR_DUTIES, basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL,
    retention=Retention.ENDED_PLUS_12_MONTHS,
)  # fmt: skip
register(
    ["plans.dutyanswer.reason"], purpose=FOR_DUTIES, basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL,
    retention=Retention.ENDED_PLUS_12_MONTHS,
)  # fmt: skip
