"""Deciding: the paper behind the power, the signatures its level demands, and the start they bring."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.activations import authority, policy, previews, scoping
from juxing.activations.commands.preparing import locked_draft, sign_anew
from juxing.activations.commands.running import begin_conversion, start_runs
from juxing.activations.enums import ActivationStatus, ConversionKind, IncidentStatus
from juxing.activations.lifecycle import ACTIVATION, INCIDENT
from juxing.activations.models import Activation, DecisionDocument
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.plans.queries import is_in_force

DECISION_RECORDED = journal.declare_action("activations.decision.record", _("Decision document recorded"))
SIGNED = journal.declare_action("activations.activation.sign", _("Activation signed"))
HEX = frozenset("0123456789abcdef")


@transaction.atomic
def record_decision(
    *, actor: Actor, now: datetime, activation: Activation, issuer: str, rank: str, number: str, issued_on: date,
    legal_basis: str, file_sha256: str = "",
) -> DecisionDocument:  # fmt: skip
    """
    Record the decision document of an activation; of a draft it becomes the one that is signed.

    Raises:
        NotPermitted: if the actor may not prepare activations here.
        InvalidInput: if a field is empty or the issuer's rank does not suffice for the level.
    """
    if not policy.can_prepare(actor, activation):
        raise NotPermitted
    held = authority.ranks().get(rank, 0)
    if held < authority.rule_of(activation.response_level).issuer:
        raise InvalidInput(
            "issuer_rank_low", _("A response of this level is decided by a higher authority."), field="rank"
        )
    for name, value in (("issuer", issuer), ("number", number), ("legal_basis", legal_basis)):
        if not value.strip():
            raise InvalidInput("decision_incomplete", _("A decision says who, which number and which law."), field=name)
    if issued_on > now.date() + timedelta(days=1):
        raise InvalidInput("issued_later", _("This lies in the future."), field="issued_on")
    seal = file_sha256.strip().lower()
    if seal and (len(seal) != 64 or not set(seal) <= HEX):
        raise InvalidInput("file_hash_bad", _("A SHA-256 has 64 hexadecimal digits."), field="file_sha256")
    with acting(previews.PROCESS):
        document = DecisionDocument.objects.create(
            area_code=activation.area_code, issuer=issuer.strip()[:80], issuer_rank=held, number=number.strip()[:60],
            issued_on=issued_on, legal_basis=legal_basis.strip()[:400], file_sha256=seal,
            recorded_by_id=actor.account_id, recorded_at=now,
        )  # fmt: skip
        document.refresh_from_db(fields=["uuid"])
        journal.record(
            DECISION_RECORDED, actor=actor, subject=document, happened_at=now,
            changes={"activation": str(activation.uuid), "number": document.number},
        )  # fmt: skip
        if activation.status == ActivationStatus.DRAFT:
            locked = locked_draft(activation, actor)
            locked.decision = document
            sign_anew(locked)
    return document


@transaction.atomic
def approve(*, actor: Actor, now: datetime, activation: Activation, digest: str) -> Activation:
    """
    Sign what was previewed; the last signature the level demands begins the response and its conversion.

    ``digest`` is that of the preview the approver looked at.

    Raises:
        NotPermitted: if the actor's rank over all the places does not suffice.
        Refusal: if the preview was edited since, is too old, or the plan was replaced; if the same person signed
            before; if the end has passed meanwhile.
    """
    with acting(previews.PROCESS):
        locked = (
            Activation.objects.select_for_update(of=("self",))
            .select_related("incident", "plan_version", "decision")
            .get(pk=activation.pk)
        )
        is_second = locked.decided_by_id is not None
        _require_rank(locked, actor, is_second=is_second)
        _require_unchanged(locked, digest, now=now)
        if is_second and locked.decided_by_id == actor.account_id:
            raise Refusal("same_approver", _("You have signed already. The second signature is another person's."))
        prefix = "second" if is_second else "decided"
        setattr(locked, f"{prefix}_by_id", actor.account_id)
        setattr(locked, f"{prefix}_at", now)
        setattr(locked, "second_digest" if is_second else "signed_digest", digest)
        locked.save(update_fields=["decided_by", "decided_at", "signed_digest", "second_by", "second_at",
                                   "second_digest"])  # fmt: skip
        journal.record(SIGNED, actor=actor, subject=locked, happened_at=now, changes={"digest": digest[:12]})
        if is_second or locked.approvals_needed == 1:
            return _start(locked, actor=actor, now=now)
    return locked


def _start(activation: Activation, *, actor: Actor, now: datetime) -> Activation:
    started = ACTIVATION.move(activation, "start", actor=actor, now=now, changes={"starts_at": now})
    started.incident, started.plan_version = activation.incident, activation.plan_version
    if started.incident.status in {IncidentStatus.REPORTED, IncidentStatus.VERIFIED, IncidentStatus.CONTAINED}:
        INCIDENT.move(started.incident, "respond", actor=previews.PROCESS, now=now)
    scopes = previews.planned_scopes(started)
    for scope in scopes:
        scoping.open_part(started, scope, now=now)
    conversion = begin_conversion(
        started, ConversionKind.START, scopes, actor=actor, now=now, decision=started.decision, effective_at=now
    )
    start_runs(conversion, actor=actor, now=now)
    return started


def _require_rank(activation: Activation, actor: Actor, *, is_second: bool) -> None:
    rule = authority.rule_of(activation.response_level)
    rank = authority.rank_of(actor, Areas(activation.planned_areas))
    if not policy.can_decide(actor, activation) and rank == 0:
        raise NotPermitted
    if actor.account_id is None or rank < (rule.second if is_second else rule.approver):
        raise NotPermitted("rank_low", _("A response of this level is signed by a higher rank. Ask your district."))


def _require_unchanged(activation: Activation, digest: str, *, now: datetime) -> None:
    if activation.status != ActivationStatus.PENDING_APPROVAL:
        raise Refusal("not_pending", _("This does not wait for a signature (any more). Look at it again."))
    if digest != activation.digest:
        raise Refusal("preview_changed", _("The preview was changed after you looked at it. Look at it again."))
    if activation.previewed_at is None or activation.previewed_at + authority.preview_time() <= now:
        raise Refusal("preview_old", _("The preview is too old to be signed. Compute it again."))
    if not activation.is_exercise and not is_in_force(activation.plan_version_id):
        raise Refusal("plan_replaced", _("The plan was replaced by a newer version. Preview with that one."))
    if activation.ends_at <= now:
        raise Refusal("ends_in_the_past", _("The end lies in the past."))
