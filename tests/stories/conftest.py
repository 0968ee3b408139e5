"""
What the stories start from: the served district, a browser at a desk and on a phone, people signed in as their role.

Every page that is opened here fails its story on a console error, a script error, a request to another origin, a
missing resource, a server error or a page that is wider than its screen.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.stories.serving import Served, shared_service
from tests.stories.telling import PATIENCE_S
from tests.stories.watching import Watch

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--font-render-hinting=none",
]  # fmt: skip
DEMO_PASSWORD = "juxing-demo-2026"
"""As the demo prints it."""
DESK, PHONE = (1440, 900), (390, 844)
SIGN_IN_NAMES = {
    "street_operator": "street_operator-990117001",
    "community_worker": "community_worker-990117001001",
    "other_community_secretary": "community_secretary-990117001002",
    "grid_worker": "grid_worker-990117001001-E001-G01",
    "hotline_agent": "hotline_agent-990117",
    "security_auditor": "security_auditor-990117",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell stories last: a process that drives their browser has a running loop, in which Django refuses the rest."""
    items.sort(key=lambda item: item.path.parent == Path(__file__).parent)


@pytest.fixture(scope="session")
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The running product; shared by all processes of this test run."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    directory = os.environ.get("JUXING_STORIES") or Path(tempfile.gettempdir(), f"juxing-stories-{run}")
    with shared_service(Path(directory)) as service:
        yield service
    if "JUXING_STORIES" not in os.environ and not (Path(directory) / "address").exists():
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    program = os.environ.get("JUXING_BROWSER") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.fail("The stories need Chromium: install the package chromium, or name a browser in JUXING_BROWSER.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


Open = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Open]:
    """Return a function that opens a page as somebody, at a desk or on a phone, and is watched to the end."""
    contexts: list[tuple[BrowserContext, Watch]] = []

    def open_page(
        path: str = "", *, role: str = "", account: str = "", phone: bool = False, expected: tuple[int, ...] = (),
        language: str = "zh-CN", **options: Any,
    ) -> Page:  # fmt: skip
        name = account or (SIGN_IN_NAMES.get(role) or f"{role}-990117" if role else "")
        width, height = PHONE if phone else DESK
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale=language, timezone_id="Asia/Shanghai",
            base_url=served.web, has_touch=phone, is_mobile=phone, accept_downloads=True,
            storage_state=signed_in_state(browser, served.web, name) if name else None, **options,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_S * 1000)
        watch = Watch(context, (served.web, served.live), expected=expected)
        contexts.append((context, watch))
        page = context.new_page()
        if path:
            page.goto(path)
        return page

    yield open_page
    for context, watch in contexts:
        watch.look_at_all()
        context.close()
    assert [complaint for _context, watch in contexts for complaint in watch.complaints] == []


@cache
def signed_in_state(browser: Browser, web: str, name: str) -> Any:
    """Sign in with the form's fields once, and keep what the browser then holds."""
    context = browser.new_context(base_url=web, locale="zh-CN")
    context.request.get("/sign-in/")
    [token] = [one["value"] for one in context.cookies() if one["name"].endswith("csrftoken")]
    form: dict[str, str | float | bool] = {"username": name, "password": DEMO_PASSWORD, "csrfmiddlewaretoken": token}
    answer = context.request.post("/sign-in/", form=form, headers={"Referer": f"{web}/sign-in/"}, max_redirects=0)
    assert answer.status in {302, 303}, f"{name} cannot sign in"
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def books(served: Served, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """
    Return ``acting`` over the served district's own database, for arranging what takes days and for looking behind
    the pages at what was kept.
    """
    from juxing.kernel.actors import Actor
    from juxing.kernel.scope import acting

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's loop runs in this thread
    with django_db_blocker.unblock(), story_database(served.database_url):
        yield lambda: acting(Actor.system("story"))


@contextmanager
def story_database(url: str) -> Iterator[None]:
    """Point this process's connection at the served database, which another server may hold, and back."""
    from django.db import connection

    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    there = {
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""), "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""), "PORT": query.get("port", str(parts.port or "")),
    }  # fmt: skip
    connection.close()
    before = {name: connection.settings_dict[name] for name in there}
    connection.settings_dict.update(there)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
