"""
Passkeys (WebAuthn): the two ceremonies, in the words of this house.

The library checks challenge, origin, signature and flags; here it is told who we are and what we keep. It is loaded
when a ceremony takes place, not at start-up.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from juxing.access.models import Account, Passkey
from juxing.kernel.refusals import InvalidInput

NAME = "Juxing"
NOT_A_DOMAIN = _("Passkeys need a domain name; this address is a number. Use the app.")


@dataclass(frozen=True, slots=True)
class Site:
    """Where the ceremony takes place: the host passkeys belong to, and the origin the browser must report."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class NewKey:
    """The public half of a passkey, as it is kept."""

    credential_id: str
    public_key: str
    sign_count: int


def begin_making(site: Site, account: Account, known: Iterable[Passkey]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the browser is asked for a new passkey, and what must be remembered until it answers."""
    from fido2.webauthn import PublicKeyCredentialUserEntity, ResidentKeyRequirement, UserVerificationRequirement

    options, state = _server(site).register_begin(
        PublicKeyCredentialUserEntity(
            id=account.uuid.bytes, name=account.sign_in_name, display_name=account.display_name
        ),
        credentials=[_credential(passkey) for passkey in known],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return dict(options), dict(state)


def finish_making(site: Site, state: Mapping[str, Any], answer: Mapping[str, Any]) -> NewKey:
    """
    Return the new passkey's public half.

    Raises:
        InvalidInput: if the answer does not belong to what was asked, or was tampered with.
    """
    try:
        made = _server(site).register_complete(dict(state), dict(answer))
    except (ValueError, KeyError, TypeError) as problem:
        raise _unproved() from problem
    data = made.credential_data
    if data is None:
        raise _unproved()
    return NewKey(_text(data.credential_id), _text(bytes(data)), made.counter)


def begin_proving(
    site: Site, known: Iterable[Passkey] = (), *, alone: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """
    Return what the browser is asked to prove, and what must be remembered.

    With ``alone`` the passkey stands for both steps: any account's may answer, and the device must verify its holder.
    """
    from fido2.webauthn import UserVerificationRequirement

    options, state = _server(site).authenticate_begin(
        credentials=None if alone else [_credential(passkey) for passkey in known],
        user_verification=UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED,
    )
    return dict(options), dict(state)


def finish_proving(
    site: Site, state: Mapping[str, Any], answer: Mapping[str, Any], known: Iterable[Passkey]
) -> tuple[Passkey, int]:
    """
    Return the passkey that answered, and its counter.

    Raises:
        InvalidInput: if none of the known ones did.
    """
    from fido2.webauthn import AuthenticationResponse

    held = {passkey.credential_id: passkey for passkey in known}
    try:
        parsed = AuthenticationResponse.from_dict(dict(answer))
        if not held:
            raise ValueError("no passkey is known")
        credentials = [_credential(passkey) for passkey in held.values()]
        proved = _server(site).authenticate_complete(dict(state), credentials, parsed)
    except (ValueError, KeyError, TypeError) as problem:
        raise _unproved() from problem
    return held[_text(proved.credential_id)], parsed.response.authenticator_data.counter


def credential_of(answer: Mapping[str, Any]) -> str:
    """Return the id of the passkey an answer claims to come from, as it is kept; "" if it claims none."""
    claimed = answer.get("rawId") or answer.get("id") or ""
    return claimed.rstrip("=") if isinstance(claimed, str) else ""


def _server(site: Site) -> Any:
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    return Fido2Server(
        PublicKeyCredentialRpEntity(id=site.host, name=NAME), verify_origin=lambda origin: origin == site.origin
    )


def _credential(passkey: Passkey) -> Any:
    from fido2.webauthn import AttestedCredentialData

    return AttestedCredentialData(base64.urlsafe_b64decode(passkey.public_key + "=="))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unproved() -> InvalidInput:
    return InvalidInput("passkey_unproved", _("The passkey did not prove itself. Try again, or use another way."))
