"""The directory that holds everything one installation keeps, and the environment its processes get."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from juxing_runtime.cluster import make_home, write_private
from juxing_runtime.locks import exclusively

SETTINGS_MODULE = "juxing.site.settings"


def home_directory() -> Path:
    """JUXING_HOME, or `.juxing` in the checkout; made if missing."""
    named = os.environ.get("JUXING_HOME")
    home = Path(named).absolute() if named else Path(__file__).resolve().parents[2] / ".juxing"
    make_home(home)
    return home


def secret_key(home: Path) -> str:
    """The key that signs sessions and links, made once."""
    return _once(home / "secret-key", lambda: secrets.token_urlsafe(50))


def field_keys(home: Path) -> str:
    """The key ring that seals personal fields: `name=base64` of 32 bytes, comma-separated, the newest first.

    Kept one to a line in `field-keys`. Losing this file loses every sealed field, so it belongs in the
    backup, but apart from the database's.
    """
    text = _once(home / "field-keys", new_field_key)
    return ",".join(line.strip() for line in text.splitlines() if line.strip())


def new_field_key(name: str = "k1") -> str:
    """One entry of the key ring."""
    return f"{name}={base64.b64encode(secrets.token_bytes(32)).decode()}"


def process_environment(home: Path, *, database_url: str, web_url: str = "", live_url: str = "") -> dict[str, str]:
    """The environment of every process of the product; what is already set outside wins, except the
    addresses.

    See the table in docs/operations.md, which a test compares with this function.
    """
    outside = os.environ
    return dict(outside) | {
        "DJANGO_SETTINGS_MODULE": outside.get("DJANGO_SETTINGS_MODULE") or SETTINGS_MODULE,
        "DATABASE_URL": database_url,
        "JUXING_HOME": str(home),
        "JUXING_SECRET_KEY": outside.get("JUXING_SECRET_KEY") or secret_key(home),
        "JUXING_FIELD_KEYS": outside.get("JUXING_FIELD_KEYS") or field_keys(home),
        "JUXING_WEB_URL": outside.get("JUXING_WEB_URL") or web_url,
        "JUXING_LIVE_URL": outside.get("JUXING_LIVE_URL") or live_url,
        "PYTHONUNBUFFERED": "1",
    }


def _once(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        with exclusively(path.parent / "home.lock"):
            if not path.exists():
                write_private(path, make() + "\n")
    return path.read_text().strip()
