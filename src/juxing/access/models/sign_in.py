"""How an account proves itself beyond its password, and where it is signed in at the moment."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.utils.translation import pgettext_lazy

from juxing.access.models.accounts import Account
from juxing.kernel.fields import EncryptedTextField


class AuthenticatorApp(models.Model):
    """
    The shared secret of an app that shows six digits every half minute (RFC 6238).

    It counts from ``confirmed_at`` on. ``last_step`` is the half minute whose code was taken last: none counts twice.
    """

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="authenticator_app")
    secret = EncryptedTextField()
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)


class RecoveryCode(models.Model):
    """One of ten codes kept on paper for the day the phone is lost; only its keyed digest is kept, it counts once."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64, db_collation="C")
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="access_recovery_code_once")]


class CodeFailure(models.Model):
    """A wrong code after a right password; enough of them close the second step for a while."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="code_failures")
    failed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "failed_at"], name="code_failure_of_account")]


class Passkey(models.Model):
    """A key that lives in a device and never leaves it (WebAuthn); only its public half is here."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="passkeys")
    label = models.CharField(max_length=60)
    credential_id = models.CharField(max_length=1400, unique=True, db_collation="C")
    public_key = models.TextField()
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)


class SignInMethod(models.TextChoices):
    """By what somebody proved who they are."""

    PASSWORD = "password", pgettext_lazy("sign-in", "Password")
    PASSWORD_AND_APP = "password_and_app", pgettext_lazy("sign-in", "Password and app")
    PASSWORD_AND_PASSKEY = "password_and_passkey", pgettext_lazy("sign-in", "Password and passkey")
    PASSWORD_AND_RECOVERY = "password_and_recovery", pgettext_lazy("sign-in", "Password and recovery code")
    PASSKEY = "passkey", pgettext_lazy("sign-in", "Passkey")
    GOVERNMENT_IDENTITY = "government_identity", pgettext_lazy("sign-in", "Government identity")
    IDENTITY_AND_STEP = "identity_and_step", pgettext_lazy("sign-in", "Government identity and second step")


class SignInSession(models.Model):
    """
    A browser in which an account is signed in.

    ``device`` is a browser and a system in words, no fingerprint; ``address`` is cut to its network, so that it says
    "not from here" and not where a person sits. Rows of sessions that are over are deleted after a month.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="sign_in_sessions")
    session_key = models.CharField(max_length=40, unique=True, db_collation="C")
    method = models.CharField(max_length=30, choices=SignInMethod)
    device = models.CharField(max_length=60, blank=True)
    network = models.CharField(max_length=45, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-seen_at"], name="session_of_account")]


class GovernmentIdentity(models.Model):
    """The identity at a provider (OpenID Connect) that its holder tied to the account, while signed in to both."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="government_identities")
    issuer = models.CharField(max_length=300, db_collation="C")
    subject = models.CharField(max_length=255, db_collation="C")
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="access_identity_once"),
            models.UniqueConstraint(fields=["account", "issuer"], name="access_one_identity_of_issuer"),
        ]


class IdentityRequest(models.Model):
    """
    A sign-in on its way through the provider: found by the digest of its ``state``, taken once, ten minutes long.

    The browser that began it holds the state in its session; nonce and PKCE verifier never leave this side.
    """

    state_digest = models.CharField(max_length=64, unique=True, db_collation="C")
    nonce = models.CharField(max_length=64)
    verifier = EncryptedTextField()
    going_on = models.CharField(max_length=500, blank=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
