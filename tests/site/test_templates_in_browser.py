"""
The kit in a real browser, under the product's own content policy: accessible, nothing refused, nothing asked of others,
and a queue that loses nothing and sends nothing twice.

Runs on a small server of its own without a database, because what is tested here is what happens in the browser.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test.utils import override_settings
from django.urls import path
from django.views.i18n import set_language
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.keeping import wait_until_kept

EXAMPLE = json.loads(
    (Path(__file__).parents[2] / "src/juxing/site/templates/site/kit_example.json").read_text(encoding="utf-8")
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
received: list[tuple[str, str]] = []
KEPT_FILES = """async () => (await (await caches.open("juxing-files-1")).keys())
    .map((request) => new URL(request.url).pathname.split("/").pop())"""


class DoorForm(forms.Form):
    """What a grid worker writes at a door; too short is refused."""

    what = forms.RegexField(r"^[a-z]{2,}$")
    kind = forms.ChoiceField(choices=[("food", "Food"), ("medicine", "Medicine")], widget=forms.RadioSelect)


def kit_page(template: str, **context: Any) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        return render(request, template, EXAMPLE | {"form": DoorForm({"what": "x"})} | context)

    return view


def door(request: HttpRequest) -> HttpResponse:
    form = DoorForm(request.POST or None)
    status = 200
    if request.method == "POST":
        received.append((request.headers.get("Idempotency-Key", ""), request.POST["what"]))
        status = 200 if form.is_valid() else 422
    context = EXAMPLE | {"form": form, "offline_label": "door", "keep_offline": True, "page_title": "Door"}
    return render(request, "site/kit_public.html", context, status=status)


def service_worker(_request: HttpRequest) -> HttpResponse:
    source = Path(str(finders.find("js/service_worker.js"))).read_text(encoding="utf-8")
    return HttpResponse(source, content_type="text/javascript")


urlpatterns = [
    path("kit/", kit_page("site/kit.html", exercise={"name": "Rain"})),
    path("phone/", kit_page("site/kit_phone.html")),
    path("public/", kit_page("site/kit_public.html")),
    path("print/", kit_page("site/kit_print.html")),
    path("sign-in/", kit_page("site/sign_in.html", demo_accounts=[{"role": "operator", "username": "o"}])),
    path("404/", kit_page("404.html")),
    path("door/", door),
    path("offline/", kit_page("offline.html")),
    path("service_worker.js", service_worker),
    path("language/", set_language, name="set_language"),
]


class ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64  # a browser opens many connections at once; refused ones are files not kept


class SilentHandler(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Say nothing: pytest shows what failed."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=MIDDLEWARE):
        application = StaticFilesHandler(WSGIHandler())
        with make_server("127.0.0.1", 0, application, ThreadingServer, SilentHandler) as server:
            Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.fail("The browser tests need Chromium: install the package chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def open_page(browser: Browser, address: str, width: int, cookies: str = "", **options: Any) -> Iterator[Page]:
    """Open a page that fails the test on a console error, a refused resource or a request to anyone else."""
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", **options)
    context.add_cookies([{"name": name, "value": "1", "url": address} for name in cookies.split()])
    page = context.new_page()
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def follow(request: Request) -> None:
        if not request.url.startswith((address, "data:")):
            complaints.append(request.url)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", follow)
    yield page
    context.close()
    assert [text for text in complaints if "ERR_INTERNET_DISCONNECTED" not in text and " 422 " not in text] == []


@pytest.mark.parametrize(
    ("name", "width", "cookies"),
    [
        ("kit", 1440, ""),
        ("kit", 390, ""),
        ("phone", 390, "large_type"),
        ("phone", 390, "dark_screen"),
        ("public", 390, ""),
        ("sign-in", 1440, ""),
        ("404", 390, ""),
    ],
)
def test_page_has_no_accessibility_violation_and_fits(
    browser: Browser, address: str, name: str, width: int, cookies: str
) -> None:
    with open_page(browser, address, width, cookies) as page:
        page.goto(f"{address}/{name}/")
        page.wait_for_load_state("networkidle")
        result = Axe().run(page, options={"runOnly": RULES})
        overflow_px = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    found = [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in result.response["violations"]]
    assert found == []
    assert overflow_px == 0


def test_map_and_charts_are_drawn_and_have_their_figures_as_text(browser: Browser, address: str) -> None:
    with open_page(browser, address, 1440) as page:
        page.goto(f"{address}/kit/")

        expect(page.locator(".kit-chart__canvas svg")).to_have_count(3)
        expect(page.locator(".kit-map .leaflet-overlay-pane path")).to_have_count(6)
        expect(page.locator(".kit-map .kit-pin")).to_have_count(26)
        expect(page.locator(".kit-map__list li")).to_have_count(32)


def test_dialog_opens_closes_and_large_type_is_remembered(browser: Browser, address: str) -> None:
    with open_page(browser, address, 1440) as page:
        page.goto(f"{address}/kit/")
        page.click("[data-open-dialog=kit-dialog]")
        expect(page.locator("#kit-dialog")).to_be_visible()
        page.click("#kit-dialog button[type=button]")
        expect(page.locator("#kit-dialog")).to_be_hidden()
        page.goto(f"{address}/public/")
        page.click("[data-large-type]")
        page.goto(f"{address}/phone/")

        assert page.evaluate("document.documentElement.className") == "large-type"
        assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)") >= 18


def test_refused_file_is_named_before_it_is_sent(browser: Browser, address: str) -> None:
    with open_page(browser, address, 1440) as page:
        page.goto(f"{address}/kit/")
        page.set_input_files("#id_sheet", {"name": "list.pdf", "mimeType": "application/pdf", "buffer": b"x"})

        expect(page.locator("#id_sheet_chosen")).to_contain_text("list.pdf")
        assert page.evaluate("document.querySelector('#id_sheet').validity.customError")


def test_forms_sent_without_signal_arrive_once_and_refused_ones_can_be_corrected(
    browser: Browser, address: str
) -> None:
    received.clear()
    with open_page(browser, address, 390) as page:
        page.goto(f"{address}/door/")
        wait_until_kept(page)
        assert {"juxing.js", "text.js", "offline.js", "offline_store.js"} <= set(page.evaluate(KEPT_FILES))
        page.context.set_offline(True)
        for number, what in enumerate(("rice", "oil", "x"), start=1):
            _fill(page, what)
            expect(page.locator("[data-offline-items] li")).to_have_count(number)
        page.reload()
        expect(page.locator("[data-offline-items] li")).to_have_count(3)
        expect(page.locator("#id_what")).to_have_value("")
        page.context.set_offline(False)
        expect(page.locator("[data-offline-items] li")).to_have_count(1)
        page.locator("[data-offline-items] button").first.click()
        expect(page.locator("form .kit-notice--error")).to_be_visible()
        expect(page.locator("#id_what")).to_have_value("x")
        _fill(page, "salt")
        expect(page.locator("[data-offline-status]")).to_have_attribute("data-state", "sent")

    assert [what for _key, what in received] == ["rice", "oil", "x", "salt"]
    assert len({key for key, _what in received}) == 4
    assert all(len(key) == 36 for key, _what in received)


def _fill(page: Page, what: str) -> None:
    page.fill("#id_what", what)
    page.check("#id_kind_0")
    page.click("form[data-offline] .btn-primary")
