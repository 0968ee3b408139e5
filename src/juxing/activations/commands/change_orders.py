"""One order for whatever changes of a response in force: its decision document and the change, both or neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.activations.commands.changing import change_level, extend, narrow, widen
from juxing.activations.commands.deciding import record_decision
from juxing.activations.enums import ConversionKind
from juxing.activations.models import Activation, DecisionDocument, ModeConversion
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput

CHANGES = (ConversionKind.WIDEN, ConversionKind.NARROW, ConversionKind.LEVEL, ConversionKind.EXTEND)


@dataclass(frozen=True, slots=True)
class DecisionInput:
    """The decision document behind a change."""

    issuer: str
    rank: str
    number: str
    issued_on: date
    legal_basis: str
    file_sha256: str = ""


@dataclass(frozen=True, slots=True)
class ChangeInput:
    """What changes: ``kind`` is one of ``CHANGES``; it says which of the others count."""

    kind: str
    reason: str
    areas: Sequence[str] = ()
    level: str = ""
    ends_at: datetime | None = None
    decision: DecisionInput | None = None


@transaction.atomic
def order_change(*, actor: Actor, now: datetime, activation: Activation, given: ChangeInput) -> ModeConversion:
    """
    Order a change. With two signatures needed it waits for the second (``countersign_change``).

    Raises:
        InvalidInput: if the kind is none of ``CHANGES``, or something this kind needs is missing.
        NotPermitted, Refusal: as the change itself does.
    """
    if given.kind not in CHANGES:
        raise InvalidInput("change_unknown", _("Choose from the list."), field="kind")
    if not given.areas and given.kind != ConversionKind.EXTEND:
        raise InvalidInput("areas_missing", _("Name the places."), field="areas")
    if given.kind == ConversionKind.NARROW:
        return narrow(actor=actor, now=now, activation=activation, areas=given.areas, reason=given.reason)
    decision = None
    if given.decision is not None:
        decision = record_decision(actor=actor, now=now, activation=activation, **asdict(given.decision))
    if given.kind == ConversionKind.LEVEL:
        return change_level(actor=actor, now=now, activation=activation, areas=given.areas, level=given.level,
                            decision=decision, reason=given.reason)  # fmt: skip
    return _decided(actor=actor, now=now, activation=activation, given=given, decision=decision)


def _decided(
    *, actor: Actor, now: datetime, activation: Activation, given: ChangeInput, decision: DecisionDocument | None
) -> ModeConversion:
    if decision is None:
        raise InvalidInput("decision_incomplete", _("A decision says who, which number and which law."), field="number")
    if given.kind == ConversionKind.WIDEN:
        return widen(actor=actor, now=now, activation=activation, areas=given.areas, decision=decision,
                     level=given.level, reason=given.reason)  # fmt: skip
    if given.ends_at is None:
        raise InvalidInput("end_missing", _("Say until when."), field="ends_at")
    return extend(actor=actor, now=now, activation=activation, ends_at=given.ends_at, decision=decision,
                  areas=given.areas, reason=given.reason)  # fmt: skip
