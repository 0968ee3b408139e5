"""Waiting until a phone holds a page, before a test takes the signal away."""

from __future__ import annotations

from playwright.sync_api import Page

WAIT_UNTIL_KEPT = """async () => {
  await navigator.serviceWorker.ready;
  for (const until = Date.now() + 30_000; Date.now() < until;) {
    if (await caches.match(location.href, {ignoreVary: true})) return true;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  return false;
}"""


def wait_until_kept(page: Page) -> None:
    """Wait until the page is kept; `wait_for_function` would not: it takes a promise that is still open for a yes."""
    assert page.evaluate(WAIT_UNTIL_KEPT), f"{page.url} was not kept within 30 seconds"
