"""What every test starts from: settings from the environment, one moment in time, and makers of rows."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

os.environ.setdefault("JUXING_SECRET_KEY", "only-for-tests-" * 5)
os.environ.setdefault("JUXING_FIELD_KEYS", f"test={base64.b64encode(b'only-for-tests-only-for-tests-32').decode()}")
os.environ.setdefault("JUXING_DEMO", "1")


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> None:
    """Argon2 is slow on purpose; tests that make fifty accounts need not pay for it."""
    from django.conf import settings
    from django.contrib.auth.hashers import get_hashers, get_hashers_by_algorithm

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    get_hashers.cache_clear()  # type: ignore[attr-defined]
    get_hashers_by_algorithm.cache_clear()  # type: ignore[attr-defined]


@pytest.fixture
def now() -> datetime:
    """The moment at which tests take place: eight in the morning in Shanghai, before the day's first wave."""
    return datetime(2026, 3, 10, 0, 0, tzinfo=UTC)


@pytest.fixture
def everywhere(db: None) -> Iterator[None]:
    """Run the test inside the system's scope, for arranging and for looking at what came out."""
    from juxing.kernel.actors import Actor
    from juxing.kernel.scope import acting

    with acting(Actor.system("test")):
        yield
