"""Drafting an activation: from an incident and a plan to a preview that can be signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.activations import authority, policy, previews, scoping
from juxing.activations.enums import ActivationStatus
from juxing.activations.lifecycle import ACTIVATION
from juxing.activations.models import Activation, Incident
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.conversion import steps
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.plans.enums import ResponseLevel, VersionStatus
from juxing.plans.models import PlanVersion

DRAFTED = journal.declare_action("activations.activation.draft", _("Activation drafted"))
PREVIEWED = journal.declare_action("activations.activation.preview", _("Conversion previewed"))
EDITED = journal.declare_action("activations.activation.edit", _("Preview edited"))
PROCESS = previews.PROCESS
NO_SIGNATURES: dict[str, Any] = {
    "decided_by": None, "decided_at": None, "signed_digest": "", "second_by": None, "second_at": None,
    "second_digest": "",
}  # fmt: skip


@transaction.atomic
def draft_activation(
    *, actor: Actor, now: datetime, incident: Incident, version: PlanVersion, level: str, areas: Sequence[str],
    ends_at: datetime, matter: str, is_exercise: bool = False, is_demo: bool = False,
) -> Activation:  # fmt: skip
    """
    Draft a response: which plan, which level, where, until when. Nothing is in force yet.

    Raises:
        NotPermitted: if the actor may not prepare activations for all of these places.
        InvalidInput: if a place is unknown, the end is missing, past or beyond what one decision may run.
        Refusal: if the plan is not in force (a drill may use a draft) or not for these places.
    """
    with acting(PROCESS):
        codes = scoping.expanded(areas)
    if not policy.holds_all(actor, Areas(codes)):
        raise NotPermitted
    _require_period(level, ends_at, now=now)
    plain = " ".join(matter.split())
    if not plain:
        raise InvalidInput("matter_missing", _("Say in one sentence what this response is for."), field="matter")
    with acting(PROCESS):
        _require_usable(version, codes, is_exercise=is_exercise)
        activation = Activation.objects.create(
            area_code=scoping.common_place(codes), incident=incident, plan_version=version, response_level=level,
            is_exercise=is_exercise, matter=plain[:400], planned_areas=codes, starts_at=now, ends_at=ends_at,
            prepared_by_id=actor.account_id, approvals_needed=authority.rule_of(level).approvals, is_demo=is_demo,
        )  # fmt: skip
        journal.record(
            DRAFTED, actor=actor, subject=activation, happened_at=now,
            changes={"level": level, "areas": codes, "ends_at": ends_at.isoformat(), "is_exercise": is_exercise},
        )  # fmt: skip
    return activation


@transaction.atomic
def preview(*, actor: Actor, now: datetime, activation: Activation) -> Activation:
    """
    Compute what every room would change in every street, and keep it with its digest; signatures given before end.

    Raises:
        NotPermitted: if the actor may not prepare it.
        Refusal: if it is no draft any more.
    """
    with acting(PROCESS):
        locked = locked_draft(activation, actor)
        locked.preview, locked.previewed_at = previews.build(locked, now=now), now
        sign_anew(locked)
        shortages = sum(len(step["shortages"]) for street in locked.preview["streets"] for step in street["steps"])
        journal.record(
            PREVIEWED, actor=actor, subject=locked, happened_at=now,
            changes={"streets": len(locked.preview["streets"]), "shortages": shortages},
        )  # fmt: skip
    return locked


@transaction.atomic
def edit_preview(
    *, actor: Actor, now: datetime, activation: Activation, step: str, left_out: Iterable[str] = (),
    quantities: Mapping[str, int] | None = None,
) -> Activation:  # fmt: skip
    """
    Strike lines of one step out of the preview, or change their numbers; "*" strikes the whole step.

    The edits replace those made before for this step. The digest changes, so whoever signed must sign again.

    Raises:
        NotPermitted: if the actor may not prepare it.
        InvalidInput: if the step or a line is not in the preview, or a number is negative.
        Refusal: if it is no draft any more, or has no preview.
    """
    with acting(PROCESS):
        locked = locked_draft(activation, actor)
        if step not in steps:
            raise InvalidInput("step_unknown", _("No room has this step."))
        known = {change["key"] for line in _lines(locked, step) for change in line["changes"]}
        struck = sorted(set(left_out))
        numbers = dict(quantities or {})
        if not {*struck, *numbers} <= known | {previews.WHOLE_STEP} or any(number < 0 for number in numbers.values()):
            raise InvalidInput("line_unknown", _("The preview has changed. Look at it again before editing."))
        locked.edits = {**locked.edits, step: {"left_out": struck, "quantities": numbers}}
        if not struck and not numbers:
            del locked.edits[step]
        sign_anew(locked)
        journal.record(
            EDITED, actor=actor, subject=locked, happened_at=now,
            changes={"step": step, "left_out": len(struck), "quantities": len(numbers)},
        )  # fmt: skip
    return locked


@transaction.atomic
def submit(*, actor: Actor, now: datetime, activation: Activation) -> Activation:
    """
    Put the preview before the approvers.

    Raises:
        Refusal: if there is no preview or no decision document.
    """
    with acting(PROCESS):
        if not activation.digest:
            raise Refusal("not_previewed", _("Look at the preview first: it is what the approvers sign."))
        if activation.decision_id is None:
            raise Refusal(
                "no_decision", _("Enter the decision document first: who decided, number, date, legal basis.")
            )
        return ACTIVATION.move(activation, "submit", actor=actor, now=now)


@transaction.atomic
def take_back(*, actor: Actor, now: datetime, activation: Activation, reason: str = "") -> Activation:
    """Take it back for changes; signatures given so far end."""
    with acting(PROCESS):
        return ACTIVATION.move(
            activation, "take_back", actor=actor, now=now, reason=reason[:400], changes=dict(NO_SIGNATURES)
        )


@transaction.atomic
def cancel_draft(*, actor: Actor, now: datetime, activation: Activation, reason: str = "") -> Activation:
    """Give a draft up."""
    with acting(PROCESS):
        return ACTIVATION.move(activation, "cancel", actor=actor, now=now, reason=reason[:400])


def _require_period(level: str, ends_at: datetime, *, now: datetime) -> None:
    if level not in ResponseLevel.values:
        raise InvalidInput("level_unknown", _("Choose a level from the list."), field="level")
    if ends_at <= now:
        raise InvalidInput("ends_in_the_past", _("The end lies in the past."), field="ends_at")
    days = authority.rule_of(level).maximum_days
    if ends_at > now + timedelta(days=days):
        raise InvalidInput(
            "ends_too_late",
            _("One decision runs for %(days)d days at most. Extend it later if needed.") % {"days": days},
            field="ends_at",
        )  # fmt: skip


def _require_usable(version: PlanVersion, codes: Sequence[str], *, is_exercise: bool) -> None:
    held = Areas([version.area_code])
    if not all(code in held for code in codes):
        raise Refusal("plan_elsewhere", _("This plan is not for these places."), field="version")
    in_force = PlanVersion.objects.filter(pk=version.pk, status=VersionStatus.APPROVED).exists()
    if not in_force and not (is_exercise and version.status == VersionStatus.DRAFT):
        raise Refusal("plan_not_in_force", _("This version of the plan is not in force."), field="version")


def locked_draft(activation: Activation, actor: Actor) -> Activation:
    found = (
        Activation.objects.select_for_update(of=("self",))
        .select_related("incident", "plan_version", "decision")
        .get(pk=activation.pk)
    )
    if not policy.can_prepare(actor, found):
        raise NotPermitted
    if found.status != ActivationStatus.DRAFT:
        raise Refusal("not_a_draft", _("It is before the approvers. Take it back before changing it."))
    return found


def sign_anew(activation: Activation) -> None:
    """Write the draft with its new digest and without signatures."""
    for name, value in NO_SIGNATURES.items():
        setattr(activation, name, value)
    activation.digest = previews.digest(activation) if activation.preview else ""
    activation.save(update_fields=["preview", "previewed_at", "edits", "digest", "decision", *NO_SIGNATURES])


def _lines(activation: Activation, step: str) -> list[dict[str, Any]]:
    streets = activation.preview.get("streets", [])
    return [line for street in streets for line in street["steps"] if line["step"] == step]
