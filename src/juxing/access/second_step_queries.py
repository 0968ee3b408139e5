"""What an account has beside its password, and whether it must have it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from juxing.access.models import Account, AuthenticatorApp, GovernmentIdentity, Passkey, RecoveryCode, SignInSession
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotVisible


@dataclass(frozen=True, slots=True)
class SecondSteps:
    """What proves an account beyond its password."""

    has_app: bool
    passkeys: tuple[Passkey, ...]
    recovery_codes: int

    @property
    def are_set_up(self) -> bool:
        """Whether signing in asks for one of them."""
        return self.has_app or bool(self.passkeys)


def second_steps(account: Account) -> SecondSteps:
    """Return what the account has beside its password."""
    return SecondSteps(
        has_app=AuthenticatorApp.objects.filter(account=account, confirmed_at__isnull=False).exists(),
        passkeys=tuple(Passkey.objects.filter(account=account).order_by("created_at")),
        recovery_codes=RecoveryCode.objects.filter(account=account, used_at__isnull=True).count(),
    )


def must_have_two_steps(actor: Actor) -> bool:
    """Whether a role of the actor asks for a second step in this installation."""
    return any(grant.role in settings.SECOND_STEP_ROLES for grant in actor.grants)


def enrol_by(account: Account, *, now: datetime) -> datetime | None:
    """Return until when the account must have a second step: some days after the first role that asks for one."""
    roles = account.role_assignments.in_force(now).filter(role__in=settings.SECOND_STEP_ROLES)
    first: datetime | None = roles.order_by("starts_at").values_list("starts_at", flat=True).first()
    return first + timedelta(days=settings.SECOND_STEP_GRACE_DAYS) if first else None


def app_being_set_up(account: Account) -> AuthenticatorApp:
    """
    Return the app whose first code is waited for.

    Raises:
        NotVisible: if none is.
    """
    found = AuthenticatorApp.objects.filter(account=account, confirmed_at__isnull=True).first()
    if found is None:
        raise NotVisible
    return found


def passkey_of(account: Account, uuid: UUID) -> Passkey:
    """
    Return one passkey of the account.

    Raises:
        NotVisible: if it has none such.
    """
    found = Passkey.objects.filter(account=account, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def sessions_of(account: Account, *, now: datetime) -> list[SignInSession]:
    """Return where the account is signed in now, last seen first."""
    alive = now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    rows = SignInSession.objects.filter(account=account, ended_at__isnull=True, began_at__gt=alive)
    return list(rows.order_by("-seen_at"))


def session_of(account: Account, uuid: UUID) -> SignInSession:
    """
    Return one session of the account.

    Raises:
        NotVisible: if it has none such.
    """
    found = SignInSession.objects.select_related("account").filter(account=account, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def identities_of(account: Account) -> list[GovernmentIdentity]:
    """Return the government identities tied to the account."""
    return list(GovernmentIdentity.objects.filter(account=account).order_by("created_at"))
