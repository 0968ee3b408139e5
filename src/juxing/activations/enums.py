"""States and kinds of incidents, activations and area measures."""

from django.db import models
from django.utils.translation import pgettext_lazy


class IncidentCategory(models.TextChoices):
    """The four categories of the law; social-safety incidents are reported and mediated here, never converted for."""

    NATURAL_DISASTER = "natural_disaster", pgettext_lazy("incident category", "Natural disaster")
    ACCIDENT_DISASTER = "accident_disaster", pgettext_lazy("incident category", "Accident disaster")
    PUBLIC_HEALTH = "public_health", pgettext_lazy("incident category", "Public-health incident")
    SOCIAL_SAFETY = "social_safety", pgettext_lazy("incident category", "Social-safety incident")


class IncidentStatus(models.TextChoices):
    """From the first report to the end of it."""

    REPORTED = "reported", pgettext_lazy("incident status", "Reported")
    VERIFIED = "verified", pgettext_lazy("incident status", "Verified")
    REJECTED = "rejected", pgettext_lazy("incident status", "Not confirmed")
    ACTIVE = "active", pgettext_lazy("incident status", "Response under way")
    CONTAINED = "contained", pgettext_lazy("incident status", "Contained")
    CLOSED = "closed", pgettext_lazy("incident status", "Closed")


class ActivationStatus(models.TextChoices):
    """From the first draft to the last row put back."""

    DRAFT = "draft", pgettext_lazy("activation status", "Draft")
    PENDING_APPROVAL = "pending_approval", pgettext_lazy("activation status", "Waiting for approval")
    ACTIVE = "active", pgettext_lazy("activation status", "In force")
    EXTENDED = "extended", pgettext_lazy("activation status", "Extended")
    STANDING_DOWN = "standing_down", pgettext_lazy("activation status", "Standing down")
    STOOD_DOWN = "stood_down", pgettext_lazy("activation status", "Stood down")
    EXPIRED = "expired", pgettext_lazy("activation status", "Expired")
    CANCELLED = "cancelled", pgettext_lazy("activation status", "Cancelled")


RUNNING = frozenset({ActivationStatus.ACTIVE, ActivationStatus.EXTENDED})
BEFORE_START = frozenset({ActivationStatus.DRAFT, ActivationStatus.PENDING_APPROVAL})
OVER = frozenset({ActivationStatus.STOOD_DOWN, ActivationStatus.EXPIRED, ActivationStatus.CANCELLED})


class ConversionKind(models.TextChoices):
    """What a recorded conversion was for."""

    START = "start", pgettext_lazy("conversion", "Start")
    WIDEN = "widen", pgettext_lazy("conversion", "Widened")
    NARROW = "narrow", pgettext_lazy("conversion", "Narrowed")
    LEVEL = "level", pgettext_lazy("conversion", "Level changed")
    EXTEND = "extend", pgettext_lazy("conversion", "Extended")
    STAND_DOWN = "stand_down", pgettext_lazy("conversion", "Stand-down")
    UNDO = "undo", pgettext_lazy("conversion", "Undone")
    EXPIRE = "expire", pgettext_lazy("conversion", "Expired")


BACKWARDS = frozenset({ConversionKind.NARROW, ConversionKind.STAND_DOWN, ConversionKind.UNDO, ConversionKind.EXPIRE})
"""Conversions that lead back to steady state."""


class StepStatus(models.TextChoices):
    """States of one step in one street."""

    PENDING = "pending", pgettext_lazy("step status", "Waiting")
    RUNNING = "running", pgettext_lazy("step status", "Running")
    DONE = "done", pgettext_lazy("step status", "Done")
    FAILED = "failed", pgettext_lazy("step status", "Failed")
    SKIPPED = "skipped", pgettext_lazy("step status", "Skipped")


class MeasureKind(models.TextChoices):
    """Measures over an area; all but the last two restrict what people may do."""

    CLOSED_MANAGEMENT = "closed_management", pgettext_lazy("area measure", "Closed management")
    RESTRICTED_MOVEMENT = "restricted_movement", pgettext_lazy("area measure", "Restricted movement")
    TRAFFIC_CONTROL = "traffic_control", pgettext_lazy("area measure", "Traffic control")
    PLACES_CLOSED = "places_closed", pgettext_lazy("area measure", "Places closed")
    EVACUATION = "evacuation", pgettext_lazy("area measure", "Evacuation")
    GATE_INFORMATION = "gate_information", pgettext_lazy("area measure", "Information at the gate")
    SERVICE_POINTS = "service_points", pgettext_lazy("area measure", "Service points")


RESTRICTIVE = frozenset(MeasureKind) - {MeasureKind.GATE_INFORMATION, MeasureKind.SERVICE_POINTS}


class MeasureStatus(models.TextChoices):
    """States of an area measure."""

    DRAFT = "draft", pgettext_lazy("measure status", "Draft")
    PUBLISHED = "published", pgettext_lazy("measure status", "In force")
    LIFTED = "lifted", pgettext_lazy("measure status", "Lifted")
