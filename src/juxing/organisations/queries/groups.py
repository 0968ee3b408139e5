"""Reading action branches, teams and temporary bodies with their members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.organisations import policy
from juxing.organisations.enums import Office
from juxing.organisations.models import ActionBranch, Membership, Organisation, Team, TemporaryBody

Found = TypeVar("Found")
MEMBERS_SHOWN = 200
ORDER_OF_OFFICES = {Office.SECRETARY: 0, Office.DEPUTY_SECRETARY: 1, Office.MEMBER: 2}


def bodies_page(
    *, actor: Actor, area_code: str = "", kind: str = "", standing: bool = True, cursor: str | None = None
) -> Page[TemporaryBody]:
    """Return temporary bodies at a place, standing ones unless told otherwise, by place; members come with them."""
    rows = policy.visible_bodies(actor).within(area_code)
    rows = rows.filter(dissolved_at__isnull=standing)
    if kind:
        rows = rows.filter(kind=kind)
    page = page_of(rows, order=("area_code", "id"), cursor=cursor)
    _with_members(page.rows, "body_id")
    return page


def branches_page(
    *, actor: Actor, area_code: str = "", branch_type: str = "", cursor: str | None = None
) -> Page[ActionBranch]:
    """Return action branches at a place, by place and id, with their leaders and number of members."""
    rows = policy.visible_branches(actor).within(area_code).select_related("organisation")
    if branch_type:
        rows = rows.filter(branch_type=branch_type)
    page = page_of(rows, order=("area_code", "id"), cursor=cursor)
    _with_members(page.rows, "branch_id")
    return page


def branch(*, actor: Actor, uuid: UUID) -> ActionBranch:
    """Return one action branch the actor sees; NotVisible if there is none such."""
    return _one(policy.visible_branches(actor).select_related("organisation").filter(uuid=uuid).first())


def body(*, actor: Actor, uuid: UUID) -> TemporaryBody:
    """Return one temporary body the actor sees; NotVisible if there is none such."""
    return _one(policy.visible_bodies(actor).filter(uuid=uuid).first())


def team(*, actor: Actor, uuid: UUID) -> Team:
    """Return one team the actor sees; NotVisible if there is none such."""
    return _one(policy.visible_teams(actor).select_related("organisation").filter(uuid=uuid).first())


def members_of(*, actor: Actor, group: Team | ActionBranch | TemporaryBody) -> list[Membership]:
    """Return who belongs to a group the actor sees: leaders first, then by name; at most 200."""
    if not actor.may(policy.SEE, group.area_code):
        raise NotVisible
    rows = Membership.objects.filter(**{_column(group): group.pk}, ends_at__isnull=True)
    return sorted(rows.select_related("account", "organisation")[:MEMBERS_SHOWN], key=_rank)


def membership_for(*, actor: Actor, uuid: UUID) -> Membership:
    """Return one membership the actor may end; NotVisible if there is none such."""
    found = _one(Membership.objects.filter(uuid=uuid, ends_at__isnull=True).first())
    right = policy.FORM_BODIES if found.body_id else policy.MANAGE
    if found.account_id != actor.account_id and not actor.may(right, found.area_code):
        raise NotVisible
    return found


def organisations_to_choose(*, actor: Actor, area_code: str) -> list[Organisation]:
    """Return organisations at a place and those of the places above that the actor sees, by name; at most 300."""
    rows = policy.visible_organisations(actor).within(area_code[:6])
    return list(rows.order_by("name", "id")[:300])


def _column(group: Team | ActionBranch | TemporaryBody) -> str:
    if isinstance(group, Team):
        return "team_id"
    return "branch_id" if isinstance(group, ActionBranch) else "body_id"


def _with_members(groups: Sequence[ActionBranch] | Sequence[TemporaryBody], column: str) -> None:
    """Hang leaders and the number of members on each group, in one statement."""
    by_id: dict[int, list[Membership]] = {group.pk: [] for group in groups}
    rows = Membership.objects.filter(**{f"{column}__in": list(by_id)}, ends_at__isnull=True).select_related("account")
    for row in rows.order_by("id"):
        by_id[getattr(row, column)].append(row)
    for group in groups:
        found = sorted(by_id[group.pk], key=_rank)
        group.member_count = len(found)  # type: ignore[union-attr]
        group.leaders = [row for row in found if row.office != Office.MEMBER]  # type: ignore[union-attr]
        group.territories = len({row.home_area_code[:12] for row in found if row.home_area_code})  # type: ignore[union-attr]


def _rank(row: Membership) -> tuple[int, str, int]:
    return ORDER_OF_OFFICES[Office(row.office)], row.account.display_name, row.pk


def _one(found: Found | None) -> Found:
    if found is None:
        raise NotVisible
    return found
