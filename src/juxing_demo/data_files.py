"""Reads the word lists and plans beside this module."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def data(name: str) -> dict[str, Any]:
    """The parsed TOML file ``data/<name>.toml``; shared, so not to be changed."""
    return tomllib.loads((resources.files("juxing_demo") / "data" / f"{name}.toml").read_text("utf-8"))
