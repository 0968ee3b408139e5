"""The second step of signing in: an authenticator app, passkeys, recovery codes on paper."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.access import policy
from juxing.access.account_journal import record_about
from juxing.access.models import Account, AuthenticatorApp, CodeFailure, Passkey, RecoveryCode
from juxing.access.models.sign_in import SignInMethod
from juxing.access.one_time_passwords import matching_step, new_secret
from juxing.access.passkeys import NewKey
from juxing.access.session_commands import end_sessions
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.fields import blind_index
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal

RECOVERY_CODES, RECOVERY_LETTERS = 10, "abcdefghjkmnpqrstuvwxyz23456789"
FAILURES_ALLOWED, FAILURE_WINDOW = 5, timedelta(minutes=15)
PASSKEYS_AT_MOST = 10
APP_SET_UP = journal.declare_action("access.app.set_up", _("Authenticator app set up"))
APP_REMOVED = journal.declare_action("access.app.remove", _("Authenticator app removed"))
PASSKEY_ADDED = journal.declare_action("access.passkey.add", _("Passkey added"))
PASSKEY_REMOVED = journal.declare_action("access.passkey.remove", _("Passkey removed"))
CODES_MADE = journal.declare_action("access.recovery_codes.make", _("Recovery codes made"))
CODE_USED = journal.declare_action("access.recovery_codes.use", _("Recovery code used"))
STEP_LOCKED = journal.declare_action("access.second_step.lock", _("Second step locked after wrong codes"))
STEP_RESET = journal.declare_action("access.second_step.reset", _("Second step taken away by the administrator"))


class TooManyWrongCodes(Refusal):
    """The second step is closed for a while."""

    status = 429


@transaction.atomic
def begin_app(*, actor: Actor, now: datetime, account: Account) -> AuthenticatorApp:
    """
    Make the secret of a new app; it counts once a code of it was typed.

    Raises:
        Refusal: if an app is set up already.
    """
    _require_own(actor, account)
    app, _is_new = AuthenticatorApp.objects.select_for_update().get_or_create(
        account=account, defaults={"secret": new_secret(), "created_at": now}
    )
    if app.confirmed_at is not None:
        raise Refusal("app_set_up", _("An app is set up already. Remove it before you set up another."))
    return app


@transaction.atomic
def confirm_app(*, actor: Actor, now: datetime, account: Account, code: str) -> list[str]:
    """
    Let the app count from now on, and return recovery codes if the account had none.

    Raises:
        InvalidInput: if the code is not what the app shows.
    """
    _require_own(actor, account)
    app = AuthenticatorApp.objects.select_for_update().filter(account=account, confirmed_at__isnull=True).first()
    step = matching_step(app.secret, _digits(code), now=now) if app is not None else None
    if app is None or step is None:
        raise InvalidInput(
            "code_wrong", _("That is not the code the app shows now. Is the phone's clock right?"), field="code"
        )
    app.confirmed_at, app.last_step = now, step
    app.save(update_fields=["confirmed_at", "last_step"])
    record_about(APP_SET_UP, account, actor=actor, now=now)
    return _first_codes(account, actor=actor, now=now)


@transaction.atomic
def remove_app(*, actor: Actor, now: datetime, account: Account) -> None:
    """Let the app no longer count; removing none changes nothing."""
    _require_own(actor, account)
    if AuthenticatorApp.objects.filter(account=account).delete()[0]:
        record_about(APP_REMOVED, account, actor=actor, now=now)


@transaction.atomic
def make_recovery_codes(*, actor: Actor, now: datetime, account: Account) -> list[str]:
    """Return ten new recovery codes, shown this once; earlier ones no longer count."""
    _require_own(actor, account)
    RecoveryCode.objects.filter(account=account).delete()
    drawn = ["".join(secrets.choice(RECOVERY_LETTERS) for _place in range(10)) for _number in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(account=account, digest=_digest(account, code)) for code in drawn)
    record_about(CODES_MADE, account, actor=actor, now=now)
    return [f"{code[:5]}-{code[5:]}" for code in drawn]


@transaction.atomic
def take_code(*, actor: Actor, now: datetime, account: Account, code: str) -> SignInMethod | None:
    """
    Say which second step this code is, and use it up; None for a wrong one.

    It answers instead of raising, so that a wrong try stays counted.

    Raises:
        TooManyWrongCodes: after five wrong ones within a quarter of an hour.
    """
    Account.objects.select_for_update().get(pk=account.pk)
    failures = CodeFailure.objects.filter(account=account, failed_at__gt=now - FAILURE_WINDOW)
    if failures.count() >= FAILURES_ALLOWED:
        raise TooManyWrongCodes(
            "second_step_locked", _("Too many wrong codes. Try again in a quarter of an hour."), field="code"
        )
    method = _taken(account, code, actor=actor, now=now)
    if method is None:
        CodeFailure.objects.create(account=account, failed_at=now)
        if failures.count() == FAILURES_ALLOWED:
            record_about(STEP_LOCKED, account, actor=actor, now=now)
    else:
        CodeFailure.objects.filter(account=account).delete()
    return method


@transaction.atomic
def add_passkey(*, actor: Actor, now: datetime, account: Account, key: NewKey, label: str) -> list[str]:
    """
    Keep the public half of a passkey, and return recovery codes if the account had none.

    Raises:
        Refusal: if the account has ten already, or the key is known.
    """
    _require_own(actor, account)
    if Passkey.objects.filter(account=account).count() >= PASSKEYS_AT_MOST:
        raise Refusal("passkeys_full", _("You have ten passkeys. Remove one that is no longer used."))
    if Passkey.objects.filter(credential_id=key.credential_id).exists():
        raise Refusal("passkey_known", _("This passkey is known already."))
    Passkey.objects.create(
        account=account, label=label.strip()[:60] or "–", credential_id=key.credential_id, public_key=key.public_key,
        sign_count=key.sign_count, created_at=now,
    )  # fmt: skip
    record_about(PASSKEY_ADDED, account, actor=actor, now=now)
    return _first_codes(account, actor=actor, now=now)


@transaction.atomic
def use_passkey(*, now: datetime, passkey: Passkey, sign_count: int) -> None:
    """
    Note that a passkey proved its account.

    Raises:
        Refusal: if its counter went back, as that of a copied key does.
    """
    held = Passkey.objects.select_for_update().get(pk=passkey.pk)
    if sign_count and sign_count <= held.sign_count:
        raise Refusal("passkey_copied", _("This passkey seems to be a copy. Use another way, and remove it."))
    held.sign_count, held.last_used_on = sign_count, now.date()
    held.save(update_fields=["sign_count", "last_used_on"])


@transaction.atomic
def remove_passkey(*, actor: Actor, now: datetime, passkey: Passkey) -> None:
    """Let a passkey no longer count."""
    _require_own(actor, passkey.account)
    passkey.delete()
    record_about(PASSKEY_REMOVED, passkey.account, actor=actor, now=now)


@transaction.atomic
def reset_second_step(*, actor: Actor, now: datetime, account: Account, reason: str = "") -> None:
    """
    Take every second step away from somebody who lost theirs, and end the sessions; an administrator's act.

    Raises:
        NotPermitted: unless the actor administers the account, and for the own one.
        InvalidInput: without a reason.
    """
    if not policy.can_administer(actor, account) or actor.account_id == account.pk:
        raise NotPermitted
    if not reason.strip():
        raise InvalidInput("reason_needed", _("Say why, and how you know that it is this person."), field="reason")
    for model in (AuthenticatorApp, Passkey, RecoveryCode, CodeFailure):
        model.objects.filter(account=account).delete()
    end_sessions(account, now=now)
    record_about(STEP_RESET, account, actor=actor, now=now, reason=reason.strip()[:400])


def forget_failures(*, now: datetime) -> int:
    """Delete wrong codes of a day ago; return how many."""
    return CodeFailure.objects.filter(failed_at__lt=now - timedelta(days=1)).delete()[0]


def _taken(account: Account, code: str, *, actor: Actor, now: datetime) -> SignInMethod | None:
    digits = _digits(code)
    app = AuthenticatorApp.objects.filter(account=account, confirmed_at__isnull=False).first()
    if re.fullmatch(r"\d{6}", digits):
        step = matching_step(app.secret, digits, now=now) if app is not None else None
        if app is None or step is None or step <= app.last_step:
            return None
        app.last_step = step
        app.save(update_fields=["last_step"])
        return SignInMethod.PASSWORD_AND_APP
    unused = RecoveryCode.objects.filter(account=account, digest=_digest(account, code), used_at__isnull=True)
    if not unused.update(used_at=now):
        return None
    record_about(CODE_USED, account, actor=actor, now=now)
    return SignInMethod.PASSWORD_AND_RECOVERY


def _first_codes(account: Account, *, actor: Actor, now: datetime) -> list[str]:
    if RecoveryCode.objects.filter(account=account, used_at__isnull=True).exists():
        return []
    return make_recovery_codes(actor=actor, now=now, account=account)


def _digits(code: str) -> str:
    return re.sub(r"\s", "", code)


def _digest(account: Account, code: str) -> str:
    plain = re.sub(r"[^a-z0-9]", "", code.casefold())
    return blind_index(f"{account.uuid} {plain}", purpose="recovery code")


def _require_own(actor: Actor, account: Account) -> None:
    if actor.account_id != account.pk:
        raise NotPermitted
