"""
A process that dies in the middle of a conversion: it kills itself at one street before a step ("before"), after the
step's rows are written ("after"), or with the whole street written and not yet committed ("commit").
"""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from juxing.activations import execution
from juxing.kernel import conversion, journal


def die() -> None:
    """End as a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


def carry_out_until_death(uuid: str, moment: str, street: str, place: str, code: str, *, side_by_side: int = 1) -> None:
    """Carry the conversion out until the moment of death."""

    def deadly(act: Any) -> Any:
        def run(order: conversion.ConversionOrder) -> conversion.Counts:
            if place == "before" and order.street == street:
                die()
            counts: conversion.Counts = act(order)
            if place == "after" and order.street == street:
                die()
            return counts

        return run

    step = conversion.steps[code]
    conversion.steps._entries[code] = replace(step, convert=deadly(step.convert), revert=deadly(step.revert))
    if place == "commit":
        written = journal.Facts.by

        def write_and_die(facts: journal.Facts, *args: Any, **values: Any) -> int:
            count = written(facts, *args, **values)
            if any(fact.action.startswith("activations.step.") and fact.area_code == street for fact in facts.facts):
                die()
            return count

        journal.Facts.by = write_and_die  # type: ignore[method-assign,assignment]
    now = datetime.fromisoformat(moment)
    execution.carry_out(UUID(uuid), clock=lambda: now, side_by_side=side_by_side)
