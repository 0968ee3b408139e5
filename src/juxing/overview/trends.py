"""Charts and the attendance funnel: what changes by the hour."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.needs.enums import WAITING, NeedStatus
from juxing.overview.queries import Figures
from juxing.overview.queries.help_now import Attendance
from juxing.overview.queries.needs_now import AGE_STEPS

FEWEST = 10
"""Groups smaller than this are not shown: a funnel of nine people is about nine people."""
AGES = (
    gettext_lazy("Under 1 h"), gettext_lazy("1–6 h"), gettext_lazy("6–24 h"), gettext_lazy("1–3 days"),
    gettext_lazy("Over 3 days"),
)  # fmt: skip
STATES = (
    (gettext_lazy("Waiting"), WAITING | {NeedStatus.SUBMITTED}, "bad"),
    (gettext_lazy("Offers out"), {NeedStatus.MATCHED}, "warn"),
    (gettext_lazy("Helper found"), {NeedStatus.ASSIGNED}, "neutral"),
    (gettext_lazy("On the way"), {NeedStatus.IN_DELIVERY}, "info"),
    (gettext_lazy("Delivered"), {NeedStatus.FULFILLED}, "good"),
)
FLOWS = (
    ("recorded", gettext_lazy("Recorded"), "warn"),
    ("delivered", gettext_lazy("Delivered"), "info"),
    ("confirmed", gettext_lazy("Confirmed"), "good"),
)


def trends_of(figures: Figures) -> dict[str, Any]:
    """Return two charts and the funnel; what is kept by community is left out below it."""
    is_small = figures.place.is_below_community
    return {
        "ages": _ages(figures), "flow": None if is_small else _flow(figures), "has_funnel": not is_small,
        "funnel": funnel_steps(figures.whole.tally.attendance),
    }  # fmt: skip


def _ages(figures: Figures) -> dict[str, Any]:
    by_age = figures.whole.needs.by_age
    return {
        "title": _("Open needs by age and state"), "unit": "", "kind": "stacked",
        "description": _("%(count)d needs are open; age counts from when help was asked for.")
        % {"count": figures.whole.needs.open},
        "categories": [str(age) for age in AGES],
        "series": [
            {"name": str(name), "tone": tone,
             "values": [sum(by_age[status, step] for status in statuses) for step in AGE_STEPS]}
            for name, statuses, tone in STATES
        ],
    }  # fmt: skip


def _flow(figures: Figures) -> dict[str, Any]:
    hours, zone = figures.by_hour, ZoneInfo(settings.TIME_ZONE)
    recorded, delivered = (sum(hour[name] for hour in hours.values()) for name in ("recorded", "delivered"))
    return {
        "title": _("Recorded and delivered by the hour"), "unit": "", "kind": "line",
        "description": _("In 24 hours %(recorded)d were recorded and %(delivered)d delivered.")
        % {"recorded": recorded, "delivered": delivered},
        "categories": [f"{hour.astimezone(zone):%H:00}" for hour in hours],
        "series": [
            {"name": str(label), "tone": tone, "values": [hour[name] for hour in hours.values()]}
            for name, label, tone in FLOWS
        ],
    }  # fmt: skip


def funnel_steps(funnel: Attendance) -> list[dict[str, Any]]:
    """Return the steps of the funnel; nothing when all are few, and "fewer than 10" for a step that is."""
    if funnel.reported_in < FEWEST:
        return []
    steps = (
        (_("Reported in"), funnel.reported_in), (_("Identity verified"), funnel.verified),
        (_("Accepted a task in the last 7 days"), funnel.accepted), (_("Came"), funnel.came),
        (_("Finished one"), funnel.finished),
    )  # fmt: skip
    return [
        {"label": label, "count": count if count >= FEWEST else None, "most": funnel.reported_in,
         "percent": round(100 * count / funnel.reported_in) if count >= FEWEST else 0}
        for label, count in steps
    ]  # fmt: skip
