"""Why this room keeps what it keeps of people, and for how long."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.people.personal_fields import (
    FOR_IMPORT,
    FOR_SERVICE,
    LegalBasis,
    Retention,
    Sensitivity,
    purposes,
    register,
    say_not_personal,
)

FOR_ORDERS = "orders"
FOR_PUTTING_RIGHT = "putting_right"
purposes.add(FOR_ORDERS, _("Reading a community's order chain into needs"))
purposes.add(FOR_PUTTING_RIGHT, _("Putting right what went wrong with a service"))

register(
    [f"needs.need.{name}" for name in (
        "place_text", "contact_name", "contact_phone", "contact_phone_index", "languages", "longitude", "latitude",
    )],
    purpose=FOR_SERVICE, basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL,
    retention=Retention.ENDED_PLUS_12_MONTHS,
)  # fmt: skip
register(
    ["needs.need.details", "needs.need.triage"], purpose=FOR_SERVICE, basis=LegalBasis.HEALTH_OR_LIFE_EMERGENCY,
    sensitivity=Sensitivity.SENSITIVE, retention=Retention.ENDED_PLUS_12_MONTHS,
)  # fmt: skip
register(
    ["needs.needline.written"], purpose=FOR_SERVICE, basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL,
    retention=Retention.ENDED_PLUS_12_MONTHS,
)  # fmt: skip
register(
    ["needs.feedback.comment", "needs.need.unmet_reason"], purpose=FOR_PUTTING_RIGHT, basis=LegalBasis.CONSENT,
    sensitivity=Sensitivity.PERSONAL, retention=Retention.ENDED_PLUS_12_MONTHS,
)  # fmt: skip
register(
    ["needs.orderchain.text", "needs.orderchainline.written", "needs.orderchainline.understood"], purpose=FOR_ORDERS,
    basis=LegalBasis.CONSENT, sensitivity=Sensitivity.PERSONAL, retention=Retention.ENDED_PLUS_12_MONTHS,
)  # fmt: skip
register(
    ["needs.needimport.content"], purpose=FOR_IMPORT, basis=LegalBasis.LEGAL_DUTY,
    sensitivity=Sensitivity.PERSONAL, retention=Retention.UNTIL_IMPORTED,
)  # fmt: skip
say_not_personal(["needs.needimport.file_name"], why="the name a clerk gave to a file")
say_not_personal(["needs.intakepause.reason"], why="why a place takes no requests for a while, told to everybody")
register(
    ["needs.roundreport.unanswered"], purpose=FOR_SERVICE, basis=LegalBasis.LEGAL_DUTY,
    sensitivity=Sensitivity.PERSONAL, retention=Retention.ENDED_PLUS_12_MONTHS,
)  # fmt: skip
