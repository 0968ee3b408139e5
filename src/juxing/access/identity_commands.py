"""Being identified by the provider: begun, taken back once, tied to an account, untied."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.access import identity_provider
from juxing.access.account_journal import record_about
from juxing.access.identity_provider import Asking, Identity, IdentityNotProved
from juxing.access.models import Account, GovernmentIdentity, IdentityRequest
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotPermitted, Refusal

LASTS = timedelta(minutes=10)
KEPT_FOR = timedelta(days=1)
TIED = journal.declare_action("access.identity.tie", _("Government identity tied to the account"))
UNTIED = journal.declare_action("access.identity.untie", _("Government identity untied"))


@dataclass(frozen=True, slots=True)
class Returned:
    """Who came back from the provider, where they wanted to go, and the account that began it (None: a stranger)."""

    identity: Identity
    going_on: str
    account_id: int | None


@transaction.atomic
def begin(*, now: datetime, return_to: str, going_on: str = "", account: Account | None = None) -> tuple[str, str]:
    """Return the address to send the browser to, and the state its session must hold."""
    asking = Asking.new()
    address = identity_provider.address_to_ask(asking, return_to=return_to, now=now)
    IdentityRequest.objects.create(
        state_digest=identity_provider.state_digest(asking.state), nonce=asking.nonce, verifier=asking.verifier,
        going_on=going_on[:500], account=account, began_at=now,
    )  # fmt: skip
    return address, asking.state


def come_back(*, now: datetime, state: str, held_state: str, code: str, return_to: str) -> Returned:
    """
    Take the browser back from the provider, once.

    Raises:
        IdentityNotProved: for a state that this browser does not hold, that was used or is over, or a false answer.
        ProviderOutOfReach: if the provider does not answer.
    """
    if not state or not hmac.compare_digest(state.encode(), held_state.encode()):
        raise IdentityNotProved("the state is not this browser's")
    with transaction.atomic():
        request = (
            IdentityRequest.objects.select_for_update()
            .filter(state_digest=identity_provider.state_digest(state), used_at__isnull=True, began_at__gt=now - LASTS)
            .first()
        )
        if request is None:
            raise IdentityNotProved("the state was used already, or is over")
        request.used_at = now
        request.save(update_fields=["used_at"])
    if not code:
        raise IdentityNotProved("the provider sent no code")
    identity = identity_provider.identity_of(
        code, nonce=request.nonce, verifier=request.verifier, return_to=return_to, now=now
    )
    return Returned(identity, request.going_on, request.account_id)


def account_of(identity: Identity, *, now: datetime) -> Account:
    """
    Return the active account an identity is tied to.

    Raises:
        Refusal: if there is none.
    """
    tied = (
        GovernmentIdentity.objects.select_related("account")
        .filter(issuer=identity.issuer, subject=identity.subject, account__is_active=True)
        .first()
    )
    if tied is None:
        raise Refusal(
            "identity_unknown",
            _("This identity is not tied to an account. Sign in with your password once, and tie it on My account."),
        )
    tied.last_used_on = now.date()
    tied.save(update_fields=["last_used_on"])
    return tied.account


@transaction.atomic
def tie(*, actor: Actor, now: datetime, account: Account, identity: Identity) -> None:
    """
    Let an identity sign this account in.

    Raises:
        Refusal: if it is another account's, or the account has one of this provider.
    """
    if actor.account_id != account.pk:
        raise NotPermitted
    held = GovernmentIdentity.objects.select_for_update().filter(issuer=identity.issuer)
    if held.filter(subject=identity.subject, account=account).exists():
        return
    if held.filter(subject=identity.subject).exists():
        raise Refusal("identity_taken", _("This identity is tied to another account."))
    if held.filter(account=account).exists():
        raise Refusal("identity_tied", _("An identity is tied already. Untie it first."))
    GovernmentIdentity.objects.create(account=account, issuer=identity.issuer, subject=identity.subject, created_at=now)
    record_about(TIED, account, actor=actor, now=now)


@transaction.atomic
def untie(*, actor: Actor, now: datetime, account: Account) -> None:
    """Let no government identity sign this account in any more."""
    if actor.account_id != account.pk:
        raise NotPermitted
    if GovernmentIdentity.objects.filter(account=account).delete()[0]:
        record_about(UNTIED, account, actor=actor, now=now)


def forget_requests(*, now: datetime) -> int:
    """Delete requests of a day ago; return how many."""
    return IdentityRequest.objects.filter(began_at__lt=now - KEPT_FOR).delete()[0]
