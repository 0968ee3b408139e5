"""Reasons and states in words that a clerk or a helper understands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from juxing.dispatch.enums import RoundStatus, RunStatus, RunTrigger, TaskStatus
from juxing.dispatch.models import MatchingRun, Task
from juxing.dispatch.queries import HelperTask
from juxing.kernel import journal
from juxing.kernel.keyset import Page
from juxing.kernel.masking import masked_name
from juxing.kernel.models import Job, JournalEntry
from juxing.needs.enums import NeedType, Priority
from juxing.needs.models import Need
from juxing.responders.enums import Skill

TASK_TONES: dict[str, str] = {
    TaskStatus.OFFERED: "waiting",
    TaskStatus.ACCEPTED: "moving",
    TaskStatus.DECLINED: "neutral",
    TaskStatus.EXPIRED: "neutral",
    TaskStatus.IN_PROGRESS: "moving",
    TaskStatus.BLOCKED: "problem",
    TaskStatus.DONE: "done",
    TaskStatus.VERIFIED: "done",
    TaskStatus.CANCELLED: "ended",
}
RUN_TONES: dict[str, str] = {
    RunStatus.RUNNING: "moving",
    RunStatus.OFFERED: "done",
    RunStatus.FAILED: "problem",
    RunStatus.CANCELLED: "ended",
}
LATE = timedelta(minutes=15)
ROUND_TONES: dict[str, str] = {
    RoundStatus.PLANNED: "waiting",
    RoundStatus.UNDER_WAY: "moving",
    RoundStatus.FINISHED: "done",
}


def shown_job(job: Job | None) -> dict[str, Any] | None:
    """Return a job for the progress bar, its stage in words."""
    if job is None:
        return None
    stages = {
        "read": _("Reading what waits"), "improve": _("Looking for better plans"), "prove": _("Proving the plan"),
        "rounds": _("Trying other orders"),
    }  # fmt: skip
    names = ("status", "percent", "done_steps", "total_steps", "failure", "is_over")
    return {name: getattr(job, name) for name in names} | {"stage": stages.get(job.stage, job.stage)}


def task_state(task: Task) -> dict[str, Any]:
    """Return a task's state as a badge."""
    status = TaskStatus(task.status)
    return {"label": status.label, "tone": TASK_TONES[status]}


def run_state(run: MatchingRun) -> dict[str, Any]:
    """Return a run's state as a badge."""
    status = RunStatus(run.status)
    return {"label": status.label, "tone": RUN_TONES[status]}


def distance(metres: float | None) -> str:
    """Return a way in metres, or in kilometres from one on."""
    if metres is None:
        return ""
    if metres < 1000:
        return _("%(metres)s m") % {"metres": round(metres)}
    return _("%(kilometres)s km") % {"kilometres": f"{metres / 1000:.1f}"}


def skill_words(skills: Iterable[str]) -> str:
    """Return skills in words."""
    return _(", ").join(str(Skill(code).label) for code in skills if code in Skill.values)


def need_line(need: Need) -> dict[str, Any]:
    """Return a need as a line of a list, without persons."""
    household = need.household
    return {
        "number": need.number, "uuid": need.uuid, "priority": need.priority, "title": NeedType(need.need_type).label,
        "place": household.building.label if household else "",
    }  # fmt: skip


