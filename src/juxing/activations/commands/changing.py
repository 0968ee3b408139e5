"""
Changing what is in force: wider, narrower, another level, a later end. Each is a decision of its own.

What widens, raises or prolongs needs the signatures its level demands, the second by another person; what narrows or
lowers takes effect at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from juxing.activations import authority, policy, previews, scoping
from juxing.activations.commands.running import begin_conversion, next_number, start_runs
from juxing.activations.enums import RUNNING, ActivationStatus, ConversionKind
from juxing.activations.lifecycle import ACTIVATION
from juxing.activations.models import Activation, ActivationArea, DecisionDocument, ModeConversion
from juxing.activations.scoping import Scope, street_of
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.plans.enums import ResponseLevel

COUNTERSIGNED = journal.declare_action("activations.conversion.sign", _("Change of a response signed"))
EXTENDED_AREAS = journal.declare_action("activations.activation.extend_areas", _("End moved by a new decision"))


@transaction.atomic
def widen(
    *, actor: Actor, now: datetime, activation: Activation, areas: Sequence[str], decision: DecisionDocument,
    level: str = "", reason: str = "",
) -> ModeConversion:  # fmt: skip
    """
    Bring more places into scope, at the activation's level unless another is given, until its end.

    Raises:
        NotPermitted: if the actor's rank over these places does not suffice.
        InvalidInput: if a place is unknown or in scope already.
        Refusal: if the activation is not running.
    """
    with acting(previews.PROCESS):
        locked = _locked(activation, now=now)
        wanted = level or locked.response_level
        codes = scoping.expanded(areas)
        _require_rank(actor, codes, wanted)
        _require_apart(locked, codes, now=now)
        scopes = [Scope(code, wanted, locked.ends_at) for code in codes]
        return _order(locked, ConversionKind.WIDEN, scopes, actor=actor, now=now, decision=decision, reason=reason)


@transaction.atomic
def narrow(*, actor: Actor, now: datetime, activation: Activation, areas: Sequence[str], reason: str) -> ModeConversion:
    """
    Take places out of scope at once; what was converted there is put back.

    Raises:
        NotPermitted: if the actor's rank over these places does not suffice.
        InvalidInput: if a place is not in scope; without a reason.
        Refusal: if nothing would be left: then it is a stand-down.
    """
    _require_reason(reason)
    with acting(previews.PROCESS):
        locked = _locked(activation, now=now)
        _require_rank(actor, areas, locked.response_level)
        number = next_number(locked)
        taken = scoping.cut_out(locked, areas, number=number, now=now)
        left = scoping.open_parts(locked, now)
        if not left:
            raise Refusal("nothing_left", _("Nothing would be left in scope. Stand the activation down instead."))
        streets = {street_of(part.area_code) for part in left}
        scopes = [
            scope
            if street_of(scope.area_code) in streets
            else Scope(street_of(scope.area_code), scope.level, scope.until)
            for scope in taken
        ]
        conversion = begin_conversion(
            locked, ConversionKind.NARROW, sorted(set(scopes)), actor=actor, now=now, reason=reason, effective_at=now
        )
        start_runs(conversion, actor=actor, now=now)
    return conversion


@transaction.atomic
def change_level(
    *, actor: Actor, now: datetime, activation: Activation, areas: Sequence[str], level: str,
    decision: DecisionDocument | None = None, reason: str = "",
) -> ModeConversion:  # fmt: skip
    """
    Raise or lower the level in parts of the scope. Lowering takes effect at once; raising needs a decision.

    Raises:
        NotPermitted: if the actor's rank does not suffice for the higher of the two levels.
        InvalidInput: if the level is unknown or a place is not in scope.
        Refusal: if raising comes without a decision document.
    """
    if level not in ResponseLevel.values:
        raise InvalidInput("level_unknown", _("Choose a level from the list."), field="level")
    _require_reason(reason)
    with acting(previews.PROCESS):
        locked = _locked(activation, now=now)
        inside = Areas(areas)
        present = [
            part for part in scoping.open_parts(locked, now)
            if part.area_code in inside or any(code.startswith(part.area_code) for code in inside.prefixes)
        ]  # fmt: skip
        if not present:
            raise InvalidInput("area_not_in_scope", _("This place is not in the activation's scope."), field="areas")
        is_raised = any(level < part.level for part in present)
        _require_rank(actor, areas, min(level, *(part.level for part in present)))
        if is_raised and decision is None:
            raise Refusal("no_decision", _("Raising the level needs a decision document."), field="number")
        scopes = [Scope(code, level, locked.ends_at) for code in inside.prefixes]
        return _order(
            locked, ConversionKind.LEVEL, scopes, actor=actor, now=now, decision=decision, reason=reason,
            is_lighter=not is_raised,
        )  # fmt: skip


@transaction.atomic
def extend(
    *, actor: Actor, now: datetime, activation: Activation, ends_at: datetime, decision: DecisionDocument,
    areas: Sequence[str] = (), reason: str = "",
) -> ModeConversion:  # fmt: skip
    """
    Move the end, by a new decision: of the parts named, or of all that are in force. What is not extended expires.

    Raises:
        NotPermitted: if the actor's rank does not suffice.
        InvalidInput: if the end is not later, or later than one decision may run.
        Refusal: if the activation is over already.
    """
    with acting(previews.PROCESS):
        locked = _locked(activation, now=now)
        parts = scoping.open_parts(locked, now)
        codes = list(Areas(areas).prefixes) if areas else [part.area_code for part in parts]
        _require_rank(actor, codes, locked.response_level)
        days = authority.rule_of(locked.response_level).maximum_days
        if not now < ends_at <= now + timedelta(days=days):
            raise InvalidInput(
                "ends_too_late", _("One decision runs for %(days)d days at most.") % {"days": days}, field="ends_at"
            )
        chosen = [part for part in parts if part.area_code in Areas(codes)]
        if not chosen or any(part.until >= ends_at for part in chosen):
            raise InvalidInput("end_not_later", _("The new end is not later than the present one."), field="ends_at")
        if decision.pk == locked.decision_id:
            raise Refusal("decision_used", _("An extension needs a new decision, not the first one again."))
        scopes = [Scope(part.area_code, part.level, ends_at) for part in chosen]
        return _order(locked, ConversionKind.EXTEND, scopes, actor=actor, now=now, decision=decision, reason=reason)


@transaction.atomic
def countersign_change(*, actor: Actor, now: datetime, conversion: ModeConversion) -> ModeConversion:
    """
    Sign a change that waits for a second person; it takes effect with this.

    Raises:
        NotPermitted: if the actor's rank does not suffice.
        Refusal: if the same person ordered it, or it does not wait (any more).
    """
    with acting(previews.PROCESS):
        locked = _locked(conversion.activation, now=now)
        waiting = ModeConversion.objects.select_for_update().get(pk=conversion.pk)
        if waiting.effective_at is not None:
            raise Refusal("not_pending", _("This does not wait for a signature (any more). Look at it again."))
        codes = [code for code, _level, _until in waiting.areas]
        rank = authority.rank_of(actor, Areas(codes))
        if actor.account_id is None or rank < authority.rule_of(locked.response_level).second:
            raise NotPermitted("rank_low", _("A response of this level is signed by a higher rank. Ask your district."))
        if waiting.ordered_by_id == actor.account_id:
            raise Refusal("same_approver", _("You have signed already. The second signature is another person's."))
        waiting.second_by_id, waiting.effective_at = actor.account_id, now
        waiting.activation = locked
        _take_effect(waiting, actor=actor, now=now)
        journal.record(COUNTERSIGNED, actor=actor, subject=locked, happened_at=now, changes={"number": waiting.number})
    return waiting


def _order(
    activation: Activation, kind: ConversionKind, scopes: Sequence[Scope], *, actor: Actor, now: datetime,
    decision: DecisionDocument | None, reason: str, is_lighter: bool = False,
) -> ModeConversion:  # fmt: skip
    highest = min((activation.response_level, *(scope.level for scope in scopes)))
    rule = authority.rule_of(highest)
    if decision is not None and decision.issuer_rank < rule.issuer:
        raise Refusal("issuer_rank_low", _("A response of this level is decided by a higher authority."), field="rank")
    approvals = 1 if is_lighter else rule.approvals
    conversion = begin_conversion(
        activation, kind, scopes, actor=actor, now=now, decision=decision, reason=reason, approvals_needed=approvals,
        effective_at=now if approvals == 1 else None,
    )  # fmt: skip
    conversion.activation = activation
    if approvals == 1:
        _take_effect(conversion, actor=actor, now=now)
    return conversion


def _take_effect(conversion: ModeConversion, *, actor: Actor, now: datetime) -> None:
    """Change the parts in force, write down what they became, and start the steps."""
    activation = conversion.activation
    scopes = scoping.from_data(conversion.areas)
    if any(scope.until <= now for scope in scopes):
        raise Refusal("ends_in_the_past", _("The end lies in the past."))
    if conversion.kind == ConversionKind.WIDEN:
        _require_apart(activation, [scope.area_code for scope in scopes], now=now)
        for scope in scopes:
            scoping.open_part(activation, scope, now=now)
    elif conversion.kind == ConversionKind.LEVEL:
        level = scopes[0].level
        codes = [scope.area_code for scope in scopes]
        taken = scoping.cut_out(activation, codes, number=conversion.number, now=now)
        scopes = [Scope(scope.area_code, level, scope.until) for scope in taken]
        for scope in scopes:
            scoping.open_part(activation, scope, now=now)
    else:
        _move_end(activation, scopes, now=now)
        ACTIVATION.move(activation, "extend", actor=actor, now=now, changes={"ends_at": _last_end(activation, now)})
    conversion.areas = scoping.as_data(scopes)
    conversion.save(update_fields=["areas", "effective_at", "second_by"])
    start_runs(conversion, actor=actor, now=now)


def _move_end(activation: Activation, scopes: Sequence[Scope], *, now: datetime) -> None:
    open_now = {part.area_code: part for part in scoping.open_parts(activation, now)}
    for scope in scopes:
        part = open_now.get(scope.area_code)
        if part is None:
            raise Refusal("area_over", _("A part of this has expired or changed meanwhile. Look at it again."))
        ActivationArea.objects.filter(pk=part.pk).update(until=scope.until)


def _last_end(activation: Activation, now: datetime) -> datetime:
    rows = ActivationArea.objects.filter(activation_uuid=activation.uuid, until__gt=now, closed_by=None)
    found: datetime = rows.aggregate(last=Max("until"))["last"]
    return found


def _locked(activation: Activation, *, now: datetime) -> Activation:
    """Return the running activation, locked; one whose end has passed is over, whether or not a job has said so."""
    found = (
        Activation.objects.select_for_update(of=("self",))
        .select_related("incident", "plan_version")
        .get(pk=activation.pk)
    )
    if found.status not in RUNNING or found.ends_at <= now:
        state = found.get_status_display() if found.ends_at > now else ActivationStatus.EXPIRED.label
        raise Refusal("not_running", _("This response is not in force: %(state)s.") % {"state": state})
    return found


def _require_rank(actor: Actor, codes: Sequence[str], level: str) -> None:
    areas = Areas(codes)
    held = actor.areas_with(policy.DECIDE)
    if not areas or not all(code in held for code in areas.prefixes):
        raise NotPermitted
    if authority.rank_of(actor, areas) < authority.rule_of(level).approver:
        raise NotPermitted("rank_low", _("A response of this level is signed by a higher rank. Ask your district."))


def _require_apart(activation: Activation, codes: Sequence[str], *, now: datetime) -> None:
    held = [part.area_code for part in scoping.open_parts(activation, now)]
    if any(code.startswith(other) or other.startswith(code) for code in codes for other in held):
        raise InvalidInput(
            "area_in_scope", _("Some of this is in scope already. Name only what is new."), field="areas"
        )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("reason_missing", _("Say why. It is kept in the journal."), field="reason")
