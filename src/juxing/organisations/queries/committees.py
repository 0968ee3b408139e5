"""Reading joint committees, their units and the pledges."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.organisations import policy
from juxing.organisations.enums import PledgeStatus
from juxing.organisations.models import CommitteeMember, JointCommittee, Pledge


def committees_page(*, actor: Actor, area_code: str = "", cursor: str | None = None) -> Page[JointCommittee]:
    """Return joint committees at a place with the number of units and pledges, by place."""
    rows = policy.visible_committees(actor).within(area_code).select_related("convener")
    page = page_of(rows, order=("area_code", "id"), cursor=cursor)
    ids = [row.pk for row in page.rows]
    members = dict(
        CommitteeMember.objects.filter(committee_id__in=ids, left_on__isnull=True)
        .values("committee_id").annotate(units=Count("id")).values_list("committee_id", "units")
    )  # fmt: skip
    pledges = dict(
        Pledge.objects.filter(member__committee_id__in=ids).exclude(status=PledgeStatus.WITHDRAWN)
        .values("member__committee_id").annotate(count=Count("id")).values_list("member__committee_id", "count")
    )  # fmt: skip
    for row in page.rows:
        row.units, row.pledges_made = members.get(row.pk, 0), pledges.get(row.pk, 0)  # type: ignore[attr-defined]
    return page


def committee(*, actor: Actor, uuid: UUID) -> JointCommittee:
    """Return one joint committee the actor sees; NotVisible if there is none such."""
    found = policy.visible_committees(actor).select_related("convener", "secretary").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def units_of(*, actor: Actor, committee: JointCommittee) -> list[CommitteeMember]:
    """Return the units that take part, by name, each with the sums of its pledges; at most 300."""
    if not policy.can_see_committee(actor, committee):
        raise NotVisible
    rows = CommitteeMember.objects.filter(committee=committee, left_on__isnull=True)
    standing = ~Q(pledges__status=PledgeStatus.WITHDRAWN)
    rows = rows.select_related("organisation", "liaison").annotate(
        pledges_made=Count("pledges", filter=standing),
        pledges_kept=Count("pledges", filter=Q(pledges__status=PledgeStatus.FULFILLED)),
    )
    return list(rows.order_by("organisation__name", "id")[:300])


def member_for(*, actor: Actor, uuid: UUID) -> CommitteeMember:
    """Return one seat the actor may pledge for; NotVisible if there is none such."""
    found = CommitteeMember.objects.select_related("organisation", "committee").filter(uuid=uuid).first()
    if found is None or not policy.can_pledge_for(actor, found):
        raise NotVisible
    return found


def pledges_page(
    *, actor: Actor, area_code: str = "", kind: str = "", status: str = "", cursor: str | None = None
) -> Page[Pledge]:
    """Return pledges of committees at a place, by place, narrowed to kind and step."""
    rows = policy.visible_pledges(actor).within(area_code).select_related("member__organisation", "member__committee")
    if kind:
        rows = rows.filter(kind=kind)
    if status:
        rows = rows.filter(status=status)
    return page_of(rows, order=("area_code", "id"), cursor=cursor)


def pledge(*, actor: Actor, uuid: UUID) -> Pledge:
    """Return one pledge the actor sees; NotVisible if there is none such."""
    rows = policy.visible_pledges(actor).select_related("member__organisation", "member__committee")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def pledge_sums(*, actor: Actor, area_code: str, today: date) -> list[dict[str, Any]]:
    """Return, for each kind, what is pledged and valid today, called on and come, in one statement."""
    rows = policy.visible_pledges(actor).within(area_code).exclude(status=PledgeStatus.WITHDRAWN)
    rows = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=today))
    called = Q(status__in=[PledgeStatus.CALLED, PledgeStatus.FULFILLED])
    found = (
        rows.values("kind").annotate(
            pledges=Count("id"), called=Count("id", filter=called), pledged=Sum("quantity"), came=Sum("delivered")
        ).order_by("kind")
    )  # fmt: skip
    return [dict(row) for row in found]
