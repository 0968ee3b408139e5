"""Reading organisations, their teams, action branches and posts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.organisations import policy
from juxing.organisations.models import ActionBranch, Organisation, Post, PostHolding, Team


def organisations_page(
    *, actor: Actor, area_code: str = "", organisation_type: str = "", cursor: str | None = None
) -> Page[Organisation]:
    """Return organisations at a place, of one type if given, by place and name."""
    rows = policy.visible_organisations(actor).within(area_code)
    if organisation_type:
        rows = rows.filter(organisation_type=organisation_type)
    return page_of(rows, order=("area_code", "name"), cursor=cursor)


def organisation(*, actor: Actor, uuid: UUID) -> Organisation:
    """
    Return one organisation.

    Raises:
        NotVisible: if there is none for the actor.
    """
    found = policy.visible_organisations(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def teams_of(*, actor: Actor, organisation: Organisation) -> list[Team]:
    """Return the organisation's teams by name."""
    return list(Team.objects.inside(actor.areas_with(policy.SEE)).filter(organisation=organisation).order_by("name"))


def branches_of(*, actor: Actor, organisation: Organisation) -> list[ActionBranch]:
    """Return the organisation's action branches, in the order of the five kinds."""
    rows = ActionBranch.objects.inside(actor.areas_with(policy.SEE)).filter(organisation=organisation)
    return list(rows.order_by("branch_type", "name"))


def branches_at(*, actor: Actor, area_code: str) -> list[ActionBranch]:
    """Return every action branch that works at a place or below, at most 200."""
    rows = ActionBranch.objects.inside(actor.areas_with(policy.SEE)).within(area_code)
    return list(rows.select_related("organisation").order_by("branch_type", "area_code")[:200])


def posts_of(*, actor: Actor, organisation: Organisation, now: datetime) -> list[Post]:
    """Return the organisation's posts, each with ``holders`` in force: A before B, in order."""
    in_force = PostHolding.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), starts_at__lte=now)
    holders = Prefetch(
        "holdings", queryset=in_force.select_related("account").order_by("-slot", "rank"), to_attr="holders"
    )
    rows = Post.objects.inside(actor.areas_with(policy.SEE)).filter(organisation=organisation)
    return list(rows.prefetch_related(holders).order_by("title"))
