"""
The templates that come with Juxing: hazards with their names, and a first plan for each.

A template is what all hazards share (``common.toml``) with the hazard's own rows added to it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from juxing.plans.content import PARTS, PlanContent, parsed

DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class Hazard:
    """A kind of incident: our slug, its names, its legal category, and the template for it."""

    slug: str
    name: str
    name_en: str
    category: str
    template: str

    def named(self, language: str) -> str:
        """Return the name in the reader's language."""
        return self.name if language.startswith("zh") else self.name_en


@cache
def hazards() -> dict[str, Hazard]:
    """Return every hazard by slug, in the order of the list."""
    rows = _read("hazards.toml")["hazards"]
    return {row["slug"]: Hazard(**row) for row in rows}


@cache
def template(code: str) -> PlanContent:
    """Return the template of this code."""
    common, own = _read("templates/common.toml"), _read(f"templates/{code}.toml")
    return parsed({part: [*common.get(part, ()), *own.get(part, ())] for part in PARTS})


def _read(name: str) -> dict[str, Any]:
    with (DATA / name).open("rb") as file:
        return tomllib.load(file)
