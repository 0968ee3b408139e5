"""Reading organisations, their teams, action branches and posts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from juxing.access.models import Account, RoleAssignment
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import InvalidInput, NotVisible
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


def organisation_to_manage(*, actor: Actor, uuid: UUID) -> Organisation:
    """
    Return one organisation whose register the actor keeps.

    Raises:
        NotVisible: if there is none such.
    """
    found = organisation(actor=actor, uuid=uuid)
    if not policy.can_manage(actor, found):
        raise NotVisible
    return found


def post_to_manage(*, actor: Actor, uuid: UUID) -> Post:
    """
    Return one post, with its organisation, whose holders the actor names.

    Raises:
        NotVisible: if there is none such.
    """
    rows = Post.objects.inside(actor.areas_with(policy.MANAGE)).select_related("organisation")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def holdings_of(*, actor: Actor, post: Post, now: datetime) -> list[PostHolding]:
    """Return who holds the post now: A before B, in order."""
    in_force = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    rows = PostHolding.objects.inside(actor.areas_with(policy.SEE)).filter(in_force, post=post, starts_at__lte=now)
    return list(rows.select_related("account").order_by("-slot", "rank"))


def account_for_post(*, actor: Actor, sign_in_name: str, now: datetime) -> Account:
    """
    Return the account of this name that works where the actor keeps the register; of others nothing is said.

    Raises:
        InvalidInput: if there is none.
    """
    return account_working_in(areas=actor.areas_with(policy.MANAGE), sign_in_name=sign_in_name, now=now)


def account_working_in(*, areas: Areas, sign_in_name: str, now: datetime) -> Account:
    """
    Return the account of this name that has a role somewhere in these places; of others nothing is said.

    Raises:
        InvalidInput: if there is none.
    """
    here = RoleAssignment.objects.in_force(now).filter(areas.condition())
    found = Account.objects.filter(
        sign_in_name=sign_in_name.strip().casefold(), is_active=True, pk__in=here.values("account_id")
    ).first()
    if found is None:
        raise InvalidInput("account_unknown", _("Nobody with this sign-in name works in your area."), field="account")
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
