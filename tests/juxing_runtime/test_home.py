"""What an installation keeps, and the environment its processes get."""

from __future__ import annotations

import base64
import re
import stat
from pathlib import Path

import pytest

from juxing_runtime.home import field_keys, home_directory, process_environment, secret_key
from tests.juxing_runtime.conftest import SOURCE


def test_secrets_are_made_once_and_private(home: Path) -> None:
    first = (secret_key(home), field_keys(home))

    assert (secret_key(home), field_keys(home)) == first
    assert stat.S_IMODE((home / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "field-keys").stat().st_mode) == 0o600
    name, _, key = first[1].partition("=")
    assert name == "k1"
    assert len(base64.b64decode(key, validate=True)) == 32
    assert len(first[0]) >= 50


def test_key_ring_keeps_the_order_of_its_lines(home: Path) -> None:
    (home / "field-keys").write_text("k2=bmV3\nk1=b2xk\n\n")

    assert field_keys(home) == "k2=bmV3,k1=b2xk"


def test_home_is_in_the_checkout_unless_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home_directory() == SOURCE.parent / ".juxing"

    monkeypatch.setenv("JUXING_HOME", str(home / "elsewhere"))
    assert home_directory() == home / "elsewhere"
    assert (home / "elsewhere").is_dir()


def test_what_is_set_outside_wins_over_what_would_be_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUXING_SECRET_KEY", "from outside")
    monkeypatch.setenv("JUXING_LIVE_URL", "https://live.example")

    environment = process_environment(home, database_url="postgresql://x", live_url="http://127.0.0.1:8001")

    assert environment["JUXING_SECRET_KEY"] == "from outside"
    assert environment["JUXING_LIVE_URL"] == "https://live.example"
    assert environment["DATABASE_URL"] == "postgresql://x"
    assert not (home / "secret-key").exists()


def test_every_variable_is_explained_in_the_operations_page(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = set(process_environment(home, database_url="postgresql://x")) | {"JUXING_PG_BIN", "JUXING_DEMO"}
    page = (SOURCE.parent / "docs" / "operations.md").read_text()
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))
    in_settings = set(re.findall(r'"(JUXING_[A-Z_]+)"', (SOURCE / "juxing" / "site" / "settings.py").read_text()))

    named = {name for name in made if name.startswith(("JUXING_", "DATABASE_", "DJANGO_"))} | in_settings
    assert named - explained == set()
