"""Passkeys: made and used by a device in software, and refused when anything about the answer is not as asked."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

from juxing.access.models import Account, Passkey, SignInSession
from juxing.access.models.sign_in import SignInMethod
from juxing.access.roles import Role
from tests.access.test_second_step import begin, is_in
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
HOST, ORIGIN = "localhost", "http://localhost"
Flag = AuthenticatorData.FLAG
PRESENT, VERIFIED, ATTESTED = Flag.UP, Flag.UV, Flag.AT


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Device:
    """An authenticator: one key, a counter, and as honest as it is told to be."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.count, self.user = secrets.token_bytes(16), 0, b""

    def made(self, asked: dict[str, Any], *, origin: str = ORIGIN) -> dict[str, Any]:
        public = asked["publicKey"]
        self.user = base64.urlsafe_b64decode(public["user"]["id"] + "==")
        data = AttestedCredentialData.create(
            Aaguid(bytes(16)),
            self.id,
            ES256.from_cryptography_key(self.key.public_key()),  # type: ignore[no-untyped-call]
        )
        flags = PRESENT | VERIFIED | ATTESTED
        proof = AuthenticatorData.create(_hash(public["rp"]["id"]), flags, self.count, data)
        said = _client_data("webauthn.create", public["challenge"], origin)
        attestation = bytes(AttestationObject.create("none", proof, {}))
        return self._answer({"clientDataJSON": text(said), "attestationObject": text(attestation)})

    def proved(
        self, asked: dict[str, Any], *, origin: str = ORIGIN, flags: Flag = PRESENT | VERIFIED
    ) -> dict[str, Any]:
        public = asked["publicKey"]
        self.count += 1
        proof = bytes(AuthenticatorData.create(_hash(public["rpId"]), flags, self.count))
        said = _client_data("webauthn.get", public["challenge"], origin)
        signature = self.key.sign(proof + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer({
            "clientDataJSON": text(said), "authenticatorData": text(proof), "signature": text(signature),
            "userHandle": text(self.user),
        })  # fmt: skip

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        return {"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response,
                "clientExtensionResults": {}}  # fmt: skip


def _hash(host: str) -> bytes:
    return hashlib.sha256(host.encode()).digest()


def _client_data(kind: str, challenge: str, origin: str) -> bytes:
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()


def browser() -> Client:
    return Client(headers={"host": HOST})


def ask(client: Client, name: str, sent: dict[str, Any] | None = None) -> Any:
    return client.post(reverse(f"access:{name}"), json.dumps(sent or {}), content_type="application/json")


def with_passkey(account: Account) -> Device:
    device, client = Device(), begin(account, client=browser())
    answer = device.made(ask(client, "begin_passkey").json())
    kept = ask(client, "finish_passkey", {"answer": answer, "label": "我的手机"})
    assert kept.status_code == 200, kept.content
    return device


def test_passkey_is_the_second_step_after_the_password() -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    device = with_passkey(account)
    client = begin(account, client=browser())
    assert not is_in(client)

    answer = ask(client, "finish_proving", {"answer": device.proved(ask(client, "begin_proving").json())})

    assert answer.json()["next"]
    assert is_in(client)
    assert SignInSession.objects.filter(method=SignInMethod.PASSWORD_AND_PASSKEY).count() == 1


def test_passkey_alone_signs_in_when_the_device_verified_its_holder() -> None:
    device = with_passkey(make_account(Role.COMMUNITY_WORKER))
    client = browser()

    ask(client, "finish_proving", {"answer": device.proved(ask(client, "begin_proving").json())})

    assert is_in(client)


def test_passkey_alone_is_refused_when_the_device_did_not_verify_its_holder() -> None:
    device = with_passkey(make_account(Role.COMMUNITY_WORKER))
    client = browser()

    answer = ask(
        client, "finish_proving", {"answer": device.proved(ask(client, "begin_proving").json(), flags=PRESENT)}
    )

    assert (answer.status_code, is_in(client)) == (422, False)


def test_answer_from_another_site_is_refused() -> None:
    device = with_passkey(make_account(Role.COMMUNITY_WORKER))
    client = browser()

    answer = ask(client, "finish_proving", {
        "answer": device.proved(ask(client, "begin_proving").json(), origin="http://localhost.evil.example")
    })  # fmt: skip

    assert (answer.status_code, is_in(client)) == (422, False)


def test_answer_counts_once() -> None:
    device = with_passkey(make_account(Role.COMMUNITY_WORKER))
    client = browser()
    sent = {"answer": device.proved(ask(client, "begin_proving").json())}
    ask(client, "finish_proving", sent)
    client.post(reverse("access:sign_out"))

    assert ask(client, "finish_proving", sent).status_code == 422
    assert not is_in(client)


def test_answer_to_another_challenge_is_refused() -> None:
    device = with_passkey(make_account(Role.COMMUNITY_WORKER))
    client, other = browser(), browser()
    ask(client, "begin_proving")

    answer = ask(client, "finish_proving", {"answer": device.proved(ask(other, "begin_proving").json())})

    assert (answer.status_code, is_in(client)) == (422, False)


def test_copied_key_whose_counter_goes_back_is_refused() -> None:
    device = with_passkey(make_account(Role.COMMUNITY_WORKER))
    client = browser()
    ask(client, "finish_proving", {"answer": device.proved(ask(client, "begin_proving").json())})
    Passkey.objects.update(sign_count=50)
    client = browser()

    answer = ask(client, "finish_proving", {"answer": device.proved(ask(client, "begin_proving").json())})

    assert answer.json()["code"] == "passkey_copied"


def test_passkey_of_somebody_else_is_no_second_step_for_this_account() -> None:
    device = with_passkey(make_account(Role.COMMUNITY_WORKER))
    mine = make_account(Role.COMMUNITY_WORKER)
    with_passkey(mine)
    client = begin(mine, client=browser())

    answer = ask(client, "finish_proving", {"answer": device.proved(ask(client, "begin_proving").json())})

    assert (answer.status_code, is_in(client)) == (422, False)


@pytest.mark.parametrize(
    "sent", [{}, {"answer": None}, {"answer": {"rawId": 7}}, {"answer": {"id": "x", "response": []}}]
)
def test_rubbish_is_refused_and_breaks_nothing(sent: dict[str, Any]) -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    client = begin(account, client=browser())
    ask(client, "begin_passkey")
    stranger = browser()
    ask(stranger, "begin_proving")

    assert ask(client, "finish_passkey", sent).status_code == 422
    assert ask(stranger, "finish_proving", sent).status_code == 422


def test_closed_account_stays_closed_for_its_passkey() -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    device = with_passkey(account)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    client = browser()

    ask(client, "finish_proving", {"answer": device.proved(ask(client, "begin_proving").json())})

    assert not is_in(client)


def test_numbers_are_no_place_for_passkeys() -> None:
    client = Client(headers={"host": "127.0.0.1"})
    page = client.get(reverse("access:sign_in")).content.decode()
    assert "data-passkey=" not in page


def test_removed_passkey_signs_nobody_in_and_the_first_one_brings_recovery_codes() -> None:
    account = make_account(Role.COMMUNITY_WORKER)
    device = with_passkey(account)
    assert account.recovery_codes.count() == 10
    signed_in = browser()
    ask(signed_in, "finish_proving", {"answer": device.proved(ask(signed_in, "begin_proving").json())})
    signed_in.post(reverse("access:remove_passkey", args=[Passkey.objects.get().uuid]))
    client = browser()

    ask(client, "finish_proving", {"answer": device.proved(ask(client, "begin_proving").json())})

    assert not is_in(client)
