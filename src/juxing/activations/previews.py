"""
The preview of an activation: what each room would change in each street, what is short, and the digest that is signed.

A preview is plain data without words, so it is the same whoever looks at it; edits stand beside what was proposed,
never in its place.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import datetime
from typing import Any

from juxing.activations.models import Activation
from juxing.activations.scoping import Scope, StreetOrder, as_data, street_orders
from juxing.kernel.actors import Actor
from juxing.kernel.conversion import Change, ConversionOrder, Edits, Shortage, steps_in_order
from juxing.plans.content import digest_of

WHOLE_STEP = "*"
PROCESS = Actor.system("activations")


def planned_scopes(activation: Activation) -> list[Scope]:
    """Return the parts the draft names, at its level, until its end."""
    return [Scope(code, activation.response_level, activation.ends_at) for code in activation.planned_areas]


def order_for(
    activation: Activation, street: StreetOrder, *, step: str, now: datetime, known: dict[Hashable, Any] | None = None
) -> ConversionOrder:
    """Return what one step is told to do in one street; ``known`` is what a preview found out so far."""
    return ConversionOrder(
        activation_uuid=activation.uuid, activation_id=activation.pk, street=street.street,
        area_codes=street.codes, level=street.level,
        ends_at=street.until, now=now, actor=PROCESS, wanted=activation.plan_version.content,
        edits=edits_of(activation, step), is_exercise=activation.is_exercise,
        known={} if known is None else known,
    )  # fmt: skip


def edits_of(activation: Activation, step: str) -> Edits:
    """Return what was struck out of a step's preview and which numbers were changed."""
    kept: Mapping[str, Any] = activation.edits.get(step, {})
    return Edits(frozenset(kept.get("left_out", ())), dict(kept.get("quantities", {})))


def is_left_out(activation: Activation, step: str) -> bool:
    """Whether the whole step was struck out."""
    return WHOLE_STEP in edits_of(activation, step).left_out


def build(activation: Activation, *, now: datetime) -> dict[str, Any]:
    """Return the preview's streets: one after the other, each with its steps; call it inside the system's scope."""
    streets: dict[str, list[dict[str, Any]]] = {}
    known: dict[Hashable, Any] = {}
    for street in street_orders(planned_scopes(activation)):
        streets.setdefault(street.street, []).extend(_steps(activation, street, now=now, known=known))
    return {"streets": [{"street": street, "steps": steps} for street, steps in streets.items()]}


def signed_data(activation: Activation) -> dict[str, Any]:
    """Return all that a signature covers."""
    return {
        "plan": [str(activation.plan_version.uuid), activation.plan_version.digest],
        "level": activation.response_level, "is_exercise": activation.is_exercise, "matter": activation.matter,
        "areas": as_data(planned_scopes(activation)), "edits": activation.edits, "preview": activation.preview,
        "decision": str(activation.decision.uuid) if activation.decision else "",
    }  # fmt: skip


def digest(activation: Activation) -> str:
    """Return the digest of what is signed; any edit changes it."""
    return digest_of(signed_data(activation))


def _steps(
    activation: Activation, street: StreetOrder, *, now: datetime, known: dict[Hashable, Any]
) -> Iterator[dict[str, Any]]:
    for step in steps_in_order():
        found = step.preview(order_for(activation, street, step=step.code, now=now, known=known))
        yield {
            "step": step.code,
            "changes": [_plain(change) for change in found.changes],
            "shortages": [_plain(shortage) for shortage in found.shortages],
        }


def _plain(line: Change | Shortage) -> dict[str, Any]:
    """Return a line as plain data: a preview has thousands, so it is not copied field by field."""
    plain: dict[str, Any] = {name: getattr(line, name) for name in line.__slots__}
    plain["facts"] = dict(line.facts)
    if isinstance(line, Shortage):
        plain["fillers"] = [list(filler) for filler in line.fillers]
    return plain
