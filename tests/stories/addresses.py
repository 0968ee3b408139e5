"""The addresses of the product, room by room, from its URL configuration, and whom each is for."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from tests.architecture.test_addresses import addresses

VISITOR = ""
"""Somebody without an account."""
NOT_PAGES = {"healthz", "set_language", "live_token", "service_worker"}
OPENING_TAG = re.compile(r"<([a-z][a-z0-9-]*)((?:\s[^<>]*)?)>")
CLASS, TYPE = re.compile(r'\bclass="([^"]*)"'), re.compile(r'\b(?:type|role)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Address:
    """One line of the URL configuration that answers GET. ``right`` is None where every account may come."""

    name: str
    converters: dict[str, Any]
    is_open: bool
    right: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said to somebody."""

    status: int
    location: str
    text: str
    is_page: bool


def rooms() -> dict[str, list[Address]]:
    """Return the addresses by the room they belong to."""
    found = defaultdict(list)
    for name, view, converters in addresses():
        if name.startswith("None") or name in NOT_PAGES or not takes_get(view):
            continue
        room = name.partition(":")[0] if ":" in name else "site"
        right = getattr(view, "required_right", None)
        found[room].append(Address(name, converters, getattr(view, "is_open", False), right))
    return dict(found)


def takes_get(view: Any) -> bool:
    """Whether the view can be opened: Django's ``require_POST`` keeps its methods in its closure only."""
    while view is not None:
        methods = inspect.getclosurevars(view).nonlocals.get("request_method_list")
        if methods is not None:
            return "GET" in methods
        view = getattr(view, "__wrapped__", None)
    return True


def ask(web: str, path: str, cookies: list[dict[str, Any]]) -> Answer:
    """Ask for a page as the browser that holds these cookies would, without drawing it and following nothing."""
    connection = HTTPConnection(str(urlsplit(web).netloc), timeout=60)
    held = "; ".join(f"{one['name']}={one['value']}" for one in cookies)
    connection.request("GET", path, headers={"Cookie": held, "Accept-Language": "zh-CN"})
    response = connection.getresponse()
    text = response.read().decode("utf-8", "replace")
    connection.close()
    is_page = "text/html" in (response.getheader("Content-Type") or "") and "<html" in text
    return Answer(response.status, response.getheader("Location") or "", text, is_page)


def parts_of(html: str) -> set[tuple[str, ...]]:
    """Return the kinds of elements a page is built of: what another role's page must add to be worth a look."""
    return {
        (tag, *CLASS.findall(attributes), *TYPE.findall(attributes)) for tag, attributes in OPENING_TAG.findall(html)
    }
