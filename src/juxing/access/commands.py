"""Making accounts, giving and ending roles, issuing tokens."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.access import policy
from juxing.access.account_journal import SUBJECT, record_about
from juxing.access.models import Account, ApiToken, RoleAssignment
from juxing.access.queries import token_digest
from juxing.access.roles import KEPT_APART, Role
from juxing.access.session_commands import end_sessions
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal

TOKEN_DAYS_MAXIMUM = 365
ROLE_GIVEN = journal.declare_action("access.role.give", _("Role given"))
ROLE_ENDED = journal.declare_action("access.role.end", _("Role ended"))
TOKEN_REVOKED = journal.declare_action("access.token.revoke", _("API token revoked"))
ACCOUNT_CREATED = journal.declare_action("access.account.create", _("Account created"))
ACCOUNT_CLOSED = journal.declare_action("access.account.close", _("Account closed"))
ACCOUNT_OPENED = journal.declare_action("access.account.open", _("Account opened again"))
PASSWORD_CHANGED = journal.declare_action("access.password.change", _("Password changed"))
PASSWORD_SET = journal.declare_action("access.password.set", _("Password set by the administrator"))
TOKEN_ISSUED = journal.declare_action("access.token.issue", _("API token issued"))


@transaction.atomic
def create_account(
    *, actor: Actor, now: datetime, sign_in_name: str, display_name: str, password: str, is_demo: bool = False
) -> Account:
    """
    Make an account that can sign in but may do nothing yet.

    Raises:
        NotPermitted: unless the actor administers accounts.
        InvalidInput: if the name is taken or empty.
    """
    if not actor.may_somewhere(policy.ADMINISTER):
        raise NotPermitted
    name = sign_in_name.strip().casefold()
    if len(name) > 60 or not display_name.strip() or any(character.isspace() for character in name):
        raise InvalidInput(
            "sign_in_name_bad", _("Use up to 60 letters and digits without spaces, and a name to show."),
            field="sign_in_name" if display_name.strip() else "display_name",
        )  # fmt: skip
    if not name or Account.objects.filter(sign_in_name=name).exists():
        raise InvalidInput("sign_in_name_taken", _("Choose another sign-in name."), field="sign_in_name")
    account = Account(sign_in_name=name, display_name=display_name.strip()[:60], created_at=now, is_demo=is_demo)
    _require_good_password(password, account, field="password")
    account.set_password(password)
    account.save()
    record_about(ACCOUNT_CREATED, account, actor=actor, now=now)
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
    Let the account act in the role at the place and below, from now on.

    Raises:
        NotPermitted: if the place lies outside the actor's own administration.
        Refusal: if the account would hold two of administrator, auditor and privacy officer.
    """
    actor.require(policy.ADMINISTER, area_code)
    if role not in Role.values:
        raise InvalidInput("role_unknown", _("Choose a role from the list."), field="role")
    if ends_at is not None and ends_at <= now:
        raise InvalidInput("role_ends_in_the_past", _("The end lies in the past."), field="ends_at")
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
    """End a role now; ending one that is over changes nothing."""
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
    """Return a new API token for the account; it cannot be shown again."""
    if actor.account_id != account.pk and not policy.can_issue_token(actor, account, now=now):
        raise NotPermitted
    if not 1 <= days <= TOKEN_DAYS_MAXIMUM:
        raise InvalidInput("token_days", _("A token lives between 1 and 365 days."), field="days")
    secret = f"juxing_{secrets.token_urlsafe(32)}"
    ApiToken.objects.create(
        account=account, label=label.strip()[:60], digest=token_digest(secret), created_at=now,
        expires_at=now + timedelta(days=days),
    )  # fmt: skip
    record_about(TOKEN_ISSUED, account, actor=actor, now=now)
    return secret


@transaction.atomic
def revoke_token(*, actor: Actor, now: datetime, token: ApiToken) -> None:
    """End a token now; one that is over already changes nothing."""
    if actor.account_id != token.account_id and not policy.can_administer(actor, token.account):
        raise NotPermitted
    if ApiToken.objects.filter(pk=token.pk, expires_at__gt=now).update(expires_at=now):
        record_about(TOKEN_REVOKED, token.account, actor=actor, now=now)


@transaction.atomic
def change_password(
    *, actor: Actor, now: datetime, account: Account, old: str, new: str, session_key: str = ""
) -> None:
    """
    Let a person change the own password; sessions of the account other than this one end.

    Raises:
        InvalidInput: if the old one is wrong or the new one too weak.
    """
    if actor.account_id != account.pk:
        raise NotPermitted
    if not account.check_password(old):
        raise InvalidInput("password_wrong", _("This is not your present password."), field="old")
    _write_password(account, new, now=now, field="new", keep=session_key)
    record_about(PASSWORD_CHANGED, account, actor=actor, now=now)


@transaction.atomic
def set_password(*, actor: Actor, now: datetime, account: Account, new: str) -> None:
    """Give an account of the actor's area a new password, for a person who lost theirs."""
    if not policy.can_administer(actor, account):
        raise NotPermitted
    _write_password(account, new, now=now, field="new")
    record_about(PASSWORD_SET, account, actor=actor, now=now)


@transaction.atomic
def close_account(*, actor: Actor, now: datetime, account: Account, reason: str = "") -> None:
    """Stop an account from signing in; it stays, because the journal names it."""
    _set_active(account, actor=actor, now=now, is_active=False, reason=reason)


@transaction.atomic
def open_account(*, actor: Actor, now: datetime, account: Account, reason: str = "") -> None:
    """Let a closed account sign in again."""
    _set_active(account, actor=actor, now=now, is_active=True, reason=reason)


def _set_active(account: Account, *, actor: Actor, now: datetime, is_active: bool, reason: str) -> None:
    if not policy.can_administer(actor, account):
        raise NotPermitted
    if actor.account_id == account.pk:
        raise Refusal("own_account", _("You cannot close your own account. Ask another administrator."))
    if Account.objects.filter(pk=account.pk, is_active=not is_active).update(is_active=is_active):
        if not is_active:
            end_sessions(account, now=now)
        record_about(ACCOUNT_OPENED if is_active else ACCOUNT_CLOSED, account, actor=actor, now=now, reason=reason)


def _write_password(account: Account, new: str, *, now: datetime, field: str, keep: str = "") -> None:
    _require_good_password(new, account, field=field)
    account.set_password(new)
    account.save(update_fields=["password"])
    end_sessions(account, now=now, keep=keep)


def _require_good_password(password: str, account: Account, *, field: str) -> None:
    try:
        validate_password(password, user=account)
    except ValidationError as weak:
        raise InvalidInput("password_weak", " ".join(weak.messages), field=field) from None


def _fact(action: str, given: RoleAssignment, *, reason: str = "") -> journal.Fact:
    return journal.Fact(
        action=action, subject_type=SUBJECT, subject_uuid=given.account.uuid, area_code=given.area_code,
        reason=reason, changes={"role": given.role},
    )  # fmt: skip
