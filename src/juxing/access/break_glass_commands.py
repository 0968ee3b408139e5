"""Opening another place for an hour in an emergency (破窗访问), closing it again, and judging it afterwards."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.access import policy
from juxing.access.models import BREAK_GLASS_TIME, Account, BreakGlassAccess, ReviewVerdict, RoleAssignment
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible, Refusal
from juxing.kernel.scope import acting

DISTRICT_LENGTH = 6
STREET_LENGTH = 9
REASON_LENGTH = 10
BEGUN = journal.declare_action("access.break_glass.begin", _("Place opened in an emergency"))
ENDED = journal.declare_action("access.break_glass.end", _("Emergency access closed"))
REVIEWED = journal.declare_action("access.break_glass.review", _("Emergency access reviewed"))


@transaction.atomic
def break_glass(*, actor: Actor, now: datetime, area_code: str, reason: str) -> BreakGlassAccess:
    """
    Let the actor's own roles hold at one more place for an hour.

    The place is a street at most, in a district where the actor serves; nobody has two open at once.

    Raises:
        NotPermitted: for roles that never need it.
        InvalidInput: if the place or the reason will not do.
    """
    areas = actor.areas_with(policy.BREAK_GLASS)
    if actor.account_id is None or not areas:
        raise NotPermitted
    account = Account.objects.select_for_update().get(pk=actor.account_id)
    if account.break_glass_accesses.filter(starts_at__lte=now, ends_at__gt=now).exists():
        raise Refusal("break_glass_open", _("You have opened a place already. Close it before you open another."))
    _require_place(area_code, actor)
    if len(reason.strip()) < REASON_LENGTH:
        raise InvalidInput(
            "reason_short", _("Say in a sentence what happened and why you must look there."), field="reason"
        )
    ends_at = now + BREAK_GLASS_TIME
    access = BreakGlassAccess.objects.create(
        account=account, area_code=area_code, reason=reason.strip()[:400], starts_at=now, ends_at=ends_at
    )
    held = account.role_assignments.in_force(now).filter(role__in=policy.BREAKING_THE_GLASS)
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            account=account, role=role, area_code=area_code, starts_at=now, ends_at=ends_at, break_glass=access
        )
        for role in sorted(set(held.values_list("role", flat=True)))
    )
    _record(BEGUN, access, actor=actor, now=now, reason=access.reason)
    return access


def _require_place(area_code: str, actor: Actor) -> None:
    """Refuse what is too wide, of another district, or open to the actor anyway."""
    areas = actor.areas_with(policy.BREAK_GLASS)
    served = {prefix[:DISTRICT_LENGTH] for prefix in areas.prefixes}
    is_near = any(area_code.startswith(district) for district in served)
    if not area_code.isdecimal() or len(area_code) < STREET_LENGTH or not is_near:
        raise InvalidInput(
            "place_too_wide", _("Choose one street or community of the district you serve in."), field="area_code"
        )
    if area_code in areas:
        raise InvalidInput("place_own", _("This place is open to you already."), field="area_code")


@transaction.atomic
def end_break_glass(*, actor: Actor, now: datetime, access: BreakGlassAccess) -> None:
    """Close a place before its hour is over; one that is closed changes nothing."""
    if actor.account_id != access.account_id:
        raise NotVisible
    held = BreakGlassAccess.objects.select_for_update().get(pk=access.pk)
    if not held.starts_at < now < held.ends_at:
        return
    held.ends_at = now
    held.save(update_fields=["ends_at"])
    held.grants.filter(ends_at__gt=now).update(ends_at=now)
    _record(ENDED, held, actor=actor, now=now)


@transaction.atomic
def review_break_glass(*, actor: Actor, now: datetime, access: BreakGlassAccess, verdict: str, note: str) -> None:
    """
    Say whether it was justified; once.

    Raises:
        NotPermitted: for one's own access.
        Refusal: while it is still open, or if somebody reviewed it already.
        InvalidInput: if it is found unjustified without a word why.
    """
    held = BreakGlassAccess.objects.select_for_update().get(pk=access.pk)
    if not policy.can_review(actor, held):
        raise NotPermitted
    if held.ends_at > now:
        raise Refusal("break_glass_still_open", _("It is still open. Review it when it is over."))
    if held.reviewed_at is not None:
        raise Refusal("break_glass_reviewed", _("Somebody has reviewed this already."))
    if verdict not in ReviewVerdict.values:
        raise InvalidInput("verdict_unknown", _("Choose whether it was justified."), field="verdict")
    if verdict == ReviewVerdict.NOT_JUSTIFIED and not note.strip():
        raise InvalidInput("note_missing", _("Say why it was not justified, and what follows."), field="note")
    held.reviewed_by_id, held.reviewed_at = actor.account_id, now
    held.verdict, held.review_note = verdict, note.strip()[:400]
    held.save(update_fields=["reviewed_by", "reviewed_at", "verdict", "review_note"])
    _record(REVIEWED, held, actor=actor, now=now, reason=held.review_note, verdict=verdict)


def _record(
    action: str, access: BreakGlassAccess, *, actor: Actor, now: datetime, reason: str = "", **changes: str
) -> None:
    """Write an entry at the place that was opened, which may lie outside the actor's own scope."""
    fact = journal.Fact(
        action=action, subject_type="access.breakglassaccess", subject_uuid=access.uuid,
        area_code=access.area_code, reason=reason, changes=changes,
    )  # fmt: skip
    with acting(Actor.system("access: journal of emergency access")):
        journal.record_many([fact]).by(actor, happened_at=now)
