#!/usr/bin/env python3
"""Set Juxing up on this machine and run it: `python3 run.py demo`, `python3 run.py test`.

Needs nothing but Python 3.11 or newer. The first call makes `.venv` and installs the packages of
requirements.lock (hashes checked, wheels only); later calls see that nothing changed and start at once.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python shall be told, not fail somewhere below
    sys.exit("Juxing needs Python 3.11 or newer; this is " + sys.version.split()[0] + " at " + sys.executable)

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
UV = "uv==0.13.9"
"""The installer where PATH has none; plain pip takes four times as long."""

TEST_PROCESSES = "2"
"""pytest-xdist processes for the whole suite; more gain nothing on two processors, where it is measured."""

STORIES = "tests/stories"
"""Run by themselves: a process that drives the stories' browser cannot run other tests of the database after them."""

HEADLESS = "chromium-headless-shell"
BROWSERS = (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first found is taken. The one without windows opens a page with a tenth of the work."""

APT_INSTALL = ["apt-get", "install", "-y", "--no-install-recommends"]

USAGE = """\
usage: python3 run.py COMMAND [arguments]

  demo [--size S|M|L] [--port N] [--fresh]   load the fictional demo district and serve it
  demo --check                               the same headless: drive the main job, print JSON, end
  test [pytest arguments]                    everything CI checks; with arguments only pytest with them
  check                                      lint, types, architecture, migrations; part of test
  bench [NAME] [arguments]                   run one benchmark, or list them
  juxing ...                                 the product's own command line; start with: juxing --help
  serve [--host A] [--port N] [--workers N]  serve a real installation until stopped
  database PROGRAM [arguments]               psql, pg_dump or pg_restore on the product's database
  messages                                   compile the translation catalogues
  setup                                      only install or refresh the packages

Data lies in .juxing (or JUXING_HOME); DATABASE_URL names another PostgreSQL server than Juxing's own.
"""


# --- setting up ---


def set_up() -> None:
    """Make or refresh `.venv`; several runs at the same moment wait for one of them to do it."""
    wanted = stamp()
    if installed_stamp() == wanted:
        return
    with checkout_to_ourselves():
        if installed_stamp() == wanted:
            return
        began = time.monotonic()
        note(f"setting up {VENV} (only the first time and after a change of requirements.lock) ...")
        make_environment()
        install()
        write_path_file()
        (VENV / "juxing-stamp").write_text(wanted)
        note(f"set up in {time.monotonic() - began:.0f} s")


@contextlib.contextmanager
def checkout_to_ourselves() -> Iterator[None]:
    """Hold a lock on the checkout's directory itself, which leaves no file behind and ends with the process."""
    descriptor = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def stamp() -> str:
    """What the environment depends on; a move of the checkout or another Python makes a new one."""
    digest = hashlib.sha256(f"{ROOT} {sys.version_info[:2]}".encode())
    for path in (LOCK, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def installed_stamp() -> str:
    """The stamp of the environment that is there, empty when there is none that works."""
    path = VENV / "juxing-stamp"
    return path.read_text() if path.exists() and PYTHON.exists() else ""


def make_environment() -> None:
    """Make the virtual environment, or again when it belongs to another Python or does not run."""
    if PYTHON.exists():
        version = output([str(PYTHON), "-c", "import sys; print(*sys.version_info[:2])"])
        if version.split() == [str(part) for part in sys.version_info[:2]]:
            return
        note("its Python is another one; making it anew")
    run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        failing="Python could not make .venv (on Debian and Ubuntu: apt-get install python3-venv).",
    )


def install() -> None:
    """Install exactly the locked packages, with uv, or with pip where uv does not work."""
    options = ["--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)]
    uv = find_uv()
    if uv and succeeds([uv, "pip", "install", "--quiet", "--python", str(PYTHON), *options]):
        return
    note("uv did not work here; pip does the same more slowly ...")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, *options], failing="The packages of requirements.lock could not be installed; see above.")


