"""The picture as its templates show it: key figures, the table of places, facts; and the start page's tiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from juxing.kernel.refusals import Words
from juxing.needs.enums import NeedStatus, Priority
from juxing.overview.addresses import address
from juxing.overview.features import items_in_words, tone_of
from juxing.overview.queries import Figures, Part
from juxing.overview.queries.facts import Told
from juxing.overview.queries.places import COMMUNITY_LENGTH
from juxing.overview.stuck_kinds import stuck_list
from juxing.overview.words import FACT_TONES, REMEDIES, ago, fact_words, reason_words

SHORT_DEPOTS_SHOWN = 6
DISTRICT_LENGTH = 6
Sorter = Callable[[Part], Any]
COLUMNS: tuple[tuple[str, Words, Sorter], ...] = (
    ("place", gettext_lazy("Place"), lambda part: part.code),
    ("waiting", gettext_lazy("Waiting"), lambda part: part.needs.waiting),
    ("share", gettext_lazy("Per 1,000 households"), lambda part: part.per_thousand or 0.0),
    ("critical", gettext_lazy("Critical, nobody yet"), lambda part: part.needs.late_life_critical),
    ("overdue", gettext_lazy("Overdue"), lambda part: part.needs.overdue),
    ("offered", gettext_lazy("Offers out"), lambda part: part.help.offered),
    ("moving", gettext_lazy("On the way"), lambda part: part.needs.by_status[NeedStatus.IN_DELIVERY]),
    ("confirmed", gettext_lazy("Confirmed today"), lambda part: part.today.get("confirmed", 0)),
    ("free", gettext_lazy("Helpers free"), lambda part: part.help.available),
    ("busy", pgettext_lazy("helpers", "Busy"), lambda part: part.help.busy),
)
KEPT_BY_COMMUNITY = frozenset({"confirmed", "free", "busy"})
DEFAULT_SORT = "-share"


def blocks(figures: Figures, *, sort: str) -> dict[str, Any]:
    """Return the context of everything that changes by the minute."""
    return {
        "place": figures.place, "as_of": figures.now, "headline": _headline(figures), "figures": _key_figures(figures),
        "priorities": _priorities(figures), "stuck": stuck_list(figures), "unserved": _unserved(figures),
        "depots": _depots(figures), "facts": _facts(figures), **_table(figures, sort=sort),
    }  # fmt: skip


def list_of_needs(figures: Figures, **query: str) -> str:
    """Return the address of the list of needs of this place; the list begins at streets, so a district is left out."""
    code = figures.place.code if len(figures.place.code) > DISTRICT_LENGTH else ""
    return address("needs:list", area=code, **query)


def _headline(figures: Figures) -> dict[str, str]:
    whole = figures.whole
    if whole.needs.late_life_critical:
        return {"tone": "error", "text": _("Life-critical needs are waiting without a helper. Start there.")}
    if whole.needs.overdue or whole.help.blocked:
        return {"tone": "warning", "text": _("Some needs are overdue or blocked. See what is stuck.")}
    if whole.needs.waiting:
        return {"tone": "info", "text": _("Needs are waiting and none is overdue.")}
    return {"tone": "success", "text": _("Nothing waits. Everything asked for is on its way or done.")}


def _key_figures(figures: Figures) -> list[dict[str, Any]]:
    needs, helpers = figures.whole.needs, figures.whole.help
    late = needs.late_life_critical
    reasons = figures.unserved
    per_thousand = figures.whole.per_thousand
    return [
        {"label": _("Waiting for help"), "value": needs.waiting, "icon": "hourglass",
         "tone": tone_of(figures.whole), "url": list_of_needs(figures, show="waiting"),
         "change": _("%(value)s per 1,000 households") % {"value": per_thousand} if per_thousand is not None else ""},
        {"label": _("Life-critical, nobody yet"), "value": late, "icon": "alert-octagon",
         "tone": "bad" if late else "good", "change": _("longer than 15 minutes"),
         "url": list_of_needs(figures, show="open", priority=Priority.LIFE_CRITICAL)},
        {"label": _("Oldest waiting"), "icon": "clock", "tone": "neutral",
         "value": ago(needs.oldest_waiting_since, figures.now) if needs.oldest_waiting_since else "–",
         "url": list_of_needs(figures, show="waiting", age="24")},
        {"label": _("Overdue"), "value": needs.overdue, "icon": "calendar-event",
         "tone": "warn" if needs.overdue else "good", "change": _("past the time promised"),
         "url": list_of_needs(figures, show="overdue")},
        {"label": _("Offers out"), "value": helpers.offered, "icon": "bell",
         "tone": "warn" if helpers.unanswered else "neutral", "url": address("dispatch:tasks"),
         "change": _("%(count)d unanswered for 15 minutes") % {"count": helpers.unanswered}},
        {"label": _("On the way"), "value": needs.by_status[NeedStatus.IN_DELIVERY], "icon": "truck-delivery",
         "tone": "neutral", "url": list_of_needs(figures, status=NeedStatus.IN_DELIVERY),
         "change": _("%(count)d more have a helper") % {"count": needs.by_status[NeedStatus.ASSIGNED]}},
        *_by_community(figures),
        {"label": _("Found nobody"), "value": reasons.total, "icon": "user-off",
         "tone": "warn" if reasons.total else "neutral",
         "change": reason_words(next(iter(reasons.by_reason))) if reasons.by_reason else _("at the last matching")},
    ]  # fmt: skip


def _by_community(figures: Figures) -> list[dict[str, Any]]:
    if figures.place.is_below_community:
        return []
    helpers, today = figures.whole.help, figures.whole.today
    return [
        {"label": _("Confirmed today"), "value": today.get("confirmed", 0), "icon": "circle-check", "tone": "good",
         "change": _("%(count)d recorded today") % {"count": today.get("recorded", 0)}},
        {"label": _("Helpers free"), "value": helpers.available, "icon": "users", "url": address("responders:list"),
         "tone": "neutral" if helpers.available else "warn",
         "change": _("%(busy)d busy, of %(serving)d") % {"busy": helpers.busy, "serving": helpers.serving}},
    ]  # fmt: skip


def _priorities(figures: Figures) -> list[dict[str, Any]]:
    waiting = figures.whole.needs.waiting_by_priority
    most = max(waiting.values(), default=0)
    return [
        {"priority": priority.value, "count": waiting[priority], "most": most or 1,
         "url": list_of_needs(figures, show="waiting", priority=priority)}
        for priority in Priority
    ]  # fmt: skip


def _unserved(figures: Figures) -> dict[str, Any]:
    found = figures.unserved
    return {
        "total": found.total, "as_of": found.as_of,
        "reasons": [
            {"label": reason_words(reason), "count": count, "remedy": REMEDIES.get(reason, "")}
            for reason, count in found.by_reason.items()
        ],
    }  # fmt: skip


def _depots(figures: Figures) -> dict[str, Any]:
    found = figures.short_depots or ()
    names = _names(figures)
    return {
        "is_shown": figures.short_depots is not None, "url": address("supplies:stock"),
        "more": max(0, len(found) - SHORT_DEPOTS_SHOWN),
        "rows": [
            {"name": depot.name, "place": names.get(depot.area_code[:12], ""), "text": items_in_words(depot)}
            for depot in found[:SHORT_DEPOTS_SHOWN]
        ],
    }  # fmt: skip


def _facts(figures: Figures) -> list[dict[str, Any]] | None:
    if figures.facts is None:
        return None
    names = _names(figures)
    return [
        {"title": fact_words(told.action, told.count), "happened_at": told.happened_at,
         "place": _where(told, names), "tone": FACT_TONES.get(told.action, "neutral")}
        for told in figures.facts
    ]  # fmt: skip


def _where(told: Told, names: dict[str, str]) -> str:
    if told.parts == 1:
        return names.get(told.area_code, "")
    return ngettext("%(count)d place", "%(count)d places", told.parts) % {"count": told.parts}


def _names(figures: Figures) -> dict[str, str]:
    places = (*figures.place.children, *figures.place.parts)
    return {figures.place.code: figures.place.name, **{area.code: area.name for area in places}}


def _table(figures: Figures, *, sort: str) -> dict[str, Any]:
    offered = _columns(figures)
    known = {key: sorter for key, _label, sorter in offered}
    if sort.removeprefix("-") not in known:
        sort = DEFAULT_SORT
    key, is_down = sort.removeprefix("-"), sort.startswith("-")
    rows = sorted(figures.children, key=lambda part: (known[key](part), part.code), reverse=is_down)
    columns = [
        {
            "label": label, "kind": "" if name == "place" else "number",
            "sort_url": f"?sort={'' if name == key and is_down else '-'}{name}",
            "sorted": ("down" if is_down else "up") if name == key else "",
        }
        for name, label, _sorter in offered
    ]  # fmt: skip
    return {
        "columns": columns,
        "rows": [_row(part, offered) for part in rows],
        "has_children": bool(figures.place.children),
    }


def _columns(figures: Figures) -> list[tuple[str, Words, Sorter]]:
    is_by_community = figures.place.counted_length <= COMMUNITY_LENGTH
    return [column for column in COLUMNS if is_by_community or column[0] not in KEPT_BY_COMMUNITY]


def _row(part: Part, columns: Sequence[tuple[str, Words, Sorter]]) -> dict[str, Any]:
    per_thousand = part.per_thousand
    return {
        "name": part.name, "url": address("overview:picture_of", part.code), "tone": tone_of(part),
        "cells": [
            {"label": label, "value": sorter(part), "is_bad": name == "critical" and part.needs.late_life_critical > 0}
            if name != "share"
            else {"label": label, "value": "–" if per_thousand is None else per_thousand, "is_bad": False}
            for name, label, sorter in columns[1:]
        ],
    }  # fmt: skip


def tiles() -> list[dict[str, Any]]:
    """Return what a resident can do from the start page."""
    found = [
        {"kind": "ask", "icon": "hand-stop", "url": address("needs:ask"), "title": _("I need help"),
         "text": _("Food, medicine, a doctor, someone to come by. Takes about a minute.")},
        {"kind": "follow", "icon": "search", "url": address("needs:find"), "title": _("What became of my request?"),
         "text": _("Follow it, say that it arrived, or that something was wrong.")},
        {"kind": "help", "icon": "heart-handshake", "url": address("responders:report_in"), "title": _("I can help"),
         "text": _("Report in to your community with what you can do and when. You choose, every time.")},
    ]  # fmt: skip
    return [tile for tile in found if tile["url"]]


def steps_after_asking() -> list[dict[str, str]]:
    """Return what happens once help was asked for, in four sentences."""
    return [
        {"icon": "message-circle", "title": _("You say what you need"),
         "text": _("On this page, by telephone, or through your building head. Your phone number is enough.")},
        {"icon": "users", "title": _("We find someone near you"),
         "text": _("The most urgent first, then by distance and skill. Everyone who helps has been verified.")},
        {"icon": "truck-delivery", "title": _("It comes to your door"),
         "text": _("You can see at any time where it stands.")},
        {"icon": "circle-check", "title": _("You have the last word"),
         "text": _("It is done only when you say so. If something was wrong, open it again.")},
    ]  # fmt: skip
