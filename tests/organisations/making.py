"""Makers for this room's tests: a committee with posts, and people who can hold them."""

from __future__ import annotations

from datetime import datetime

from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.organisations import commands
from juxing.organisations.models import Organisation, Post
from tests.factories import COMMUNITY, make_account, make_areas

SYSTEM = Actor.system("test")


def make_organisation(
    now: datetime, area_code: str = COMMUNITY, name: str = "湖滨社区居民委员会", kind: str = "residents_committee"
) -> Organisation:
    """Make an organisation at a place of the test district."""
    make_areas()
    return commands.add_organisation(actor=SYSTEM, now=now, area_code=area_code, name=name, organisation_type=kind)


def make_post(now: datetime, organisation: Organisation | None = None, title: str = "仓管员", role: str = "") -> Post:
    """Make a post that carries a role, if one is given."""
    owner = organisation or make_organisation(now)
    return commands.add_post(
        actor=SYSTEM, now=now, organisation=owner, title=title, words=commands.PostWords(carries_role=role)
    )


def make_holders(now: datetime, post: Post, count: int = 3) -> list[Account]:
    """Make people and let the first hold the post as A, the others as B in their order."""
    people = [make_account(Role.COMMUNITY_WORKER, post.area_code[:12]) for _each in range(count)]
    for rank, account in enumerate(people):
        slot = "alternate" if rank else "primary"
        commands.hold_post(actor=SYSTEM, now=now, post=post, account=account, slot=slot, rank=max(1, rank))
    return people
