"""Area measures: written down, in force only with basis, end and services, lifted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.activations import authority, policy, previews, scoping
from juxing.activations.enums import RESTRICTIVE, RUNNING, MeasureKind
from juxing.activations.lifecycle import MEASURE
from juxing.activations.models import Activation, AreaMeasure, DecisionDocument
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting

DRAFTED = journal.declare_action("activations.measure.draft", _("Area measure drafted"))
DUTIES = ("food_duty", "medicine_duty", "medical_exit_duty", "care_contact_duty", "hotline_duty")
WEIGHED = ("justification", "alternatives_considered", "appeal_route")
MAXIMUM = timedelta(days=14)


@transaction.atomic
def draft_measure(
    *, actor: Actor, now: datetime, activation: Activation, area_code: str, kind: str, title: str, text: str,
    ends_at: datetime, said: Mapping[str, str],
) -> AreaMeasure:  # fmt: skip
    """
    Write a measure down; nothing is in force. ``said`` holds the duties and what was weighed, by field.

    Raises:
        NotPermitted: if the actor may not prepare here; for a restriction, below the rank that may order one.
        InvalidInput: if the kind is unknown, the place is not in scope, or the end is missing or too late.
    """
    actor.require(policy.PREPARE, area_code)
    if kind not in MeasureKind.values:
        raise InvalidInput("kind_unknown", _("Choose from the list."), field="kind")
    if kind in RESTRICTIVE and _rank(actor, area_code) < 2:
        raise NotPermitted("rank_low", _("Only the district records restrictions, with its decision."))
    if not now < ends_at <= now + MAXIMUM:
        raise InvalidInput("ends_too_late", _("A measure ends within 14 days."), field="ends_at")
    if not title.strip() or not text.strip():
        raise InvalidInput("measure_unsaid", _("Say what the measure is, in a title and in full."), field="title")
    with acting(previews.PROCESS):
        _require_in_scope(activation, area_code, ends_at, now=now)
        measure = AreaMeasure.objects.create(
            activation=activation, area_code=area_code, kind=kind, title=title.strip()[:80], text=text.strip()[:2000],
            starts_at=now, ends_at=ends_at, written_by_id=actor.account_id,
            **{name: said.get(name, "").strip() for name in (*DUTIES, *WEIGHED)},
        )  # fmt: skip
        journal.record(DRAFTED, actor=actor, subject=measure, happened_at=now, changes={"kind": kind})
    return measure


@transaction.atomic
def publish_measure(
    *, actor: Actor, now: datetime, measure: AreaMeasure, decision: DecisionDocument | None = None
) -> AreaMeasure:
    """
    Bring a measure into force.

    Raises:
        NotPermitted: below the rank that may restrict.
        InvalidInput: on the first service duty nobody has, or the first thing not weighed.
        Refusal: if a restriction has no decision document of sufficient rank.
    """
    if measure.kind in RESTRICTIVE:
        if _rank(actor, measure.area_code) < authority.measure_rank():
            raise NotPermitted("rank_low", _("Only the district records restrictions, with its decision."))
        if decision is None or decision.issuer_rank < authority.measure_rank():
            raise Refusal("no_decision", _("A restriction needs a decision document of the district or above."))
        for name in (*DUTIES, *WEIGHED):
            if not getattr(measure, name):
                raise InvalidInput(
                    "duty_missing",
                    _("A restriction also says who sees to food, medicine, the way to the doctor, care and a hotline."),
                    field=name,
                )
    with acting(previews.PROCESS):
        _require_in_scope(measure.activation, measure.area_code, measure.ends_at, now=now)
        return MEASURE.move(
            measure, "publish", actor=actor, now=now,
            changes={"decision": decision, "authority_rank": decision.issuer_rank if decision else 0, "starts_at": now},
        )  # fmt: skip


@transaction.atomic
def lift_measure(*, actor: Actor, now: datetime, measure: AreaMeasure, reason: str) -> AreaMeasure:
    """Lift a measure before its end."""
    with acting(previews.PROCESS):
        return MEASURE.move(
            measure, "lift", actor=actor, now=now, reason=reason[:400],
            changes={"ends_at": max(now, measure.starts_at + timedelta(microseconds=1))},
        )  # fmt: skip


def _require_in_scope(activation: Activation, area_code: str, ends_at: datetime, *, now: datetime) -> None:
    if activation.status not in RUNNING:
        raise Refusal("not_running", _("Measures belong to a response that is in force."))
    held = Areas(part.area_code for part in scoping.open_parts(activation, now) if part.until >= ends_at)
    if area_code not in held:
        raise InvalidInput("area_not_in_scope", _("The response does not hold there until then."), field="area_code")


def _rank(actor: Actor, area_code: str) -> int:
    return authority.rank_of(actor, Areas([area_code]))
