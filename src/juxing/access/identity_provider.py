"""
Signing in with the identity a government provider vouches for (OpenID Connect, authorization code with PKCE).

Nothing is asked of any provider unless one is configured. What comes back is believed only after state, nonce,
signature, issuer, audience and time were checked; accounts are never made from it, only found.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import logging
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import Refusal

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
TIMEOUT_SECONDS, ANSWER_BYTES = 5, 256 * 1024
CLOCKS_APART = timedelta(seconds=60)
KEPT_FOR = timedelta(minutes=10)
log = logging.getLogger(__name__)
_kept: dict[str, tuple[datetime, dict[str, Any]]] = {}


class IdentityNotProved(Refusal):
    """The provider, or somebody in its name, said something that does not hold; the log says what."""

    status = 403

    def __init__(self, why: str) -> None:
        log.warning("government identity not accepted: %s", why)
        super().__init__(
            "identity_not_proved", _("The identity could not be confirmed. Begin again, or sign in with your password.")
        )
        self.why = why


class ProviderOutOfReach(Refusal):
    """The provider does not answer."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "provider_out_of_reach", _("The identity provider does not answer. Sign in with your password.")
        )


@dataclass(frozen=True, slots=True)
class Asking:
    """What is sent to the provider and remembered until the browser comes back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Asking:
        """Draw one at random: 256 bits each."""
        return cls(*(secrets.token_urlsafe(32) for _part in range(3)))

    @property
    def challenge(self) -> str:
        """The verifier's digest, which the provider gets first (S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is; ``subject`` means something only together with ``issuer``."""

    issuer: str
    subject: str


def is_configured() -> bool:
    """Whether this installation knows a provider."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def state_digest(state: str) -> str:
    """Return what is kept of a state."""
    return hashlib.sha256(f"juxing identity state\x00{state}".encode()).hexdigest()


def address_to_ask(asking: Asking, *, return_to: str, now: datetime) -> str:
    """
    Return where the browser goes to be identified.

    Raises:
        ProviderOutOfReach: if the provider does not describe itself.
    """
    endpoint = _described(now=now)["authorization_endpoint"]
    query = urlencode({
        "response_type": "code", "client_id": settings.OIDC_CLIENT_ID, "redirect_uri": return_to, "scope": "openid",
        "state": asking.state, "nonce": asking.nonce, "code_challenge": asking.challenge,
        "code_challenge_method": "S256",
    })  # fmt: skip
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{query}"


def identity_of(code: str, *, nonce: str, verifier: str, return_to: str, now: datetime) -> Identity:
    """
    Return the identity behind an authorization code.

    Raises:
        IdentityNotProved: if anything about the answer does not hold.
        ProviderOutOfReach: if the provider does not answer.
    """
    described = _described(now=now)
    answer = _asked(
        described["token_endpoint"], headers=_client_headers(), refusal="token endpoint refused the code",
        form={"grant_type": "authorization_code", "code": code, "redirect_uri": return_to, "code_verifier": verifier},
    )  # fmt: skip
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise IdentityNotProved("no id_token in the answer")
    claims = _claims(token, described, now=now)
    _require_claims(claims, nonce=nonce, now=now)
    return Identity(issuer=settings.OIDC_ISSUER, subject=claims["sub"])


def _claims(token: str, described: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    for is_fresh in (False, True):  # a provider that changed its keys yesterday is asked again, once
        keys = _document(described["jwks_uri"], now=now, is_fresh=is_fresh)
        try:
            return dict(jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims)  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError) as problem:
            why = f"id_token does not verify: {type(problem).__name__}"
    raise IdentityNotProved(why)


def _require_claims(claims: Mapping[str, Any], *, nonce: str, now: datetime) -> None:
    heard = claims.get("aud")
    audience = heard if isinstance(heard, list) else [heard]
    moment, leeway = now.timestamp(), CLOCKS_APART.total_seconds()
    expires, issued = claims.get("exp"), claims.get("iat")
    subject = claims.get("sub")
    wrong = {
        "issuer": claims.get("iss") != settings.OIDC_ISSUER,
        "audience": settings.OIDC_CLIENT_ID not in audience,
        "authorised party": (len(audience) > 1 or "azp" in claims) and claims.get("azp") != settings.OIDC_CLIENT_ID,
        "expired": not isinstance(expires, int | float) or expires + leeway <= moment,
        "issued later": not isinstance(issued, int | float) or issued - leeway > moment,
        "nonce": not hmac.compare_digest(str(claims.get("nonce", "")), nonce),
        "subject": not isinstance(subject, str) or not 0 < len(subject) <= 255,
    }
    if any(wrong.values()):
        raise IdentityNotProved("id_token: " + ", ".join(name for name, is_wrong in wrong.items() if is_wrong))


def _described(*, now: datetime) -> dict[str, Any]:
    issuer = settings.OIDC_ISSUER
    described = _document(f"{issuer.rstrip('/')}/.well-known/openid-configuration", now=now)
    if described.get("issuer") != issuer:
        raise IdentityNotProved("the provider describes another issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(described.get(name), str):
            raise IdentityNotProved(f"the provider names no {name}")
        _require_safe(described[name])
    return described


def _document(address: str, *, now: datetime, is_fresh: bool = False) -> dict[str, Any]:
    """Return a document of the provider, at most ten minutes old."""
    at, document = _kept.get(address, (None, {}))
    if at is None or is_fresh or not at <= now < at + KEPT_FOR:
        document = _asked(address, refusal=f"{address} refused")
        _kept[address] = now, document
    return document


def _client_headers() -> dict[str, str]:
    if not settings.OIDC_CLIENT_SECRET:
        return {}
    pair = f"{quote(settings.OIDC_CLIENT_ID, safe='')}:{quote(settings.OIDC_CLIENT_SECRET, safe='')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _asked(
    address: str, *, refusal: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    _require_safe(address)
    data = None
    if form is not None:
        named = dict(form) if settings.OIDC_CLIENT_SECRET else {**form, "client_id": settings.OIDC_CLIENT_ID}
        data = urlencode(named).encode()
    sent = urllib.request.Request(  # noqa: S310 - _require_safe has looked at the scheme
        address, data=data, headers={"Accept": "application/json", **(headers or {})}
    )
    try:
        with urllib.request.build_opener(_NoRedirects).open(sent, timeout=TIMEOUT_SECONDS) as answer:
            content = answer.read(ANSWER_BYTES + 1)
    except urllib.error.HTTPError as problem:
        if problem.code >= 500:
            raise ProviderOutOfReach from problem
        raise IdentityNotProved(f"{refusal}: {problem.code}") from problem
    except OSError as problem:
        raise ProviderOutOfReach from problem
    try:
        document = json.loads(content) if len(content) <= ANSWER_BYTES else None
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise IdentityNotProved("an answer that is no JSON object")
    return document


def _require_safe(address: str) -> None:
    """Refuse anything but HTTPS, except to this very machine."""
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and _is_this_machine(parts.hostname or ""):
        return
    raise IdentityNotProved(f"not a safe address: {parts.scheme}://{parts.hostname}")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A provider answers itself: where a redirect leads was not configured."""

    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        """Follow nothing."""
