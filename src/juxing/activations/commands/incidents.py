"""Incidents: reported, verified or not confirmed, closed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.activations import policy
from juxing.activations.lifecycle import INCIDENT
from juxing.activations.models import Incident
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput
from juxing.places.models import Area
from juxing.plans.enums import IncidentGrade
from juxing.plans.hazards import hazards

REPORTED = journal.declare_action("activations.incident.report", _("Incident reported"))


@transaction.atomic
def report_incident(
    *, actor: Actor, now: datetime, area_code: str, title: str, hazard: str, description: str = "",
    grade: int | None = None, happened_at: datetime | None = None, is_demo: bool = False,
) -> Incident:  # fmt: skip
    """
    Write down that something happened.

    Raises:
        NotPermitted: if the actor may not report here.
        InvalidInput: if the place, the kind of incident, the grade or the time cannot be.
    """
    actor.require(policy.REPORT, area_code)
    plain = " ".join(title.split())
    if not plain or len(plain) > 80:
        raise InvalidInput("title_bad", _("Write a title of up to 80 characters."), field="title")
    if not Area.objects.filter(code=area_code).exists():
        raise InvalidInput("area_unknown", _("No place has this code."), field="area_code")
    if hazard not in hazards():
        raise InvalidInput("hazard_unknown", _("Choose a kind of incident from the list."), field="hazard")
    if grade is not None and grade not in IncidentGrade.values:
        raise InvalidInput("grade_unknown", _("Choose a grade from the list."), field="grade")
    if happened_at is not None and happened_at > now:
        raise InvalidInput("happened_later", _("This lies in the future."), field="happened_at")
    incident = Incident.objects.create(
        area_code=area_code, title=plain, hazard=hazard, category=hazards()[hazard].category, grade=grade,
        description=description.strip()[:2000], happened_at=happened_at or now, reported_by_id=actor.account_id,
        is_demo=is_demo,
    )  # fmt: skip
    incident.refresh_from_db(fields=["uuid"])
    journal.record(REPORTED, actor=actor, subject=incident, happened_at=now, changes={"hazard": hazard})
    return incident


@transaction.atomic
def verify_incident(
    *, actor: Actor, now: datetime, incident: Incident, is_confirmed: bool, reason: str = ""
) -> Incident:
    """Confirm a report, or note that it was not confirmed."""
    return INCIDENT.move(incident, "verify" if is_confirmed else "reject", actor=actor, now=now, reason=reason[:400])


@transaction.atomic
def close_incident(*, actor: Actor, now: datetime, incident: Incident, reason: str = "") -> Incident:
    """Close an incident; its activations end by their own decisions."""
    return INCIDENT.move(incident, "close", actor=actor, now=now, reason=reason[:400])
