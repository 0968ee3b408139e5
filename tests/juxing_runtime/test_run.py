"""run.py itself: what it says, and that two of it at the same moment get along."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.juxing_runtime.conftest import SOURCE

RUN = SOURCE.parent / "run.py"


def _run(*arguments: str, where: Path = RUN, path: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(where), *arguments],
        env=dict(os.environ) | ({"PATH": path} if path is not None else {}),
        capture_output=True,
        text=True,
        check=False,
    )


def test_unknown_command_shows_the_known_ones() -> None:
    asked = _run("dmeo")

    assert asked.returncode == 2
    assert "no command 'dmeo'" in asked.stderr
    assert "demo --check" in asked.stderr


def test_simultaneous_set_ups_make_one_environment_which_follows_the_lock(tmp_path: Path) -> None:
    """With an empty lock, so that nothing is fetched; a stranger's broken `.venv` in the way."""
    where = Path(shutil.copy(RUN, tmp_path / "run.py"))
    (tmp_path / "requirements.lock").write_text("# nothing\n")
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "found_by_path.py").write_text("")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to("/nonexistent")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = dict(os.environ) | {"PATH": path}

    command = [sys.executable, str(where), "setup"]
    both = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = "".join(process.communicate()[1] for process in both)
    (tmp_path / "pyproject.toml").write_text("# changed\n")
    third, fourth = _run("setup", where=where, path=path), _run("setup", where=where, path=path)

    assert [process.returncode for process in both] == [0, 0], said
    assert said.count("setting up") == 1
    assert "setting up" in third.stderr
    assert fourth.stderr == ""
    imported = subprocess.run([tmp_path / ".venv/bin/python", "-c", "import found_by_path"], check=False)
    assert imported.returncode == 0


def test_missing_browser_is_installed_or_asked_for_but_never_passed_over(tmp_path: Path) -> None:
    """With nothing on PATH there is no browser, no font list and no apt-get."""
    asked = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(RUN.parent)!r}); import run; run.need_browser()"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert asked.returncode == 2
    assert "chromium and fonts-noto-cjk" in asked.stderr


APT = """#!/bin/sh
echo "$@" >> {log}
case "$1" in
install) [ -e {updated} ] || exit 100
  for package in "$@"; do
    case $package in {known}) program=$package;; fonts-*) program=fc-list;; chromium*) exit 100;; *) continue;; esac
    printf '#!/bin/sh\necho font\n' > {programs}/$program; chmod +x {programs}/$program
  done;;
update) touch {updated};;
esac
"""
"""An apt-get that knows no package before its lists are fetched, as on a fresh machine."""


@pytest.mark.parametrize("known", ["chromium-headless-shell", "chromium"])
def test_browser_is_installed_by_root_after_fetching_lists_and_asked_for_of_others(known: str, tmp_path: Path) -> None:
    programs, log, updated = tmp_path / "bin", tmp_path / "log", tmp_path / "updated"
    programs.mkdir()
    apt = programs / "apt-get"
    apt.write_text(APT.format(log=log, updated=updated, programs=programs, known=known))
    apt.chmod(0o755)
    for name in ("sh", "touch", "chmod"):
        (programs / name).symlink_to(shutil.which(name) or "")
    environment = {name: value for name, value in os.environ.items() if name != "JUXING_BROWSER"}

    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(RUN.parent)!r}); import run; run.need_browser()"],
        env=environment | {"PATH": str(programs)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    if os.geteuid() == 0:
        asked = log.read_text().split()
        assert (done.returncode, asked.count("install"), asked.count("update")) == (0, 3, 1), done.stderr
        assert {known, "fonts-noto-cjk"} <= set(asked)
        assert (programs / known).exists()
    else:
        assert done.returncode == 2
        assert "sudo apt-get install -y --no-install-recommends chromium fonts-noto-cjk" in done.stderr
