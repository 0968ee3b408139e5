"""Every third-party file we serve is the one that was looked at, under a known licence, and calls nobody."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

SITE = Path(__file__).parents[2] / "src" / "juxing" / "site"
STATIC = SITE / "static"
FILES: list[dict[str, Any]] = tomllib.loads((SITE / "vendor_manifest.toml").read_text(encoding="utf-8"))["file"]
LICENCES = {"MIT", "BSD-2-Clause", "Apache-2.0"}


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: str(entry["path"]))
def test_vendored_file_is_the_one_in_the_manifest(entry: dict[str, Any]) -> None:
    content = (STATIC / entry["path"]).read_bytes()

    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert entry["licence"] in LICENCES
    assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])


def test_vendored_files_are_all_in_the_manifest() -> None:
    present = {path.relative_to(STATIC).as_posix() for path in (STATIC / "vendor").rglob("*") if path.is_file()}

    assert present == {entry["path"] for entry in FILES}


def test_changed_vendored_files_say_what_was_changed() -> None:
    changed = [entry for entry in FILES if "upstream_sha256" in entry]

    assert changed
    assert all(entry["change"] and entry["upstream_sha256"] != entry["sha256"] for entry in changed)


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.css")), ids=lambda path: path.name)
def test_style_sheets_load_nothing_from_elsewhere(path: Path) -> None:
    addresses = re.findall(r"url\(\s*[\"']?([^\"')]+)", path.read_text(encoding="utf-8"))

    for address in addresses:
        if not address.startswith(("data:", "#", "%23")):
            assert (path.parent / address.split("#")[0]).is_file(), address


@pytest.mark.parametrize("path", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.name)
def test_own_scripts_hold_no_foreign_address_and_no_evaluation(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert re.findall(r"https?://(?!www\.w3\.org/)\S+", source) == []
    assert re.search(r"\beval\(|new Function\(|\.innerHTML\s*=|document\.write\(", source) is None