def by_obstacle(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return needs that the same keeps waiting together, so that it is said once; in the order of the first."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        groups.setdefault(line.get("why", ""), []).append(line)
    return [{"why": why, "needs": needs, "is_shared": len(needs) > 1} for why, needs in groups.items()]


def weight_items(weights: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the open formula of a run for a definition list."""
    metres = _("like %(metres)s m of way")
    labels = [
        ("detour_factor", _("Way on foot per metre of straight line"), "%s"),
        ("language_m", _("No common language weighs"), metres),
        ("load_step_m", _("Each further task of one helper weighs"), metres),
        ("stability_m", _("Taking an unanswered offer back weighs"), metres),
        ("metre_of_life_critical", _("A metre to a life-critical request counts"), "%s"),
        ("metre_of_urgent", _("A metre to an urgent request counts"), "%s"),
        ("metre_of_normal", _("A metre to a normal request counts"), "%s"),
        ("metre_of_low", _("A metre to a request that can wait counts"), "%s"),
    ]
    return [
        {"term": label, "value": (shape % {"metres": weights[name]}) if "(" in shape else shape % weights[name]}
        for name, label, shape in labels
        if name in weights
    ]


def offer_minutes(weights: dict[str, Any]) -> list[dict[str, Any]]:
    """Return how long offers of each priority wait for an answer."""
    return [
        {
            "term": Priority(priority).label,
            "value": _("%(minutes)s minutes") % {"minutes": weights[f"offer_minutes_{priority}"]},
        }
        for priority in Priority.values
        if f"offer_minutes_{priority}" in weights
    ]


def failure_words(failure: str) -> str:
    """Return why a run has no result."""
    known = {
        "plan_over": _("It was ended before its result came. Start a new one."),
        "abandoned": _("Its process was ended before it was done. Start a new one; nothing was offered."),
        "run_over": _("It was ended before its result came. Start a new one."),
        "unexpected": _("An unexpected error; it was written to the log. Nothing was offered."),
    }
    return known.get(failure, failure)


def trigger_words(run: MatchingRun) -> str:
    """Return what started a run, with the name of a person."""
    label = str(RunTrigger(run.trigger).label)
    return f"{label} · {run.started_by.display_name}" if run.started_by else label


def place_words(seen: HelperTask) -> str:
    """Return where to go, as far as the helper may know."""
    if seen.building:
        door = _("door %(door)s") % {"door": seen.door} if seen.door else ""
        unit = _("unit %(unit)s") % {"unit": seen.unit} if seen.unit else ""
        return " ".join(part for part in (seen.estate, seen.building, unit, door) if part)
    return seen.place_text


def stairs_words(seen: HelperTask) -> str:
    """Return floor and lift: what a full bag means at this house."""
    if seen.floor is None:
        return ""
    floor = _("Floor %(floor)s") % {"floor": seen.floor}
    if seen.has_lift is None:
        return floor
    return _(", ").join([floor, _("lift") if seen.has_lift else _("stairs only")])


def item_words(seen: HelperTask) -> list[str]:
    """Return what is carried; medicines not yet accepted without their names."""
    return [
        f"{words} {quantity}{unit}".strip() if words else _("Medicine (named after you accept)")
        for words, quantity, unit in seen.items
    ]


def minutes_left(until: datetime, now: datetime) -> str:
    """Return the time left for an answer."""
    minutes = max(0, int((until - now).total_seconds() // 60))
    if minutes >= 90:
        hours = minutes // 60
        return ngettext("%(count)s hour left to answer", "%(count)s hours left to answer", hours) % {"count": hours}
    return ngettext("%(count)s minute left to answer", "%(count)s minutes left to answer", minutes) % {"count": minutes}


def helper_name(task: Task) -> str:
    """Return the helper's name as a desk reads it: masked, for no list needs it whole."""
    return masked_name(task.responder.name) or _("Someone who left")


def entries_shown(entries: Iterable[JournalEntry]) -> list[dict[str, Any]]:
    """Return journal entries for the timeline."""
    return [
        {
            "title": _title(entry.action), "happened_at": entry.happened_at,
            "recorded_at": entry.recorded_at if entry.recorded_at - entry.happened_at > LATE else None,
            "actor": masked_name(entry.actor_name) if entry.actor_account_id else entry.by_whom,
            "acting_for": entry.acting_for.rpartition(" · ")[2],
            "reason": journal.reason_label(entry.reason),
            "tone": {"dispatch.task.finish": "good", "dispatch.task.block": "bad"}.get(
                entry.action, "neutral"),
        }
        for entry in entries
    ]  # fmt: skip


def _title(action: str) -> Any:
    try:
        return journal.actions[action]
    except LookupError:
        return action


def page_shown(page: Page[Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a page for the list component: rows as shown, and the cursors of its neighbours."""
    return {"rows": rows, "next_cursor": page.next_cursor, "previous_cursor": page.previous_cursor}
