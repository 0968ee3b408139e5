"""Making accounts, giving and ending roles, issuing tokens."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.access import policy
from juxing.access.models import Account, ApiToken, RoleAssignment
from juxing.access.queries import token_digest
from juxing.access.roles import KEPT_APART
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal

TOKEN_DAYS_MAXIMUM = 365
ROLE_GIVEN = journal.declare_action("access.role.give", _("Role given"))
ROLE_ENDED = journal.declare_action("access.role.end", _("Role ended"))
TOKEN_ISSUED = journal.declare_action("access.token.issue", _("API token issued"))
SUBJECT = "access.account"


@transaction.atomic
def create_account(
    *, actor: Actor, now: datetime, sign_in_name: str, display_name: str, password: str, is_demo: bool = False
) -> Account:
    """
    This function will make an account that can sign in but may do nothing yet.

    Raises:
        NotPermitted: unless the actor administers accounts.
        InvalidInput: if the name is taken or empty.
    """
    if not actor.may_somewhere(policy.ADMINISTER):
        raise NotPermitted
    name = sign_in_name.strip().casefold()
    if not name or Account.objects.filter(sign_in_name=name).exists():
        raise InvalidInput("sign_in_name_taken", _("Choose another sign-in name."), field="sign_in_name")
    account = Account(sign_in_name=name, display_name=display_name.strip()[:60], created_at=now, is_demo=is_demo)
    account.set_password(password)
    account.save()
    return account


@transaction.atomic
def give_role(
    *,
    actor: Actor,
    now: datetime,
    account: Account,
    role: str,
    area_code: str,
    ends_at: datetime | None = None,
) -> RoleAssignment:
    """
    This function will let the account act in the role at the place and below, from now on.

    Raises:
        NotPermitted: if the place lies outside the actor's own administration.
        Refusal: if the account would hold two of administrator, auditor and privacy officer.
    """
    actor.require(policy.ADMINISTER, area_code)
    if role in KEPT_APART:
        others = KEPT_APART - {role}
        if RoleAssignment.objects.in_force(now).filter(account=account, role__in=others).exists():
            raise Refusal(
                "roles_kept_apart",
                _("Administrator, auditor and privacy officer must be three people. Choose another account."),
                field="role",
            )
    given = RoleAssignment.objects.create(
        account=account, role=role, area_code=area_code, starts_at=now, ends_at=ends_at
    )
    journal.record_many([_fact(ROLE_GIVEN, given)]).by(actor, happened_at=now)
    return given


@transaction.atomic
def end_role(*, actor: Actor, now: datetime, assignment: RoleAssignment, reason: str = "") -> None:
    """This function will end a role now; ending one that is over changes nothing."""
    actor.require(policy.ADMINISTER, assignment.area_code)
    held = RoleAssignment.objects.select_for_update().get(pk=assignment.pk)
    if held.ends_at is not None and held.ends_at <= now:
        return
    if held.starts_at >= now:
        raise InvalidInput("role_not_begun", _("This role begins later; give it another start instead."))
    held.ends_at = now
    held.save(update_fields=["ends_at"])
    journal.record_many([_fact(ROLE_ENDED, held, reason=reason)]).by(actor, happened_at=now)


@transaction.atomic
def issue_token(*, actor: Actor, now: datetime, account: Account, label: str, days: int = 90) -> str:
    """This function will return a new API token for the account; it cannot be shown again."""
    if actor.account_id != account.pk and not actor.may_somewhere(policy.ADMINISTER):
        raise NotPermitted
    if not 1 <= days <= TOKEN_DAYS_MAXIMUM:
        raise InvalidInput("token_days", _("A token lives between 1 and 365 days."), field="days")
    secret = f"juxing_{secrets.token_urlsafe(32)}"
    ApiToken.objects.create(
        account=account, label=label.strip()[:60], digest=token_digest(secret), created_at=now,
        expires_at=now + timedelta(days=days),
    )  # fmt: skip
    journal.record_many(
        [journal.Fact(action=TOKEN_ISSUED, subject_type=SUBJECT, subject_uuid=account.uuid, area_code="")]
    ).by(actor, happened_at=now)
    return secret


def _fact(action: str, given: RoleAssignment, *, reason: str = "") -> journal.Fact:
    return journal.Fact(
        action=action, subject_type=SUBJECT, subject_uuid=given.account.uuid, area_code=given.area_code,
        reason=reason, changes={"role": given.role},
    )  # fmt: skip
