"""Tables of incidents, responses, what they did street by street, measures, and what becomes of their data."""

from juxing.activations.models.responses import (
    Activation,
    ActivationArea,
    AreaMeasure,
    DecisionDocument,
    Incident,
    ModeConversion,
    StepRun,
)
from juxing.activations.models.vault import DestructionCertificate, EmergencyDataSet

__all__ = [
    "Activation", "ActivationArea", "AreaMeasure", "DecisionDocument", "DestructionCertificate", "EmergencyDataSet",
    "Incident", "ModeConversion", "StepRun",
]  # fmt: skip
