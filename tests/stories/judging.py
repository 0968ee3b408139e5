"""Judging a page: WCAG 2.2 A and AA by axe-core, and whether it fits its screen."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.stories.watching import OVERFLOW_PX

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = {1440: 900, 390: 844}
PASS_OVER = "data-built-like-one-before"
MARK_REPETITIONS = f"""() => {{
  for (const bar of document.querySelectorAll(".phone-foot")) bar.style.position = "static";
  for (const parent of document.querySelectorAll("tbody, ul, ol, .leaflet-marker-pane")) {{
    const built = new Set();
    for (const child of parent.children) {{
      const plan = [child, ...child.querySelectorAll("*")]
        .map(one => [one.tagName, one.getAttribute("class"), one.hidden, one.disabled].join()).join("|");
      if (built.has(plan) && child !== parent.lastElementChild) child.setAttribute("{PASS_OVER}", "");
      built.add(plan);
    }}
  }}
}}"""
"""
Tabs that float over a page hide what one scrolls to, not what the page is made of: they are put at its end.

Of rows built alike, tag by tag and class by class, the first and last stand for all; the tenth takes as long.
"""
PIN = "leaflet-marker-icon"
"""
A pin stands where its place is, so two may be near each other: the essential exception of success criterion 2.5.8,
which names pins on a map. Each map has its list beside it.
"""
DRAWN = """() => [...document.querySelectorAll("[data-map]")].every(
    map => !map.checkVisibility() || map.querySelector(".leaflet-pane"))
  && [...document.querySelectorAll("[data-chart]")].every(
    chart => !chart.checkVisibility() || chart.querySelector("canvas, svg"))"""


def faults_of(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands, with the places, once its maps and charts are drawn."""
    page.wait_for_function(DRAWN)
    page.evaluate(MARK_REPETITIONS)
    options: dict[str, Any] = {"runOnly": RULES, "resultTypes": ["violations"]}
    found = Axe().run(page, context={"exclude": [[f"[{PASS_OVER}]"]]}, options=options).response["violations"]
    faults = [
        f"{page.url} {one['id']}: {node['target']} {node['html'][:140]} | {node['failureSummary'][:200]}"
        for one in found for node in one["nodes"][:3] if not (one["id"] == "target-size" and PIN in node["html"])
    ]  # fmt: skip
    overflow = page.evaluate(OVERFLOW_PX)
    if overflow > 0:
        faults.append(f"{page.url}: {overflow} px wider than the screen")
    return faults


def judge(page: Page) -> None:
    """Judge the page where a story stands, at a desk's and a phone's width; its own width is back afterwards."""
    before = page.viewport_size
    faults = []
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        faults += faults_of(page)
    if before:
        page.set_viewport_size(before)
    assert faults == [], "\n".join(faults)
