"""How previews, steps and states are said on pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from juxing.activations import execution, previews
from juxing.activations.commands.running import LEFT_OUT
from juxing.activations.enums import ActivationStatus, IncidentStatus, MeasureStatus, StepStatus
from juxing.activations.models import Activation
from juxing.kernel.conversion import questions, steps, steps_in_order
from juxing.kernel.refusals import Words

TONES = {
    ActivationStatus.DRAFT: "neutral", ActivationStatus.PENDING_APPROVAL: "waiting", ActivationStatus.ACTIVE: "moving",
    ActivationStatus.EXTENDED: "moving", ActivationStatus.STANDING_DOWN: "waiting",
    ActivationStatus.STOOD_DOWN: "done", ActivationStatus.EXPIRED: "ended", ActivationStatus.CANCELLED: "ended",
}  # fmt: skip
STEP_TONES = {
    StepStatus.PENDING: "waiting", StepStatus.RUNNING: "moving", StepStatus.DONE: "done", StepStatus.FAILED: "problem",
    StepStatus.SKIPPED: "ended",
}  # fmt: skip
INCIDENT_TONES = {
    IncidentStatus.REPORTED: "waiting", IncidentStatus.VERIFIED: "waiting", IncidentStatus.REJECTED: "ended",
    IncidentStatus.ACTIVE: "moving", IncidentStatus.CONTAINED: "moving", IncidentStatus.CLOSED: "done",
}  # fmt: skip
MEASURE_TONES = {MeasureStatus.DRAFT: "neutral", MeasureStatus.PUBLISHED: "moving", MeasureStatus.LIFTED: "ended"}


def status_badge(status: ActivationStatus) -> dict[str, Any]:
    """Return a state as a badge."""
    return {"label": status.label, "tone": TONES[status]}


def step_badge(status: str) -> dict[str, Any]:
    """Return a step's state as a badge."""
    return {"label": StepStatus(status).label, "tone": STEP_TONES[StepStatus(status)]}


def step_label(code: str) -> Words:
    """Return what a step is called; its code when the room is gone."""
    if code in questions:
        return questions[code].label
    return steps[code].label if code in steps else code


def open_words(code: str, kind: str, facts: Mapping[str, Any]) -> Words:
    """Return what a line of a preview, or something left open, is called by its room."""
    if code in questions:
        return questions[code].describe(kind, facts)
    return steps[code].describe(kind, facts) if code in steps else kind


def reason_words(reason: str) -> str:
    """Return why a step was not done."""
    known = {
        LEFT_OUT: _("struck out of the preview"),
        execution.ENDED: _("the response had ended before this street was reached"),
        execution.UNEXPECTED: _("an unexpected error; it was written to the log"),
        execution.STEP_GONE: _("this step is no longer known"),
    }
    return known.get(reason, reason)


def counts_words(counts: Mapping[str, int]) -> str:
    """Return what a step did."""
    named = {
        "given": _("given"), "ended": _("ended"), "prolonged": _("prolonged"), "formed": _("set up"),
        "dissolved": _("dissolved"), "posts": _("posts"), "shared": _("shared"), "holders": _("holders"),
        "closed": _("closed"), "converted": _("converted"), "reverted": _("put back"), "opened": _("opened"),
        "released": _("released"), "mustered": _("called"), "drafted": _("drafted"), "withdrawn": _("withdrawn"),
        "put_aside": _("put aside"),
    }  # fmt: skip
    return " · ".join(f"{named.get(name, name)} {count}" for name, count in counts.items() if count)


def statistic_words(name: str) -> str:
    """Return what a kept figure is called."""
    named = {
        "called": _("people called"), "coming": _("coming"), "arrived": _("arrived"), "orders": _("orders"),
        "posts": _("posts"), "completed": _("carried out"), "log": _("lines of the log"), "needs": _("needs"),
        "over": _("closed"), "open": _("still open"), "lines": _("lines"), "members": _("members"),
    }  # fmt: skip
    return named.get(name, name)


def preview_shown(activation: Activation, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the preview by room: groups of equal changes with their places, and what is short."""
    found: dict[str, dict[str, Any]] = {}
    for street in activation.preview.get("streets", []):
        for each in street["steps"]:
            step = found.setdefault(each["step"], {"changes": [], "shortages": []})
            step["changes"] += each["changes"]
            step["shortages"] += each["shortages"]
    return [
        _step_shown(activation, step.code, found[step.code], names) for step in steps_in_order() if step.code in found
    ]


def codes_in(preview: Mapping[str, Any]) -> set[str]:
    """Return every place a preview names."""
    found: set[str] = set()
    for street in preview.get("streets", []):
        found.add(street["street"])
        for each in street["steps"]:
            found |= {line["area_code"] for line in (*each["changes"], *each["shortages"])}
            found |= {code for line in each["shortages"] for code, _count in line["fillers"]}
    return found


def _step_shown(
    activation: Activation, code: str, lines: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any]:
    edits = previews.edits_of(activation, code)
    groups: dict[str, dict[str, Any]] = {}
    for line in lines["changes"]:
        name = line["key"].partition(":")[0]
        group = groups.setdefault(name, {"kind": line["kind"], "facts": {}, "count": 0, "struck": 0, "lines": []})
        for fact, value in line["facts"].items():
            group["facts"][fact] = max(value, group["facts"].get(fact, 0)) if isinstance(value, int) else value
        is_kept, number = edits.keeps(line["key"]), edits.quantity(line["key"], line["count"])
        group["count" if is_kept else "struck"] += number
        group["lines"].append({
            "key": line["key"], "place": names.get(line["area_code"], line["area_code"]), "count": line["count"],
            "is_kept": is_kept, "label": _described(code, line), "number": number,
        })  # fmt: skip
    for group in groups.values():
        group["label"] = _described(code, group)
    return {
        "code": code, "label": step_label(code), "groups": list(groups.values()),
        "is_left_out": previews.is_left_out(activation, code),
        "has_numbers": code in steps and steps[code].has_numbers,
        "total": sum(group["count"] for group in groups.values()),
        "shortages": _shortages(code, lines["shortages"], names),
    }  # fmt: skip


def _shortages(code: str, lines: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "label": _described(code, line), "place": names.get(line["area_code"], line["area_code"]),
            "wanted": line["wanted"], "found": line["found"], "missing": max(0, line["wanted"] - line["found"]),
            "fillers": ", ".join(f"{names.get(place, place)} {count}" for place, count in line["fillers"]),
        }
        for line in lines
    ]  # fmt: skip


def _described(code: str, line: Mapping[str, Any]) -> Words:
    return open_words(code, line["kind"], line["facts"])
