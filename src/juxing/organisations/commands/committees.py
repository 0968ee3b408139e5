"""Joint committees, their member units, and the pledges these make and keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.access.models import Account
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.organisations import policy
from juxing.organisations.commands.words import plain_name, recorded, require_area, require_kind
from juxing.organisations.enums import CommitteeLevel, PledgeKind, PledgeStatus
from juxing.organisations.lifecycle import PLEDGE
from juxing.organisations.models import CommitteeMember, JointCommittee, Organisation, Pledge
from juxing.organisations.waiting import PLEDGES, look_around

FOUNDED = journal.declare_action("organisations.committee.found", _("Joint committee founded"))
UNIT_JOINED = journal.declare_action("organisations.committee.join", _("Unit joined the joint committee"))
UNIT_LEFT = journal.declare_action("organisations.committee.leave", _("Unit left the joint committee"))
SECRETARY = journal.declare_action("organisations.committee.secretary", _("Secretary of the committee named"))
OFFERED = journal.declare_action("organisations.pledge.offer", _("Pledge made"))
DELIVERED = journal.declare_action("organisations.pledge.deliver", _("Part of a pledge came"))


@dataclass(frozen=True, slots=True)
class PledgeInput:
    """What a unit pledges: how much of what, and until when it holds."""

    kind: str
    subject: str
    quantity: int
    unit: str = ""
    valid_until: date | None = None


@transaction.atomic
def found_committee(
    *, actor: Actor, now: datetime, area_code: str, name: str, convener: Organisation | None = None
) -> JointCommittee:
    """
    Found the joint committee of a street (大工委) or community (大党委).

    Raises:
        InvalidInput: if the place has one, or is neither street nor community.
    """
    actor.require(policy.MANAGE, area_code)
    require_area(area_code)
    if len(area_code) not in {9, 12}:
        raise InvalidInput("committee_level", _("Streets and communities have joint committees."), field="area_code")
    if JointCommittee.objects.filter(area_code=area_code).exists():
        raise InvalidInput("committee_known", _("This place has a joint committee already."), field="area_code")
    level = CommitteeLevel.STREET if len(area_code) == 9 else CommitteeLevel.COMMUNITY
    founded = JointCommittee.objects.create(
        area_code=area_code, name=plain_name(name), level=level, convener=convener
    )  # fmt: skip
    return recorded(FOUNDED, founded, actor=actor, now=now)


@transaction.atomic
def name_secretary(*, actor: Actor, now: datetime, committee: JointCommittee, account: Account | None) -> None:
    """Name who runs the committee's meetings, or nobody; the same again changes nothing."""
    actor.require(policy.MANAGE, committee.area_code)
    locked = JointCommittee.objects.select_for_update().get(pk=committee.pk)
    if locked.secretary_id == (account.pk if account else None):
        return
    locked.secretary = account
    locked.save(update_fields=["secretary"])
    changes = {"account": str(account.uuid) if account else ""}
    journal.record(SECRETARY, actor=actor, subject=locked, happened_at=now, changes=changes)


@transaction.atomic
def join_committee(
    *,
    actor: Actor,
    now: datetime,
    committee: JointCommittee,
    organisation: Organisation,
    liaison: Account | None = None,
) -> CommitteeMember:
    """Let a unit take part from today on; taking part already changes only who speaks for it."""
    actor.require(policy.MANAGE, committee.area_code)
    seats = CommitteeMember.objects.filter(committee=committee, organisation=organisation, left_on__isnull=True)
    seat = seats.select_for_update().first()
    if seat is None:
        seat = CommitteeMember.objects.create(
            committee=committee, organisation=organisation, area_code=committee.area_code, liaison=liaison,
            joined_on=now.date(),
        )  # fmt: skip
    else:
        seat.liaison = liaison
        seat.save(update_fields=["liaison"])
    return recorded(UNIT_JOINED, seat, actor=actor, now=now)


