"""What `demo`, `serve` and the command line have in common."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from juxing_runtime import application
from juxing_runtime.__main__ import main
from juxing_runtime.errors import StartupError


def test_second_installation_in_one_home_is_refused(home: Path) -> None:
    with application._alone(home), pytest.raises(StartupError, match="already runs from"), application._alone(home):
        pytest.fail("both got in")


def test_throwaway_command_gets_an_empty_database_and_its_status_is_returned(
    capfd: pytest.CaptureFixture[str],
) -> None:
    script = "import os, sys; print(os.environ['DATABASE_URL'].split('@')[1]); sys.exit(5)"

    assert main(["throwaway", "-c", script]) == 5
    assert capfd.readouterr().out.startswith("/juxing?host=")


def test_wrong_arguments_are_explained() -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "juxing_runtime", "demo", "--size", "XXL"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert asked.returncode == 2
    assert "invalid choice: 'XXL'" in asked.stderr
