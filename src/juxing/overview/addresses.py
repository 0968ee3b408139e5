"""Addresses of other rooms' pages, left out while a page does not exist."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse


def address(name: str, *parts: object, **query: str) -> str:
    """Return the address of a page with a query string of what is set, "" when there is no such page."""
    try:
        path = reverse(name, args=parts)
    except NoReverseMatch:
        return ""
    wanted = {key: value for key, value in query.items() if value}
    return f"{path}?{urlencode(wanted)}" if wanted else path
