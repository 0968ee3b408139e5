"""Reading accounts and their grants."""

from __future__ import annotations

import hashlib
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from django.db.models import QuerySet

from juxing.access import policy
from juxing.access.models import Account, ApiToken, RoleAssignment
from juxing.access.roles import Role
from juxing.access.standing_in import posts_filled_by
from juxing.kernel.actors import Actor, ActorKind, Grant
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.rights import Right, rights


def actor_of(account: Account, *, now: datetime) -> Actor:
    """Return the account as an actor, with its grants and those of posts it fills for others at this moment."""
    held = account.role_assignments.in_force(now).values_list("role", "area_code")
    filled = posts_filled_by(account.pk, now=now)
    return Actor(
        kind=ActorKind.ACCOUNT,
        name=account.display_name,
        account_id=account.pk,
        grants=(
            *(Grant(role, area_code) for role, area_code in held),
            *(Grant(post.role, post.area_code) for post in filled if post.role),
        ),
        acting_for=filled,
    )


def account_of_token(secret: str, *, now: datetime) -> Account | None:
    """Return the active account of an unexpired token, or None."""
    token = (
        ApiToken.objects.select_related("account")
        .filter(digest=token_digest(secret), expires_at__gt=now, account__is_active=True)
        .first()
    )
    return token.account if token else None


def token_digest(secret: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def accounts_page(*, actor: Actor, text: str = "", cursor: str | None = None) -> Page[Account]:
    """Return the accounts the actor administers whose sign-in name starts with the text, by name."""
    rows = policy.visible_accounts(actor).prefetch_related("role_assignments")
    if text.strip():
        rows = rows.filter(sign_in_name__startswith=text.strip().casefold())
    return page_of(rows, order=("sign_in_name",), cursor=cursor)


def account(*, actor: Actor, uuid: UUID) -> Account:
    """
    Return one account the actor administers.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    found = policy.visible_accounts(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def own_account(actor: Actor) -> Account:
    """
    Return the actor's own account.

    Raises:
        NotVisible: if the actor has none.
    """
    found = Account.objects.filter(pk=actor.account_id or 0).first()
    if found is None:
        raise NotVisible
    return found


def is_password_of(actor: Actor, password: str) -> bool:
    """Whether this is the password of the actor's own account."""
    return own_account(actor).check_password(password)


def tokens_of(account: Account, *, now: datetime) -> QuerySet[ApiToken]:
    """Return the account's tokens that still work, newest first."""
    return ApiToken.objects.filter(account=account, expires_at__gt=now).order_by("-created_at")


def token_of(account: Account, uuid: UUID) -> ApiToken:
    """
    Return one token of the account.

    Raises:
        NotVisible: if it has none such.
    """
    found = ApiToken.objects.select_related("account").filter(account=account, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def assignment_of(account: Account, uuid: UUID) -> RoleAssignment:
    """
    Return one role of the account.

    Raises:
        NotVisible: if it has none such.
    """
    found = RoleAssignment.objects.filter(account=account, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def demo_accounts(*, now: datetime) -> list[RoleAssignment]:
    """Return one demo account per role, in the order of the roles; nothing in a real installation."""
    held = RoleAssignment.objects.in_force(now).filter(account__is_demo=True, account__is_active=True)
    by_role: dict[str, RoleAssignment] = {}
    for assignment in held.select_related("account").order_by("role", "account_id").distinct("role"):
        by_role[assignment.role] = assignment
    return [by_role[role] for role in Role.values if role in by_role]


def rights_table() -> list[tuple[Right, list[bool]]]:
    """Return every right with whether each role, in the order of ``Role``, carries it."""
    return [(right, [role in right.roles for role in Role]) for _code, right in sorted(rights, key=itemgetter(0))]


def roles_of(account: Account, *, now: datetime) -> QuerySet[RoleAssignment]:
    """Return the roles an account holds now, widest area first."""
    return RoleAssignment.objects.in_force(now).filter(account=account).order_by("area_code", "role")
