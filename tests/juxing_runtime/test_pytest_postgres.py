"""The plugin, in a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

from tests.juxing_runtime.conftest import eventually, processes_about

SETTINGS = """
import os
SECRET_KEY = os.environ["JUXING_SECRET_KEY"]
URL_AT_LOADING = os.environ["DATABASE_URL"]
USE_TZ = True
"""
TESTS = """
import os
import psycopg
import pytest
from django.conf import settings

@pytest.mark.parametrize("number", range(4))
def test_connects(number):
    assert settings.URL_AT_LOADING == os.environ["DATABASE_URL"]
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT current_user, %s", [number]).fetchone() == ("juxing", number)
    print("URL", os.environ["PYTEST_XDIST_WORKER"], os.environ["DATABASE_URL"])
"""


def no_process_about(directory: str) -> bool:
    return processes_about(directory) == []


def test_each_worker_has_a_server_that_settings_find_and_that_ends_with_the_run(tmp_path: Path) -> None:
    (tmp_path / "little_settings.py").write_text(SETTINGS)
    (tmp_path / "test_little.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "juxing_runtime.pytest_postgres", "-n", "2", "-rP", "-q", "."],
        cwd=tmp_path,
        env=outside | {"DJANGO_SETTINGS_MODULE": "little_settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    servers = {tuple(line.split()[1:]) for line in ran.stdout.splitlines() if line.startswith("URL ")}
    assert servers
    assert len(servers) == len({worker for worker, _url in servers}) == len({url for _worker, url in servers})
    for _worker, url in servers:
        directory = url.split("host=")[1].split("%2Fsocket")[0].replace("%2F", "/")
        assert not Path(directory).exists()
        assert eventually(partial(no_process_about, directory))
