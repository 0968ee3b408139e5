"""
A small OpenID provider to test against: a process of its own, plain HTTP on loopback, no code shared with the product.

It approves everybody at once, checks client, code, redirect address and PKCE as the standard says, and lies on demand:
``POST /control`` with {"lie": "..."} makes its next tokens wrong in one way. Prints its issuer when it listens.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "juxing", "a secret only the two know"


class State:
    """What the provider remembers."""

    keys = [RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)]
    codes: dict[str, dict[str, str]] = {}
    lie = ""
    subject = "310101-0001"
    asked: list[str] = []


class Provider(BaseHTTPRequestHandler):
    """Discovery, keys, authorization, tokens, and the control of the tests."""

    port = 0

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        State.asked.append(parts.path)
        if parts.path == "/.well-known/openid-configuration":
            self.answer({
                "issuer": "http://127.0.0.1:1" if State.lie == "other issuer in description" else self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize", "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys", "response_types_supported": ["code"],
                "id_token_signing_alg_values_supported": ["RS256"], "subject_types_supported": ["pairwise"],
            })  # fmt: skip
        elif parts.path == "/keys":
            self.answer({"keys": [key.as_dict(private=False) for key in State.keys]})
        elif parts.path == "/authorize":
            self.authorize({name: values[0] for name, values in parse_qs(parts.query).items()})
        else:
            self.answer({}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/control":
            wanted = json.loads(body)
            State.lie, State.subject = wanted.get("lie", ""), wanted.get("subject", State.subject)
            if wanted.get("new_keys"):
                State.keys = [RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)]
            self.answer({"asked": State.asked})
        elif self.path == "/token":
            self.token({name: values[0] for name, values in parse_qs(body.decode()).items()})

    def authorize(self, asked: dict[str, str]) -> None:
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        State.codes[code] = {**asked, "subject": State.subject}
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
        self.end_headers()

    def token(self, sent: dict[str, str]) -> None:
        client = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '%20')}".encode()).decode()
        asked = State.codes.pop(sent.get("code", ""), None)
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        is_right = (
            self.headers.get("Authorization") == f"Basic {client}" and asked is not None
            and asked["code_challenge"] == challenge and asked["redirect_uri"] == sent.get("redirect_uri")
        )  # fmt: skip
        if State.lie == "broken":
            self.answer({}, 500)
        elif asked is None or not is_right:
            self.answer({"error": "invalid_grant"}, 400)
        else:
            self.answer({"access_token": "x", "token_type": "Bearer", **self.signed(asked)})

    def signed(self, asked: dict[str, str]) -> dict[str, str]:
        if State.lie == "no token":
            return {}
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer, "aud": CLIENT, "sub": asked["subject"], "nonce": asked["nonce"], "iat": now,
            "exp": now + 300,
        }  # fmt: skip
        lies: dict[str, dict[str, Any]] = {
            "other audience": {"aud": "somebody-else"}, "two audiences": {"aud": [CLIENT, "somebody-else"]},
            "other issuer": {"iss": "http://127.0.0.1:1"}, "expired": {"iat": now - 900, "exp": now - 600},
            "no end": {"exp": None}, "from the future": {"iat": now + 900, "exp": now + 1200},
            "other nonce": {"nonce": "of another sign-in"}, "no subject": {"sub": ""},
        }  # fmt: skip
        claims |= lies.get(State.lie, {})
        [key] = State.keys
        header = {"alg": "RS256", "kid": key.kid or ""}
        if State.lie == "other key":
            key = RSAKey.generate_key(2048, {"kid": header["kid"]})
        token = jwt.encode(header, claims, key)
        if State.lie == "unsigned":
            token = f"{encoded({'alg': 'none'})}.{token.split('.')[1]}."
        if State.lie == "symmetric":  # the public key, which everybody has, used as if it were a shared secret
            signed = f"{encoded({'alg': 'HS256', 'kid': header['kid']})}.{token.split('.')[1]}"
            mark = hmac.new(key.as_pem(private=False), signed.encode(), hashlib.sha256).digest()
            token = f"{signed}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"
        return {"id_token": token}

    def answer(self, document: dict[str, Any], status: int = 200) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def encoded(part: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    Provider.port = int(server.server_address[1])
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
