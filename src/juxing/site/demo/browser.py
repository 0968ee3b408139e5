"""A visitor without a screen: follows links, fills in forms as they are served, keeps its cookies."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

TIMEOUT_S = 60


@dataclass(slots=True)
class Form:
    """One form as served: where it goes, and what its fields hold."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: list[str] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form" and values.get("method", "").casefold() == "post":
            self.forms.append(Form(action=values.get("action", "")))
        elif tag == "input" and self.forms and values.get("name"):
            unchosen = values.get("type") in {"radio", "checkbox"} and "checked" not in values
            if not unchosen:
                self.forms[-1].fields[values["name"]] = values.get("value", "")
        elif tag == "select":
            self._select = values.get("name", "")
        elif tag == "option" and self.forms and self._select and "selected" in values:
            self.forms[-1].fields[self._select] = values.get("value", "")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@dataclass(slots=True)
class Answer:
    """What came back: status, where we ended up, and the body."""

    status: int
    url: str
    body: str

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)

    def form_with(self, *names: str) -> Form:
        """Return the first form that has these fields."""
        parsed = _Forms()
        parsed.feed(self.body)
        for form in parsed.forms:
            if set(names) <= set(form.fields):
                return form
        raise LookupError(f"No form with {names} at {self.url} (status {self.status}).")

    def text(self) -> str:
        """Return the words of the page."""
        parsed = _Forms()
        parsed.feed(self.body)
        return " ".join(" ".join(parsed.text).split())


class Visitor:
    """One person at one phone or desk; with a token, one other system."""

    def __init__(self, address: str, *, token: str = "") -> None:
        self.address = address
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self._token = token

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._send(Request(urljoin(self.address, path)))  # noqa: S310 - our own address

    def submit(self, answer: Answer, form: Form, **filled: str) -> Answer:
        """Send a form as served, with these fields filled in."""
        url = urljoin(answer.url, form.action or answer.url)
        data = urlencode({**form.fields, **filled}).encode()
        return self._send(Request(url, data=data, headers={"Referer": answer.url}))  # noqa: S310 - our own address

    def post_json(self, path: str, body: Any = None, *, key: str = "") -> Answer:
        """Call an endpoint of the API."""
        headers = {"Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})}
        data = json.dumps(body or {}).encode()
        return self._send(Request(urljoin(self.address, path), data=data, headers=headers))  # noqa: S310 - our own address

    def _send(self, request: Request) -> Answer:
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        request.add_header("Accept-Language", "zh-CN")
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as response:
                return Answer(response.status, response.url, response.read().decode(errors="replace"))
        except HTTPError as error:
            return Answer(error.code, error.url or "", error.read().decode(errors="replace"))
