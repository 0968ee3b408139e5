"""What each function usually takes, as the start of a layout: read from ``data/layouts.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from juxing.venues.commands.register import LayoutInput


@dataclass(frozen=True, slots=True)
class LayoutTemplate:
    """The usual flow, parts, equipment, hours and checklists of a function."""

    flows: str
    purposes: Sequence[str]
    equipment: Sequence[Mapping[str, str]]
    hours_to_convert: int
    hours_to_return: int
    suspends_steady: bool
    conversion_steps: Sequence[str]
    return_steps: Sequence[str]

    def layout(self, function: str, *, capacity: int, rooms: Sequence[int], is_steady: bool) -> LayoutInput:
        """Return the layout with these rooms; what serves on ordinary days already takes no changing over."""
        purposes = [*self.purposes, *[""] * len(rooms)]
        return LayoutInput(
            function=function, capacity=capacity, is_steady=is_steady,
            rooms=[(room, purpose) for room, purpose in zip(rooms, purposes, strict=False)],
            suspends_steady=self.suspends_steady and not is_steady, flows=self.flows, equipment=self.equipment,
            hours_to_convert=0 if is_steady else self.hours_to_convert,
            hours_to_return=0 if is_steady else self.hours_to_return,
            conversion_steps=() if is_steady else self.conversion_steps,
            return_steps=() if is_steady else self.return_steps,
        )  # fmt: skip


def template_of(function: str) -> LayoutTemplate:
    """Return what the function usually takes."""
    return _templates()[function]


@lru_cache(maxsize=1)
def _templates() -> dict[str, LayoutTemplate]:
    text = files("juxing.venues").joinpath("data/layouts.toml").read_text(encoding="utf-8")
    return {function: _template(entry) for function, entry in tomllib.loads(text).items()}


def _template(entry: dict[str, Any]) -> LayoutTemplate:
    to_convert, to_return = entry["hours"]
    return LayoutTemplate(
        flows=entry["flows"], purposes=entry["purposes"], equipment=entry["equipment"], hours_to_convert=to_convert,
        hours_to_return=to_return, suspends_steady=entry["suspends"], conversion_steps=entry["convert"],
        return_steps=entry["return"],
    )  # fmt: skip
