"""What is stuck, in words: how much, since when, what to do about it and where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from juxing.needs.enums import Priority
from juxing.overview.addresses import address
from juxing.overview.queries import Figures
from juxing.overview.queries.stuck import Example
from juxing.overview.words import ago

DISTRICT_LENGTH = 6


def stuck_list(figures: Figures) -> list[dict[str, Any]]:
    """Return the kinds of stuck things that occur, most pressing first."""
    whole, now = figures.whole, figures.now
    area = figures.place.code if len(figures.place.code) > DISTRICT_LENGTH else ""
    missing = figures.unserved.by_reason.get("goods_missing", 0)
    needs = whole.needs
    kinds = [
        _kind(("bad", "alert-octagon"), needs.late_life_critical, _("Life-critical, nobody after 15 minutes"),
              _("Phone a helper nearby now, or take it yourself."),
              address("needs:list", area=area, show="open", priority=Priority.LIFE_CRITICAL)),
        _kind(("bad", "ban"), whole.help.blocked, _("Helper met an obstacle"),
              _("Read what the helper wrote, and solve it or give the task to someone else."),
              address("dispatch:tasks", area=area, status="blocked")),
        _kind(("warn", "bell-ringing"), whole.help.unanswered, _("Offer unanswered for 15 minutes"),
              _("Phone the helper; after its time the offer goes to the next person by itself."),
              address("dispatch:tasks", area=area, status="offered")),
        _kind(("warn", "calendar-event"), needs.overdue, _("Waiting past the time promised"),
              _("Start a matching run, or ask the street for more helpers."),
              address("needs:list", area=area, show="overdue")),
        _kind(("warn", "packages"), missing, _("The goods are not in stock"),
              _("Order them, or have them sent from another depot."), address("supplies:stock")),
        _kind(("warn", "help-circle"), needs.unanswered_fresh, _("Asked whether it is still needed, no answer"),
              _("Ring or knock: a need that is no longer one takes a helper from someone."),
              address("needs:list", area=area, show="stale")),
        _kind(("neutral", "door"), needs.unknown_door, _("Door not known"),
              _("Find the door in the register, or ask the building head."),
              address("needs:list", area=area, show="open")),
    ]  # fmt: skip
    stuck = whole.stuck
    kinds[0]["examples"] = _examples(stuck.late_life_critical, figures, now)
    kinds[1]["examples"] = _examples(stuck.blocked, figures, now)
    kinds[2]["examples"] = _examples(stuck.unanswered, figures, now)
    return [kind for kind in kinds if kind["count"]]


def _kind(look: tuple[str, str], count: int, label: str, advice: str, url: str) -> dict[str, Any]:
    tone, icon = look
    return {"tone": tone, "icon": icon, "count": count, "label": label, "advice": advice, "url": url, "examples": []}


def _examples(found: Sequence[Example], figures: Figures, now: datetime) -> list[dict[str, str]]:
    names = {area.code: area.name for area in (*figures.place.children, *figures.place.parts)}
    return [
        {
            "number": one.number, "url": address("needs:detail", one.need_uuid), "place": names.get(one.area_code, ""),
            "time": ago(one.since, now),
        }
        for one in found
    ]  # fmt: skip
