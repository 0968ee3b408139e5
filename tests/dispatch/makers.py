"""
Makers of tasks in any state, and of helpers with accounts, for the tests of dispatch.

Accounts get no password: hashing one takes longer than most of these tests.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from juxing.access.models import Account, RoleAssignment
from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.dispatch.enums import TaskStatus
from juxing.dispatch.models import Task
from juxing.kernel.actors import Actor, ActorKind, Grant
from juxing.needs.enums import NeedStatus
from juxing.needs.models import Need
from juxing.responders.models import Responder
from tests.factories import BEFORE, COMMUNITY, STREET, make_need, make_responder

NEED_OF = {
    TaskStatus.OFFERED: NeedStatus.MATCHED,
    TaskStatus.ACCEPTED: NeedStatus.ASSIGNED,
    TaskStatus.DECLINED: NeedStatus.TRIAGED,
    TaskStatus.EXPIRED: NeedStatus.TRIAGED,
    TaskStatus.IN_PROGRESS: NeedStatus.IN_DELIVERY,
    TaskStatus.BLOCKED: NeedStatus.IN_DELIVERY,
    TaskStatus.DONE: NeedStatus.FULFILLED,
    TaskStatus.VERIFIED: NeedStatus.CONFIRMED,
    TaskStatus.CANCELLED: NeedStatus.TRIAGED,
}


_numbers = count(1)


def make_plain_account(role: str, area_code: str = STREET) -> Account:
    """Make an account that cannot sign in by password and holds the role over the place."""
    name = f"{role}-plain-{next(_numbers)}"
    account = Account.objects.create(sign_in_name=name, display_name=name, created_at=BEFORE, password="!")
    RoleAssignment.objects.create(account=account, role=role, area_code=area_code, starts_at=BEFORE)
    return account


def actor_with(role: str, area_code: str = STREET) -> Actor:
    """Return an actor who holds the role, without an account row behind it."""
    return Actor(kind=ActorKind.ACCOUNT, name=role, account_id=-1, grants=(Grant(role, area_code),))


def make_helper(community: str = COMMUNITY, **values: Any) -> Responder:
    """Make a responder with an account that holds the responder's role in their community."""
    return make_responder(community, account=make_plain_account(Role.RESPONDER, community), **values)


def actor_behind(responder: Responder, *, now: datetime) -> Actor:
    """Return the helper as an actor."""
    assert responder.account is not None
    return actor_of(responder.account, now=now)


def make_task(
    status: str = TaskStatus.OFFERED,
    *,
    now: datetime,
    responder: Responder | None = None,
    need: Need | None = None,
    **values: Any,
) -> Task:
    """Make a task in this state, with its need in the state that goes with it."""
    need = need or make_need()
    Need.objects.filter(pk=need.pk).update(status=NEED_OF[TaskStatus(status)])
    need.refresh_from_db()
    done_at = now if status in {TaskStatus.DONE, TaskStatus.VERIFIED} else None
    return Task.objects.create(
        **{
            "area_code": need.area_code, "need": need, "responder": responder or make_helper(), "status": status,
            "offered_at": now, "expires_at": now + timedelta(hours=1), "done_at": done_at, **values,
        }
    )  # fmt: skip
