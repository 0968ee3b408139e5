"""Adding organisations, teams, branches and posts, and saying who holds a post."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from juxing.access.models import Account
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.organisations import policy
from juxing.organisations.enums import AssignmentSlot, BranchType, OrganisationType, TeamType
from juxing.organisations.models import ActionBranch, Organisation, Post, PostHolding, Team
from juxing.places.models import Area

Row = TypeVar("Row", bound=models.Model)
ADDED = journal.declare_action("organisations.organisation.add", _("Organisation added"))
CHANGED = journal.declare_action("organisations.organisation.change", _("Organisation changed"))
TEAM_ADDED = journal.declare_action("organisations.team.add", _("Team added"))
BRANCH_ADDED = journal.declare_action("organisations.branch.add", _("Action branch added"))
POST_ADDED = journal.declare_action("organisations.post.add", _("Post added"))
POST_HELD = journal.declare_action("organisations.post.hold", _("Post taken over"))
POST_RELIEVED = journal.declare_action("organisations.post.relieve", _("Post given up"))
HIGHEST_RANK = 20


@transaction.atomic
def add_organisation(
    *, actor: Actor, now: datetime, area_code: str, name: str, organisation_type: str, is_demo: bool = False
) -> Organisation:
    """
    Add an organisation to a place.

    Raises:
        InvalidInput: if the place has one of this name, the type is unknown, or there is no such place.
    """
    actor.require(policy.MANAGE, area_code)
    if not Area.objects.filter(code=area_code).exists():
        raise InvalidInput("area_unknown", _("No place has this code."), field="area_code")
    _require(organisation_type, OrganisationType.values, field="organisation_type")
    plain = _name(name)
    if Organisation.objects.filter(area_code=area_code, name=plain).exists():
        raise InvalidInput("organisation_known", _("This place has an organisation of this name."), field="name")
    added = Organisation.objects.create(
        area_code=area_code, name=plain, organisation_type=organisation_type, is_demo=is_demo
    )
    return _recorded(ADDED, added, actor=actor, now=now)


@transaction.atomic
def add_team(*, actor: Actor, now: datetime, organisation: Organisation, name: str, team_type: str) -> Team:
    """Add a team to an organisation."""
    _require_manager(actor, organisation)
    _require(team_type, TeamType.values, field="team_type")
    team = Team.objects.create(
        organisation=organisation, area_code=organisation.area_code, name=_name(name), team_type=team_type
    )
    return _recorded(TEAM_ADDED, team, actor=actor, now=now)


@transaction.atomic
def add_branch(
    *, actor: Actor, now: datetime, organisation: Organisation, name: str, branch_type: str, objective: str = ""
) -> ActionBranch:
    """Add one of the five action branches to an organisation."""
    _require_manager(actor, organisation)
    _require(branch_type, BranchType.values, field="branch_type")
    branch = ActionBranch.objects.create(
        organisation=organisation, area_code=organisation.area_code, name=_name(name), branch_type=branch_type,
        objective=objective.strip()[:400],
    )  # fmt: skip
    return _recorded(BRANCH_ADDED, branch, actor=actor, now=now)


@transaction.atomic
def add_post(*, actor: Actor, now: datetime, organisation: Organisation, title: str) -> Post:
    """Add a post to an organisation."""
    _require_manager(actor, organisation)
    post = Post.objects.create(organisation=organisation, area_code=organisation.area_code, title=_name(title)[:60])
    return _recorded(POST_ADDED, post, actor=actor, now=now)


@transaction.atomic
def hold_post(*, actor: Actor, now: datetime, post: Post, account: Account, slot: str, rank: int = 1) -> PostHolding:
    """
    Let an account hold a post as A or B from now on; whoever held that place until now is relieved.

    Raises:
        InvalidInput: if the same person would be A and B.
    """
    actor.require(policy.MANAGE, post.area_code)
    _require(slot, AssignmentSlot.values, field="slot")
    if not 1 <= rank <= HIGHEST_RANK:
        raise InvalidInput("rank_bad", _("Between 1 and 20."), field="rank")
    locked = Post.objects.select_for_update().get(pk=post.pk)
    standing = PostHolding.objects.filter(post=locked, ends_at__isnull=True)
    if standing.filter(account=account).exclude(slot=slot, rank=rank).exists():
        raise InvalidInput("post_held", _("This person holds the post in another place already."), field="account")
    standing.filter(slot=slot, rank=rank).update(ends_at=now)
    holding = PostHolding.objects.create(
        post=locked, area_code=locked.area_code, account=account, slot=slot, rank=rank, starts_at=now
    )
    journal.record(POST_HELD, actor=actor, subject=locked, happened_at=now, changes={"slot": slot, "rank": rank})
    return holding


@transaction.atomic
def relieve_post(*, actor: Actor, now: datetime, post: Post, slot: str, rank: int = 1) -> None:
    """End the holding of this place of the post; ending what nobody holds changes nothing."""
    actor.require(policy.MANAGE, post.area_code)
    standing = PostHolding.objects.filter(post=post, slot=slot, rank=rank, ends_at__isnull=True)
    if standing.update(ends_at=now):
        journal.record(POST_RELIEVED, actor=actor, subject=post, happened_at=now, changes={"slot": slot, "rank": rank})


def _require_manager(actor: Actor, organisation: Organisation) -> None:
    if not policy.can_manage(actor, organisation):
        raise NotPermitted


def _require(value: str, known: list[str], *, field: str) -> None:
    if value not in known:
        raise InvalidInput("kind_unknown", _("Choose from the list."), field=field)


def _name(written: str) -> str:
    plain = " ".join(written.split())
    if not plain or len(plain) > 80:
        raise InvalidInput("name_bad", _("Write a name of up to 80 characters."), field="name")
    return plain


def _recorded(action: str, row: Row, *, actor: Actor, now: datetime) -> Row:
    row.refresh_from_db(fields=["uuid"])
    journal.record(action, actor=actor, subject=row, happened_at=now)
    return row
