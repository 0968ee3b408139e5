"""What no page may do, whoever opens it: complain, ask others for anything, miss a resource, overflow its screen."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

BROKEN_THINGS = """() => {
  const broken = [...document.images].filter(image => image.complete && !image.naturalWidth).map(image => image.src);
  const icons = [...document.querySelectorAll('use')].filter(use => {
    const id = (use.getAttribute('href') || '').split('#')[1];
    return !id || (use.getAttribute('href').startsWith('#') && !document.getElementById(id));
  }).map(use => use.outerHTML);
  return [...broken, ...icons];
}"""
TELLING_OF_STATUS = ("Failed to load resource", "Response Status Error Code")
"""How the browser and htmx tell of an answer that is judged by its status."""
OVERFLOW_PX = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Watch:
    """Hears every page of one browser context; ``complaints`` is empty when all was well."""

    def __init__(self, context: BrowserContext, own: tuple[str, ...], *, expected: tuple[int, ...]) -> None:
        self.complaints: list[str] = []
        self._context, self._own, self._expected = context, own, expected
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", self._follow)
        context.on("response", self._judge)

    def look_at_all(self) -> None:
        """Look at the pages that are open."""
        for page in self._context.pages:
            self.look_at(page)

    def look_at(self, page: Page) -> None:
        """Note pictures and icons that are not there, and how much wider than the screen the page is."""
        if not page.url.startswith(self._own):
            return
        self.complaints += [f"{page.url}: broken {thing}" for thing in page.evaluate(BROKEN_THINGS)]
        overflow = page.evaluate(OVERFLOW_PX)
        if overflow > 0:
            self.complaints.append(f"{page.url}: {overflow} px wider than the screen")

    def _hear(self, message: ConsoleMessage) -> None:
        told_of_status = message.text.startswith(TELLING_OF_STATUS)
        if message.type == "error" and not told_of_status:
            self.complaints.append(f"{message.page.url if message.page else ''}: {message.text}")

    def _follow(self, request: Request) -> None:
        if not request.url.startswith((*self._own, "data:", "blob:")):
            self.complaints.append(f"asked others: {request.url}")

    def _judge(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._expected:
            self.complaints.append(f"{response.status} {response.url}")
