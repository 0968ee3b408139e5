"""
Fields for what must not be readable in a stolen backup.

AES-256-GCM with a key ring: the first key encrypts, every key decrypts, so a key is rotated by putting the new one
first and running ``juxing keys rotate``. The column's name is bound in as associated data: a value moved to another
column does not decrypt.
"""

from __future__ import annotations

import base64
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

NONCE_BYTES = 12


class UnreadableField(Exception):
    """A stored value was made with a key that is not in the ring, or was tampered with."""


@dataclass(frozen=True, slots=True)
class _Ring:
    """The keys, made ready: a list of thirty thousand phones is sealed key by key."""

    ciphers: dict[str, AESGCM]
    newest: str
    oldest_key: bytes


@lru_cache(maxsize=8)
def _made_ready(keys: tuple[tuple[str, str], ...]) -> _Ring:
    return _Ring(
        ciphers={name: AESGCM(base64.b64decode(key)) for name, key in keys},
        newest=keys[0][0], oldest_key=base64.b64decode(keys[-1][1]),
    )  # fmt: skip


def _ring() -> _Ring:
    return _made_ready(tuple(settings.FIELD_KEYS.items()))


def encrypt(text: str, *, column: str) -> str:
    """Return the text sealed for this column with the newest key."""
    ring = _ring()
    nonce = os.urandom(NONCE_BYTES)
    sealed = ring.ciphers[ring.newest].encrypt(nonce, text.encode(), column.encode())
    return f"{ring.newest}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(stored: str, *, column: str) -> str:
    """
    Return what was sealed for this column.

    Raises:
        UnreadableField: if the key is gone or the value was changed or moved.
    """
    name, _, body = stored.partition(":")
    cipher = _ring().ciphers.get(name)
    if cipher is None:
        raise UnreadableField(f"{column}: key {name!r} is not in the ring")
    raw = base64.b64decode(body)
    try:
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], column.encode()).decode()
    except InvalidTag:
        raise UnreadableField(f"{column}: the stored value does not verify") from None


def blind_index(text: str, *, purpose: str) -> str:
    """
    Return a keyed digest by which an encrypted value can be found but not read.

    The oldest key makes it, so rotation of the encryption key leaves the index valid.
    """
    return hmac.digest(_ring().oldest_key, f"{purpose}\x00{text}".encode(), "sha256").hex()[:32]


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is sealed in the database and plain in Python; "" stays "" so that emptiness can be asked."""

    def _column_name(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> Any:
        """Seal on the way in."""
        text = super().get_prep_value(value)
        return encrypt(text, column=self._column_name()) if text else text

    def from_db_value(self, value: str | None, *_args: object) -> str | None:
        """Open on the way out."""
        return decrypt(value, column=self._column_name()) if value else value
