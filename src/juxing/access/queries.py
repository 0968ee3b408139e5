"""Reading accounts and their grants."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db.models import QuerySet

from juxing.access.models import Account, ApiToken, RoleAssignment
from juxing.kernel.actors import Actor, ActorKind, Grant


def actor_of(account: Account, *, now: datetime) -> Actor:
    """Return the account as an actor, with the grants in force at this moment."""
    held = account.role_assignments.in_force(now).values_list("role", "area_code")
    return Actor(
        kind=ActorKind.ACCOUNT,
        name=account.display_name,
        account_id=account.pk,
        grants=tuple(Grant(role, area_code) for role, area_code in held),
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


def roles_of(account: Account, *, now: datetime) -> QuerySet[RoleAssignment]:
    """Return the roles an account holds now, widest area first."""
    return RoleAssignment.objects.in_force(now).filter(account=account).order_by("area_code", "role")
