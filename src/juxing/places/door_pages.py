"""What opens behind a door: upper rooms register the page, so that places need not know people."""

from __future__ import annotations

from juxing.kernel.registry import Registry

door_pages: Registry[str] = Registry("door page")


def door_page() -> str:
    """Return the address name that takes a household's uuid, "" while no room has registered one."""
    return next((url_name for _key, url_name in door_pages), "")