@transaction.atomic
def leave_committee(*, actor: Actor, now: datetime, member: CommitteeMember) -> None:
    """Let a unit leave; its pledges that nobody called on are withdrawn with it."""
    actor.require(policy.MANAGE, member.area_code)
    if not CommitteeMember.objects.filter(pk=member.pk, left_on__isnull=True).update(left_on=now.date()):
        return
    journal.record(UNIT_LEFT, actor=actor, subject=member, happened_at=now)
    open_pledges = Pledge.objects.filter(member=member, status__in=[PledgeStatus.OFFERED, PledgeStatus.ACCEPTED])
    PLEDGE.move_many(list(open_pledges.values_list("id", flat=True)), "withdraw", actor=actor, now=now)


@transaction.atomic
def offer_pledge(*, actor: Actor, now: datetime, member: CommitteeMember, given: PledgeInput) -> Pledge:
    """
    Pledge people, places, goods or skills for a unit.

    Raises:
        NotPermitted: unless the actor speaks for the unit or keeps the register.
        InvalidInput: if the unit has left, or what is pledged cannot be.
    """
    if not policy.can_pledge_for(actor, member):
        raise NotPermitted
    if member.left_on is not None:
        raise InvalidInput("unit_left", _("This unit has left the joint committee."))
    pledge = Pledge.objects.create(
        member=member, area_code=member.area_code, created_at=now, **checked_pledge(given, today=now.date())
    )  # fmt: skip
    recorded(OFFERED, pledge, actor=actor, now=now)
    look_around(PLEDGES, {pledge.area_code}, now=now)
    return pledge


def checked_pledge(given: PledgeInput, *, today: date) -> dict[str, object]:
    """Return the values as columns hold them; raise InvalidInput where one cannot be."""
    require_kind(given.kind, PledgeKind.values, field="kind")
    if not 1 <= given.quantity <= 10_000_000:
        raise InvalidInput("quantity_bad", _("At least one."), field="quantity")
    if given.valid_until is not None and given.valid_until < today:
        raise InvalidInput("pledge_over", _("This day is over."), field="valid_until")
    return {
        "kind": given.kind, "subject": plain_name(given.subject, field="subject", at_most=120),
        "quantity": given.quantity, "unit": " ".join(given.unit.split())[:12], "valid_until": given.valid_until,
    }  # fmt: skip


@transaction.atomic
def call_pledge(*, actor: Actor, now: datetime, pledge: Pledge, called_for: str, due_at: datetime | None) -> Pledge:
    """Call on an accepted pledge: what for, and by when it is needed."""
    if due_at is not None and due_at <= now:
        raise InvalidInput("due_past", _("This moment is over."), field="due_at")
    changes = {"called_for": called_for.strip()[:200], "due_at": due_at}
    called = PLEDGE.move(pledge, "call", actor=actor, now=now, reason=called_for.strip()[:200], changes=changes)
    look_around(PLEDGES, {pledge.area_code}, now=now)
    return called


@transaction.atomic
def move_pledge(*, actor: Actor, now: datetime, pledge: Pledge, step: str) -> Pledge:
    """Accept a pledge, take a call back, or withdraw it; as its lifecycle allows."""
    moved = PLEDGE.move(pledge, step, actor=actor, now=now)
    look_around(PLEDGES, {pledge.area_code}, now=now)
    return moved


@transaction.atomic
def deliver_pledge(*, actor: Actor, now: datetime, pledge: Pledge, quantity: int) -> Pledge:
    """
    Write down how much of a called pledge came; when all of it did, the pledge is kept.

    Raises:
        InvalidInput: if it is not called on, or more would come than was pledged.
    """
    if not policy.can_call_pledge(actor, pledge):
        raise NotPermitted
    locked = Pledge.objects.select_for_update().get(pk=pledge.pk)
    if locked.status != PledgeStatus.CALLED:
        raise InvalidInput("pledge_not_called", _("Call on the pledge first."))
    if not 1 <= quantity <= locked.quantity - locked.delivered:
        raise InvalidInput(
            "quantity_bad", _("At most %(rest)d are still to come.") % {"rest": locked.quantity - locked.delivered},
            field="quantity",
        )  # fmt: skip
    locked.delivered += quantity
    locked.save(update_fields=["delivered"])
    journal.record(DELIVERED, actor=actor, subject=locked, happened_at=now, changes={"quantity": quantity})
    if locked.delivered == locked.quantity:
        locked = PLEDGE.move(locked, "fulfil", actor=actor, now=now)
        look_around(PLEDGES, {locked.area_code}, now=now)
    return locked
