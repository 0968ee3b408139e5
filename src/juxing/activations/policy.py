"""Who may see, prepare, decide and end activations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, Role
from juxing.activations.models import Activation, AreaMeasure, EmergencyDataSet, Incident
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.rights import declare
from juxing.kernel.scope import ScopedQuerySet

SEE = declare(
    "activations.see", _("See activations and their progress"),
    roles={*COMMAND, *COMMUNITY_DESK, Role.SECURITY_AUDITOR, Role.PRIVACY_OFFICER, Role.DEPARTMENT_LIAISON},
)  # fmt: skip
REPORT = declare("activations.report", _("Report an incident"), roles={*COMMAND, *COMMUNITY_DESK, Role.HOTLINE_AGENT})
PREPARE = declare("activations.prepare", _("Prepare an activation"), roles=COMMAND)
REVIEW_DATA = declare(
    "activations.review_data", _("Review the emergency data of a response that is over"),
    roles={Role.PRIVACY_OFFICER},
)  # fmt: skip
DECIDE = declare("activations.decide", _("Decide on an activation"), roles=COMMAND)


def can_see(actor: Actor, thing: Activation | Incident | AreaMeasure) -> bool:
    """Whether the actor may see it whole; that a place is in emergency state is public."""
    return actor.may(SEE, thing.area_code)


def can_report(actor: Actor, incident: Incident) -> bool:
    """Whether the actor may report and verify incidents here."""
    return actor.may(REPORT, incident.area_code)


def can_prepare(actor: Actor, thing: Activation | AreaMeasure) -> bool:
    """Whether the actor may draft it and change the draft."""
    return actor.may(PREPARE, thing.area_code)


def can_decide(actor: Actor, thing: Activation | AreaMeasure) -> bool:
    """Whether the actor may sign or end it; the rank its level demands is asked beside this."""
    return actor.may(DECIDE, thing.area_code)


def can_review_data(actor: Actor, data_set: EmergencyDataSet) -> bool:
    """Whether the actor may say what becomes of it."""
    return actor.may(REVIEW_DATA, data_set.area_code)


def is_process(actor: Actor, _thing: object) -> bool:
    """Whether a process of Juxing acts: what the clock does."""
    return actor.rights_everywhere


def holds_all(actor: Actor, codes: Areas) -> bool:
    """Whether the actor may prepare for all of these places."""
    areas = actor.areas_with(PREPARE)
    return bool(codes) and all(prefix in areas for prefix in codes.prefixes)


def visible_incidents(actor: Actor) -> ScopedQuerySet[Incident]:
    """Incidents for which ``can_see`` holds."""
    return Incident.objects.inside(actor.areas_with(SEE))


def visible_activations(actor: Actor) -> ScopedQuerySet[Activation]:
    """Activations for which ``can_see`` holds."""
    return Activation.objects.inside(actor.areas_with(SEE))


def visible_measures(actor: Actor) -> ScopedQuerySet[AreaMeasure]:
    """Measures for which ``can_see`` holds."""
    return AreaMeasure.objects.inside(actor.areas_with(SEE))
