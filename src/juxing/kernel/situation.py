"""
Figures of a situation report: what rooms count out of the journal, each the number of its own entries.

A room declares which of its actions one figure counts. Nothing is typed in by hand, so every figure of a report leads
to the entries it was counted from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from juxing.kernel.refusals import Words
from juxing.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a report: entries with any of these actions, or (``things``) the different things they are about."""

    code: str
    label: Words
    group: str
    actions: frozenset[str]
    things: bool = False


figures: Registry[Figure] = Registry("figure")


def declare_figure(code: str, label: Words, *, group: str, actions: Iterable[str], things: bool = False) -> Figure:
    """Register a figure under its code; ``group`` is the room it belongs to."""
    return figures.add(code, Figure(code, label, group, frozenset(actions), things))
