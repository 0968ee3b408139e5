"""Opens every page that links lead to, as everybody who may, and says how long each took and how often it asked."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.urls.exceptions import NoReverseMatch, Resolver404

LINKS = re.compile(r'(?:href|hx-get)="(/[^"#]*)')
ENDS_THE_VISIT = {"access:sign_out"}


def every_page(clients: dict[str, Client]) -> Iterator[dict[str, Any]]:
    """Yield a row for each address a reader reaches by links from those that need nothing to be known."""
    for role, client in clients.items():
        to_open = sorted(starts())
        asked = {"", *ENDS_THE_VISIT}
        while to_open:
            path = to_open.pop(0)
            name = name_of(path)
            if name in asked or name.endswith("export"):
                continue
            asked.add(name)
            row, text = opened(client, path)
            if row["status"] == 200:
                yield {"role": role, "page": name, "path": path, **row}
                to_open += LINKS.findall(text.replace("&amp;", "&"))


def starts() -> set[str]:
    """Return the addresses that need nothing to be known."""
    found = set()
    for name in names():
        with suppress(NoReverseMatch):
            found.add(reverse(name))
    return found


def names(patterns: list[Any] | None = None, space: str = "") -> Iterator[str]:
    """Yield the names of all addresses of pages."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver) and not (pattern.namespace or "").startswith("api"):
            yield from names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{space}{pattern.name}"


def name_of(path: str) -> str:
    """Return the name of the address, empty if it is none of the product's."""
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return ""


def opened(client: Client, path: str) -> tuple[dict[str, Any], str]:
    """Open a page twice, the first time to warm caches; return what the second took and asked, and its text."""
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        started = time.perf_counter()
        answer = client.get(path)
        wall = 1000 * (time.perf_counter() - started)
    longest = max((float(query["time"]) for query in queries.captured_queries), default=0.0)
    is_page = "text/html" in answer.headers.get("Content-Type", "") and not answer.streaming
    text = answer.content.decode("utf-8", "replace") if is_page else ""
    return {
        "status": answer.status_code, "wall_ms": round(wall, 1), "queries": len(queries),
        "longest_query_ms": round(1000 * longest, 1), "bytes": len(text),
    }, text  # fmt: skip