def find_uv() -> str | None:
    """uv from PATH or from the environment, installed there if need be."""
    inside = VENV / "bin" / "uv"
    on_path = shutil.which("uv")
    if on_path and succeeds([on_path, "--version"], quiet=True):
        return on_path
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary",
        ":all:",
    ]
    if inside.exists() or succeeds([*pip, UV]):
        return str(inside)
    return None


def write_path_file() -> None:
    """Put `src` on the environment's path. sysconfig knows the right directory also where Debian moved it."""
    purelib = output([str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip()
    Path(purelib, "juxing-src.pth").write_text(f"{ROOT / 'src'}\n")


# --- commands ---


def test(arguments: list[str]) -> int:
    """All checks and the whole suite; with arguments only pytest, which is what one wants while working."""
    if arguments:
        return pytest(arguments)
    need_browser()
    checked = check([])
    tested = pytest(["-n", TEST_PROCESSES, f"--ignore={STORIES}"])
    return checked or tested or tell_stories()


def tell_stories() -> int:
    """
    The stories; one that failed beside others is told once more by itself, and both outcomes are printed.

    To be taken out once ten runs in a row have needed no second telling: until then the first of a failure is a bug.
    """
    told = pytest(["-n", TEST_PROCESSES, "--maxschedchunk", "2", STORIES])
    if told != 1:
        return told
    print("run.py: stories failed (above); telling those once more by themselves", flush=True)
    return pytest(["--last-failed", "--last-failed-no-failures", "none", STORIES])


def pytest(arguments: list[str]) -> int:
    """pytest, which gets its own throw-away PostgreSQL from a plugin named in pyproject.toml."""
    succeeds([str(PYTHON), "-m", "juxing_runtime.messages"])
    return call([str(PYTHON), "-m", "pytest", *arguments])


def check(_arguments: list[str]) -> int:
    """Lint, format, types, architecture, missing migrations; all of them run, the first failure decides the status."""
    tools = VENV / "bin"
    steps = {
        "ruff check": [str(tools / "ruff"), "check", "--quiet"],
        "ruff format": [str(tools / "ruff"), "format", "--check", "--quiet"],
        "mypy": [str(tools / "mypy"), "--no-error-summary", "src", "tests", "run.py"],
        "import-linter": [str(tools / "lint-imports"), "--no-logo"],
        "migrations": [
            *(str(PYTHON), "-m", "juxing_runtime", "throwaway", "-m", "django"),
            *("makemigrations", "--check", "--dry-run"),
        ],
    }
    os.environ.setdefault("JUXING_SECRET_KEY", "only-for-checks")  # mypy and Django load the settings; no data is
    os.environ.setdefault("JUXING_FIELD_KEYS", f"check={'A' * 43}=")  # touched, so anything of the right form does
    failed = []
    for name, command in steps.items():
        began = time.monotonic()
        status = call(command)
        note(f"{name}: {'passed' if status == 0 else 'FAILED'} ({time.monotonic() - began:.1f} s)")
        if status != 0:
            failed.append(name)
    if failed:
        note(f"checks failed: {', '.join(failed)}")
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Run `benchmarks/NAME.py` beside a database of its own, or list the names."""
    names = sorted(path.stem for path in (ROOT / "benchmarks").glob("[a-z]*.py"))
    if not arguments or arguments[0] not in names:
        print("benchmarks:", ", ".join(names) or "none yet", "- what they measure: benchmarks/README.md")
        return 2 if arguments else 0
    os.environ.setdefault("JUXING_HOME", str(ROOT / ".juxing" / "bench" / arguments[0]))  # a demo's data stays as it is
    return runtime(["run", "-m", f"benchmarks.{arguments[0]}", *arguments[1:]])


def runtime(arguments: list[str]) -> int:
    """Hand over to the package that runs processes, in this very process: no signals to forward."""
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "juxing_runtime", *arguments])  # noqa: S606


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "demo": lambda arguments: runtime(["demo", *arguments]),
    "serve": lambda arguments: runtime(["serve", *arguments]),
    "juxing": lambda arguments: runtime(["run", "-m", "juxing.site.commandline", *arguments]),
    "database": lambda arguments: runtime(["database", *arguments]),
    "test": test,
    "check": check,
    "bench": bench,
    "messages": lambda _arguments: call([str(PYTHON), "-m", "juxing_runtime.messages"]),
    "setup": lambda _arguments: 0,
}


def need_browser() -> None:
    """Make sure the browser tests can run: install what they need, or say what to install and end with status 2."""
    if may_install():
        if not os.environ.get("JUXING_BROWSER") and not shutil.which(HEADLESS):
            note(f"installing {HEADLESS} for the browser tests; where it cannot be had, another Chromium will do ...")
            install_packages([HEADLESS], fetch_lists=browser_is_missing())
        if missing_browser_packages():
            note(f"installing for the browser tests: {' '.join(missing_browser_packages())} ...")
            install_packages(missing_browser_packages(), fetch_lists=True)
    missing = missing_browser_packages()
    if missing:
        by_hand = f"sudo {' '.join([*APT_INSTALL, *missing])}"
        how = by_hand if shutil.which("apt-get") else "your system's package manager"
        print(f"The browser tests need {' and '.join(missing)}. Install with: {how}", file=sys.stderr)
        sys.exit(2)


def may_install() -> bool:
    """Whether packages of the system can be installed without asking anybody."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_packages(packages: list[str], *, fetch_lists: bool) -> None:
    """Install packages of the system as far as they can be had, if need be with new lists of what there is."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if not succeeds([*APT_INSTALL, *packages], quiet=True, env=quiet) and fetch_lists:
        succeeds(["apt-get", "update"], quiet=True, env=quiet)
        succeeds([*APT_INSTALL, *packages], env=quiet)


def browser_is_missing() -> bool:
    """Whether no browser is named or found."""
    return not os.environ.get("JUXING_BROWSER") and not any(shutil.which(name) for name in BROWSERS)


def missing_browser_packages() -> list[str]:
    """Which of a Chromium and a font with Chinese characters is not there."""
    missing = ["chromium"] if browser_is_missing() else []
    if not (shutil.which("fc-list") and output(["fc-list", ":lang=zh"]).strip()):
        missing.append("fonts-noto-cjk")
    return missing


# --- small things ---


def note(line: str) -> None:
    """Tell the person at the keyboard, apart from what programs read on standard output."""
    print(f"run.py: {line}", file=sys.stderr, flush=True)


def call(command: list[str]) -> int:
    """Run a program in the checkout and return its status, also when it is missing."""
    try:
        process = subprocess.Popen(command, cwd=ROOT)
    except OSError as error:
        note(f"{command[0]} does not run ({error.strerror}); remove .venv and run `python3 run.py setup`")
        return 127
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the program itself; let it clean up
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)


def succeeds(command: list[str], *, quiet: bool = False, env: dict[str, str] | None = None) -> bool:
    """Whether a program ends with status 0."""
    output_to = subprocess.DEVNULL if quiet else sys.stderr
    try:
        return subprocess.run(command, stdout=output_to, stderr=output_to, env=env, check=False).returncode == 0
    except OSError:
        return False


def run(command: list[str], *, failing: str) -> None:
    """Run a program that has to succeed."""
    if not succeeds(command):
        sys.exit(f"run.py: {failing}")


def output(command: list[str]) -> str:
    """What a program prints, empty when it fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""


def main(arguments: list[str]) -> int:
    """Set up and run one command."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(USAGE, end="")
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        print(f"run.py has no command {name!r}.\n\n{USAGE}", file=sys.stderr, end="")
        return 2
    set_up()
    return COMMANDS[name](rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
