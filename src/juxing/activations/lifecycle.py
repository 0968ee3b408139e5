"""The states of incidents, activations and area measures."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.activations import policy
from juxing.activations.enums import RUNNING, IncidentStatus, MeasureStatus
from juxing.activations.enums import ActivationStatus as State
from juxing.activations.models import Activation, AreaMeasure, Incident
from juxing.kernel.lifecycle import Lifecycle, Transition

INCIDENT: Lifecycle[Incident] = Lifecycle(
    model=Incident,
    subject="activations.incident",
    states=tuple(IncidentStatus),
    transitions=(
        Transition(
            "verify", _("Incident verified"), frozenset({IncidentStatus.REPORTED}), IncidentStatus.VERIFIED,
            policy.can_report,
        ),
        Transition(
            "reject", _("Incident not confirmed"), frozenset({IncidentStatus.REPORTED, IncidentStatus.VERIFIED}),
            IncidentStatus.REJECTED, policy.can_report,
        ),
        Transition(
            "respond", _("Response to an incident begun"),
            frozenset({IncidentStatus.REPORTED, IncidentStatus.VERIFIED, IncidentStatus.CONTAINED}),
            IncidentStatus.ACTIVE, policy.can_report,
        ),
        Transition(
            "contain", _("Incident contained"), frozenset({IncidentStatus.ACTIVE}), IncidentStatus.CONTAINED,
            policy.can_report,
        ),
        Transition(
            "close", _("Incident closed"),
            frozenset({IncidentStatus.ACTIVE, IncidentStatus.CONTAINED, IncidentStatus.VERIFIED}),
            IncidentStatus.CLOSED, policy.can_report,
        ),
    ),
)  # fmt: skip

ACTIVATION: Lifecycle[Activation] = Lifecycle(
    model=Activation,
    subject="activations.activation",
    states=tuple(State),
    transitions=(
        Transition(
            "submit", _("Put before the approvers"), frozenset({State.DRAFT}), State.PENDING_APPROVAL,
            policy.can_prepare,
        ),
        Transition(
            "take_back", _("Taken back for changes"), frozenset({State.PENDING_APPROVAL}), State.DRAFT,
            policy.can_prepare,
        ),
        Transition(
            "start", _("Response begun"), frozenset({State.PENDING_APPROVAL}), State.ACTIVE, policy.can_decide
        ),
        Transition("extend", _("Response extended"), RUNNING, State.EXTENDED, policy.can_decide),
        Transition("stand_down", _("Stand-down begun"), RUNNING, State.STANDING_DOWN, policy.can_decide),
        Transition(
            "finish_stand_down", _("Stood down"), frozenset({State.STANDING_DOWN}), State.STOOD_DOWN,
            policy.is_process,
        ),
        Transition("expire", _("Response expired by itself"), RUNNING, State.EXPIRED, policy.is_process),
        Transition("undo", _("Activation undone"), RUNNING, State.CANCELLED, policy.can_decide),
        Transition(
            "cancel", _("Draft of an activation given up"), frozenset({State.DRAFT, State.PENDING_APPROVAL}),
            State.CANCELLED, policy.can_prepare,
        ),
    ),
)  # fmt: skip

MEASURE: Lifecycle[AreaMeasure] = Lifecycle(
    model=AreaMeasure,
    subject="activations.measure",
    states=tuple(MeasureStatus),
    transitions=(
        Transition(
            "publish", _("Area measure in force"), frozenset({MeasureStatus.DRAFT}), MeasureStatus.PUBLISHED,
            policy.can_decide,
        ),
        Transition(
            "lift", _("Area measure lifted"), frozenset({MeasureStatus.PUBLISHED}), MeasureStatus.LIFTED,
            policy.can_decide,
        ),
    ),
)  # fmt: skip
